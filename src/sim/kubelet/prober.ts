// Models pkg/kubelet/prober (prober_manager.go, worker.go) and its results: who is probed, when, and what comes of it.
import type { Container, Pod } from '../api/types'
import { perform } from '../client/effects'
import { start } from '../client/room'
import type { Message, TimerId } from '../kernel/types'
import { lastOf } from './container-status'
import { fieldPathOf, recordPodEvent } from './events'
import { noteUnknown, type Outcome, runHandler } from './probe'
import type { KubeletProcedure, KubeletWorld, PodWorker } from './state'

/** In the order in which they are looked for. */
const TYPES = ['startup', 'readiness', 'liveness'] as const
export type ProbeType = (typeof TYPES)[number]
export type Result = 'success' | 'failure' | 'unknown'

type Probe = NonNullable<Container['livenessProbe']>
const probeOf = (container: Container, type: ProbeType): Probe | undefined => container[`${type}Probe`]

/** What has come of a container's probe: of which instance. By `readiness web`. */
export type ProbeResults = Readonly<Record<string, { readonly id: string; readonly result: Result }>>

/** A probe of a container, between its runs (prober/worker.go). */
export interface ProbeWorker {
  readonly type: ProbeType
  readonly container: string
  /** The instance that it looks at. */
  readonly id: string
  readonly last: boolean | undefined
  /** How often in a row the last outcome came. */
  readonly run: number
  /** It has failed for good: nothing is asked until there is a new instance. */
  readonly onHold: boolean
  readonly busy: boolean
  readonly timer: TimerId | undefined
}
export type ProbeWorkers = Readonly<Record<string, ProbeWorker>>

const INITIAL: Readonly<Record<ProbeType, Result>> = { startup: 'unknown', readiness: 'failure', liveness: 'success' }
const WORDS: Readonly<Record<ProbeType, string>> = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' }

const keyOf = (type: ProbeType, container: string): string => `${type} ${container}`

/** Probes of its containers, and of init containers that go on running. */
function* probesOf({ spec }: Pod): Generator<readonly [container: Container, type: ProbeType]> {
  const sidecars = spec.initContainers?.filter(c => c.restartPolicy === 'Always') ?? []
  for (const container of [...spec.containers, ...sidecars])
    for (const type of TYPES) if (probeOf(container, type)) yield [container, type]
}

/** A probe's time has come. */
export interface ProbeMessage extends Message {
  readonly type: 'kubelet.probe'
  readonly uid: string
  readonly key: string
}

/** AddPod: a pod's probes begin, once. */
export function addProbes(world: KubeletWorld, worker: PodWorker): void {
  if (worker.probes || !world.state.profile.probes) return
  const added: string[] = []
  const probes: Record<string, ProbeWorker> = {}
  for (const [{ name }, type] of probesOf(worker.pod)) {
    const key = keyOf(type, name)
    const fresh: ProbeWorker = {
      type,
      container: name,
      id: '',
      last: undefined,
      run: 0,
      onHold: false,
      busy: false,
      timer: undefined,
    }
    probes[key] = Object.freeze(fresh)
    added.push(key)
  }
  if (added.length === 0) return
  worker.probes = Object.freeze(probes)
  for (const key of added) tick(world, worker, key, 0)
}

/** Arms a probe's next look. */
function tick(world: KubeletWorld, worker: PodWorker, key: string, ms: number): void {
  const probe = worker.probes?.[key]
  if (!probe) return
  if (probe.timer !== undefined) world.context.cancel(probe.timer)
  const message = { type: 'kubelet.probe', uid: worker.uid, key } as ProbeMessage
  change(worker, key, { timer: world.context.after(ms, message, { housekeeping: isAtRest(worker, probe, key) }) })
}

/** So many failures in a row, and nobody waits for a probe any more. */
const PATIENCE = 6

/** Probes that pass go on for ever and keep nobody busy; so do those of what does not run, or has failed for long. */
function isAtRest({ runtime }: PodWorker, { container, last, run }: ProbeWorker, key: string): boolean {
  if (lastOf(runtime, container)?.state !== 'running') return true
  if (last === false) return run >= PATIENCE
  return runtime.probes?.[key]?.result === 'success'
}

function change(worker: PodWorker, key: string, changes: Partial<ProbeWorker>): void {
  const probe = worker.probes?.[key]
  if (probe) worker.probes = Object.freeze({ ...worker.probes, [key]: Object.freeze({ ...probe, ...changes }) })
}

/** Sets a result; true where it is another than before. */
function setResult(worker: PodWorker, key: string, id: string, result: Result): boolean {
  const known = worker.runtime.probes?.[key]
  if (known?.id === id && known.result === result) return false
  const probes = Object.freeze({ ...worker.runtime.probes, [key]: Object.freeze({ id, result }) })
  worker.runtime = Object.freeze({ ...worker.runtime, probes })
  return true
}

/** A running container that is not ready yet is asked at once when its pod's status is made (UpdatePodStatus). */
export function askUnready(world: KubeletWorld, worker: PodWorker): void {
  if (!worker.probes) return
  for (const key in worker.probes) {
    const probe = worker.probes[key]
    if (probe?.type !== 'readiness' || probe.busy) continue
    const last = lastOf(worker.runtime, probe.container)
    const known = worker.runtime.probes?.[key]
    if (last?.state !== 'running' || (known?.id === last.id && known.result === 'success')) continue
    if (isStarted(worker, probe.container, last.id)) tick(world, worker, key, 0)
  }
}

/** A startup probe has succeeded, or there is none. */
function isStarted({ runtime, probes }: PodWorker, container: string, id: string): boolean {
  const key = keyOf('startup', container)
  if (!probes?.[key]) return true
  const known = runtime.probes?.[key]
  return known?.id === id && known.result === 'success'
}

/** One look at a container (doProbe): most end without a probe. */
export function look(world: KubeletWorld, { uid, key }: ProbeMessage, tell: (worker: PodWorker) => void): void {
  const worker = world.state.workers.get(uid)
  const probe = worker?.probes?.[key]
  if (!worker || !probe || (worker.phase !== 'sync' && worker.phase !== 'terminating')) return
  const { pod } = worker
  const container = containerOf(pod, probe.container)
  const spec = container && probeOf(container, probe.type)
  if (!container || !spec) return
  change(worker, key, { timer: undefined })
  tick(world, worker, key, (spec.periodSeconds ?? 10) * 1000)
  const now = lastOf(worker.runtime, probe.container)
  if (!now || probe.busy) return
  if (now.id !== probe.id) {
    change(worker, key, { id: now.id, onHold: false })
    if (setResult(worker, key, now.id, INITIAL[probe.type])) tell(worker)
  }
  if (worker.probes?.[key]?.onHold) return
  if (now.state !== 'running') {
    if (setResult(worker, key, now.id, 'failure')) tell(worker)
    return
  }
  if (pod.metadata.deletionTimestamp && probe.type !== 'readiness') {
    setResult(worker, key, now.id, 'success')
    return
  }
  if (Math.floor((world.context.now - now.startedAt) / 1e6) < (spec.initialDelaySeconds ?? 0)) return
  if (isStarted(worker, probe.container, now.id) === (probe.type === 'startup')) return
  change(worker, key, { busy: true })
  start(world, PROBE, [uid, key])
}

export const PROBE = 'probe'

const containerOf = ({ spec }: Pod, name: string): Container | undefined =>
  spec.containers.find(c => c.name === name) ?? spec.initContainers?.find(c => c.name === name)

/** The procedure of one probe. */
export function* probe(uid: string, key: string): KubeletProcedure<Outcome | undefined> {
  const begun = yield* perform((world: KubeletWorld) => {
    const worker = world.state.workers.peek(uid)
    const known = worker?.probes?.[key]
    const container = worker && known && containerOf(worker.pod, known.container)
    if (!worker || !known || !container) return undefined
    return Object.freeze({ pod: worker.pod, container, type: known.type, id: known.id, ip: worker.runtime.sandbox?.ip ?? '' })
  })
  const spec = begun && probeOf(begun.container, begun.type)
  if (!begun || !spec) return undefined
  const target = { ...begun, timeoutSeconds: spec.timeoutSeconds ?? 1 }
  return yield* runHandler(spec, target, begun.type)
}

/** A probe has its outcome: it counts when it has come often enough in a row. */
export function probed(
  world: KubeletWorld,
  uid: string,
  key: string,
  outcome: Outcome | undefined,
  tell: (worker: PodWorker) => void,
): void {
  const worker = world.state.workers.get(uid)
  const known = worker?.probes?.[key]
  const container = worker && known && containerOf(worker.pod, known.container)
  const spec = container && probeOf(container, known.type)
  if (!worker || !known || !container || !spec) return
  change(worker, key, { busy: false })
  if (!outcome || lastOf(worker.runtime, known.container)?.id !== known.id) return
  const { pod } = worker
  const { ok, output, unknown } = outcome
  if (unknown && known.last === undefined) noteUnknown(world, pod, `${known.type}Probe`)
  if (!ok) {
    const message = `${WORDS[known.type]} probe failed: ${output}`
    recordPodEvent(world, pod, { type: 'Warning', reason: 'Unhealthy', message }, fieldPathOf(pod, container.name))
  }
  const run = known.last === ok ? known.run + 1 : 1
  change(worker, key, { last: ok, run })
  if (run < (ok ? (spec.successThreshold ?? 1) : (spec.failureThreshold ?? 3))) return
  const changed = setResult(worker, key, known.id, ok ? 'success' : 'failure')
  if (!ok && known.type !== 'readiness') change(worker, key, { onHold: true, run: 0 })
  if (changed) tell(worker)
}
