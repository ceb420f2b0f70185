// Models pkg/kubelet/kubelet_pods.go generateAPIPodStatus and getPhase, and pkg/kubelet/status/generate.go: what the kubelet says of a pod.
import type { NodeProfile } from '../api/node-profile'
import type { Container, ContainerStatus, Pod, PodCondition } from '../api/types'
import { containerStatuses, ended, isRestartable } from './container-status'
import { podResources } from './resources'
import type { PodRuntime, PodStatus } from './state'

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed'

/** The kubelet's own conditions, in the order in which it writes them. */
export const OWN_CONDITIONS = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'] as const

/** Why the kubelet itself ends a pod. */
export interface Eviction {
  readonly reason: string
  readonly message: string
}

/**
 * A pod's status as the node sees it; times of transitions are put in by the status manager. `old` is what was said of it last; a phase that
 * is a pod's last stays.
 */
export function podStatus(
  pod: Pod,
  runtime: PodRuntime,
  profile: NodeProfile,
  terminal: boolean,
  old: PodStatus = pod.status,
  eviction?: Eviction,
): PodStatus {
  const statuses = containerStatuses(pod, runtime, profile)
  const found = lastPhaseOf(old, pod.status) ?? podPhase(pod, statuses.init, statuses.main, terminal)
  const phase = eviction && !isTerminal(pod.status.phase) ? 'Failed' : found
  const { sandbox } = runtime
  const resources = podResources(pod)
  const status = kept(pod.status)
  status.phase = phase
  const why =
    eviction ??
    (found === old.phase ? { reason: old.reason || pod.status.reason, message: old.message || pod.status.message } : {})
  if (why.reason) status.reason = why.reason
  if (why.message) status.message = why.message
  if (pod.metadata.generation !== undefined) status.observedGeneration = pod.metadata.generation
  if (pod.status.qosClass) status.qosClass = pod.status.qosClass
  if (profile.internalIP) {
    status.hostIP = profile.internalIP
    status.hostIPs = [{ ip: profile.internalIP }]
  }
  if (sandbox?.ip) {
    status.podIP = sandbox.ip
    status.podIPs = [{ ip: sandbox.ip }]
  } else if (pod.spec.hostNetwork && profile.internalIP) {
    status.podIP = profile.internalIP
    status.podIPs = [{ ip: profile.internalIP }]
  }
  if (statuses.init.length > 0) status.initContainerStatuses = statuses.init
  status.containerStatuses = statuses.main
  status.conditions = conditionsOf(pod, phase, statuses.init, statuses.main, sandbox?.ready === true)
  status.resources = resources.total
  if (resources.allocated) status.allocatedResources = resources.allocated
  return status
}

/** What others wrote into the status and the kubelet carries along. */
function kept({ nominatedNodeName, startTime }: PodStatus): PodStatus {
  const status: PodStatus = {}
  if (startTime) status.startTime = startTime
  if (nominatedNodeName) status.nominatedNodeName = nominatedNodeName
  return status
}

/** The last phase of a pod, where it has reached it: the kubelet's own word comes before the apiserver's. */
const lastPhaseOf = (old: PodStatus, known: PodStatus): Phase | undefined =>
  [old.phase, known.phase].find(isTerminal) as Phase | undefined

/** The phase of a pod, from its containers. Models getPhase. */
export function podPhase(pod: Pod, init: readonly ContainerStatus[], main: readonly ContainerStatus[], terminal: boolean): Phase {
  const policy = pod.spec.restartPolicy ?? 'Always'
  const initial = countInit(pod, init)
  if (initial.failed > 0 && policy === 'Never') return 'Failed'
  const count = { waiting: 0, running: 0, stopped: 0, succeeded: 0, unknown: 0 }
  for (const status of main) countMain(count, status)
  count.unknown += pod.spec.containers.length - main.length
  if (initial.pending > 0 || count.waiting > 0) return 'Pending'
  if (count.running > 0 && count.unknown === 0) return 'Running'
  if (count.running === 0 && count.stopped > 0 && count.unknown === 0) {
    if (terminal) return count.stopped === count.succeeded ? 'Succeeded' : 'Failed'
    if (policy === 'Always') return 'Running'
    if (count.stopped === count.succeeded) return 'Succeeded'
    return policy === 'Never' ? 'Failed' : 'Running'
  }
  return 'Pending'
}

function countInit(pod: Pod, init: readonly ContainerStatus[]): { pending: number; failed: number } {
  const result = { pending: 0, failed: 0 }
  for (const container of pod.spec.initContainers ?? []) {
    const status = init.find(s => s.name === container.name)
    if (isRestartable(container)) {
      if (!status?.state?.running && !status?.state?.terminated) result.pending++
      continue
    }
    const ended = status?.state?.terminated ?? (status?.state?.waiting ? status.lastState?.terminated : undefined)
    if (!ended) result.pending++
    else if (ended.exitCode !== 0) result.failed++
  }
  return result
}

/** All init containers have done their work. */
function isInitialized(pod: Pod, init: readonly ContainerStatus[]): boolean {
  const { pending, failed } = countInit(pod, init)
  return pending === 0 && failed === 0
}

type Count = { waiting: number; running: number; stopped: number; succeeded: number; unknown: number }

function countMain(count: Count, { state, lastState }: ContainerStatus): void {
  if (state?.running) count.running++
  else if (state?.terminated) {
    count.stopped++
    if (state.terminated.exitCode === 0) count.succeeded++
  } else if (state?.waiting) {
    if (lastState?.terminated) count.stopped++
    else count.waiting++
  } else count.unknown++
}

function conditionsOf(
  pod: Pod,
  phase: Phase,
  init: readonly ContainerStatus[],
  main: readonly ContainerStatus[],
  sandboxReady: boolean,
): PodCondition[] {
  const { generation } = pod.metadata
  const containersReady = containersReadyOf(pod, phase, init, main)
  const verdicts: Record<(typeof OWN_CONDITIONS)[number], Verdict> = {
    PodReadyToStartContainers: sandboxReady ? TRUE : FALSE,
    Initialized: initializedOf(pod, phase, init),
    Ready: containersReady.status === 'True' ? readinessGates(pod) : containersReady,
    ContainersReady: containersReady,
    PodScheduled: TRUE,
  }
  const conditions = pod.status.conditions?.filter(c => !isOwn(c.type)) ?? []
  for (const type of OWN_CONDITIONS) conditions.push(conditionOf(type, generation, verdicts[type]))
  return conditions
}

/** Whether a condition is one of the kubelet's own. */
export const isOwn = (type: string): boolean => (OWN_CONDITIONS as readonly string[]).includes(type)

function conditionOf(type: string, generation: number | undefined, { status, reason, message }: Verdict): PodCondition {
  const condition: PodCondition & { observedGeneration?: number } =
    generation === undefined
      ? { type, lastProbeTime: NEVER, status }
      : { type, lastProbeTime: NEVER, observedGeneration: generation, status }
  if (reason !== undefined) condition.reason = reason
  if (message !== undefined) condition.message = message
  return condition
}
/** A zero time in JSON. */
const NEVER = null as unknown as string

interface Verdict {
  readonly status: 'True' | 'False'
  readonly reason?: string
  readonly message?: string
}
const TRUE: Verdict = { status: 'True' }
const FALSE: Verdict = { status: 'False' }

function initializedOf(pod: Pod, phase: Phase, init: readonly ContainerStatus[]): Verdict {
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' }
  if (!pod.spec.initContainers) return TRUE
  const incomplete = pod.spec.initContainers.filter(c => {
    const status = init.find(s => s.name === c.name)
    return isRestartable(c) ? !status?.started : !status?.ready
  })
  if (incomplete.length === 0) return TRUE
  return {
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${incomplete.map(c => c.name).join(' ')}]`,
  }
}

function containersReadyOf(pod: Pod, phase: Phase, init: readonly ContainerStatus[], main: readonly ContainerStatus[]): Verdict {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' }
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' }
  const unready: string[] = []
  for (const c of pod.spec.initContainers ?? []) if (isRestartable(c) && !isReady(init, main, c)) unready.push(c.name)
  for (const c of pod.spec.containers) if (!isReady(init, main, c)) unready.push(c.name)
  if (unready.length === 0) return TRUE
  return {
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.join(' ')}]`,
  }
}

const isReady = (init: readonly ContainerStatus[], main: readonly ContainerStatus[], { name }: Container): boolean =>
  (statusOf(init, name) ?? statusOf(main, name))?.ready === true

function statusOf(statuses: readonly ContainerStatus[], name: string): ContainerStatus | undefined {
  for (const status of statuses) if (status.name === name) return status
  return undefined
}

/** Conditions that others have to set before the pod counts as ready. */
function readinessGates(pod: Pod): Verdict {
  if (!pod.spec.readinessGates) return TRUE
  const messages: string[] = []
  for (const { conditionType } of pod.spec.readinessGates) {
    const found = pod.status.conditions?.find(c => c.type === conditionType)
    if (!found) messages.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`)
    else if (found.status !== 'True')
      messages.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`)
  }
  return messages.length === 0 ? TRUE : { status: 'False', reason: 'ReadinessGatesNotReady', message: messages.join(', ') }
}

/** A status in which the sandbox stands and nothing else is new (kubelet.go OnPodSandboxReady). */
export function withSandboxReady(status: PodStatus): PodStatus {
  if (!status.conditions) return status
  const conditions = status.conditions.map(c => (c.type === 'PodReadyToStartContainers' ? { ...c, status: 'True' } : c))
  return { ...status, conditions }
}

/**
 * The last status of a pod. Whatever did not end is said to have ended; a pod that is not complete by then has failed. Where there is no
 * cgroup (hollow nodes) nothing is left of resources that would be read from there. Models TerminatePod.
 */
export function lastStatus(pod: Pod, status: PodStatus, hollow: boolean): PodStatus {
  const { containerStatuses, initContainerStatuses = [] } = status
  const requests = { ...status.resources?.requests }
  delete requests.cpu
  return {
    ...status,
    phase: isTerminal(status.phase) ? status.phase : 'Failed',
    ...(containerStatuses && isInitialized(pod, initContainerStatuses) && { containerStatuses: ended(containerStatuses) }),
    ...(hollow && { resources: Object.keys(requests).length > 0 ? { requests } : {} }),
  }
}

export const isTerminal = (phase: string | undefined): boolean => phase === 'Succeeded' || phase === 'Failed'
