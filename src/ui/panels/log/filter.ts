/** Which entries of the log are shown. */
import type { StageEntry } from '../../session/types'

export interface Filter {
  readonly text: string
  /** A room with its parts; '' for every one. */
  readonly room: string
  /** A reason, or a family of them: `etcd`; '' for every one. */
  readonly reason: string
  readonly housekeeping: boolean
}

export const EVERYTHING: Filter = { text: '', room: '', reason: '', housekeeping: false }

const isWithin = (room: string, wanted: string): boolean => room === wanted || room.startsWith(`${wanted}/`)

/** The family of a reason: what stands before its first dot. */
export const familyOf = (reason: string): string => reason.slice(0, reason.indexOf('.'))

/** Whether an entry passes. `line` is what the list says of it. */
export function passes(entry: StageEntry, line: string, { text, room, reason, housekeeping }: Filter): boolean {
  if (entry.housekeeping && !housekeeping) return false
  if (room !== '' && !isWithin(entry.room, room) && !(entry.hop && isWithin(entry.hop.to, room))) return false
  if (reason !== '' && familyOf(entry.reason) !== reason) return false
  if (text === '') return true
  const wanted = text.toLowerCase()
  return [line, entry.reason, entry.room, String(entry.seq)].some(each => each.toLowerCase().includes(wanted))
}
