/** What the person points at. Map, log, ladder and scrubber share it: pointing at one lights the same thing in the others. */
import { create } from 'zustand'
import type { RoomId, Seq } from './types'

interface Pointer {
  readonly seq: Seq | undefined
  readonly room: RoomId | undefined
}

export const usePointer = create<Pointer>(() => ({ seq: undefined, room: undefined }))

/** Points at an entry, or at nothing. */
export const pointAtEntry = (seq: Seq | undefined): void => usePointer.setState({ seq })
/** Points at a room, or at nothing. */
export const pointAtRoom = (room: RoomId | undefined): void => usePointer.setState({ room })
