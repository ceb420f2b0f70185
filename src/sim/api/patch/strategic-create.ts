/**
 * Makes strategic merge patches. Models CreateTwoWayMergePatch, CreateThreeWayMergePatch and diffMaps in
 * k8s.io/apimachinery/pkg/util/strategicpatch/patch.go.
 */
import { deepEqual } from '../deep'
import type { SchemaType } from '../schema/types'
import { attempt, type Fields, isFields, type Patched, sameItems, sortedFields } from './json'
import {
  DELETE_FROM,
  DIRECTIVE,
  holdsMaps,
  indexOfKey,
  inOrderOf,
  keyOf,
  type Lookup,
  lookup,
  ORDER,
  RETAIN_KEYS,
} from './strategic'
import { mergeMap } from './strategic-apply'

interface DiffOptions {
  readonly deletions: boolean
  readonly changes: boolean
}
const BOTH: DiffOptions = { deletions: true, changes: true }
const CHANGES: DiffOptions = { deletions: false, changes: true }
const DELETIONS: DiffOptions = { deletions: true, changes: false }

/**
 * The patch that makes `modified` of `original`: what the kubelet sends for a pod's status, and kubectl for labels, scale and images.
 * Keys are sorted, as Go writes them; `{}` when there is nothing to do. Throws on lists that cannot be merged: both sides are ours.
 */
export function createTwoWayMergePatch(original: object, modified: object, type: SchemaType): Fields {
  return sorted(diffMaps(original as Fields, modified as Fields, type, BOTH, false)) as Fields
}

/**
 * What `kubectl apply` sends: what `modified` adds to or changes in `current`, and deletions of what was in `original` (the last
 * applied configuration) and is no more. Models CreateThreeWayMergePatch with overwrite, kubectl's default.
 */
export function createThreeWayMergePatch(
  original: object | undefined,
  modified: object,
  current: object,
  type: SchemaType,
): Patched<Fields> {
  return attempt(() => {
    const delta = diffMaps(current as Fields, modified as Fields, type, CHANGES, false)
    const deletions = diffMaps((original ?? {}) as Fields, modified as Fields, type, DELETIONS, false)
    return sorted(mergeMap(deletions, delta, type, { execute: false, dropNulls: false })) as Fields
  })
}
/** With keys in order all through, as Go writes maps; shared where they are so already. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return sameItems(value, value.map(sorted))
  const fields = value as Fields
  let isSorted = true
  let last = ''
  const values: Record<string, unknown> = {}
  for (const key in fields) {
    const inner = fields[key]
    values[key] = typeof inner === 'object' ? sorted(inner) : inner
    if (key < last || inner === undefined || values[key] !== inner) isSorted = false
    last = key
  }
  if (isSorted) return value
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(values).sort()) if (values[key] !== undefined) copy[key] = values[key]
  return copy
}

/** Models diffMaps. */
function diffMaps(
  original: Fields,
  modified: Fields,
  type: SchemaType | undefined,
  options: DiffOptions,
  retain: boolean,
): Fields {
  if (original === modified) return {}
  const entries: [string, unknown][] = []
  for (const key in original) {
    const [before, after] = [original[key], modified[key]]
    if (before === after || before === undefined) continue
    if (after === undefined) {
      if (options.deletions) entries.push([key, null])
    } else if (isFields(before) && isFields(after)) diffMapField(key, before, after, type, options, entries)
    else if (Array.isArray(before) && Array.isArray(after)) diffListField(key, before, after, type, options, entries)
    else if (options.changes) entries.push([key, after])
  }
  let adds = false
  for (const key in modified) {
    if (original[key] !== undefined || modified[key] === undefined) continue
    adds = true
    if (options.changes) entries.push([key, modified[key]])
  }
  if (retain) {
    const keys = Object.keys(modified).filter(key => modified[key] !== undefined)
    if (keys.length > 0 && (entries.length > 0 || adds)) entries.push([RETAIN_KEYS, keys.sort()])
  }
  return sortedFields(entries)
}

function diffMapField(
  key: string,
  before: Fields,
  after: Fields,
  type: SchemaType | undefined,
  options: DiffOptions,
  entries: [string, unknown][],
): void {
  const field = lookup(type, key)
  if (field.strategy === 'replace') {
    if (options.changes && !deepEqual(before, after)) entries.push([key, after])
    return
  }
  const inner = diffMaps(before, after, field.type, options, field.retainKeys)
  if (!isEmpty(inner)) entries.push([key, inner])
}

function isEmpty(fields: Fields): boolean {
  for (const _ in fields) return false
  return true
}

/** Models handleSliceDiff and diffLists. */
function diffListField(
  key: string,
  before: readonly unknown[],
  after: readonly unknown[],
  type: SchemaType | undefined,
  options: DiffOptions,
  entries: [string, unknown][],
): void {
  const field = lookup(type, key)
  if (field.strategy !== 'merge') {
    if (options.changes && !deepEqual(before, after)) entries.push([key, after])
    return
  }
  if (before.length === 0) {
    if (after.length > 0 && options.changes) entries.push([key, after])
    return
  }
  const maps = holdsMaps(before, after)
  const { change, deleted } = maps ? diffListsOfMaps(before, after, field, options) : diffListsOfScalars(before, after, options)
  if (change.length > 0) entries.push([key, change])
  if (deleted.length > 0) entries.push([DELETE_FROM + key, deleted])
  const order = maps ? orderOf(after as Fields[], field.mergeKey) : after
  if (order.length === 0) return
  const changed = change.length > 0 || deleted.length > 0
  const moved = maps ? !sameOrder(before, after, field.mergeKey) : !deepEqual(before, after)
  if (changed || moved) entries.push([ORDER + key, order])
}
const orderOf = (list: readonly Fields[], mergeKey: string | undefined): unknown[] =>
  list.map(item => (mergeKey === undefined ? item : { [mergeKey]: item[mergeKey] }))

/** Whether what both lists have is in the same order, with nothing added or gone. Models isOrderSame. */
function sameOrder(before: readonly unknown[], after: readonly unknown[], mergeKey: string | undefined): boolean {
  return before.length === after.length && before.every((item, i) => deepEqual(keyOf(item, mergeKey), keyOf(after[i], mergeKey)))
}

/** Changed and new items in the order of `after`, then deletions by key. Models diffListsOfMaps. */
function diffListsOfMaps(before: readonly unknown[], after: readonly unknown[], field: Lookup, options: DiffOptions) {
  const { mergeKey = '' } = field
  const change: unknown[] = []
  for (const item of after as readonly Fields[]) {
    const old = before[indexOfKey(before, keyOf(item, mergeKey), mergeKey)]
    if (old === undefined) {
      if (options.changes) change.push(item)
      continue
    }
    const inner = diffMaps(old as Fields, item, field.type, options, field.retainKeys)
    if (!isEmpty(inner)) change.push(sortedFields([...Object.entries(inner), [mergeKey, item[mergeKey]]]))
  }
  if (options.deletions) {
    const gone = before.map(item => keyOf(item, mergeKey)).filter(key => indexOfKey(after, key, mergeKey) < 0)
    for (const key of gone.sort(byText)) change.push({ [DIRECTIVE]: 'delete', [mergeKey]: key })
  }
  return { change, deleted: [] }
}
const byText = (a: unknown, b: unknown) => (String(a) < String(b) ? -1 : 1)

/** Models diffListsOfScalars. */
function diffListsOfScalars(before: readonly unknown[], after: readonly unknown[], options: DiffOptions) {
  const added = options.changes ? after.filter(item => !before.includes(item)) : []
  const deleted = options.deletions ? before.filter(item => !after.includes(item)).sort(byText) : []
  return { change: inOrderOf(added, after, undefined), deleted }
}
