// Models k8s.io/apiserver/pkg/endpoints/handlers/get.go: GET of an object. LIST and WATCH are in list.ts and watch.ts.
import { etcdKey, type Resource } from '../../api/kinds'
import type { EtcdKeyValue } from '../../api/messages'
import { notFound } from '../../api/status'
import type { KubeObject } from '../../api/types'
import { perform } from '../../kernel/procedure'
import { encode, readingOf } from '../encoding'
import { refuse, respond } from '../respond'
import { type Call, type Serve, storedAs, type World } from '../state'
import { objectOf, range } from '../storage/etcd'
import { cached } from '../watch-cache/cacher'
import { cacherOf, ready } from '../watch-cache/feed'
import { waitUntilFresh } from '../watch-cache/fresh'
import { resourceVersionOf } from './list-options'

/** A quorum read of one object from etcd; with a resourceVersion, from the watch cache, once that is as new. */
export function* get(call: Call): Serve<void> {
  const { info, request } = call
  const type = info.type as Resource
  const name = info.name ?? ''
  if (request.query.resourceVersion) return yield* getCached(call, type, name)
  const { kvs } = yield* range({ key: etcdKey(type, info.namespace, name) })
  yield* perform(answerRead, call, type, name, kvs[0])
}

function answerRead(world: World, call: Call, type: Resource, name: string, kv: EtcdKeyValue | undefined): void {
  answer(world, call, type, name, kv && objectOf(world, type, kv))
}

function* getCached(call: Call, type: Resource, name: string): Serve<void> {
  const wanted = resourceVersionOf(call.request.query)
  if ('refused' in wanted) return yield* perform<World, void>(world => refuse(world, call, wanted.refused))
  const resource = storedAs(type)
  yield* ready(resource)
  const tooNew = yield* waitUntilFresh(resource, wanted.version ?? 0)
  yield* perform<World, void>(world => {
    if (tooNew) return refuse(world, call, tooNew)
    answer(world, call, type, name, cached(cacherOf(world, resource), call.info.namespace, name))
  })
}

function answer(world: World, call: Call, type: Resource, name: string, object: KubeObject | undefined): void {
  const { headers, query } = call.request
  if (!object) refuse(world, call, notFound(type, name))
  else respond(world, call, 200, encode(world, readingOf(type.apiVersion, headers, query), object))
}
