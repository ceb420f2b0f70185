// Models pkg/kubelet/prober/prober.go, pkg/probe and pkg/kubelet/lifecycle/handlers.go: one probe of a container, or one hook.
import type { Packet, PacketReply } from '../api/cni'
import type { Mount } from '../api/cri'
import { nodeRoom } from '../api/rooms'
import type { Container, Pod } from '../api/types'
import { perform, waitFor } from '../client/effects'
import { answer } from '../client/room'
import { cri } from './cri-client'
import { mountsOf, readsFiles } from './mounts'
import { type KubeletProcedure, type KubeletState, type KubeletWorld, podKey } from './state'

type Probe = NonNullable<Container['livenessProbe']>
/** What a probe or a hook does. */
export type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'>

/** How it went. */
export interface Outcome {
  readonly ok: boolean
  readonly output: string
  /** Of a command. */
  readonly exitCode?: number
  /** Nobody knows what the command does: it is taken to have worked. */
  readonly unknown?: boolean
}
const OK: Outcome = Object.freeze({ ok: true, output: '' })

/** What the container is, for one who asks it. */
export interface Target {
  readonly pod: Pod
  readonly container: Container
  /** As the runtime knows it. */
  readonly id: string
  readonly ip: string
  readonly timeoutSeconds: number
}

/** Runs a handler once. */
export function* runHandler(handler: Handler, target: Target, what: string): KubeletProcedure<Outcome> {
  const { exec, httpGet, tcpSocket, grpc } = handler
  if (exec) return yield* runCommand(exec.command ?? [], target)
  const port = portOf(target.container, httpGet?.port ?? tcpSocket?.port ?? grpc?.port ?? 0)
  const host = httpGet?.host ?? tcpSocket?.host ?? target.ip
  // the node's own addresses lead to no program here
  if (target.pod.spec.hostNetwork || host !== target.ip) return { ...OK, unknown: true }
  const address = `${host}:${port}`
  const path = httpGet ? `/${(httpGet.path ?? '/').replace(/^\//, '')}` : undefined
  const reply = yield* connect(target, host, port, path, what)
  if (httpGet) return httpOutcome(reply, `${(httpGet.scheme ?? 'HTTP').toLowerCase()}://${address}${path}`, address)
  if (reply.outcome === 'answered') return OK
  if (tcpSocket) return { ok: false, output: refused(address) }
  return {
    ok: false,
    output: `timeout: failed to connect service "${address}" within ${target.timeoutSeconds}s: context deadline exceeded`,
  }
}

const refused = (address: string): string => `dial tcp ${address}: connect: connection refused`

function httpOutcome({ outcome, status = 200 }: PacketReply, url: string, address: string): Outcome {
  if (outcome === 'refused') return { ok: false, output: `Get "${url}": ${refused(address)}` }
  return status >= 200 && status < 400 ? OK : { ok: false, output: `HTTP probe failed with statuscode: ${status}` }
}

/** A port by its number, or by the name that the container gives it. */
function portOf(container: Container, port: number | string): number {
  if (typeof port === 'number') return port
  return container.ports?.find(p => p.name === port)?.containerPort ?? Number.parseInt(port, 10)
}

function* runCommand(command: readonly string[], { pod, container, id, timeoutSeconds }: Target): KubeletProcedure<Outcome> {
  const mounts = yield* perform((world: KubeletWorld) => mountsNow(world, pod, container))
  const done = yield* cri(pod.metadata.uid ?? '', {
    method: 'ExecSync',
    container: id,
    command: Object.freeze([...command]),
    timeoutSeconds,
    ...(mounts && { mounts }),
  })
  if (done.error?.includes('code = DeadlineExceeded'))
    return { ok: false, output: `command timed out: "${command.join(' ')}" timed out after ${timeoutSeconds}s` }
  if (done.error !== undefined) return { ok: false, output: done.error }
  const { exitCode = 0, output = '' } = done
  return { ok: exitCode === 0, output, exitCode, ...(done.known === false && { unknown: true }) }
}

/** What is in a container's files by now; undefined where nothing is but its image's. */
function mountsNow(world: KubeletWorld, pod: Pod, container: Container): readonly Mount[] | undefined {
  const worker = world.state.workers.peek(pod.metadata.uid ?? '')
  return worker && readsFiles(container) ? mountsOf(world, worker, container) : undefined
}

/** Opens a connection to a pod of the node, and asks for a path over it. */
function* connect(
  { pod, container, ip }: Target,
  destination: string,
  port: number,
  path: string | undefined,
  what: string,
): KubeletProcedure<PacketReply> {
  return yield* waitFor<KubeletState, PacketReply>((world, procedure) => {
    const { state, context, room } = world
    const to = `${destination}:${port}${path ?? ''}`
    const connection = context.note('kubelet.probe', { pod: podKey(pod), container: container.name, what, to })
    state.connections.set(connection, procedure)
    const packet: Packet = {
      type: 'network.packet',
      connection,
      source: state.profile.internalIP ?? ip,
      destination,
      port,
      protocol: 'TCP',
      ...(path !== undefined && { path }),
      via: [room.id],
    }
    context.because(connection, () =>
      context.send(nodeRoom('network', state.profile.name), packet, 'network.packet', {
        from: packet.source,
        to: `${destination}:${port}`,
      }),
    )
  })
}

/** The way back of a connection of the kubelet's. */
export function receiveReply(world: KubeletWorld, reply: PacketReply): void {
  const { connections } = world.state
  const procedure = connections.get(reply.connection)
  if (procedure === undefined) return
  connections.delete(reply.connection)
  answer(world, procedure, 0, Object.freeze({ ...reply }))
}

/** A pod's hook has failed, in the words of who runs it; undefined when it has not (lifecycle/handlers.go Run). */
export function* hookError(
  hook: NonNullable<NonNullable<Container['lifecycle']>['postStart']>,
  target: Target,
  what: 'postStart' | 'preStop',
): KubeletProcedure<string | undefined> {
  const { ok, output, exitCode, unknown } = yield* runHandler(hook as Handler, target, what)
  if (unknown) yield* perform((world: KubeletWorld) => noteUnknown(world, target.pod, `lifecycle.${what}`))
  if (ok) return undefined
  const { name, namespace, uid } = target.pod.metadata
  const whose = `for Container "${target.container.name}" in Pod "${name}_${namespace}(${uid})" failed - error: `
  const command = hook.exec?.command?.join(' ')
  if (command === undefined) return `HTTP lifecycle hook (${hook.httpGet?.path ?? ''}) ${whose}${output}, message: ""`
  return `Exec lifecycle hook ([${command}]) ${whose}command '${command}' exited with ${exitCode ?? 126}: , message: ${JSON.stringify(output)}`
}

/** A command that is not simulated is taken to have worked, and that is said. */
export function noteUnknown(world: KubeletWorld, pod: Pod, field: string): void {
  world.context.note('kubelet.unsupported', { pod: podKey(pod), fields: Object.freeze([field]) })
}
