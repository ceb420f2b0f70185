// Models GetList of k8s.io/apiserver/pkg/storage/cacher and pkg/storage/etcd3: which revision a list is of, and its pages.
import { etcdKey, type Resource } from '../../api/kinds'
import { badRequest, expired, unknownError } from '../../api/status'
import type { KubeObject, Status } from '../../api/types'
import { perform } from '../../kernel/procedure'
import { encodeList, readingOf } from '../encoding'
import { refuse, respond } from '../respond'
import { type Call, type Serve, storedAs, type World } from '../state'
import { decodeContinue, encodeContinue } from '../storage/continue'
import { objectOf, range } from '../storage/etcd'
import { sorted } from '../watch-cache/cacher'
import { cacherOf, ready } from '../watch-cache/feed'
import { upToDate, waitUntilFresh } from '../watch-cache/fresh'
import { matches, type Selection, selectionOf } from '../watch-cache/selection'
import { type ListOptions, listOptionsOf } from './list-options'

/**
 * From the watch cache: at once with resourceVersion 0, else once the cache has seen all that etcd has now, or what the list asks for.
 * A list of an exact revision, and one that goes on with a continue token, is etcd's to give.
 */
export function* list(call: Call): Serve<void> {
  const { info, request } = call
  const type = info.type as Resource
  const read = listOptionsOf(request.query, false)
  if ('refused' in read) return yield* refused(call, read.refused)
  const { options } = read
  const wanted = selectionOf(type, info.namespace ?? '', info.name ?? '', request.query)
  if (wanted.value === undefined) return yield* refused(call, badRequest(wanted.error))
  const selection = wanted.value
  if (options.continue !== '') return yield* listPage(call, type, selection, options)
  const resource = storedAs(type)
  yield* ready(resource)
  const { resourceVersion } = options
  if (resourceVersion === undefined) yield* upToDate(resource)
  else {
    const tooNew = yield* waitUntilFresh(resource, resourceVersion)
    if (tooNew) return yield* refused(call, tooNew)
    if (isExact(options)) return yield* listAt(call, type, selection, options, resourceVersion)
  }
  yield* perform<World, void>(world => {
    const cacher = cacherOf(world, resource)
    const all = sorted(cacher, selection.namespace).filter(object => matches(object, selection))
    // a list that takes whatever is there is not cut into pages
    answerPage(world, call, type, all, cacher.revision, resourceVersion === 0 ? 0 : options.limit)
  })
}

const refused = (call: Call, status: Status) => perform<World, void>(world => refuse(world, call, status))

/** A limited list from a revision on that does not say how it means it is of that revision, as it was before it could be said. */
const isExact = ({ match, resourceVersion = 0, limit }: ListOptions): boolean =>
  match === 'Exact' || (match === '' && limit > 0 && resourceVersion > 0)

function* listAt(call: Call, type: Resource, selection: Selection, options: ListOptions, revision: number): Serve<void> {
  const answer = yield* range({ key: prefixOf(type, selection), prefix: true, revision })
  if (answer.compacted) return yield* refused(call, expired('The resourceVersion for the provided list is too old.'))
  yield* perform<World, void>(world => {
    const all = answer.kvs.map(kv => objectOf(world, type, kv)).filter(object => matches(object, selection))
    answerPage(world, call, type, all, revision, options.limit)
  })
}

const prefixOf = (type: Resource, selection: Selection): string => etcdKey(type, selection.namespace || undefined)

function* listPage(call: Call, type: Resource, selection: Selection, options: ListOptions): Serve<void> {
  const key = prefixOf(type, selection)
  const token = decodeContinue(options.continue, key)
  if (token.value === undefined) return yield* refused(call, badRequest(`invalid continue token: ${token.error}`))
  if (options.resourceVersion)
    return yield* refused(call, badRequest('specifying resource version is not allowed when using continue'))
  const { key: from, revision } = token.value
  const answer = yield* range(revision > 0 ? { key, prefix: true, revision, from } : { key, prefix: true, from })
  if (answer.compacted) return yield* refused(call, expiredPage(encodeContinue({ revision: -1, key: from }, key)))
  if (answer.revision < revision)
    return yield* refused(call, unknownError('etcdserver: mvcc: required revision is a future revision'))
  yield* perform<World, void>(world => {
    const all = answer.kvs.map(kv => objectOf(world, type, kv)).filter(object => matches(object, selection))
    answerPage(world, call, type, all, revision > 0 ? revision : answer.revision, options.limit)
  })
}

const INCONSISTENT =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'

/** handleCompactedErrorForPaging: with a token for the rest as it is now. */
const expiredPage = (token: string): Status => ({ ...expired(INCONSISTENT), metadata: { continue: token } })

function answerPage(world: World, call: Call, type: Resource, all: readonly KubeObject[], revision: number, limit: number): void {
  const { query, headers } = call.request
  const items = limit > 0 ? all.slice(0, limit) : all
  const rest = all.length - items.length
  const last = items[items.length - 1]
  const selective = Boolean(query.labelSelector || query.fieldSelector)
  const prefix = etcdKey(type, call.info.namespace)
  const metadata = {
    resourceVersion: String(revision),
    ...(rest > 0 &&
      last && {
        continue: encodeContinue({ revision, key: `${etcdKey(type, last.metadata.namespace, last.metadata.name)}\0` }, prefix),
      }),
    ...(rest > 0 && !selective && { remainingItemCount: rest }),
  }
  respond(
    world,
    call,
    200,
    Object.freeze(encodeList(world, readingOf(type.apiVersion, headers, query), type.kind, items, metadata)),
  )
}
