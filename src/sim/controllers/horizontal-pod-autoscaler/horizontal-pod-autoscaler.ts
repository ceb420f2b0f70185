// Models pkg/controller/podautoscaler/horizontal.go: sets the scale of a target by what its pods use.
import { setCondition } from '../../api/conditions'
import { semanticEqual } from '../../api/deep'
import { parseApiVersion, RESOURCES } from '../../api/kinds'
import { parseSelector } from '../../api/selectors'
import { rfc3339 } from '../../api/time'
import type { HorizontalPodAutoscaler, KubeObject } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  cached,
  enqueueAfter,
  NO_KEYS,
  type Outcome,
  store,
} from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import { request, updateRequest } from '../../client/requests'
import { keyOf, objectsBy, splitKey } from '../../client/store'
import { ask, now, say } from '../ask'
import { messageOf } from '../objects'
import { limit, type Memory, newMemory, remember, type Word, withChange } from './limits'
import { propose, type Verdict } from './metrics'

const SELF = { name: 'horizontal-pod-autoscaler', part: 'horizontal-pod-autoscaler' } as const
const AUTOSCALERS = 'horizontalpodautoscalers.autoscaling'
/** What is remembered, by autoscaler. */
interface Own {
  readonly memories: Map<string, Memory>
  /** The selectors of their targets, as they were last seen. */
  readonly selectors: Map<string, string>
}
const ownOf = (world: ControllerWorld): Own => world.state.own.get(SELF.part) as Own
const memories = (world: ControllerWorld): Own['memories'] => ownOf(world).memories

/** Looks at each autoscaler every fifteen seconds, or so often as --horizontal-pod-autoscaler-sync-period says. */
export const horizontalPodAutoscaler = (periodMs = 15_000): Controller<Own> => ({
  ...SELF,
  workers: 5,
  own: () => ({ memories: new Map(), selectors: new Map() }),
  watches: {
    [AUTOSCALERS]: (world, { type, object }) => {
      const key = keyOf(object)
      if (type === 'DELETED') forget(world, key)
      // the queue of the real one holds every key back for a period, the first one too
      else enqueueAfter(world, SELF.part, key, periodMs, true)
      return NO_KEYS
    },
    pods: () => NO_KEYS,
  },
  reconcile: key => reconcile(key, periodMs),
})

function forget(world: ControllerWorld, key: string): void {
  const { memories, selectors } = ownOf(world)
  memories.delete(key)
  selectors.delete(key)
}

type Status = NonNullable<HorizontalPodAutoscaler['status']>
/** What a look has found so far: conditions by type, and the status. */
interface Look {
  readonly key: string
  readonly autoscaler: HorizontalPodAutoscaler
  readonly at: string
  readonly status: Status
}

function* reconcile(key: string, periodMs: number): ControllerProcedure<Outcome> {
  const autoscaler = yield* cached<HorizontalPodAutoscaler>(AUTOSCALERS, key)
  if (!autoscaler) return
  yield* lookAt(key, autoscaler)
  return { againAfterMs: periodMs, housekeeping: true }
}

const withWord = (look: Look, type: string, { status, reason, message }: Word): Look => ({
  ...look,
  status: {
    ...look.status,
    conditions: [...setCondition(look.status.conditions ?? [], { type, status, lastTransitionTime: look.at, reason, message })],
  },
})
const word = (status: 'True' | 'False', reason: string, message: string): Word => ({ status, reason, message })

function* event(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): ControllerProcedure {
  yield* say(SELF, { object, type, reason, message })
}

/** reconcileAutoscaler */
function* lookAt(key: string, autoscaler: HorizontalPodAutoscaler): ControllerProcedure {
  const at = rfc3339(yield* now())
  let look: Look = { key, autoscaler, at, status: { ...(autoscaler.status as Status) } }
  const { kind, name, apiVersion = '' } = autoscaler.spec.scaleTargetRef
  const { group } = parseApiVersion(apiVersion)
  // the group counts, not the version
  const resource = RESOURCES.find(r => r.group === group && r.kind === kind)?.groupResource
  const { namespace = '' } = autoscaler.metadata
  const answer =
    resource && (yield* ask<KubeObject>(SELF, request('get', 'GET', resource, namespace, name, { subresource: 'scale' })))
  if (!answer || !succeeded(answer)) {
    const error = answer ? messageOf(answer) : `no matches for kind "${kind}" in group "${group}"`
    yield* event(autoscaler, 'Warning', 'FailedGetScale', error)
    const message = `the HPA controller was unable to get the target's current scale: ${error}`
    return yield* write(withWord(look, 'AbleToScale', word('False', 'FailedGetScale', message)))
  }
  const scale = answer.body
  const current: number = scale.spec?.replicas ?? 0
  const message = "the HPA controller was able to get the target's current scale"
  look = withWord(look, 'AbleToScale', word('True', 'SucceededGetScale', message))
  // what is not measured in this look is not known
  look = { ...look, status: { ...look.status, currentReplicas: current, currentMetrics: UNKNOWN } }
  yield* perform<ControllerState, void>(world => {
    if (!memories(world).has(key)) memories(world).set(key, newMemory(current, world.context.now))
  })
  const { minReplicas = 1, maxReplicas } = autoscaler.spec
  if (current === 0 && minReplicas !== 0) {
    const off = 'scaling is disabled since the replica count of the target is zero'
    return yield* finish(withWord(look, 'ScalingActive', word('False', 'ScalingDisabled', off)), resource, scale, 0, '')
  }
  if (current > maxReplicas)
    return yield* finish(look, resource, scale, maxReplicas, 'Current number of replicas above Spec.MaxReplicas')
  if (current < minReplicas)
    return yield* finish(look, resource, scale, minReplicas, 'Current number of replicas below Spec.MinReplicas')
  return yield* byMetrics(look, resource, scale)
}

/** What a list of Go that has not been made is as JSON; the types do not know of it. */
const UNKNOWN = null as unknown as NonNullable<Status['currentMetrics']>

/** validateAndParseSelector: whether it is known whose pods are to be measured; else what is wrong, which has been said. */
function* checkSelector(
  { key, autoscaler }: Look,
  selector: string,
): ControllerProcedure<(Word & { error: string }) | undefined> {
  if (selector === '') {
    yield* event(autoscaler, 'Warning', 'SelectorRequired', 'selector is required')
    const missing = word('False', 'InvalidSelector', "the HPA target's scale is missing a selector")
    return { ...missing, error: 'selector is required' }
  }
  const rivals = yield* perform<ControllerState, readonly string[]>(world => Object.freeze(rivalsOf(world, key, selector)))
  if (rivals.length < 2) return undefined
  const error = `pods by selector ${selector} are controlled by multiple HPAs: [${rivals.join(' ')}]`
  yield* event(autoscaler, 'Warning', 'AmbiguousSelector', error)
  return { ...word('False', 'AmbiguousSelector', error), error }
}

/** hpasControllingPodsUnderSelector: the autoscalers whose selectors take in some pod that this one's takes in. */
function rivalsOf(world: ControllerWorld, key: string, selector: string): string[] {
  const { selectors } = ownOf(world)
  selectors.set(key, selector)
  if (selectors.size === 1) return [key]
  const { namespace = '' } = splitKey(key)
  const own = parseSelector(selector).value
  const pods = objectsBy(store(world, 'pods'), 'namespace', namespace).filter(pod => own?.matches(pod.metadata.labels))
  return [...selectors].flatMap(([other, text]) => {
    const theirs = splitKey(other).namespace === namespace ? parseSelector(text).value : undefined
    return pods.some(pod => theirs?.matches(pod.metadata.labels)) ? [other] : []
  })
}

/** computeReplicasForMetrics: the highest proposal of those metrics that can be told. */
function* byMetrics(found: Look, resource: string, scale: KubeObject): ControllerProcedure {
  const { key, autoscaler } = found
  const current: number = scale.spec?.replicas ?? 0
  const selector: string = scale.status?.selector ?? ''
  const unclear = yield* checkSelector(found, selector)
  if (unclear) {
    yield* write(withWord(found, 'ScalingActive', unclear))
    return yield* event(autoscaler, 'Warning', 'FailedComputeMetricsReplicas', unclear.error)
  }
  const verdicts: Verdict[] = []
  for (const metric of autoscaler.spec.metrics ?? [])
    verdicts.push(yield* propose(SELF, autoscaler as KubeObject, metric, current, selector))
  const currentMetrics = verdicts.map(v => ('status' in v ? v.status : { type: '' })) as NonNullable<Status['currentMetrics']>
  let look: Look = { ...found, status: { ...found.status, currentMetrics } }
  const wrong = verdicts.filter(v => 'error' in v)
  const [best] = verdicts.filter(v => 'replicas' in v).sort((a, b) => b.replicas - a.replicas)
  for (const { reason, error } of wrong) yield* event(autoscaler, 'Warning', reason, error)
  const [first] = wrong
  // with a metric missing nothing is taken away
  if (!best || (first && best.replicas < current)) {
    const { reason = '', error = '', inSum = '' } = first ?? {}
    look = withWord(look, 'ScalingActive', word('False', reason, `the HPA was unable to compute the replica count: ${error}`))
    yield* write(look)
    const text = `invalid metrics (${wrong.length} invalid out of ${verdicts.length}), first error is: ${inSum}`
    return yield* event(autoscaler, 'Warning', 'FailedComputeMetricsReplicas', text)
  }
  const valid = `the HPA was able to successfully calculate a replica count from ${best.name}`
  look = withWord(look, 'ScalingActive', word('True', 'ValidMetricFound', valid))
  const time = yield* now()
  const { replicas, able, limited } = yield* perform<ControllerState, ReturnType<typeof limit>>(world => {
    const memory = memories(world).get(key) ?? newMemory(current, time)
    memories(world).set(key, remember(autoscaler, memory, best.replicas, time))
    return Object.freeze(limit(autoscaler, current, best.replicas, memory, time))
  })
  look = withWord(withWord(look, 'AbleToScale', able), 'ScalingLimited', limited)
  const below = best.replicas < current ? 'All metrics below target' : ''
  const reason = best.replicas > current ? `${best.name} above target` : below
  return yield* finish(look, resource, scale, replicas, reason)
}

/** Sets the scale where it changes, and writes the status. */
function* finish(found: Look, resource: string, scale: KubeObject, desired: number, reason: string): ControllerProcedure {
  const { autoscaler, at } = found
  const current: number = scale.spec?.replicas ?? 0
  let look: Look = { ...found, status: { ...found.status, desiredReplicas: desired } }
  if (desired !== current) {
    const answer = yield* ask(SELF, updateRequest(resource, { ...scale, spec: { replicas: desired } }, 'scale'))
    if (!succeeded(answer)) {
      const error = messageOf(answer)
      yield* event(autoscaler, 'Warning', 'FailedRescale', `New size: ${desired}; reason: ${reason}; error: ${error}`)
      const message = `the HPA controller was unable to update the target scale: ${error}`
      return yield* write(withWord(found, 'AbleToScale', word('False', 'FailedUpdateScale', message)))
    }
    yield* perform<ControllerState, void>(world => {
      const memory = memories(world).get(found.key)
      if (memory) memories(world).set(found.key, withChange(autoscaler, memory, current, desired, world.context.now))
    })
    yield* event(autoscaler, 'Normal', 'SuccessfulRescale', `New size: ${desired}; reason: ${reason}`)
    const message = `the HPA controller was able to update the target scale to ${desired}`
    look = withWord(look, 'AbleToScale', word('True', 'SucceededRescale', message))
    look = { ...look, status: { ...look.status, lastScaleTime: at } }
  }
  yield* write(look)
}

function* write({ autoscaler, status }: Look): ControllerProcedure {
  if (semanticEqual(autoscaler.status, status)) return
  const answer = yield* ask(SELF, updateRequest(AUTOSCALERS, { ...autoscaler, status } as KubeObject, 'status'))
  if (!succeeded(answer)) yield* event(autoscaler, 'Warning', 'FailedUpdateStatus', messageOf(answer))
}
