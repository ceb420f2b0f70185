// Models PortForwardREST of pkg/registry/core/pod/rest/subresources.go, PortForwardLocation of pkg/registry/core/pod/strategy.go, and the proxies
// behind them: k8s.io/apiserver/pkg/util/proxy/streamtunnel.go for a WebSocket (GET), apimachinery's upgradeaware.go for SPDY (POST).
import type { ForwardData, ForwardReply } from '../../api/port-forward'
import { unknownError } from '../../api/status'
import { perform } from '../../kernel/procedure'
import type { Call, Serve, World } from '../state'
import { kubeletToReach, podToReach } from './exec'
import { ask, begin, conclude, streamOf } from './logs'

/** GET or POST pods/NAME/portforward: unlike exec's, the client's connection stands only when the kubelet's does. */
export function* podPortForward(call: Call): Serve<void> {
  const { info } = call
  const pod = yield* podToReach(call)
  if (!pod) return
  const found = yield* kubeletToReach(call, pod)
  if (!found) return
  const path = `/portForward/${info.namespace}/${info.name}`
  const { answer, id } = yield* ask(found, path, {}, undefined, 'POST')
  if (answer?.code === 101)
    return yield* perform<World, void>(world => begin(world, call, { id, path, node: found.node, text: '', code: 101 }))
  if (!answer) {
    const dial = `dial tcp ${found.address}: connect: connection refused`
    return yield* conclude(call, unknownError(`error dialing backend: ${dial}`))
  }
  // the kubelet's answer is handed on as it is; what it is called is the client's word (spdy's roundtripper.go)
  yield* conclude(call, { ...unknownError(`unable to upgrade connection: ${answer.body.trimEnd()}`), code: answer.code })
}

/** A client sends to a forwarded port. */
export function passOnData({ state, context }: World, message: ForwardData): void {
  for (const [id, { client, request, kubelet }] of state.kubelets.following) {
    if (client !== context.from || request !== message.id) continue
    const { connection, port, path } = message
    context.send(kubelet, { ...message, id } as ForwardData, 'forward.data', { id, connection, port, path })
    return
  }
}

/** A kubelet tells what came back. */
export function passOnReply({ state, context }: World, reply: ForwardReply): void {
  const followed = state.kubelets.following.get(reply.id)
  if (!followed) return
  const { client, request: id } = followed
  const { connection, container, status, error } = reply
  const args = { id, connection, ...(container && { container }), ...(status && { status }), ...(error && { error }) }
  context.send(client, { ...reply, id } as ForwardReply, 'forward.reply', args, { stream: streamOf(id) })
}
