/** Answers: what the apiserver says to a request, with the time that it takes. */
import type { HttpResponse } from '../api/messages'
import type { Verb } from '../api/reasons'
import type { Status } from '../api/types'
import type { SendOptions } from '../kernel/types'
import type { Call, World } from './state'

/**
 * Time until the answer leaves, beyond what etcd and the way to it need, in virtual ms; in proportion as golden/README.md measured it.
 * Slow answers do not hold up quick ones.
 */
const ANSWER: Readonly<Record<Verb, SendOptions>> = {
  get: { delayMs: 0.3, stream: 'get' },
  list: { delayMs: 0.6, stream: 'list' },
  watch: { delayMs: 0.2 },
  create: { delayMs: 0.3, stream: 'create' },
  update: { delayMs: 2, stream: 'update' },
  patch: { delayMs: 2, stream: 'patch' },
  delete: { delayMs: 1, stream: 'delete' },
  deletecollection: { delayMs: 1, stream: 'deletecollection' },
}

/** Who may not create something hears that as late as of success: recorded of quotas, whose refusals came 4 to 6 ms after the request. */
const FORBIDDEN: SendOptions = { delayMs: 3, stream: 'create' }

/** Kinds that are deprecated: each answer says so (pkg/apis/core/v1's lifecycle tags). */
const DEPRECATED: Readonly<Record<string, string>> = {
  endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  componentstatuses: 'v1 ComponentStatus is deprecated in v1.19+',
}

/** Sends the answer to a request. */
export function respond(
  { context }: World,
  { request, client, seq, info }: Pick<Call, 'request' | 'client' | 'seq' | 'info'>,
  code: number,
  body: unknown,
  warnings?: readonly string[],
): undefined {
  const { id } = request
  const old = DEPRECATED[info.resource]
  if (old !== undefined) warnings = [old, ...(warnings ?? [])]
  const message: HttpResponse =
    warnings && warnings.length > 0 ? { type: 'response', id, code, body, warnings } : { type: 'response', id, code, body }
  const { verb, resource, namespace, name } = info
  const error = code >= 400 ? ((body as Status).message ?? '') : undefined
  const args = { id, request: seq, code, verb, resource, namespace, name, error }
  // a watch's first line is on the stream of its events
  const options =
    verb === 'watch' ? { ...ANSWER.watch, stream: `w${id}` } : verb === 'create' && code === 403 ? FORBIDDEN : ANSWER[verb]
  context.send(client, message, 'http.response', args, options)
}

/** Sends a refusal. */
export const refuse = (world: World, call: Pick<Call, 'request' | 'client' | 'seq' | 'info'>, status: Status): undefined =>
  respond(world, call, status.code ?? 500, status)
