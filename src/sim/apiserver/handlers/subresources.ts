// Models subresources that are actions: pkg/registry/core/pod/storage (BindingREST); tokens are in tokens.ts.
import { copyWith } from '../../api/deep'
import { etcdKey, type Resource } from '../../api/kinds'
import { badRequest, conflict, created, notFound, uidConflict } from '../../api/status'
import { rfc3339 } from '../../api/time'
import type { KubeObject, PodSpec, Status } from '../../api/types'
import { type Once, perform } from '../../kernel/procedure'
import type { Time } from '../../kernel/types'
import { markDefaulted } from '../defaulting/pod'
import { noteStages } from '../pipeline'
import { refuse, respond } from '../respond'
import type { Call, Serve, World } from '../state'
import { put, storedValue, written } from '../storage/etcd'
import { type Current, cachedObject, fromEtcd, revisionOf, told } from './write'

type Change = { readonly object: KubeObject } | { readonly refused: Status }

/** Changes an object by a function of it, until nobody else was quicker (GuaranteedUpdate without a strategy). */
export function* guaranteedUpdate(call: Call, make: (old: KubeObject, now: Time) => Change): Serve<Change> {
  const { info } = call
  const type = info.type as Resource
  const name = info.name ?? ''
  const key = etcdKey(type, info.namespace, name)
  const there = yield* cachedObject(type, info.namespace, name)
  let current: Current = there ? { object: there, certain: false } : yield* fromEtcd(type, info.namespace, name)
  for (;;) {
    const old = current.object
    if (!old) return { refused: notFound(type, name) }
    const change = yield* perform<World, Change>(world => Object.freeze(make(old, world.now())))
    if ('refused' in change) {
      if (current.certain) return change
      current = yield* fromEtcd(type, info.namespace, name)
      continue
    }
    const value = storedValue(change.object)
    const txn = yield* put(key, revisionOf(old), value, false)
    if (txn.succeeded) return { object: yield* perform(written, type, key, value, txn.revision) }
    current = yield* told(type, txn.current)
  }
}

/** Ends a request: with what a change has come to, or why it has not. */
export const conclude = (
  call: Call,
  change: Change,
  code: number,
  show: (object: KubeObject, world: World) => unknown,
): Once<World, void> => perform(answer, call, change, code, show)

function answer(
  world: World,
  call: Call,
  change: Change,
  code: number,
  show: (object: KubeObject, world: World) => unknown,
): void {
  if ('refused' in change) refuse(world, call, change.refused)
  else respond(world, call, code, show(change.object, world))
}

/** POST pods/NAME/binding: the scheduler's word. */
export function* bind(call: Call): Serve<void> {
  yield* perform(noteStages, call, 'write')
  const body = call.request.body as KubeObject
  const node: string = body.target?.name ?? ''
  if (!node) return yield* conclude(call, { refused: badRequest('target.name: Required value') }, 201, created)
  const done = yield* guaranteedUpdate(call, (pod, now) => bound(call.info.type as Resource, pod, body, node, now))
  yield* conclude(call, done, 201, created)
}

/** setPodHostAndAnnotations */
function bound(type: Resource, pod: KubeObject, body: KubeObject, node: string, now: Time): Change {
  const { metadata, spec, status } = pod
  const no = (why: string): Change => ({
    refused: conflict({ ...type, groupResource: 'pods/binding', plural: 'pods/binding' }, metadata.name, why),
  })
  if (body.metadata?.uid && body.metadata.uid !== metadata.uid)
    return {
      refused: uidConflict(
        type,
        metadata.name,
        etcdKey(type, metadata.namespace, metadata.name),
        body.metadata.uid,
        metadata.uid ?? '',
      ),
    }
  if (metadata.deletionTimestamp) return no(`pod ${metadata.name} is being deleted, cannot be assigned to a host`)
  if (spec?.nodeName) return no(`pod ${metadata.name} is already assigned to node "${spec.nodeName}"`)
  if (spec?.schedulingGates?.length > 0) return no(`pod ${metadata.name} has non-empty .spec.schedulingGates`)
  const condition = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: rfc3339(now) }
  const others = ((status?.conditions ?? []) as { type: string }[]).filter(c => c.type !== 'PodScheduled')
  const annotations = body.metadata?.annotations
  return {
    object: {
      ...pod,
      metadata: annotations ? copyWith(metadata, { annotations: { ...metadata.annotations, ...annotations } }) : metadata,
      spec: markDefaulted(copyWith(spec as PodSpec, { nodeName: node })),
      // what the scheduler had nominated has come true
      status: copyWith(status ?? {}, { nominatedNodeName: undefined, conditions: [...others, condition] }),
    },
  }
}
