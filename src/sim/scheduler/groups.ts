/**
 * Pods counted by what they look like. Every pod of one template in one namespace carries the same labels and the same affinity,
 * so PodTopologySpread and InterPodAffinity ask few groups instead of many pods: adding a pod costs O(1), and counting the pods
 * that a selector matches costs O(groups that share one of its labels). Upstream visits every pod of every node, in parallel.
 */

import type { Labels, Requirement, Selector } from '../api/selectors'
import { type AffinityTerms, affinityTermsOf } from './affinity-terms'
import type { PodInfo } from './pod-info'

/** Pods that are alike to every selector and affinity term. */
export interface PodGroup {
  readonly key: string
  readonly namespace: string
  readonly labels: Labels
  /** Their deletion has begun. */
  readonly terminating: boolean
  readonly affinity: AffinityTerms | undefined
  /** Number of pods by node name. */
  readonly nodes: Map<string, number>
}

/** State: groups by key; by `namespace key=value` of each label; by namespace; and those that have affinity terms. */
export interface PodGroups {
  readonly byKey: Map<string, PodGroup>
  readonly byLabel: Map<string, Set<string>>
  readonly byNamespace: Map<string, Set<string>>
  readonly withAffinity: Set<string>
}

export const newPodGroups = (): PodGroups => ({
  byKey: new Map(),
  byLabel: new Map(),
  byNamespace: new Map(),
  withAffinity: new Set(),
})

const pair = (namespace: string, key: string, value: string | undefined): string => `${namespace} ${key}=${value}`

/** Counts a pod on a node. */
export function countPod(groups: PodGroups, pod: PodInfo, node: string): void {
  const group = groups.byKey.get(pod.group) ?? newGroup(groups, pod)
  group.nodes.set(node, (group.nodes.get(node) ?? 0) + 1)
}

/** Counts a pod no more. */
export function discountPod(groups: PodGroups, pod: PodInfo, node: string): void {
  const group = groups.byKey.get(pod.group)
  if (!group) return
  const count = (group.nodes.get(node) ?? 0) - 1
  if (count > 0) group.nodes.set(node, count)
  else group.nodes.delete(node)
  if (group.nodes.size === 0) dropGroup(groups, group)
}

function newGroup(groups: PodGroups, { group: key, namespace, labels, pod }: PodInfo): PodGroup {
  const affinity = affinityTermsOf(pod)
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const group: PodGroup = { key, namespace, labels, terminating, affinity, nodes: new Map() }
  groups.byKey.set(key, group)
  for (const label in labels) index(groups.byLabel, pair(namespace, label, labels[label]), key)
  index(groups.byNamespace, namespace, key)
  if (affinity) groups.withAffinity.add(key)
  return group
}

function dropGroup(groups: PodGroups, { key, namespace, labels }: PodGroup): void {
  groups.byKey.delete(key)
  for (const label in labels) unindex(groups.byLabel, pair(namespace, label, labels[label]), key)
  unindex(groups.byNamespace, namespace, key)
  groups.withAffinity.delete(key)
}

function index(map: Map<string, Set<string>>, value: string, key: string): void {
  const keys = map.get(value)
  if (keys) keys.add(key)
  else map.set(value, new Set([key]))
}

function unindex(map: Map<string, Set<string>>, value: string, key: string): void {
  const keys = map.get(value)
  keys?.delete(key)
  if (keys?.size === 0) map.delete(value)
}

const NONE: ReadonlySet<string> = new Set()

/** Groups in a namespace that a selector matches. Pods being deleted are left out, as upstream's counts leave them out. */
export function matchingGroups(groups: PodGroups, namespace: string, selector: Selector): PodGroup[] {
  const found: PodGroup[] = []
  for (const key of candidates(groups, namespace, selector)) {
    const group = groups.byKey.get(key)
    if (group && !group.terminating && selector.matches(group.labels)) found.push(group)
  }
  return found
}

/** The smallest indexed set that holds all groups which a selector can match. */
export function candidates(groups: PodGroups, namespace: string, selector: Selector): ReadonlySet<string> {
  let best = groups.byNamespace.get(namespace) ?? NONE
  for (const r of selector.requirements) {
    if (!isEquality(r)) continue
    const keys = groups.byLabel.get(pair(namespace, r.key, r.values[0])) ?? NONE
    if (keys.size < best.size) best = keys
  }
  return best
}

const isEquality = ({ operator, values }: Requirement): boolean => (operator === '=' || operator === 'in') && values.length === 1
