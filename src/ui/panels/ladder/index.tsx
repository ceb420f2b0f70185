/** A sequence diagram of the step that is shown, or of what came before it too: one lane a room, an arrow for each message. */
import { useEffect, useMemo, useRef, useState } from 'react'
import { useSession } from '../../session/session'
import { Button } from '../../shared/controls'
import { useT } from '../../shared/i18n'
import type { Panel } from '../types'
import { type Range, useEntries } from '../use-entries'
import { Rungs } from './drawing'
import styles from './ladder.module.css'
import { ladderOf } from './rungs'

/** Messages of the window, and entries among which they are looked for. */
const LAST = 80
const BACK = 499

const Ladder: Panel = () => {
  const t = useT()
  const frame = useSession(state => state.frame)
  const [isWindow, setWindow] = useState(false)
  const beat = frame?.scene?.beat
  const range: Range | undefined = frame && beat && rangeOf(frame.cursor, beat, isWindow)
  const entries = useEntries(range)
  const ladder = useMemo(() => ladderOf(entries ?? [], isWindow ? LAST : undefined), [entries, isWindow])
  const place = useRef<HTMLDivElement>(null)
  const end = ladder.rungs.at(-1)?.seq
  // biome-ignore lint/correctness/useExhaustiveDependencies: the window's news stand at its end, a step is read from its begin
  useEffect(() => {
    place.current?.scrollTo?.({ top: isWindow ? place.current.scrollHeight : 0 })
  }, [end, isWindow])
  return (
    <div className={styles.ladder}>
      <fieldset className={styles.which}>
        <legend className="visually-hidden">{t('ladder.which')}</legend>
        <Button kind="quiet" aria-pressed={!isWindow} onClick={() => setWindow(false)}>
          {t('ladder.beat')}
        </Button>
        <Button kind="quiet" aria-pressed={isWindow} onClick={() => setWindow(true)}>
          {t('ladder.window', { n: LAST })}
        </Button>
      </fieldset>
      {ladder.rungs.length === 0 ? (
        <p className={styles.empty}>{entries ? t('ladder.empty') : t('panel.loading')}</p>
      ) : (
        <div className={styles.scroll} ref={place}>
          {!isWindow && ladder.left > 0 && <p className={styles.left}>{t('ladder.more', { n: ladder.left })}</p>}
          <Rungs ladder={ladder} from={isWindow ? beat?.from : undefined} />
        </div>
      )}
    </div>
  )
}

export default Ladder

const rangeOf = (cursor: number, beat: { readonly from: number; readonly to: number }, isWindow: boolean): Range =>
  isWindow ? { from: Math.max(1, cursor - BACK), to: cursor } : { from: beat.from, to: Math.min(beat.to, beat.from + BACK) }
