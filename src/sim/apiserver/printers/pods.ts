// Models printPod of pkg/printers/internalversion/printers.go: what READY, STATUS and RESTARTS say of a Pod.
import { ageOf } from '../../api/time'
import type { Container, ContainerStatus, Pod } from '../../api/types'
import type { Time } from '../../kernel/types'
import { age } from './cells'
import { AGE, type Cell, column, NAME, type Printers, printer, type RowConditions, wideColumn } from './types'

/** What the containers' statuses add up to. `lastRestart` is the time at which the container that restarted last had ended. */
interface Tally {
  reason: string
  ready: number
  restarts: number
  lastRestart: string | undefined
}

/** The Pod reason that the node lifecycle controller sets on a node that it cannot reach. */
const NODE_UNREACHABLE = 'NodeLost'

const SUCCEEDED = [{ type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' }]
const FAILED = [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }]

const isRestartable = (container: Container | undefined) => container?.restartPolicy === 'Always'

function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return a < b ? b : a
}

/** The reason of a container that ended, as it stands in STATUS. */
function terminatedReason({ reason, signal, exitCode }: { reason?: string; signal?: number; exitCode: number }): string {
  if (reason) return reason
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`
}

/**
 * STATUS while the init containers run: the first that has not done its part says why the others wait. Adds up their restarts;
 * those of sidecars are told apart, because they alone count once the Pod is initialized.
 */
function initializing(pod: Pod, tally: Tally, sidecars: Tally): boolean {
  const specs = new Map((pod.spec.initContainers ?? []).map(container => [container.name, container]))
  const statuses = pod.status.initContainerStatuses ?? []
  for (const [index, status] of statuses.entries()) {
    const sidecar = isRestartable(specs.get(status.name))
    for (const sum of sidecar ? [tally, sidecars] : [tally]) {
      sum.restarts += status.restartCount
      sum.lastRestart = later(sum.lastRestart, status.lastState?.terminated?.finishedAt)
    }
    const { terminated, waiting } = status.state ?? {}
    if (terminated?.exitCode === 0) continue
    if (sidecar && status.started === true) {
      if (status.ready) tally.ready++
      continue
    }
    if (terminated) tally.reason = `Init:${terminatedReason(terminated)}`
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') tally.reason = `Init:${waiting.reason}`
    else tally.reason = `Init:${index}/${specs.size}`
    return true
  }
  return false
}

/** STATUS of the main containers: the first in the list that has something to say wins, so they are read from the last. */
function running(pod: Pod, tally: Tally): void {
  let hasRunning = false
  let errorReason = ''
  for (const status of [...(pod.status.containerStatuses ?? [])].reverse()) {
    tally.restarts += status.restartCount
    tally.lastRestart = later(tally.lastRestart, status.lastState?.terminated?.finishedAt)
    const { terminated, waiting } = status.state ?? {}
    if (waiting?.reason) tally.reason = waiting.reason
    else if (terminated) {
      tally.reason = terminatedReason(terminated)
      if (terminated.exitCode !== 0) errorReason = tally.reason
    } else if (isReady(status)) {
      hasRunning = true
      tally.ready++
    }
  }
  if (tally.reason !== 'Completed') return
  if (hasRunning && hasCondition(pod, 'Ready')) tally.reason = 'Running'
  else if (errorReason !== '') tally.reason = errorReason
  else if (hasRunning) tally.reason = 'NotReady'
}
const isReady = (status: ContainerStatus) => status.ready && status.state?.running !== undefined

const hasCondition = (pod: Pod, type: string) =>
  (pod.status.conditions ?? []).some(condition => condition.type === type && condition.status === 'True')

function tallyOf(pod: Pod): Tally {
  const { status, metadata } = pod
  const tally: Tally = { reason: status.reason || status.phase || '', ready: 0, restarts: 0, lastRestart: undefined }
  const gated = (status.conditions ?? []).some(c => c.type === 'PodScheduled' && c.reason === 'SchedulingGated')
  if (gated) tally.reason = 'SchedulingGated'
  const sidecars: Tally = { ...tally }
  if (!initializing(pod, tally, sidecars) || hasCondition(pod, 'Initialized')) {
    tally.restarts = sidecars.restarts
    tally.lastRestart = sidecars.lastRestart
    running(pod, tally)
  }
  if (metadata.deletionTimestamp !== undefined) {
    if (status.reason === NODE_UNREACHABLE) tally.reason = 'Unknown'
    else if (status.phase !== 'Failed' && status.phase !== 'Succeeded') tally.reason = 'Terminating'
  }
  return tally
}

/** `0/1` of the readiness gates are true. */
function readinessGates(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  return `${gates.filter(gate => hasCondition(pod, gate.conditionType)).length}/${gates.length}`
}

function podRow(pod: Pod, now: Time): Cell[] {
  const { reason, ready, restarts, lastRestart } = tallyOf(pod)
  const total = pod.spec.containers.length + (pod.spec.initContainers ?? []).filter(isRestartable).length
  const restartText =
    restarts !== 0 && lastRestart !== undefined ? `${restarts} (${ageOf(lastRestart, now)} ago)` : String(restarts)
  return [
    pod.metadata.name,
    `${ready}/${total}`,
    reason,
    restartText,
    age(pod, now),
    pod.status.podIPs?.[0]?.ip || '<none>',
    pod.spec.nodeName || '<none>',
    pod.status.nominatedNodeName || '<none>',
    readinessGates(pod),
  ]
}

function podConditions(pod: Pod): RowConditions {
  if (pod.status.phase === 'Succeeded') return SUCCEEDED
  return pod.status.phase === 'Failed' ? FAILED : undefined
}

/** The word in STATUS of a Pod. */
export const podStatus = (pod: Pod): string => tallyOf(pod).reason

export const podPrinters: Printers = {
  Pod: printer<Pod>(
    [
      NAME,
      column('Ready'),
      column('Status'),
      column('Restarts'),
      AGE,
      wideColumn('IP'),
      wideColumn('Node'),
      wideColumn('Nominated Node'),
      wideColumn('Readiness Gates'),
    ],
    podRow,
    podConditions,
  ),
}
