/**
 * What a page that embeds the stage, and the browser tests, can ask of it: read-only, kept stable. `window.kubestage` holds it.
 */
import { useSession } from './session'
import type { CommandLog, EntryDetail, Frame, Seq } from './types'

export interface KubestageHandle {
  /** What is shown now. */
  frame(): Frame | undefined
  /** Fingerprint of the trace up to an entry, or of all of it: the same for the same seed and commands everywhere. */
  hash(seq?: number): Promise<string | undefined>
  /** What the branch can be made again from. */
  log(): Promise<CommandLog | undefined>
  /** Everything about an entry. */
  inspect(seq: number): Promise<EntryDetail | undefined>
}

declare global {
  interface Window {
    kubestage?: KubestageHandle
  }
}

/** Puts the handle on the window. */
export function offerHandle(): void {
  const api = () => useSession.getState().api()
  window.kubestage = {
    frame: () => useSession.getState().frame,
    hash: async seq => api()?.hash(seq as Seq | undefined),
    log: async () => api()?.log(),
    inspect: async seq => api()?.inspect(seq as Seq),
  }
}
