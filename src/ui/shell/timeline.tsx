/** The scrubber: all of the run at the depth that is shown, with a mark where a chapter begins and one where a command was given. */
import { type PointerEvent, useState } from 'react'
import { SENTENCES } from '../../content/catalogue'
import { frameShown, positionOf } from '../session/playback'
import { useSession } from '../session/session'
import type { ChapterMark, Frame } from '../session/types'
import { useLanguage, useT } from '../shared/i18n'
import styles from './control-bar.module.css'

/** More marks than this are a smear. */
const MARKS = 80

let wanted: number | undefined
let asking = false

/** Seeks to the last of many wishes: while one is under way, only the newest waits. */
async function scrubTo(position: number): Promise<void> {
  const { seek, setPlaying } = useSession.getState()
  setPlaying(false)
  wanted = position
  if (asking) return
  asking = true
  while (wanted !== undefined) {
    const next = wanted
    wanted = undefined
    await seek({ position: next })
  }
  asking = false
}

/** The chapter that a position lies in, and its command. */
function chapterAt(chapters: readonly ChapterMark[], position: number): ChapterMark | undefined {
  return chapters.findLast(mark => mark.position <= Math.max(0, position - 1)) ?? chapters[0]
}

export function Timeline() {
  const t = useT()
  const frame = useSession(frameShown)
  const { n, count } = positionOf(frame)
  const [dragged, setDragged] = useState<number>()
  const [hover, setHover] = useState<number>()
  const value = dragged ?? n
  const onMove = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const part = (event.clientX - box.left - 9) / (box.width - 18)
    setHover(count > 0 ? Math.min(count, Math.max(0, Math.round(part * count))) : undefined)
  }
  return (
    <div className={styles.timeline} onPointerMove={onMove} onPointerLeave={() => setHover(undefined)}>
      <div className={styles.track} aria-hidden="true">
        <div className={styles.done} style={{ width: `${count > 0 ? (value / count) * 100 : 0}%` }} />
        {frame && <Marks frame={frame} count={count} />}
        {hover !== undefined && <Hint frame={frame} position={hover} count={count} />}
      </div>
      <input
        type="range"
        aria-label={t('bar.timeline')}
        aria-valuetext={`${value} / ${count}`}
        min={0}
        max={Math.max(count, 1)}
        step={1}
        value={value}
        disabled={count === 0}
        onChange={event => {
          const position = Number(event.target.value)
          setDragged(position)
          void scrubTo(position).then(() => setDragged(undefined))
        }}
        onPointerUp={event => event.currentTarget.blur()}
      />
    </div>
  )
}

function Marks({ frame, count }: { readonly frame: Frame; readonly count: number }) {
  if (count === 0) return null
  const chapters = frame.chapters.filter(mark => mark.position > 0 && mark.position < count)
  const commands = frame.chapters.filter(mark => mark.command !== undefined)
  const at = (mark: ChapterMark) => ({ left: `${(mark.position / count) * 100}%` })
  return (
    <>
      {chapters.length <= MARKS &&
        chapters.map(mark => <i key={`${mark.position} ${mark.chapter}`} className={styles.chapter} style={at(mark)} />)}
      {commands.length <= MARKS &&
        commands.map(mark => <i key={`command ${mark.position}`} className={styles.command} style={at(mark)} />)}
    </>
  )
}

/** What lies under the pointer. */
function Hint({
  frame,
  position,
  count,
}: {
  readonly frame: Frame | undefined
  readonly position: number
  readonly count: number
}) {
  const language = useLanguage(state => state.language)
  const mark = frame && chapterAt(frame.chapters, position)
  const names: Readonly<Record<string, string>> = SENTENCES[language].words.chapters
  const chapter = mark && names[mark.chapter]
  return (
    <span className={styles.hint} style={{ left: `${(position / Math.max(count, 1)) * 100}%` }}>
      {position} / {count}
      {chapter !== undefined && ` · ${chapter}`}
      {mark?.command !== undefined && ` · ${mark.command}`}
    </span>
  )
}
