/** The network of one node: pod addresses, routes, the rules that kube-proxy wrote, and connections of user traffic. */
import type { CniRequest, CniResult, NetfilterRestore, Packet, PacketReply, UserTraffic } from '../api/cni'
import type { NodeProfile } from '../api/node-profile'
import { nodeRoom } from '../api/rooms'
import { type Context, type Message, type Room, roomId } from '../kernel/types'
import { allocate, type Ipam, newIpam, prefixOf, release } from './ipam'
import { judge, type Netfilter, newNetfilter, restore } from './netfilter'
import './reasons'

export interface NetworkState {
  readonly ipam: Ipam
  readonly netfilter: Netfilter
}

/** Which node a range or an address belongs to: the routes that are set up on every node. */
interface Routes {
  readonly byPrefix: ReadonlyMap<string, string>
  readonly byAddress: ReadonlyMap<string, string>
}

interface World {
  readonly profile: NodeProfile
  readonly routes: Routes
  readonly state: NetworkState
  readonly context: Context
}

const routesTo = (peers: readonly NodeProfile[]): Routes => ({
  byPrefix: new Map(peers.map(p => [prefixOf(p.podCIDR), p.name])),
  byAddress: new Map(peers.flatMap(p => (p.internalIP ? [[p.internalIP, p.name] as const] : []))),
})

/** The network of a node, room `network/<node>`; `peers` are all nodes of the cluster. */
export function createNetwork(profile: NodeProfile, peers: readonly NodeProfile[] = [profile]): Room<NetworkState> {
  const routes = routesTo(peers)
  return {
    id: nodeRoom('network', profile.name),
    init: () => ({ ipam: newIpam(), netfilter: newNetfilter() }),
    handle: (state, message, context) => handle({ profile, routes, state, context }, message),
  }
}

function handle(world: World, message: Message): void {
  const { state, context } = world
  switch (message.type) {
    case 'cni.add':
      add(world, message as CniRequest)
      return
    case 'cni.del':
      release(state.ipam, (message as CniRequest).sandbox)
      return
    case 'netfilter.restore':
      restore(state.netfilter, message as NetfilterRestore)
      context.note('network.rules', { services: state.netfilter.rules.size })
      return
    case 'user.traffic':
      open(world, message as UserTraffic)
      return
    case 'network.packet':
      forward(world, message as Packet)
      return
    case 'network.reply':
      back(world, message as PacketReply)
      return
  }
}

function add({ profile, state, context }: World, { sandbox, pod }: CniRequest): void {
  const ip = allocate(state.ipam, profile.podCIDR, sandbox)
  const error =
    ip === undefined ? 'plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available' : undefined
  const result: CniResult = { type: 'cni.result', sandbox, ip: ip ?? '', ...(error && { error }) }
  context.send(nodeRoom('runtime', profile.name), result, 'cni.result', { pod, ip: ip ?? '', ...(error && { error }) })
}

/** Somebody on this node opens a connection. */
function open(world: World, { to, from, protocol = 'TCP' }: UserTraffic): void {
  const { profile, context } = world
  const colon = to.lastIndexOf(':')
  const destination = colon < 0 ? to : to.slice(0, colon)
  const port = colon < 0 ? 80 : Number(to.slice(colon + 1))
  const source = from ?? profile.internalIP ?? profile.name
  const connection = context.note('network.request', { from: source, to: `${destination}:${port}` })
  context.because(connection, () =>
    forward(world, { type: 'network.packet', connection, source, destination, port, protocol, via: [] }),
  )
}

/** A connection passes the rules, then the routes. */
function forward(world: World, packet: Packet): void {
  const { profile, state, context } = world
  const address = `${packet.destination}:${packet.port}`
  const verdict = judge(state.netfilter, packet, packet.destination === profile.internalIP, context.random())
  switch (verdict.verdict) {
    case 'accept':
      route(world, packet)
      return
    case 'reject':
      context.note('network.rejected', { service: verdict.rule.name, address })
      back(world, { type: 'network.reply', connection: packet.connection, outcome: 'refused', via: packet.via })
      return
    case 'drop':
      context.note('network.lost', { address, service: verdict.rule.name })
      return
    case 'dnat': {
      const { rule, backend, of } = verdict
      const { ip, port } = backend
      const seq = context.note('network.dnat', { service: rule.name, address, to: `${ip}:${port}`, backends: of })
      context.because(seq, () => route(world, { ...packet, destination: ip, port }))
      return
    }
  }
}

function route(world: World, packet: Packet): void {
  const { profile, routes, context } = world
  const { destination, port } = packet
  const to = `${destination}:${port}`
  const node = routes.byPrefix.get(prefixOf(destination)) ?? routes.byAddress.get(destination)
  if (node === undefined) {
    context.note('network.lost', { address: to })
    return
  }
  const via = [...packet.via, nodeRoom('network', profile.name)]
  if (node !== profile.name) {
    context.send(nodeRoom('network', node), { ...packet, via } as Packet, 'network.packet', { from: packet.source, to })
    return
  }
  if (destination === profile.internalIP) {
    back(world, { type: 'network.reply', connection: packet.connection, outcome: 'refused', via: packet.via })
    return
  }
  context.send(nodeRoom('runtime', node), { ...packet, via: packet.via } as Packet, 'network.packet', { from: packet.source, to })
}

/** The way back: through every node that the connection came by. */
function back(world: World, reply: PacketReply): void {
  const { context } = world
  const { outcome, container, via } = reply
  const next = via.at(-1)
  const told = { outcome, ...(container && { container }) }
  if (next === undefined) context.note('network.response', { to: world.profile.name, ...told })
  else context.send(roomId(next), { ...reply, via: via.slice(0, -1) } as PacketReply, 'network.reply', told)
}
