// Models pkg/controller/ttl/ttl_controller.go: tells kubelets how long they may keep Secrets and ConfigMaps, by the size of the cluster.
import { MEDIA } from '../../api/messages'
import type { KubeObject } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerWorld,
  cached,
  type Outcome,
  store,
} from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import { patchRequest } from '../../client/requests'
import { ask } from '../ask'
import { messageOf } from '../objects'

const SELF = { name: 'ttl-controller', part: 'ttl' } as const
const TTL = 'node.alpha.kubernetes.io/ttl'

/** Up to so many nodes, so many seconds. */
const STEPS: readonly (readonly [nodes: number, seconds: number])[] = [
  [100, 0],
  [500, 15],
  [1000, 30],
  [2000, 60],
]
/** Seconds that a kubelet of a cluster of that many nodes may keep what it has read. */
export const ttlFor = (nodes: number): number => STEPS.find(([limit]) => nodes <= limit)?.[1] ?? 300

const wanted = (world: ControllerWorld): string => String(ttlFor(store(world, 'nodes').objects.size))
const annotationOf = (node: KubeObject): string | undefined => node.metadata.annotations?.[TTL]

/** Annotates nodes with the time to live of cached objects. */
export const ttl: Controller = {
  ...SELF,
  workers: 5,
  watches: {
    nodes: (world, { type, object }) =>
      type !== 'DELETED' && annotationOf(object) !== wanted(world) ? [object.metadata.name] : [],
  },
  reconcile,
}

function* reconcile(name: string): ControllerProcedure<Outcome> {
  const node = yield* cached('nodes', name)
  const value = yield* perform(wanted)
  if (!node || annotationOf(node) === value) return
  const body = { metadata: { annotations: { [TTL]: value } } }
  const response = yield* ask(SELF, patchRequest('nodes', undefined, name, body, MEDIA.strategicMergePatch))
  if (!succeeded(response)) return { retry: messageOf(response) }
}
