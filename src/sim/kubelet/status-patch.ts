// Models pkg/util/pod/pod.go PatchPodStatus: the strategic two-way merge patch between two statuses of a pod, as
// k8s.io/apimachinery/pkg/util/strategicpatch would make it for v1.PodStatus.
import { deepEqual } from '../api/deep'
import type { PodStatus } from './state'

type Fields = Readonly<Record<string, unknown>>

/** Lists that are merged by a key of their items, and the directive that says their order; every other list is replaced as a whole. */
const MERGED: Readonly<Record<string, { readonly key: string; readonly order: string }>> = {
  conditions: { key: 'type', order: '$setElementOrder/conditions' },
  podIPs: { key: 'ip', order: '$setElementOrder/podIPs' },
  hostIPs: { key: 'ip', order: '$setElementOrder/hostIPs' },
}

const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The patch that makes `next` of `old`, for the pod with that uid; undefined when there is nothing to change. */
export function podStatusPatch(old: PodStatus, next: PodStatus, uid: string): object | undefined {
  const status = diffMaps(old as Fields, next as Fields)
  return status && { metadata: { uid }, status }
}

function diffMaps(old: Fields, next: Fields): Record<string, unknown> | undefined {
  let patch: Record<string, unknown> | undefined
  for (const key in old) {
    if (next[key] !== undefined || old[key] === undefined || old[key] === null) continue
    patch ??= {}
    patch[key] = null
  }
  // a zero time is null in JSON, and a field without `omitempty` is written so
  for (const key in next) {
    const after = next[key]
    const before = old[key]
    if (after === before || after === undefined || (after === null && before === undefined)) continue
    const merged = MERGED[key]
    if (merged && Array.isArray(before) && Array.isArray(after)) {
      const items = diffLists(merged.key, before as Fields[], after as Fields[])
      if (!items) continue
      patch ??= {}
      patch[merged.order] = keysOf(after as Fields[], merged.key)
      if (items.length > 0) patch[key] = items
      continue
    }
    const change = isMap(before) && isMap(after) ? diffMaps(before, after) : deepEqual(before, after) ? undefined : after
    if (change === undefined) continue
    patch ??= {}
    patch[key] = change
  }
  return patch
}

/** What is to be said of the items of a list that is merged by key; undefined where the lists are alike, and in the same order. */
function diffLists(key: string, old: readonly Fields[], next: readonly Fields[]): readonly unknown[] | undefined {
  const items: unknown[] = []
  for (const item of next) {
    const was = itemOf(old, key, item[key])
    const change = was ? diffMaps(was, item) : item
    if (!change) continue
    if (was) (change as Record<string, unknown>)[key] = item[key]
    items.push(change)
  }
  for (const item of old) if (!itemOf(next, key, item[key])) items.push({ $patch: 'delete', [key]: item[key] })
  return items.length === 0 && haveSameOrder(key, old, next) ? undefined : items
}

const haveSameOrder = (key: string, old: readonly Fields[], next: readonly Fields[]): boolean =>
  old.length === next.length && old.every((item, i) => item[key] === next[i]?.[key])

function itemOf(items: readonly Fields[], key: string, value: unknown): Fields | undefined {
  // frozen lists have no fast iterator
  for (let i = 0; i < items.length; i++) if (items[i]?.[key] === value) return items[i]
  return undefined
}

/** Types of conditions are few: what names one is made once. */
const typesAlone = new Map<unknown, Fields>()

const keysOf = (items: readonly Fields[], key: string): readonly Fields[] => items.map(item => keyAlone(key, item[key]))

/** An item of a list with its key and nothing else. */
function keyAlone(key: string, value: unknown): Fields {
  if (key !== 'type') return { [key]: value }
  let alone = typesAlone.get(value)
  if (!alone) {
    alone = Object.freeze({ type: value })
    typesAlone.set(value, alone)
  }
  return alone
}
