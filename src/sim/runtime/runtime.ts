/** The container runtime of one node: containerd behind the CRI. Models containerd internal/cri/server. */
import type { CniRequest, CniResult, Packet, PacketReply } from '../api/cni'
import type { CriCall, CriEvent, CriImage, CriPod, CriRequest, CriResponse, CriResult } from '../api/cri'
import type { Duration, NodeProfile } from '../api/node-profile'
import { nodeRoom } from '../api/rooms'
import type { Context, Message, Room } from '../kernel/types'
import {
  exited,
  failedToStart,
  fakeSandboxId,
  listener,
  newContainer,
  newSandbox,
  randomId,
  started,
  stopOutcome,
} from './containers'
import { imageOf, parseReference, pullError } from './images'
import './reasons'
import { newRuntimeState, type RuntimeContainer, type RuntimeState } from './state'

/** A call whose time has come. */
interface WorkMessage extends Message {
  readonly type: 'runtime.work'
  readonly request: CriRequest
  readonly exitCode?: number
}
/** A program ends by itself. */
interface ExitMessage extends Message {
  readonly type: 'runtime.exit'
  readonly container: string
}

interface World {
  readonly profile: NodeProfile
  readonly state: RuntimeState
  readonly context: Context
}

/** What comes of its own accord after a longer time than this does not keep the clock running. */
const OWN_ACCORD_MS = 5000

/** The runtime of a node, room `runtime/<node>`. */
export function createRuntime(profile: NodeProfile): Room<RuntimeState> {
  return {
    id: nodeRoom('runtime', profile.name),
    init: newRuntimeState,
    handle: (state, message, context) => handle({ profile, state, context }, message),
  }
}

function handle(world: World, message: Message): void {
  const { state, profile, context } = world
  switch (message.type) {
    case 'boot':
      state.images.set(profile.runtime.sandboxImage, pauseImage(profile))
      return
    case 'cri.request':
      begin(world, message as CriRequest)
      return
    case 'runtime.work':
      perform(world, (message as WorkMessage).request, (message as WorkMessage).exitCode)
      return
    case 'cni.result':
      connected(world, message as CniResult)
      return
    case 'runtime.exit':
      context.quietly(false, () => exitByItself(world, (message as ExitMessage).container))
      return
    case 'network.packet':
      deliver(world, message as Packet)
      return
  }
}

const pauseImage = ({ runtime }: NodeProfile): CriImage =>
  Object.freeze({ names: Object.freeze([runtime.sandboxImage]), sizeBytes: runtime.sandboxImageBytes })

const between = ([least, most]: Duration, chance: number): number => least + (most - least) * chance

/** Every call takes its time before it does something. */
function begin(world: World, request: CriRequest): void {
  const { state, context, profile } = world
  const { call } = request
  const { runtime } = profile
  const take = (duration: Duration): void => work(world, request, between(duration, context.random()))
  switch (call.method) {
    case 'RunPodSandbox':
      take(runtime.runPodSandbox)
      return
    case 'StopPodSandbox':
      take(runtime.stopPodSandbox)
      return
    case 'PullImage':
      take(isPulled(state, call.image) || pullError(call.image) ? runtime.pullAgain : runtime.pull)
      return
    case 'CreateContainer':
      take(runtime.createContainer)
      return
    case 'StartContainer':
      take(runtime.startContainer)
      return
    case 'StopContainer': {
      const container = state.containers.get(call.container)
      if (container?.status.state !== 'running') {
        perform(world, request)
        return
      }
      cancelEnd(world, call.container)
      const { exitCode, afterMs } = stopOutcome(runtime, container, call.timeoutSeconds)
      work(world, request, afterMs + between(runtime.stopContainer, context.random()), exitCode)
      return
    }
    default:
      perform(world, request)
      return
  }
}

function work(world: World, request: CriRequest, ms: number, exitCode?: number): void {
  const message: WorkMessage = { type: 'runtime.work', request, ...(exitCode !== undefined && { exitCode }) }
  world.context.after(ms, message)
}

const isPulled = (state: RuntimeState, image: string): boolean => state.images.has(parseReference(image)?.name ?? image)

/** What a call is about, for the trace. */
export function subjectOf(call: CriCall): string {
  if ('pod' in call) return `${call.pod.namespace}/${call.pod.name}`
  if ('image' in call) return call.image
  if ('container' in call) return typeof call.container === 'string' ? call.container.slice(0, 13) : call.container.name
  return 'sandbox' in call ? call.sandbox.slice(0, 13) : ''
}

function answer(world: World, request: CriRequest, result: CriResult, error?: string): void {
  const response: CriResponse = { type: 'cri.response', id: request.id, result: Object.freeze(result), ...(error && { error }) }
  const { method } = request.call
  const args = { id: request.id, method, subject: subjectOf(request.call), ...(error && { error }) }
  world.context.send(nodeRoom('kubelet', world.profile.name), response, 'cri.response', args)
}

function perform(world: World, request: CriRequest, exitCode?: number): void {
  const { call } = request
  switch (call.method) {
    case 'RunPodSandbox':
      runSandbox(world, request, call)
      return
    case 'StopPodSandbox':
      stopSandbox(world, request, call.sandbox)
      return
    case 'RemovePodSandbox':
      removeSandbox(world, request, call.sandbox)
      return
    case 'ImageStatus':
      answer(world, request, imageResult(world.state.images.get(parseReference(call.image)?.name ?? call.image)))
      return
    case 'ListImages':
      answer(world, request, {
        images: Object.freeze([...world.state.images.values()].sort((a, b) => b.sizeBytes - a.sizeBytes)),
      })
      return
    case 'ListPodSandbox':
      if (world.profile.runtime.inKubelet) forgetPods(world.state)
      answer(world, request, { pods: podsOf(world.state) })
      return
    case 'PullImage':
      pullImage(world, request, call.image)
      return
    case 'CreateContainer':
      createContainer(world, request, call)
      return
    case 'StartContainer':
      startContainer(world, request, call.container)
      return
    case 'StopContainer':
      stopContainer(world, request, call.container, exitCode ?? 0)
      return
    case 'RemoveContainer':
      world.state.containers.delete(call.container)
      answer(world, request, {})
      return
  }
}

/** The kubelet comes up anew, and with it the runtime that is part of it. */
function forgetPods({ sandboxes, containers, addresses }: RuntimeState): void {
  sandboxes.clear()
  containers.clear()
  addresses.clear()
}

const podsOf = ({ sandboxes, containers }: RuntimeState): readonly CriPod[] =>
  Object.freeze(
    [...sandboxes.values()].map(({ config, status }) => ({
      config,
      sandbox: status,
      containers: [...containers.values()].map(c => c.status).filter(c => c.sandbox === status.id),
    })),
  )

const imageResult = (image: CriImage | undefined): CriResult => (image ? { image } : {})

/** The pause container is made first; then the network gives its namespace an address. */
function runSandbox(world: World, request: CriRequest, call: CriCall & { method: 'RunPodSandbox' }): void {
  const { profile, state, context } = world
  const { pod } = call
  const id = profile.runtime.fake ? fakeSandboxId(pod) : randomId(() => context.random())
  const fixed = pod.hostNetwork ? (profile.internalIP ?? '') : profile.runtime.podIP
  state.sandboxes.set(id, newSandbox(pod, id, fixed ?? ''))
  if (fixed !== undefined) {
    sandboxReady(world, request, id, fixed)
    return
  }
  state.connecting.set(id, request)
  const message: CniRequest = { type: 'cni.add', sandbox: id, pod: `${pod.namespace}/${pod.name}` }
  context.send(nodeRoom('network', profile.name), message, 'cni.request', { verb: 'ADD', pod: message.pod })
}

function connected(world: World, { sandbox, ip, error }: CniResult): void {
  const request = world.state.connecting.get(sandbox)
  world.state.connecting.delete(sandbox)
  if (!request) return
  if (error === undefined) {
    sandboxReady(world, request, sandbox, ip)
    return
  }
  world.state.sandboxes.delete(sandbox)
  answer(world, request, {}, `rpc error: code = Unknown desc = failed to setup network for sandbox "${sandbox}": ${error}`)
}

function sandboxReady(world: World, request: CriRequest, id: string, ip: string): void {
  const { state, context } = world
  const there = state.sandboxes.get(id)
  if (!there) {
    answer(world, request, {}, `rpc error: code = NotFound desc = sandbox "${id}" not found`)
    return
  }
  const sandbox = newSandbox(there.config, id, ip)
  state.sandboxes.set(id, sandbox)
  if (!sandbox.config.hostNetwork) state.addresses.set(ip, id)
  context.note('runtime.sandbox', { pod: `${sandbox.config.namespace}/${sandbox.config.name}`, sandbox: id.slice(0, 13), ip })
  answer(world, request, { sandbox: sandbox.status })
}

function stopSandbox(world: World, request: CriRequest, id: string): void {
  const { state, profile, context } = world
  const sandbox = state.sandboxes.get(id)
  if (!sandbox) {
    answer(world, request, {})
    return
  }
  if (sandbox.status.ready && !sandbox.config.hostNetwork && profile.runtime.podIP === undefined) {
    const pod = `${sandbox.config.namespace}/${sandbox.config.name}`
    const message: CniRequest = { type: 'cni.del', sandbox: id, pod }
    context.send(nodeRoom('network', profile.name), message, 'cni.request', { verb: 'DEL', pod })
  }
  const status = Object.freeze({ ...sandbox.status, ready: false })
  state.sandboxes.set(id, Object.freeze({ ...sandbox, status }))
  if (state.addresses.get(status.ip) === id) state.addresses.delete(status.ip)
  answer(world, request, { sandbox: status })
}

function removeSandbox(world: World, request: CriRequest, id: string): void {
  const { state } = world
  state.sandboxes.delete(id)
  for (const [container, { status }] of state.containers) {
    if (status.sandbox !== id) continue
    cancelEnd(world, container)
    state.containers.delete(container)
  }
  answer(world, request, {})
}

function pullImage(world: World, request: CriRequest, image: string): void {
  const { state, profile, context } = world
  const error = profile.runtime.fake ? undefined : pullError(image)
  if (error !== undefined) {
    answer(world, request, {}, error)
    return
  }
  const reference = parseReference(image)
  const pulled = reference
    ? imageOf(reference, profile.runtime.imageBytes)
    : Object.freeze({ names: Object.freeze([image]), sizeBytes: 0 })
  const known = state.images.has(reference?.name ?? image)
  state.images.set(reference?.name ?? image, pulled)
  if (!known) context.note('runtime.image', { image, bytes: pulled.sizeBytes })
  answer(world, request, { image: pulled })
}

function createContainer(world: World, request: CriRequest, call: CriCall & { method: 'CreateContainer' }): void {
  const { state, profile, context } = world
  const sandbox = state.sandboxes.get(call.sandbox)
  if (!sandbox?.status.ready) {
    answer(world, request, {}, `rpc error: code = NotFound desc = sandbox "${call.sandbox}" not found`)
    return
  }
  const config = call.container
  const image = state.images.get(parseReference(config.image)?.name ?? config.image)
  if (!image) {
    answer(world, request, {}, `rpc error: code = NotFound desc = image "${config.image}" not found`)
    return
  }
  const id = profile.runtime.fake ? `${call.sandbox}_${config.name}_${config.attempt}` : randomId(() => context.random())
  const container = newContainer(profile.runtime, sandbox, config, image.names[0] ?? '', id, context.now)
  state.containers.set(id, container)
  answer(world, request, { container: container.status })
}

function startContainer(world: World, request: CriRequest, id: string): void {
  const { state, profile, context } = world
  const created = state.containers.get(id)
  if (!created) {
    answer(world, request, {}, `rpc error: code = NotFound desc = container "${id}" not found`)
    return
  }
  if (created.program.missing !== undefined && !profile.runtime.fake) {
    const failed = failedToStart(created, context.now)
    state.containers.set(id, failed)
    context.note('runtime.container', { name: failed.status.name, state: 'exited', exitCode: failed.status.exitCode })
    answer(world, request, { container: failed.status }, failed.status.message)
    return
  }
  const container = started(created, context.now)
  state.containers.set(id, container)
  context.note('runtime.container', { name: container.status.name, state: 'running' })
  const { endsAfterMs } = container.program
  if (endsAfterMs !== undefined && !profile.runtime.fake) {
    const message: ExitMessage = { type: 'runtime.exit', container: id }
    state.ends.set(id, context.after(endsAfterMs, message, { housekeeping: endsAfterMs > OWN_ACCORD_MS }))
  }
  answer(world, request, { container: container.status })
}

function cancelEnd({ state, context }: World, id: string): void {
  const timer = state.ends.get(id)
  if (timer === undefined) return
  context.cancel(timer)
  state.ends.delete(id)
}

function exitNow(
  { state, profile, context }: World,
  id: string,
  container: RuntimeContainer,
  exitCode: number,
): RuntimeContainer {
  const done = exited(profile.runtime, container, exitCode, context.now)
  state.containers.set(id, done)
  context.note('runtime.container', { name: done.status.name, state: 'exited', exitCode })
  return done
}

function stopContainer(world: World, request: CriRequest, id: string, exitCode: number): void {
  const container = world.state.containers.get(id)
  if (!container) {
    answer(world, request, {})
    return
  }
  const done = container.status.state === 'running' ? exitNow(world, id, container, exitCode) : container
  answer(world, request, { container: done.status })
}

/** The kubelet hears of it by the stream of container events. */
function exitByItself(world: World, id: string): void {
  const { state, profile, context } = world
  state.ends.delete(id)
  const container = state.containers.get(id)
  if (container?.status.state !== 'running') return
  const { status } = exitNow(world, id, container, container.program.exitCode)
  const event: CriEvent = { type: 'cri.event', container: status }
  const args = { container: id.slice(0, 13), name: status.name, exitCode: status.exitCode }
  context.send(nodeRoom('kubelet', profile.name), event, 'cri.event', args)
}

/** A connection reached the pod: its program answers, or nobody listens. */
function deliver(world: World, packet: Packet): void {
  const { state, profile, context } = world
  const container = listener(state, packet.destination, packet.port)
  const sandbox = container && state.sandboxes.get(container.status.sandbox)
  const name = sandbox && container ? `${sandbox.config.namespace}/${sandbox.config.name}/${container.status.name}` : undefined
  const outcome = name === undefined ? 'refused' : 'answered'
  const reply: PacketReply = {
    type: 'network.reply',
    connection: packet.connection,
    outcome,
    via: packet.via,
    ...(name && { container: name }),
  }
  context.send(nodeRoom('network', profile.name), reply, 'network.reply', { outcome, ...(name && { container: name }) })
}
