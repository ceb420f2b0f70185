/** The container runtime of one node: containerd behind the CRI. Models containerd internal/cri/server. */
import type { CniResult, Packet, PacketReply } from '../api/cni'
import type { CriImage, CriRequest } from '../api/cri'
import type { NodeProfile } from '../api/node-profile'
import type { ForwardData } from '../api/port-forward'
import { nodeRoom } from '../api/rooms'
import type { Message, Room } from '../kernel/types'
import {
  cancelEnd,
  createContainer,
  type ExitMessage,
  exitByItself,
  imageResult,
  pullImage,
  startContainer,
  stopContainer,
} from './container-calls'
import { listener, stopOutcome } from './containers'
import {
  type ConnectMessage,
  connect,
  type ExecMessage,
  exec,
  execEnded,
  replied,
  type UnansweredMessage,
  unanswered,
} from './exec-calls'
import { parseReference, pullError } from './images'
import { endLogWatches, logWritten, unwatchLog, type WrittenMessage, watchLog } from './log-watch'
import { logOf } from './logs'
import { httpAnswer } from './pages'
import { forwardData, portForward } from './port-forward'
import './reasons'
import { connected, forgetPods, podsOf, removeSandbox, runSandbox, stopSandbox } from './sandbox-calls'
import { newRuntimeState, type RuntimeState, withoutServer } from './state'
import { containerStats } from './usage'
import { takes, type WorkMessage, worked, works } from './work'
import { answer, type World } from './world'

/** The runtime of a node, room `runtime/<node>`. */
export function createRuntime(profile: NodeProfile): Room<RuntimeState> {
  return {
    id: nodeRoom('runtime', profile.name),
    init: left => (left ? { ...(left as RuntimeState), isServing: true } : newRuntimeState()),
    // a fake runtime is a part of its kubelet, and its containers with it
    leaves: state => (profile.runtime.inKubelet ? undefined : withoutServer(state)),
    outlives: ({ type }) => type === 'runtime.exit' || type === 'network.packet',
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
      worked(world, message as WorkMessage)
      perform(world, (message as WorkMessage).request, (message as WorkMessage).exitCode)
      return
    case 'runtime.exec':
      execEnded(world, message as ExecMessage)
      return
    case 'cni.result':
      connected(world, message as CniResult)
      return
    case 'runtime.exit':
      context.quietly(false, () => exitByItself(world, (message as ExitMessage).container))
      return
    case 'runtime.written':
      context.quietly(false, () => logWritten(world, (message as WrittenMessage).id))
      return
    case 'runtime.connect':
      connect(world, message as ConnectMessage)
      return
    case 'network.reply':
      replied(world, message as PacketReply)
      return
    case 'runtime.unanswered':
      unanswered(world, message as UnansweredMessage)
      return
    case 'network.packet':
      deliver(world, message as Packet)
      return
    case 'forward.data':
      forwardData(world, message as ForwardData)
      return
  }
}

const pauseImage = ({ runtime }: NodeProfile): CriImage =>
  Object.freeze({ names: Object.freeze([runtime.sandboxImage]), sizeBytes: runtime.sandboxImageBytes })

/** Every call takes its time before it does something. */
function begin(world: World, request: CriRequest): void {
  const { state, profile } = world
  const { call } = request
  const { runtime } = profile
  switch (call.method) {
    case 'RunPodSandbox':
      works(world, request, runtime.runPodSandbox)
      return
    case 'StopPodSandbox':
      takes(world, request, runtime.stopPodSandbox)
      return
    case 'PullImage':
      takes(world, request, isPulled(state, call.image) || pullError(call.image) ? runtime.pullAgain : runtime.pull)
      return
    case 'CreateContainer':
      works(world, request, runtime.createContainer)
      return
    case 'StartContainer':
      works(world, request, runtime.startContainer)
      return
    case 'StopContainer': {
      const container = state.containers.get(call.container)
      if (container?.status.state !== 'running') {
        perform(world, request)
        return
      }
      cancelEnd(world, call.container)
      const { exitCode, afterMs } = stopOutcome(runtime, container, call.timeoutSeconds)
      takes(world, request, runtime.stopContainer, afterMs, exitCode)
      return
    }
    case 'ExecSync':
    case 'Exec':
      exec(world, request, call)
      return
    default:
      perform(world, request)
      return
  }
}
const isPulled = (state: RuntimeState, image: string): boolean => state.images.has(parseReference(image)?.name ?? image)

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
      endLogWatches(world)
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
    case 'ContainerStatus': {
      const container = world.state.containers.get(call.container)
      if (container)
        answer(world, request, { log: Object.freeze(logOf(container, world.context.now)), readAt: world.context.now })
      else
        answer(
          world,
          request,
          {},
          `rpc error: code = NotFound desc = an error occurred when try to find container "${call.container}": not found`,
        )
      return
    }
    case 'PortForward':
      portForward(world, request, call.sandbox)
      return
    case 'WatchLog':
      watchLog(world, request, call)
      return
    case 'UnwatchLog':
      unwatchLog(world, call.watch)
      answer(world, request, {})
      return
    case 'ListContainerStats':
      answer(world, request, { stats: containerStats(world.state, call.loads, world.context.now) })
      return
    case 'RemoveContainer':
      world.state.containers.delete(call.container)
      endLogWatches(world, call.container)
      answer(world, request, {})
      return
  }
}

/** A connection reached the pod: its program answers, or nobody listens. */
function deliver(world: World, packet: Packet): void {
  const { state, profile, context } = world
  const container = listener(state, packet.destination, packet.port, context.now)
  const sandbox = container && state.sandboxes.get(container.status.sandbox)
  const name = sandbox && container ? `${sandbox.config.namespace}/${sandbox.config.name}/${container.status.name}` : undefined
  const outcome = name === undefined ? 'refused' : 'answered'
  const reply: PacketReply = {
    type: 'network.reply',
    connection: packet.connection,
    outcome,
    via: packet.via,
    ...(name && { container: name }),
    ...(container && packet.path !== undefined && httpAnswer(container, packet.port, packet.path, context.now)),
  }
  context.send(nodeRoom('network', profile.name), reply, 'network.reply', { outcome, ...(name && { container: name }) })
}
