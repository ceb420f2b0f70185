// Models containerd internal/cri/server/sandbox_portforward.go and sandbox_portforward_linux.go, and the errors of k8s.io/kubelet/pkg/cri/streaming.
import type { CriRequest } from '../api/cri'
import type { ForwardData, ForwardReply } from '../api/port-forward'
import { nodeRoom } from '../api/rooms'
import { listenerIn } from './containers'
import { knownAnswer } from './pages'
import './reasons'
import type { Sandbox } from './state'
import { answer, type World } from './world'

/** To go into the namespace and to have an answer there, in ms. */
const ANSWER_MS = 0.8

/** The call that opens a forward: its sandbox must be there, and stand. */
export function portForward(world: World, request: CriRequest, id: string): void {
  const sandbox = world.state.sandboxes.get(id)
  const quoted = JSON.stringify(id)
  const error = !sandbox
    ? `rpc error: code = NotFound desc = failed to find sandbox ${quoted}: not found`
    : sandbox.status.ready
      ? undefined
      : `rpc error: code = Unknown desc = sandbox container ${quoted} is not running`
  answer(world, request, {}, error)
}

/** One connection: to localhost in the network namespace of the sandbox. */
export function forwardData(world: World, { id, connection, port, path, sandbox: sandboxId = '' }: ForwardData): void {
  const { state, context, profile } = world
  const sandbox = state.sandboxes.get(sandboxId)
  const found = sandbox?.status.ready ? sandbox : undefined
  if (found) context.note('runtime.forward', { pod: `${found.config.namespace}/${found.config.name}`, port })
  const container = found && listenerIn(state, sandboxId, port, context.now)
  const said =
    found && container
      ? {
          container: `${found.config.namespace}/${found.config.name}/${container.status.name}`,
          ...knownAnswer(container, port, path, context.now),
        }
      : { error: `error forwarding port ${port} to pod ${sandboxId}, uid : ${whyNot(sandboxId, sandbox, port)}` }
  const reply: ForwardReply = { type: 'forward.reply', id, connection, ...said }
  const { container: by, status, error } = reply
  const args = { id, connection, ...(by && { container: by }), ...(status && { status }), ...(error && { error }) }
  context.send(nodeRoom('kubelet', profile.name), reply, 'forward.reply', args, { delayMs: ANSWER_MS })
}

function whyNot(id: string, sandbox: Sandbox | undefined, port: number): string {
  const quoted = JSON.stringify(id)
  if (!sandbox) return `failed to find sandbox ${quoted} in store: not found`
  if (!sandbox.status.ready) return `network namespace for sandbox ${quoted} is closed`
  const refused = `connect: connection refused`
  const dials = `IPv4: dial tcp4 127.0.0.1:${port}: ${refused} IPv6 dial tcp6 [::1]:${port}: ${refused} `
  return `failed to execute portforward in network namespace ${JSON.stringify(namespacePath(id, sandbox))}: failed to connect to localhost:${port} inside namespace ${quoted}, ${dials}`
}

/** Where the namespace is bound: CNI names it by chance, here by the sandbox. */
function namespacePath(id: string, { config }: Sandbox): string {
  if (config.hostNetwork) return 'host'
  const parts = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20, 32)]
  return `/var/run/netns/cni-${parts.join('-')}`
}
