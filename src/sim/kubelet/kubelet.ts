/** The kubelet of one node. Models cmd/kubelet and pkg/kubelet/kubelet.go: what starts when, and who hears which message. */

import type { PacketReply } from '../api/cni'
import type { CriContainer, CriEvent, CriRequest, CriResponse } from '../api/cri'
import type { KubeletCancel, KubeletRequest } from '../api/kubelet-api'
import type { NodeProfile } from '../api/node-profile'
import type { ForwardData, ForwardReply } from '../api/port-forward'
import { nodeRoom, nodeUser } from '../api/rooms'
import { EVENT_PROCEDURES } from '../client/events'
import { type InformerSpec, startInformer } from '../client/informer'
import { type ClientRoom, clientRoom, start } from '../client/room'
import { deepFreeze } from '../kernel/clone'
import type { Message, RefusedMessage, Room } from '../kernel/types'
import { receiveCri } from './cri-client'
import { STOP, stopContainer, stopped } from './kill-pod'
import { HEARTBEATS, heartbeat, registerNode, renewLease, renewNodeLease, startHeartbeats, updateNodeStatus } from './node'
import { dropOrphans, findPods, onPod } from './pod-changes'
import { type AgainMessage, again, probeChanged, sawExit, workEnded } from './pod-workers'
import { breakForwards, passOnData, passOnReply } from './port-forward'
import { type Outcome, receiveReply } from './probe'
import { look, PROBE, type ProbeMessage, probe, probed } from './prober'
import './reasons'
import { onFileSource, type RefreshMessage, refresh } from './refresh'
import { STATUS_PERIOD_US, untilRelist } from './relist'
import { isFromRuntime, lookForRuntime, runtimeFound, runtimeLost } from './runtime-gone'
import { receiveRequest, SERVE, serve, stopFollowing } from './server'
import { type KubeletState, type KubeletWorld, LOOK, newKubeletState } from './state'
import { retryStatus, type SendOutcome, type StatusRetry, sendStatus, statusSent } from './status-manager'
import { finishPod, syncPod, terminatePod } from './sync-pod'

/** The kubelet sees that a container has ended. */
interface PlegMessage extends Message {
  readonly type: 'kubelet.pleg'
  readonly container: CriContainer
}

/** What a kubelet watches; ConfigMaps and Secrets one by one, while a pod uses them. */
const informersOf = (node: string): Readonly<Record<string, InformerSpec<KubeletState>>> => ({
  nodes: { resource: 'nodes', fieldSelector: `metadata.name=${node}` },
  services: { resource: 'services', fieldSelector: 'spec.clusterIP!=None' },
  csidrivers: { resource: 'csidrivers.storage.k8s.io' },
  runtimeclasses: { resource: 'runtimeclasses.node.k8s.io' },
  pods: { resource: 'pods', fieldSelector: `spec.nodeName=${node}`, on: onPod },
  configmaps: { resource: 'configmaps', on: onFileSource },
  secrets: { resource: 'secrets', on: onFileSource },
})
/** Pods come last: the kubelet first looks what its runtime has. */
const STANDING = ['nodes', 'services', 'csidrivers', 'runtimeclasses'] as const

/** Everything that takes a kubelet several messages. */
const PROCEDURES = {
  ...EVENT_PROCEDURES,
  'find pods': findPods,
  'register node': registerNode,
  'renew lease': renewNodeLease,
  'update node status': updateNodeStatus,
  'send status': sendStatus,
  'sync pod': syncPod,
  'terminate pod': terminatePod,
  'finish pod': finishPod,
  [STOP]: stopContainer,
  [SERVE]: serve,
  [PROBE]: probe,
} as const

/** The kubelet of a node, room `kubelet/<node>`. */
export function createKubelet(profile: NodeProfile): Room<KubeletState> {
  deepFreeze(profile)
  const room: ClientRoom<KubeletState> = {
    id: nodeRoom('kubelet', profile.name),
    user: nodeUser(profile.name),
    rateLimit: { qps: 50, burst: 100 },
    // its heartbeats go by a client of their own that nothing holds up
    rateLimits: { [HEARTBEATS]: { qps: 1e6, burst: 1e6 } },
    own: () => newKubeletState(profile),
    connections: [nodeRoom('runtime', profile.name)],
    leaves: ({ nextCall }) => ({ nextCall }),
    informers: informersOf(profile.name),
    bootInformers: [],
    procedures: PROCEDURES,
    boot: ({ context }) => void context.after(profile.bootDelayMs, { type: 'kubelet.begin' }),
    receive,
    synced: (world, informer) => {
      if (informer === 'pods') dropOrphans(world)
    },
    ended: (world, { name, args, cause }, result) => {
      if (name === SERVE) return
      if (name === STOP) {
        stopped(world, args[0] as number, args[1] as number)
        return
      }
      if (name === PROBE) {
        const [uid, key] = args as [string, string]
        probed(world, uid, key, result as Outcome | undefined, worker => probeChanged(world, worker))
      } else if (name === 'send status') statusSent(world, args[0] as string, result as SendOutcome)
      else workEnded(world, name, args[0] as string, cause, result)
    },
  }
  return clientRoom(room)
}

function receive(world: KubeletWorld, message: Message): void {
  switch (message.type) {
    case 'kubelet.begin':
      begin(world)
      return
    case 'cri.response':
      hearAnswer(world, message as CriResponse)
      return
    case 'kubelet.runtime':
      lookForRuntime(world)
      return
    case 'closed':
      if (isFromRuntime(world)) runtimeClosed(world)
      return
    case 'refused':
      if (isFromRuntime(world)) runtimeRefused(world, (message as RefusedMessage).message)
      return
    case 'forward.data':
      passOnData(world, message as ForwardData)
      return
    case 'forward.reply':
      passOnReply(world, message as ForwardReply)
      return
    case 'cri.event':
      hearExit(world, message as CriEvent)
      return
    case 'kubelet.pleg':
      relisted(world, message as PlegMessage)
      return
    case 'kubelet.request':
      receiveRequest(world, message as KubeletRequest)
      return
    case 'kubelet.cancel':
      stopFollowing(world, message as KubeletCancel)
      return
    case 'kubelet.probe':
      look(world, message as ProbeMessage, worker => probeChanged(world, worker))
      return
    case 'network.reply':
      receiveReply(world, message as PacketReply)
      return
    case 'kubelet.again':
    case 'kubelet.relist':
    case 'kubelet.stop':
      world.context.quietly(false, () => again(world, message as AgainMessage))
      return
    case 'kubelet.refresh': {
      const worker = world.state.workers.get((message as RefreshMessage).uid)
      if (worker) refresh(world, worker)
      return
    }
    case 'kubelet.status':
      world.context.quietly(false, () => retryStatus(world, message as StatusRetry))
      return
    case 'kubelet.lease':
      renewLease(world)
      return
    case 'kubelet.heartbeat':
      heartbeat(world)
      return
  }
}

function runtimeClosed(world: KubeletWorld): void {
  runtimeLost(world)
  breakForwards(world)
}

function runtimeRefused(world: KubeletWorld, message: Message): void {
  if (message.type === 'cri.request') runtimeLost(world, message as CriRequest)
}

/** Between a kubelet's first request and its first list of what its runtime has, as recorded. */
const FIRST_LIST_US = [750_000, 950_000] as const

function begin(world: KubeletWorld): void {
  const [least, most] = FIRST_LIST_US
  world.state.tick = Math.floor(world.context.now + least + world.context.random() * (most - least)) % STATUS_PERIOD_US
  for (const name of STANDING) startInformer(world, name)
  start(world, 'find pods', [])
  start(world, 'register node', [world.state.profile.name])
  startHeartbeats(world)
}

function hearAnswer(world: KubeletWorld, response: CriResponse): void {
  const looks = world.state.runtimeGone && world.state.calls.get(response.id)?.procedure === LOOK
  receiveCri(world, response)
  if (looks) runtimeFound(world, response.result)
}

/** A container ended by itself. The kubelet sees it when it next lists what the runtime has. */
function hearExit(world: KubeletWorld, { container }: CriEvent): void {
  world.context.after(untilRelist(world), { type: 'kubelet.pleg', container } as PlegMessage)
}

function relisted(world: KubeletWorld, { container }: PlegMessage): void {
  const worker = world.state.workers.get(container.podUid)
  if (worker) sawExit(world, worker, container)
}
