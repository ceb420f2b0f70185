// Models pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses.
import type { CriContainer } from '../api/cri'
import type { NodeProfile } from '../api/node-profile'
import { rfc3339 } from '../api/time'
import type { Container, ContainerStatus, Pod } from '../api/types'
import type { Time } from '../kernel/types'
import type { PodRuntime } from './state'

/** A sidecar: an init container that goes on running. */
export const isRestartable = (container: Container): boolean => container.restartPolicy === 'Always'

/** Statuses of a pod's init containers and containers, in the order of its spec. */
export function containerStatuses(
  pod: Pod,
  runtime: PodRuntime,
  profile: NodeProfile,
): { readonly init: ContainerStatus[]; readonly main: ContainerStatus[] } {
  const hasInit = (pod.spec.initContainers?.length ?? 0) > 0
  const waiting = hasInit ? 'PodInitializing' : 'ContainerCreating'
  const one = (container: Container, isInit: boolean) => containerStatus(pod, container, runtime, profile, waiting, isInit)
  return {
    init: (pod.spec.initContainers ?? []).map(c => one(c, true)),
    main: pod.spec.containers.map(c => one(c, false)),
  }
}

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
  runtime.containers.filter(c => c.name === name)

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
  const status: ContainerStatus = {
    name: container.name,
    image: now?.resolvedImage ?? container.image ?? '',
    imageID: now?.imageRef ?? '',
    restartCount: now?.attempt ?? 0,
    state: now ? stateOf(now, profile) : { waiting: { reason: waiting } },
    lastState: before?.state === 'exited' ? stateOf(before, profile) : {},
    ready: false,
    ...(now && { containerID: `${profile.runtime.idPrefix}${now.id}`, ...resourcesOf(container) }),
    ...(now && !profile.runtime.fake && { user: userOf(pod, container) }),
    ...mountsOf(container),
  }
  const failure = runtime.failures[container.name]
  if (failure && shouldRestart(pod, container, now)) {
    if (status.state?.terminated) status.lastState = status.state
    status.state = { waiting: { reason: failure.reason, ...(failure.message && { message: failure.message }) } }
  }
  return withReadiness(status, profile, isInit && !isRestartable(container))
}

/** `started` and `ready`: with probes off, everything is ready. */
function withReadiness(status: ContainerStatus, profile: NodeProfile, runsOnce: boolean): ContainerStatus {
  if (!profile.probes) return { ...status, ready: true }
  const started = status.state?.running !== undefined
  const ready = runsOnce ? status.state?.terminated?.exitCode === 0 : started
  return { ...status, started, ready }
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
      startedAt: at(container.startedAt),
      finishedAt: at(container.finishedAt),
    },
  }
}

function resourcesOf({ resources }: Container): Partial<ContainerStatus> {
  const { requests, limits } = resources ?? {}
  return {
    resources: { ...(requests && { requests }), ...(limits && { limits }) },
    ...(requests && { allocatedResources: requests }),
  }
}

/** Whom the program runs as (`user` of its status, since 1.31). */
function userOf(pod: Pod, container: Container): object {
  const uid = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser ?? 0
  const gid = container.securityContext?.runAsGroup ?? pod.spec.securityContext?.runAsGroup ?? 0
  return { linux: { uid, gid, supplementalGroups: [gid] } }
}

function mountsOf({ volumeMounts }: Container): Partial<ContainerStatus> {
  if (!volumeMounts?.length) return {}
  return {
    volumeMounts: volumeMounts.map(({ name, mountPath, readOnly, recursiveReadOnly }) => ({
      name,
      mountPath,
      ...(readOnly && { readOnly, recursiveReadOnly: recursiveReadOnly ?? 'Disabled' }),
    })),
  }
}
