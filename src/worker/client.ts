/** The UI's side of the worker: starts it, talks to it through Comlink, and tells when it dies. */
import { proxy, type Remote, wrap } from 'comlink'
import type { Failure, Frame, KubestageWorker, StartOptions } from './protocol'

/** A running worker. `terminate` ends it; calls that are under way never answer. */
export interface WorkerConnection {
  readonly api: Remote<KubestageWorker>
  readonly terminate: () => void
}

/** Starts a worker and boots its cluster. `onFrame` hears of every Frame that it posts of its own accord, `onDeath` of a crash. */
export async function connect(
  options: StartOptions,
  onFrame: (frame: Frame) => void,
  onDeath: (failure: Failure) => void,
): Promise<{ connection: WorkerConnection; frame: Frame }> {
  const worker = new Worker(new URL('./server.ts', import.meta.url), { type: 'module', name: 'kubestage' })
  const api = wrap<KubestageWorker>(worker)
  const died = new Promise<never>((_, reject) => {
    worker.addEventListener('error', event => {
      onDeath({ message: event.message || 'the worker stopped' })
      reject(new Error(event.message || 'the worker stopped'))
    })
  })
  const frame = await Promise.race([api.start(options, proxy(onFrame)), died])
  return { connection: { api, terminate: () => worker.terminate() }, frame }
}
