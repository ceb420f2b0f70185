/** What the step shows, in a sentence; read out to screen readers. At rest it invites. */
import { Plus } from 'lucide-react'
import { caption } from '../../content/captions'
import { frameShown, positionOf } from '../session/playback'
import { usePrompt } from '../session/prompt'
import { useSession } from '../session/session'
import type { Frame } from '../session/types'
import { Button } from '../shared/controls'
import { duration } from '../shared/format'
import { type Language, type Translate, useLanguage, useT } from '../shared/i18n'
import { RichText } from '../shared/rich-text'
import styles from './caption-bar.module.css'

/** The command that the invitation gives. */
export const INVITED = 'kubectl create deployment web --image=nginx:1.27 --replicas=3'

/** The caption of what is shown. */
function captionOf(frame: Frame | undefined, language: Language, t: Translate): { readonly text: string; readonly why?: string } {
  if (!frame) return { text: t('stage.booting') }
  const { count } = positionOf(frame)
  if (frame.scene) return caption(frame.scene, language)
  return { text: count > 0 ? t('caption.begin', { count }) : t('caption.idle') }
}

export function CaptionBar() {
  const t = useT()
  const language = useLanguage(state => state.language)
  const frame = useSession(frameShown)
  const failed = useSession(state => state.status === 'failed')
  const select = useSession(state => state.select)
  const { n, count } = positionOf(frame)
  const { text, why } = captionOf(frame, language, t)
  const skipped = (frame?.scene?.skips ?? []).reduce((sum, skip) => sum + skip.ms, 0)
  /** Some messages travel as one, with their number. */
  const counted = frame?.scene?.packets.some(({ count = 1 }) => count > 1) ?? false
  const lead = frame?.scene?.lead.seq
  const isUnderWay = frame?.scene?.beat.isUnderWay
  return (
    <section className={styles.bar}>
      <p className={styles.position} aria-hidden="true">
        {count > 0 && `${n} / ${count}`}
        {isUnderWay && <span>{t('caption.underWay')}</span>}
        {counted && <span>{t('caption.counted')}</span>}
        {skipped > 0 && <span className={styles.skipped}>{t('caption.skipped', { time: duration(skipped) })}</span>}
      </p>
      <div className={styles.text} data-long={lengthOf(`${text} ${why ?? ''}`)} data-testid="caption" aria-live="polite">
        {!failed && (
          <p>
            <RichText text={text} />
            {why && <span className={styles.why}>{`${t('caption.join')}${why}`}</span>}
          </p>
        )}
      </div>
      {frame && count === 0 && !failed && <Invitation />}
      {lead !== undefined && !failed && (
        <Button kind="quiet" className={styles.ask} onClick={() => select({ kind: 'entry', seq: lead })}>
          {t('caption.why')}
        </Button>
      )}
    </section>
  )
}

/** Letters that a line of the bar holds, about, and lines; of the smaller letters that a longer caption has. */
const [USUAL, SMALLER] = [
  { letters: 84, lines: 2 },
  { letters: 108, lines: 3 },
] as const

/** How long a caption is, so that all of it is seen. */
function lengthOf(text: string): 'long' | 'very' | undefined {
  if (linesOf(text, USUAL.letters) <= USUAL.lines) return undefined
  return linesOf(text, SMALLER.letters) <= SMALLER.lines ? 'long' : 'very'
}

/** Lines that a text takes: words stay whole, Chinese letters are twice as wide and break anywhere. */
export function linesOf(text: string, letters: number): number {
  let lines = 1
  let used = 0
  for (const word of text.replace(/[*`]/g, '').match(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*/g) ?? []) {
    const isHan = /[\u2e80-\uffff]/.test(word)
    const width = isHan ? 2 : word.trimEnd().length
    if (used + width > letters && used > 0) {
      lines++
      used = 0
    }
    lines += Math.floor((width - 1) / letters)
    used = used + (isHan ? 2 : word.length)
  }
  return lines
}

/** The one thing to do first. It goes through the prompt, so that one sees what one would type. */
function Invitation() {
  const t = useT()
  const busy = useSession(state => state.busy)
  const { setLine, run } = usePrompt()
  const invite = () => {
    setLine(INVITED)
    void run(INVITED)
  }
  return (
    <Button kind="primary" className={styles.invite} disabled={busy} onClick={invite} title={INVITED} data-testid="invite">
      <Plus size={16} aria-hidden />
      {t('caption.invite')}
    </Button>
  )
}
