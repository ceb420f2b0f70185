// Models pkg/util/pod/pod.go PatchPodStatus: the strategic two-way merge patch between two statuses of a pod, as
// k8s.io/apimachinery/pkg/util/strategicpatch would make it for v1.PodStatus.
import { deepEqual } from '../api/deep'
import type { PodStatus } from './state'

type Fields = Readonly<Record<string, unknown>>

/** Lists that are merged by a key of their items; every other list is replaced as a whole. */
const MERGE_KEYS: Readonly<Record<string, string>> = { conditions: 'type', podIPs: 'ip', hostIPs: 'ip' }

/** A zero time is null in JSON, and a field without `omitempty` is written so. */
const isNone = (value: unknown): boolean => value === undefined || value === null
const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The patch that makes `next` of `old`, for the pod with that uid; undefined when there is nothing to change. */
export function podStatusPatch(old: PodStatus, next: PodStatus, uid: string): object | undefined {
  const status = diffMaps(old as Fields, next as Fields)
  return status && { metadata: { uid }, status }
}

function diffMaps(old: Fields, next: Fields): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {}
  let changed = false
  for (const key in old) {
    if (isNone(old[key]) || next[key] !== undefined) continue
    patch[key] = null
    changed = true
  }
  for (const key in next) {
    const before = old[key]
    const after = next[key]
    if (after === undefined || before === after || (isNone(before) && after === null)) continue
    const mergeKey = MERGE_KEYS[key]
    if (before === undefined) patch[key] = after
    else if (mergeKey !== undefined && Array.isArray(before) && Array.isArray(after)) {
      if (!diffLists(patch, key, mergeKey, before as Fields[], after as Fields[])) continue
    } else if (isMap(before) && isMap(after)) {
      const inner = diffMaps(before, after)
      if (!inner) continue
      patch[key] = inner
    } else if (deepEqual(before, after)) continue
    else patch[key] = after
    changed = true
  }
  return changed ? patch : undefined
}

/** Writes into `patch` what a list merged by key needs; true if that is anything. */
function diffLists(
  patch: Record<string, unknown>,
  name: string,
  key: string,
  old: readonly Fields[],
  next: readonly Fields[],
): boolean {
  const items: unknown[] = []
  for (const item of next) {
    const was = old.find(o => o[key] === item[key])
    if (!was) {
      items.push(item)
      continue
    }
    const change = diffMaps(was, item)
    if (!change) continue
    change[key] = item[key]
    items.push(change)
  }
  for (const item of old) if (!next.some(n => n[key] === item[key])) items.push({ $patch: 'delete', [key]: item[key] })
  const sameOrder = old.length === next.length && old.every((item, i) => item[key] === next[i]?.[key])
  if (items.length === 0 && sameOrder) return false
  patch[`$setElementOrder/${name}`] = next.map(item => ({ [key]: item[key] }))
  if (items.length > 0) patch[name] = items
  return true
}
