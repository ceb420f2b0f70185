// Models pkg/controller/nodeipam/ipam/range_allocator.go: every node gets a range of pod addresses.
import { MEDIA } from '../../api/messages'
import type { KubeObject, Node } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  cached,
  type Outcome,
} from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { patchRequest } from '../../client/requests'
import { ask } from '../ask'
import { eventAbout } from '../nodes'
import { messageOf } from '../objects'
import { rangeAt, rangeIndex, ranges } from './ranges'

const SELF = { name: 'node-controller', part: 'node-ipam' } as const

/** Which range each node has, by its number. */
interface Own {
  readonly given: Map<string, number>
  /** Where the search for a free range begins: ranges are given in turn. */
  next: number
}

/** @param clusterCidr --cluster-cidr; each node gets a /24 of it */
export function nodeIpam(clusterCidr: string): Controller<Own> {
  return {
    ...SELF,
    workers: 30,
    own: () => ({ given: new Map(), next: 0 }),
    watches: { nodes: (world, event) => nodeChanged(world, clusterCidr, event) },
    reconcile: name => reconcile(clusterCidr, name),
  }
}

const ownOf = (world: ControllerWorld): Own => world.state.own.get(SELF.part) as Own

/** Notes the ranges that nodes have and give back; a node without one is to get one. */
function nodeChanged(world: ControllerWorld, clusterCidr: string, { type, object }: InformerEvent): readonly string[] {
  const { given } = ownOf(world)
  const { name } = object.metadata
  if (type === 'DELETED') {
    given.delete(name)
    return []
  }
  const { podCIDR } = (object as Node).spec
  if (!podCIDR) return given.has(name) ? [] : [name]
  if (!given.has(name)) given.set(name, rangeIndex(clusterCidr, podCIDR))
  return []
}

/** AllocateOrOccupyCIDR, and the patch that tells the node. */
function* reconcile(clusterCidr: string, name: string): ControllerProcedure<Outcome> {
  const node = yield* cached<Node>('nodes', name)
  if (!node || node.spec.podCIDR) return
  const range = yield* perform<ControllerState, string | undefined>(world => allocate(ownOf(world), clusterCidr, name))
  if (range === undefined) return yield* failedAssignment(node, 'CIDRNotAvailable')
  const body = { spec: { podCIDR: range, podCIDRs: [range] } }
  for (let tries = 1; ; tries++) {
    const response = yield* ask(SELF, patchRequest('nodes', undefined, name, body, MEDIA.strategicMergePatch))
    if (succeeded(response)) return
    if (tries < 3) continue
    yield* perform<ControllerState, void>(world => void ownOf(world).given.delete(name))
    yield* failedAssignment(node, 'CIDRAssignmentFailed')
    return { retry: messageOf(response) }
  }
}

function* failedAssignment(node: KubeObject, reason: string): ControllerProcedure<Outcome> {
  const message = `Node ${node.metadata.name} status is now: ${reason}`
  yield* eventAbout(SELF, node, { type: 'Normal', reason, message, component: 'cidrAllocator' })
  if (reason === 'CIDRNotAvailable') return { retry: 'no more ranges' }
}

/** The next free range; undefined when all are given. */
function allocate(own: Own, clusterCidr: string, name: string): string | undefined {
  const total = ranges(clusterCidr)
  const used = new Set(own.given.values())
  for (let i = 0; i < total; i++) {
    const index = (own.next + i) % total
    if (used.has(index)) continue
    own.next = (index + 1) % total
    own.given.set(name, index)
    return rangeAt(clusterCidr, index)
  }
  return undefined
}
