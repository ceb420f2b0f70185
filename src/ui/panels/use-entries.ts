/** A window of the trace, asked for again when the cursor moves. */
import { useEffect, useState } from 'react'
import { useSession } from '../session/session'
import type { Frame, Seq, StageEntry } from '../session/types'

/** From an entry to an entry; a window holds 500 at most. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** The entries of a range of the branch that is shown; undefined until they are there. Without a range, none. */
export function useEntries(range: Range | undefined): readonly StageEntry[] | undefined {
  const [entries, setEntries] = useState<readonly StageEntry[]>()
  const branch = useSession(state => state.frame?.branch)
  const length = useSession(state => state.frame?.length)
  const from = range?.from
  const to = range?.to
  // biome-ignore lint/correctness/useExhaustiveDependencies: another branch, or a longer one, has other entries there
  useEffect(() => {
    let isCurrent = true
    const api = useSession.getState().api()
    if (!api || from === undefined || to === undefined) {
      setEntries(from === undefined ? [] : undefined)
      return
    }
    api.entries({ from: from as Seq, to: to as Seq }).then(
      answer => isCurrent && setEntries(answer),
      () => isCurrent && setEntries([]),
    )
    return () => {
      isCurrent = false
    }
  }, [from, to, branch, length])
  return entries
}

/** The window of so many entries before the cursor and after it. */
export function aroundCursor(frame: Frame | undefined, before: number, after: number): Range | undefined {
  if (!frame || frame.length === 0) return undefined
  return { from: Math.max(1, frame.cursor - before), to: Math.min(frame.length, frame.cursor + after) }
}
