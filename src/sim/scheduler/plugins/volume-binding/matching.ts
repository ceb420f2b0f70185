// Models component-helpers/storage/volume/pv_helpers.go (FindMatchingVolume) and plugins/volumebinding/binder.go (findMatchingVolumes).
import { matchesAnyTerm, type NodeSelectorTerm } from '../../../api/node-selector'
import { unitsOf } from '../../../api/quantity'
import { labelSelector } from '../../../api/selectors'
import { classOf } from '../../../api/storage'
import type { KubeObject } from '../../../api/types'
import type { NodeInfo } from '../../node-info'

/** A claim that waits for its first consumer, and its class. */
export interface DelayedClaim {
  readonly claim: KubeObject
  readonly class: KubeObject
}

/** How a node could serve the delayed claims of a pod: with volumes that are there, or by having some made. */
export interface Matches {
  readonly bindings: readonly { readonly claim: KubeObject; readonly volume: KubeObject }[]
  readonly provisions: readonly KubeObject[]
}

/** Which node the provisioner is to make a claim's volume for. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node'

/** The volumes that a node's claims would get, the smallest claim first; undefined where one can get none. */
export function matchVolumes(
  node: NodeInfo,
  delayed: readonly DelayedClaim[],
  volumes: readonly KubeObject[],
): Matches | undefined {
  const bindings: { claim: KubeObject; volume: KubeObject }[] = []
  const provisions: KubeObject[] = []
  const taken = new Set<string>()
  for (const { claim, class: storageClass } of bySize(delayed)) {
    const selected = claim.metadata.annotations?.[SELECTED_NODE]
    if (selected !== undefined && selected !== node.name) return undefined
    const volume = selected === undefined ? smallestFit(claim, node, volumes, taken) : undefined
    if (volume) {
      taken.add(volume.metadata.name)
      bindings.push({ claim, volume })
    } else if (canProvision(storageClass, node)) provisions.push(claim)
    else return undefined
  }
  return { bindings, provisions }
}

const sizeOf = (claim: KubeObject): number => unitsOf(String(claim.spec?.resources?.requests?.storage ?? '0'))

const bySize = (delayed: readonly DelayedClaim[]): readonly DelayedClaim[] =>
  delayed.length < 2 ? delayed : [...delayed].sort((a, b) => sizeOf(a.claim) - sizeOf(b.claim))

/** Whether a class has somebody who makes volumes, and makes them where the node is. */
function canProvision({ provisioner, allowedTopologies }: KubeObject, { labels }: NodeInfo): boolean {
  if (!provisioner || provisioner === 'kubernetes.io/no-provisioner') return false
  const terms = (allowedTopologies ?? []) as { matchLabelExpressions?: { key: string; values: string[] }[] }[]
  return (
    terms.length === 0 ||
    terms.some(term => (term.matchLabelExpressions ?? []).every(({ key, values }) => values.includes(labels[key] ?? '')))
  )
}

/** Whether a volume can be used on a node. */
export function reaches(volume: KubeObject, node: Pick<NodeInfo, 'name' | 'labels'>): boolean {
  const terms = volume.spec?.nodeAffinity?.required?.nodeSelectorTerms as readonly NodeSelectorTerm[] | undefined
  return !terms || matchesAnyTerm(terms, node.labels, node.name)
}

/** Whether a volume was promised to this claim, by whoever. */
export function isPromised(volume: KubeObject, { metadata }: KubeObject): boolean {
  const promise = volume.spec?.claimRef
  return (
    promise?.name === metadata.name && promise.namespace === metadata.namespace && (!promise.uid || promise.uid === metadata.uid)
  )
}

/** The smallest free volume that a claim can have and that the node reaches; a volume that was promised to the claim, and no other. */
function smallestFit(
  claim: KubeObject,
  node: NodeInfo,
  volumes: readonly KubeObject[],
  taken: ReadonlySet<string>,
): KubeObject | undefined {
  const wanted = sizeOf(claim)
  const selector = claim.spec?.selector ? labelSelector(claim.spec.selector) : undefined
  const modes = (claim.spec?.accessModes ?? []) as string[]
  let best: KubeObject | undefined
  let bestSize = Number.POSITIVE_INFINITY
  for (const volume of volumes) {
    const { spec, status, metadata } = volume
    const promised = isPromised(volume, claim)
    const size = unitsOf(String(spec?.capacity?.storage ?? '0'))
    if (taken.has(metadata.name) || (spec?.claimRef && !promised) || size < wanted) continue
    if (metadata.deletionTimestamp || modeOf(volume) !== modeOf(claim)) continue
    if (classOf(volume) !== classOf(claim)) continue
    if (promised) return reaches(volume, node) ? volume : undefined
    if (status?.phase !== 'Available' || (selector && !selector.matches(metadata.labels))) continue
    if (size >= bestSize || !modes.every(m => (spec?.accessModes ?? []).includes(m)) || !reaches(volume, node)) continue
    best = volume
    bestSize = size
  }
  return best
}

const modeOf = (object: KubeObject): string => object.spec?.volumeMode ?? 'Filesystem'
