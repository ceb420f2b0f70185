/** Asks the worker for what is selected, and asks again when the cursor has moved. */
import { useEffect, useState } from 'react'
import type { WorkerConnection } from '../../../worker/client'
import { useSession } from '../../session/session'

export interface Detail<T> {
  readonly value?: T
  readonly error?: string
  readonly isLoading: boolean
}

/**
 * What `load` answers for `name`. While the next answer is awaited, the last one for the same name stays. `name` and `moment` tell one
 * question from another: it is asked again when either changes.
 */
export function useDetail<T>(name: string, moment: string, load: (api: WorkerConnection['api']) => Promise<T>): Detail<T> {
  const [detail, setDetail] = useState<Detail<T> & { readonly name: string }>({ name, isLoading: true })
  // biome-ignore lint/correctness/useExhaustiveDependencies: `name` and `moment` stand for what `load` asks
  useEffect(() => {
    let isCurrent = true
    const api = useSession.getState().api()
    if (!api) return
    setDetail(last => (last.name === name ? { ...last, isLoading: true } : { name, isLoading: true }))
    load(api).then(
      value => isCurrent && setDetail({ name, value, isLoading: false }),
      (error: unknown) =>
        isCurrent && setDetail({ name, error: error instanceof Error ? error.message : String(error), isLoading: false }),
    )
    return () => {
      isCurrent = false
    }
  }, [name, moment])
  return detail.name === name ? detail : { isLoading: true }
}

/** Where the cursor stands: what is asked at a cursor is asked again when this changes. */
export const useMoment = (): string => useSession(({ frame }) => (frame ? `${frame.branch} ${frame.cursor} ${frame.depth}` : ''))
/** The branch: entries of one never change. */
export const useBranch = (): string => useSession(({ frame }) => (frame ? String(frame.branch) : ''))
