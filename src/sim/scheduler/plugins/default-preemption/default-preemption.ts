// Models pkg/scheduler/framework/preemption/preemption.go and plugins/defaultpreemption/default_preemption.go.
import { nodeList, supposing } from '../../cache'
import { fitErrorText } from '../../fit-error'
import type { Plugin, PostFilterAttempt, PostFilterVerdict, Rejection } from '../../framework'
import { unresolvable } from '../../framework'
import type { NodeInfo } from '../../node-info'
import type { PodInfo } from '../../pod-info'
import { byBudget, byImportance, type Candidate, pickCandidate } from './victims'

const NO_VICTIMS = unresolvable('No preemption victims found for incoming pod')
const PREEMPTING = unresolvable('waiting for the preemption for this pod to be finished')
const NOT_HELPFUL = unresolvable('Preemption is not helpful for scheduling')

/** Looks at no more nodes than this share of the cluster (and at least so many) once it has found some candidate. */
const MIN_CANDIDATES_PERCENT = 10
const MIN_CANDIDATES = 100

/** Makes room for a pod by evicting pods of lower priority. */
export const defaultPreemption: Plugin = {
  name: 'DefaultPreemption',
  preEnqueue: (pod, { isPreempting }) => (isPreempting(pod) ? PREEMPTING : undefined),
  // when the pod is to try again is for the plugins to say whose refusal the evictions will cure
  opens: event => event.kind === 'assigned-pod' && event.now === undefined,
  postFilter(attempt) {
    const verdict = preempt(attempt)
    return verdict.kind === 'refused' ? { ...verdict, message: `preemption: ${verdict.message}` } : verdict
  },
}

function preempt(attempt: PostFilterAttempt): PostFilterVerdict {
  const refusal = ineligible(attempt)
  if (refusal) return { kind: 'refused', message: refusal }
  const { cluster, random } = attempt
  const list = nodeList(cluster.cache).nodes
  const hopeful = list.filter(node => attempt.rejectionOf(node.name)?.code === 'Unschedulable')
  const wanted = Math.max(Math.floor((hopeful.length * MIN_CANDIDATES_PERCENT) / 100), MIN_CANDIDATES)
  const offset = hopeful.length > 0 ? Math.floor(random() * hopeful.length) : 0
  const candidates: Candidate[] = []
  const refusals: Rejection[] = []
  for (let i = 0; i < hopeful.length && candidates.length < wanted; i++) {
    const node = hopeful[(offset + i) % hopeful.length]
    const found = node && selectVictims(attempt, node)
    if (!found) continue
    if ('code' in found) refusals.push(found)
    else candidates.push(found)
  }
  const best = pickCandidate(candidates)
  if (best) return { kind: 'nominated', node: best.node, victims: best.victims }
  const unhelpful = Array<Rejection>(list.length - refusals.length).fill(NOT_HELPFUL)
  return { kind: 'refused', message: fitErrorText(list.length, [...refusals, ...unhelpful]), clearNomination: true }
}

/** Why a pod may not preempt: its class forbids it, or what it has preempted before is still going. */
function ineligible({ pod, cluster, rejectionOf }: PostFilterAttempt): string | undefined {
  if (pod.pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  const nominated = pod.pod.status.nominatedNodeName
  const node = nominated ? cluster.cache.nodes.peek(nominated) : undefined
  if (!node || rejectionOf(node.name)?.code === 'UnschedulableAndUnresolvable') return undefined
  for (const other of node.pods.values())
    if (other.priority < pod.priority && isBeingPreempted(other))
      return 'not eligible due to a terminating pod on the nominated node.'
  return undefined
}

const isBeingPreempted = ({ pod }: PodInfo): boolean =>
  pod.metadata.deletionTimestamp !== undefined &&
  (pod.status.conditions ?? []).some(
    c => c.type === 'DisruptionTarget' && c.status === 'True' && c.reason === 'PreemptionByScheduler',
  )

/** Takes all pods of lower priority off a node, then gives back as many as it can, the important ones first. */
function selectVictims(attempt: PostFilterAttempt, node: NodeInfo): Candidate | Rejection {
  const { pod, cluster } = attempt
  const lower = [...node.pods.values()].filter(p => p.priority < pod.priority)
  if (lower.length === 0) return NO_VICTIMS
  const refusalWithout = (gone: readonly PodInfo[]): Rejection | undefined =>
    supposing(cluster.cache, node, gone, [], () => attempt.refusalBy(node))
  const hopeless = refusalWithout(lower)
  if (hopeless) return hopeless
  const { violating, others } = byBudget(lower.sort(byImportance), cluster.listers)
  let gone = new Set(lower)
  const reprieve = (candidates: readonly PodInfo[]): number => {
    let kept = 0
    for (const p of candidates) {
      const fewer = new Set(gone)
      fewer.delete(p)
      if (refusalWithout([...fewer])) continue
      gone = fewer
      kept++
    }
    return candidates.length - kept
  }
  const violations = reprieve(violating)
  reprieve(others)
  return { node: node.name, victims: [...gone].sort(byImportance), violations }
}
