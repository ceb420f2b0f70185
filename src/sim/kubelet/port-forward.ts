// Models /portForward of pkg/kubelet/server/server.go (getPortForward), and GetPortForward of pkg/kubelet/kubelet_pods.go: the kubelet passes on.
import type { KubeletChunk, KubeletRequest, KubeletResponse } from '../api/kubelet-api'
import type { ForwardData, ForwardReply } from '../api/port-forward'
import { nodeRoom } from '../api/rooms'
import { perform } from '../client/effects'
import type { RoomId } from '../kernel/types'
import { type CriAnswer, cri } from './cri-client'
import type { KubeletProcedure, KubeletState, KubeletWorld } from './state'

/** A forward that stands: who opened it, and where it leads. */
export interface Forward {
  readonly client: RoomId
  readonly path: string
  readonly sandbox: string
}

/** Who is asked for a port of a Pod that it has, and why there is nobody. */
type Found = { readonly uid: string; readonly sandbox: string } | { readonly code: number; readonly body: string }

/** POST /portForward/NAMESPACE/POD: the connection is made (101), and stands. */
export function* portForward({ id, path }: KubeletRequest, client: RoomId): KubeletProcedure<void> {
  const [, , namespace = '', pod = ''] = path.split('/')
  const found = yield* perform<KubeletState, Found>(world => Object.freeze(sandboxOf(world, namespace, pod)))
  const answer: CriAnswer | undefined =
    'code' in found ? undefined : yield* cri(found.uid, { method: 'PortForward', sandbox: found.sandbox })
  const refused =
    'code' in found
      ? found
      : answer?.error !== undefined && { code: answer.error.includes('code = NotFound') ? 404 : 500, body: answer.error }
  yield* perform<KubeletState, void>(({ state, context }) => {
    const { code, body } = refused || { code: 101, body: '' }
    state.followed.delete(id)
    if ('sandbox' in found && !refused) state.forwards.set(id, Object.freeze({ client, path, sandbox: found.sandbox }))
    const message: KubeletResponse = { type: 'kubelet.response', id, code, body }
    context.send(client, message, 'kubelet.response', { id, code, path, ...(refused && { error: body }) })
  })
}

function sandboxOf({ state }: KubeletWorld, namespace: string, name: string): Found {
  const worker = [...state.workers.values()].find(({ pod }) => pod.metadata.name === name && pod.metadata.namespace === namespace)
  if (!worker) return { code: 404, body: 'pod does not exist' }
  const { sandbox } = worker.runtime
  return sandbox
    ? { uid: worker.uid, sandbox: sandbox.id }
    : { code: 500, body: `pod not found (${JSON.stringify(`${name}_${namespace}`)})` }
}

/** What is sent to a forwarded port goes to the runtime. */
export function passOnData({ state, context }: KubeletWorld, message: ForwardData): void {
  const { id, connection, port, path } = message
  const forward = state.forwards.get(id)
  if (!forward) return
  const data: ForwardData = { ...message, sandbox: forward.sandbox }
  context.send(nodeRoom('runtime', state.profile.name), data, 'forward.data', { id, connection, port, path })
}

/** What the Pod answered goes to the apiserver. */
export function passOnReply({ state, context }: KubeletWorld, reply: ForwardReply): void {
  const forward = state.forwards.get(reply.id)
  if (!forward) return
  const { id, connection, container, status, error } = reply
  const args = { id, connection, ...(container && { container }), ...(status && { status }), ...(error && { error }) }
  context.send(forward.client, reply, 'forward.reply', args)
}

/** The runtime's streaming server has gone, and with it every connection that it had. */
export function breakForwards({ state, context }: KubeletWorld): void {
  for (const [id, { client, path }] of state.forwards) {
    const chunk: KubeletChunk = { type: 'kubelet.chunk', id, text: '', last: true, broken: true }
    context.send(client, chunk, 'kubelet.chunk', { id, path, lines: 0, last: true })
  }
  state.forwards.clear()
}
