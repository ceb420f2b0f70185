// Models pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses.
import type { CriContainer } from '../api/cri'
import type { NodeProfile } from '../api/node-profile'
import { rfc3339 } from '../api/time'
import type { Container, ContainerStatus, Pod } from '../api/types'
import type { Time } from '../kernel/types'
import { userOf } from './security-context'
import type { PodRuntime } from './state'

/** A sidecar: an init container that goes on running. */
export const isRestartable = (container: Container): boolean => container.restartPolicy === 'Always'

/** Statuses of a pod's init containers, in the order of its spec, and of its containers, by name. */
export function containerStatuses(
  pod: Pod,
  runtime: PodRuntime,
  profile: NodeProfile,
): { readonly init: ContainerStatus[]; readonly main: ContainerStatus[] } {
  const hasInit = (pod.spec.initContainers?.length ?? 0) > 0
  const waiting = hasInit ? 'PodInitializing' : 'ContainerCreating'
  const init: ContainerStatus[] = []
  const main: ContainerStatus[] = []
  for (const c of pod.spec.initContainers ?? []) init.push(containerStatus(pod, c, runtime, profile, waiting, true))
  for (const c of pod.spec.containers) main.push(containerStatus(pod, c, runtime, profile, waiting, false))
  return { init, main: main.sort(byName) }
}

const byName = (a: ContainerStatus, b: ContainerStatus): number => (a.name < b.name ? -1 : 1)

/** Whether a container runs another image than its spec says: only the image of a running container can be changed. */
export const isChanged = (container: Container, running: CriContainer): boolean =>
  running.state === 'running' && running.image !== container.image

/** Whether a container that has ended is to run again. Models kubecontainer.ShouldContainerBeRestarted. */
export function shouldRestart(pod: Pod, container: Container, last: CriContainer | undefined): boolean {
  if (pod.metadata.deletionTimestamp) return false
  if (!last) return true
  if (last.state === 'running') return false
  const policy = isRestartable(container) ? 'Always' : (pod.spec.restartPolicy ?? 'Always')
  if (last.state === 'created') return true
  return policy === 'Always' || (policy === 'OnFailure' && last.exitCode !== 0)
}

/** Instances of a container, oldest first. */
export const instancesOf = (runtime: PodRuntime, name: string): readonly CriContainer[] =>
  runtime.containers.length === 0 ? runtime.containers : runtime.containers.filter(c => c.name === name)

/** The instance of a container that counts. */
export const lastOf = (runtime: PodRuntime, name: string): CriContainer | undefined =>
  runtime.containers.findLast(c => c.name === name)

function containerStatus(
  pod: Pod,
  container: Container,
  runtime: PodRuntime,
  profile: NodeProfile,
  waiting: string,
  isInit: boolean,
): ContainerStatus {
  const instances = instancesOf(runtime, container.name)
  const now = instances.at(-1)
  const before = instances.at(-2)
  const lost = now ? undefined : lostStatus(pod, container.name)
  if (lost?.state?.terminated) return lost
  const status: ContainerStatus = {
    name: container.name,
    image: now?.resolvedImage ?? container.image ?? '',
    imageID: now?.imageRef ?? '',
    restartCount: now?.attempt ?? lost?.restartCount ?? 0,
    state: now ? stateOf(now, profile) : { waiting: { reason: waiting } },
    lastState: before?.state === 'exited' ? stateOf(before, profile) : (lost?.lastState ?? {}),
    ready: false,
  }
  if (now) {
    status.containerID = `${profile.runtime.idPrefix}${now.id}`
    Object.assign(status, resourcesOf(container, now.state === 'running'))
    if (!profile.runtime.fake) (status as { user?: object }).user = userOf(pod, container)
  }
  if (container.volumeMounts?.length) (status as { volumeMounts?: object[] }).volumeMounts = mountsOf(container.volumeMounts)
  const failure = runtime.failures[container.name]
  if (failure && shouldRestart(pod, container, now)) {
    if (status.state?.terminated) status.lastState = status.state
    status.state = { waiting: { reason: failure.reason, ...(failure.message && { message: failure.message }) } }
  }
  setReadiness(status, container, runtime, profile, isInit)
  return status
}

/** A container that the runtime does not know, though the apiserver has a status of it: what is left of that. */
export function lostStatus(pod: Pod, name: string): ContainerStatus | undefined {
  const named = (status: ContainerStatus): boolean => status.name === name
  const known = pod.status.initContainerStatuses?.find(named) ?? pod.status.containerStatuses?.find(named)
  if (!known?.state?.running) return known
  const restartCount = known.restartCount + (pod.metadata.deletionTimestamp ? 0 : 1)
  return { ...known, restartCount, lastState: { terminated: unknown('deleted.  The container used to be Running') } }
}

/** Nobody knows how a container ended. */
const unknown = (when: string): NonNullable<NonNullable<ContainerStatus['state']>['terminated']> => ({
  exitCode: 137,
  reason: 'ContainerStatusUnknown',
  message: `The container could not be located when the pod was ${when}`,
  startedAt: NEVER,
  finishedAt: NEVER,
})
/** A zero time in JSON. */
const NEVER = null as unknown as string

/** Of a pod that is over, every container has ended, one way or another. Models TerminatePod. */
export const ended = (statuses: readonly ContainerStatus[]): ContainerStatus[] =>
  statuses.map(s => (s.state?.terminated ? s : { ...s, state: { terminated: unknown('terminated') } }))

/** `started` and `ready`: with probes off, all but init containers are ready, and nothing is said to have started (prober/testing's FakeManager). */
function setReadiness(
  status: ContainerStatus,
  container: Container,
  runtime: PodRuntime,
  profile: NodeProfile,
  isInit: boolean,
): void {
  if (!profile.probes) {
    status.ready = !isInit
    return
  }
  const isRunning = status.state?.running !== undefined
  status.started = isRunning && passes(runtime, container, 'startup')
  if (isInit && !isRestartable(container)) status.ready = status.state?.terminated?.exitCode === 0
  else status.ready = status.started && passes(runtime, container, 'readiness')
}

/** A probe of the instance that counts has succeeded, or there is none. */
function passes(runtime: PodRuntime, container: Container, type: 'startup' | 'readiness'): boolean {
  if (!container[`${type}Probe`]) return true
  const known = runtime.probes?.[`${type} ${container.name}`]
  return known?.result === 'success' && known.id === lastOf(runtime, container.name)?.id
}

/** Which of the probes that keep a container alive has failed. */
export function failedProbe(runtime: PodRuntime, container: Container): 'liveness' | 'startup' | undefined {
  if (!runtime.probes) return undefined
  const last = lastOf(runtime, container.name)
  if (last?.state !== 'running') return undefined
  return (['liveness', 'startup'] as const).find(type => {
    const known = runtime.probes?.[`${type} ${container.name}`]
    return known?.id === last.id && known.result === 'failure'
  })
}

const at = (time: number): string => rfc3339(time as Time)

function stateOf(container: CriContainer, profile: NodeProfile): NonNullable<ContainerStatus['state']> {
  if (container.state === 'created') return { waiting: {} }
  if (container.state === 'running') return { running: { startedAt: at(container.startedAt) } }
  return {
    terminated: {
      containerID: `${profile.runtime.idPrefix}${container.id}`,
      exitCode: container.exitCode,
      ...(container.reason && { reason: container.reason }),
      ...(container.message && { message: container.message }),
      startedAt: at(container.startedAt),
      finishedAt: at(container.finishedAt),
    },
  }
}

const NO_RESOURCES: Partial<ContainerStatus> = Object.freeze({ resources: Object.freeze({}) })

/** What the container got. A running one's memory request is said even when there is none beside one of CPU. */
function resourcesOf({ resources }: Container, running: boolean): Partial<ContainerStatus> {
  if (!resources) return NO_RESOURCES
  const { requests, limits } = resources
  const unsaid = running && requests?.cpu !== undefined && requests.memory === undefined
  return {
    resources: { ...(requests && { requests: unsaid ? { ...requests, memory: '0' } : requests }), ...(limits && { limits }) },
    ...(requests && { allocatedResources: requests }),
  }
}

const mountsOf = (mounts: NonNullable<Container['volumeMounts']>): object[] =>
  mounts.map(({ name, mountPath, readOnly, recursiveReadOnly = 'Disabled' }) =>
    readOnly ? { name, mountPath, readOnly, recursiveReadOnly } : { name, mountPath },
  )
