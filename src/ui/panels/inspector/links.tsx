/** Buttons that lead from one thing to another: to an entry, an object, a room. */
import { entryLine, roomName } from '../../../content/captions'
import { pointAtEntry, pointAtRoom } from '../../session/pointer'
import { useSession } from '../../session/session'
import type { RoomId, StageEntry } from '../../session/types'
import { clockTime } from '../../shared/format'
import { useLanguage } from '../../shared/i18n'
import { type ObjectSelection, objectLabel } from '../object-links'
import { whoOf } from '../who'
import styles from './inspector.module.css'

/** Goes to the beat of an entry and asks for it. */
export function goToEntry(entry: Pick<StageEntry, 'seq'>): void {
  const { seek, select, setPlaying } = useSession.getState()
  setPlaying(false)
  select({ kind: 'entry', seq: entry.seq })
  void seek({ seq: entry.seq })
}

interface EntryLinkProps {
  readonly entry: StageEntry
  /** Virtual µs of the entry that it stands beside: the time is told as the distance from there. */
  readonly from?: number
}

/** An entry in a line, with who did it and when. */
export function EntryLink({ entry, from }: EntryLinkProps) {
  const language = useLanguage(state => state.language)
  const who = whoOf(entry, language)
  return (
    <button
      type="button"
      className={styles.entryLink}
      onClick={() => goToEntry(entry)}
      onPointerEnter={() => pointAtEntry(entry.seq)}
      onPointerLeave={() => pointAtEntry(undefined)}
      onFocus={() => pointAtEntry(entry.seq)}
      onBlur={() => pointAtEntry(undefined)}
    >
      <span className={styles.entryText}>{entryLine(entry, language)}</span>
      <span className={styles.entryWho}>
        {who && `${who} · `}
        {from === undefined ? clockTime(entry.at) : distance(entry.at - from)}
      </span>
    </button>
  )
}

/** Virtual µs between two entries: `−2.1 ms`, `+1.8 s`. */
export function distance(us: number): string {
  const sign = us < 0 ? '−' : '+'
  const ms = Math.abs(us) / 1000
  if (ms < 100) return `${sign}${ms.toFixed(ms < 10 ? 1 : 0)} ms`
  if (ms < 1000) return `${sign}${Math.round(ms)} ms`
  if (ms < 600_000) return `${sign}${(ms / 1000).toFixed(1)} s`
  return `${sign}${Math.round(ms / 60_000)} min`
}

export function ObjectLink({ object, label }: { readonly object: ObjectSelection; readonly label?: string }) {
  const select = useSession(state => state.select)
  return (
    <button type="button" className={styles.chip} onClick={() => select(object)}>
      {label ?? objectLabel(object)}
    </button>
  )
}

export function RoomLink({ room }: { readonly room: RoomId }) {
  const language = useLanguage(state => state.language)
  const select = useSession(state => state.select)
  const name = roomName(room, language)
  if (String(room) === 'user') return name
  return (
    <button
      type="button"
      className={styles.roomLink}
      data-to-room={room}
      onClick={() => select({ kind: 'room', room })}
      onPointerEnter={() => pointAtRoom(room)}
      onPointerLeave={() => pointAtRoom(undefined)}
    >
      {name}
    </button>
  )
}
