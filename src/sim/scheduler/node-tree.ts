// Models pkg/scheduler/backend/cache/node_tree.go: nodes by zone, listed one zone after the other in turn.
import type { Labels } from '../api/selectors'

/** Zones in order of arrival, each with its nodes' names in order of arrival. */
export type NodeTree = Map<string, string[]>

/** A node's zone, region and all; '' where it says neither. */
export function zoneOf(labels: Labels): string {
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? ''
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? ''
  return region === '' && zone === '' ? '' : `${region}:\0:${zone}`
}

export function addToTree(tree: NodeTree, zone: string, name: string): void {
  const names = tree.get(zone)
  if (names) names.push(name)
  else tree.set(zone, [name])
}

export function removeFromTree(tree: NodeTree, zone: string, name: string): void {
  const names = tree.get(zone)
  const place = names?.indexOf(name) ?? -1
  if (!names || place < 0) return
  names.splice(place, 1)
  if (names.length === 0) tree.delete(zone)
}

/** All names: the first of each zone, then the second of each, and so on, so that sampling meets every zone. */
export function listTree(tree: NodeTree): string[] {
  const zones = [...tree.values()]
  const listed: string[] = []
  let more = true
  for (let i = 0; more; i++) {
    more = false
    for (const names of zones) {
      const name = names[i]
      if (name === undefined) continue
      listed.push(name)
      more = true
    }
  }
  return listed
}
