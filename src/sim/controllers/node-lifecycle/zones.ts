// Models pkg/controller/nodelifecycle/node_lifecycle_controller.go, handleDisruption: how much of each zone is left, and how fast it may be emptied.
import type { Node } from '../../api/types'

/** How much of a zone is not ready: nothing to speak of, most of it, or all. */
type ZoneState = 'normal' | 'partial' | 'full'
/** What is left of a zone, and how many nodes it has. */
export interface Zone {
  readonly state: ZoneState
  readonly size: number
}

const REGION = 'topology.kubernetes.io/region'
const ZONE = 'topology.kubernetes.io/zone'
/** Such a node is no sign of its zone's health. */
const EXCLUDED = 'node.kubernetes.io/exclude-disruption'

/** GetZoneKey: region and zone; '' for all nodes that name neither. */
export function zoneOf({ metadata }: Node): string {
  const { [REGION]: region = '', [ZONE]: zone = '' } = metadata.labels ?? {}
  return region === '' && zone === '' ? '' : `${region}/${zone}`
}

/** The state of every zone, of nodes and whether each is ready. */
export function zoneStates(nodes: Iterable<readonly [node: Node, isReady: boolean]>): ReadonlyMap<string, Zone> {
  const zones = new Map<string, { ready: number; notReady: number }>()
  for (const [node, isReady] of nodes) {
    if (node.metadata.labels?.[EXCLUDED] !== undefined) continue
    const key = zoneOf(node)
    const zone = zones.get(key) ?? { ready: 0, notReady: 0 }
    zones.set(key, zone)
    if (isReady) zone.ready++
    else zone.notReady++
  }
  return new Map(
    [...zones].map(([key, { ready, notReady }]) => [key, { state: stateOf(ready, notReady), size: ready + notReady }]),
  )
}

/** ComputeZoneState; --unhealthy-zone-threshold is 0.55. */
function stateOf(ready: number, notReady: number): ZoneState {
  if (ready === 0) return 'full'
  return notReady > 2 && notReady / (ready + notReady) >= 0.55 ? 'partial' : 'normal'
}

/**
 * How often nodes of a zone may be tainted NoExecute, per second: not at all where no node of the cluster is ready, as then the fault is rather
 * here; seldom in a large zone that is mostly gone, never in a small one.
 */
export function evictionRate(zones: ReadonlyMap<string, Zone>, key: string): number {
  if (isFullyDisrupted(zones)) return 0
  const zone = zones.get(key)
  return zone?.state === 'partial' ? (zone.size > 50 ? 0.01 : 0) : 0.1
}

/** No node of any zone is ready. */
export const isFullyDisrupted = (zones: ReadonlyMap<string, Zone>): boolean =>
  zones.size > 0 && [...zones.values()].every(({ state }) => state === 'full')
