// Models the apiserver's loopback client: what it asks itself goes the same way as everybody's requests, as user system:apiserver.
import { apiPath } from '../api/kinds'
import { type HttpRequest, type HttpResponse, MEDIA } from '../api/messages'
import { ROOMS, USERS } from '../api/rooms'
import { awaitAll } from '../kernel/procedure'
import type { Question } from './attempt'
import type { Serve, Waiter, World } from './state'

const HEADERS = Object.freeze({ user: USERS.apiserver, contentType: MEDIA.json })
const NO_QUERY = Object.freeze({})

/** Asks, and waits for the answer. */
export function* ask(question: Question): Serve<HttpResponse> {
  const [response] = yield* askAll([question])
  return response as HttpResponse
}

/** Asks all at once; the answers come in the order of the questions. */
export function* askAll(questions: readonly Question[]): Serve<readonly HttpResponse[]> {
  return yield* awaitAll<World, HttpResponse>(questions.length, (world, procedure) => {
    for (const [slot, question] of questions.entries()) send(world, question, { procedure, slot })
  })
}

function send(
  { state, context }: World,
  { method, verb, type, subresource, namespace, name, body }: Question,
  waiter: Waiter,
): void {
  const id = state.loopback.next++
  state.loopback.waiting.set(id, waiter)
  const path = apiPath(type, namespace, name, subresource)
  const message: HttpRequest = {
    type: 'request',
    id,
    method,
    path,
    query: NO_QUERY,
    headers: HEADERS,
    ...(body !== undefined && { body }),
  }
  const resource = subresource ? `${type.plural}/${subresource}` : type.plural
  const about = { ...(namespace !== undefined && { namespace }), ...(name !== undefined && { name }) }
  context.send(ROOMS.apiserver, message, 'http.request', {
    id,
    user: USERS.apiserver,
    verb,
    group: type.group,
    resource,
    ...about,
  })
}
