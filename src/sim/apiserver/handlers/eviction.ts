// Models pkg/registry/core/pod/storage/eviction.go: a deletion that a PodDisruptionBudget may refuse.
import { getCondition, setCondition } from '../../api/conditions'
import { type Resource, resourceNamed } from '../../api/kinds'
import { labelSelector } from '../../api/selectors'
import { badRequest, created, forbidden, isFailure, notFound, timeout, tooManyRequests, unknownError } from '../../api/status'
import { rfc3339 } from '../../api/time'
import type { KubeObject, Pod, PodCondition, Status } from '../../api/types'
import { perform } from '../../kernel/procedure'
import type { Time } from '../../kernel/types'
import { ask } from '../loopback'
import { deleteOptionsOf } from '../options'
import type { Call, Serve, World } from '../state'
import { ready } from '../watch-cache/feed'
import { pause } from '../watch-cache/fresh'
import { deleteObject } from './delete'
import { conclude, guaranteedUpdate } from './subresources'
import { currentOf } from './write'

/** Tries to take one from a budget that others write, too, and how long it waits between them (EvictionsRetry). */
const TRIES = 20
const RETRY_MS = 500
const JITTER = 0.1
const BUDGETS = 'poddisruptionbudgets.policy'
/** As upstream's refusals name it. */
const BUDGET = { group: 'policy', plural: 'poddisruptionbudget', groupResource: 'poddisruptionbudget.policy' }
/** MaxDisruptedPodSize */
const MOST_DISRUPTED = 2000
const VIOLATES = "Cannot evict pod as it would violate the pod's disruption budget."

/** POST pods/NAME/eviction */
export function* evict(call: Call): Serve<void> {
  const { info, request } = call
  const type = info.type as Resource
  const name = info.name ?? ''
  const { deleteOptions: options, metadata } = (request.body ?? {}) as Partial<KubeObject>
  if (metadata?.name !== name)
    return yield* conclude(call, { refused: badRequest('name in URL does not match name in Eviction object') }, 201, created)
  const { object: pod } = yield* currentOf(type, info.namespace, name)
  if (!pod) return yield* conclude(call, { refused: notFound(type, name) }, 201, created)
  const dryRun = (options?.dryRun ?? []).length > 0 || request.query.dryRun === 'All'
  const refused = isFree(pod as Pod) ? undefined : yield* takeOne(pod as Pod, dryRun)
  if (refused) return yield* conclude(call, { refused }, 201, created)
  if (!dryRun && !pod.metadata.deletionTimestamp) {
    const marked = yield* guaranteedUpdate(call, (old, now) => ({ object: withTarget(old as Pod, now) }))
    if ('refused' in marked) return yield* conclude(call, marked, 201, created)
  }
  const done = yield* deleteObject(call, type, info.namespace, name, deleteOptionsOf({ body: options, query: {} }))
  yield* conclude(call, done, 201, created)
}

/** canIgnorePDB: what has ended, is going, or has not begun, needs no budget. */
const isFree = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined || ['Succeeded', 'Failed', 'Pending'].includes(status?.phase ?? '')

function withTarget(pod: Pod, now: Time): KubeObject {
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastTransitionTime: rfc3339(now),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  }
  return { ...pod, status: { ...pod.status, conditions: [...setCondition(pod.status?.conditions, condition)] } }
}

/** Takes one disruption from the pod's budget, if it has one; why it can't be. */
function* takeOne(pod: Pod, dryRun: boolean): Serve<Status | undefined> {
  const { namespace, labels } = pod.metadata
  yield* ready(BUDGETS)
  const found = yield* perform<World, readonly KubeObject[]>(world =>
    Object.freeze([...world.list(BUDGETS, namespace)].filter(b => labelSelector(b.spec?.selector).matches(labels))),
  )
  if (found.length > 1)
    return unknownError('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.')
  let [budget] = found
  for (let tries = 0; budget && tries < TRIES; tries++) {
    if (needsNone(budget, pod)) return undefined
    const refused = refusal(budget)
    if (refused || dryRun) return refused
    const now = yield* perform<World, Time>(world => world.now())
    const answer = yield* ask({
      ...about(budget),
      method: 'PUT',
      verb: 'update',
      subresource: 'status',
      body: lessOne(budget, pod, now),
    })
    if (answer.code < 300) return undefined
    if (answer.code !== 409) return answer.body as Status
    yield* pause(yield* perform<World, number>(({ random }) => RETRY_MS * (1 + JITTER * random())))
    const fresh = yield* ask({ ...about(budget), method: 'GET', verb: 'get' })
    budget = isFailure(fresh.body) ? undefined : (fresh.body as KubeObject)
  }
  return budget ? timeout(`couldn't update PodDisruptionBudget "${budget.metadata.name}" due to conflicts`, 10) : undefined
}

const about = ({ metadata }: KubeObject) => ({
  type: resourceNamed(BUDGETS),
  ...(metadata.namespace && { namespace: metadata.namespace }),
  name: metadata.name,
})

/** A pod that is not ready anyway: it may go while the others are enough, or, if the budget says so, always. */
function needsNone({ spec, status }: KubeObject, pod: Pod): boolean {
  if (getCondition(pod.status?.conditions, 'Ready')?.status === 'True') return false
  return (
    spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' ||
    (status?.desiredHealthy > 0 && status?.currentHealthy >= status?.desiredHealthy)
  )
}

/** checkAndDecrement, its refusals. */
function refusal({ metadata, status }: KubeObject): Status | undefined {
  const cause = (message: string) => [{ reason: 'DisruptionBudget', message }]
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0))
    return tooManyRequests(VIOLATES, 10, cause(`The disruption budget ${metadata.name} is still being processed by the server.`))
  if (status?.disruptionsAllowed < 0) return forbidden(BUDGET, metadata.name, 'pdb disruptions allowed is negative')
  if (Object.keys(status?.disruptedPods ?? {}).length > MOST_DISRUPTED)
    return forbidden(BUDGET, metadata.name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller')
  if (status?.disruptionsAllowed > 0) return undefined
  return tooManyRequests(VIOLATES, 0, cause(`The disruption budget ${metadata.name} ${denial(status ?? {})}`))
}

/** Why a budget allows nothing; its counts mean nothing when they could not be worked out. */
function denial({ conditions = [], desiredHealthy = 0, currentHealthy = 0 }: KubeObject['status']): string {
  const { status, reason, message } = getCondition<PodCondition>(conditions, 'DisruptionAllowed') ?? {}
  const isTold = status === 'False' && Boolean(message)
  const not = 'does not allow evicting pods currently'
  if (isTold && reason === 'SyncFailed') return `${not} because it failed sync: ${message}`
  if (currentHealthy <= desiredHealthy) return `needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
  return isTold ? `${not} (${reason}): ${message}` : not
}

function lessOne(budget: KubeObject, pod: Pod, now: Time): KubeObject {
  const { status, metadata } = budget
  const disruptionsAllowed = status.disruptionsAllowed - 1
  const spent = {
    type: 'DisruptionAllowed',
    status: 'False',
    ...(metadata.generation !== undefined && { observedGeneration: metadata.generation }),
    lastTransitionTime: rfc3339(now),
    reason: 'InsufficientPods',
    message: '',
  }
  const conditions = disruptionsAllowed > 0 ? status.conditions : setCondition(status.conditions, spent)
  const disruptedPods = { ...status.disruptedPods, [pod.metadata.name]: rfc3339(now) }
  return { ...budget, status: { ...status, disruptedPods, disruptionsAllowed, conditions } }
}
