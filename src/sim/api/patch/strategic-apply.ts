/**
 * Applies strategic merge patches, `application/strategic-merge-patch+json`. Models StrategicMergePatch (mergeMap and what it calls) in
 * k8s.io/apimachinery/pkg/util/strategicpatch/patch.go.
 */
import { deepEqual } from '../deep'
import type { SchemaType } from '../schema/types'
import { attempt, Draft, type Fields, isFields, type Patched, sameItems, Unpatchable } from './json'
import {
  DELETE_FROM,
  DIRECTIVE,
  goMap,
  holdsMaps,
  indexOfKey,
  isDirectiveKey,
  keyOf,
  type Lookup,
  lookup,
  normalizeOrder,
  ORDER,
  RETAIN_KEYS,
} from './strategic'

export interface MergeOptions {
  /** Carry out directives about lists; else keep them, as when two patches become one. */
  readonly execute: boolean
  /** Drop nulls that delete nothing; else keep them, for who gets the patch next. */
  readonly dropNulls: boolean
}
const SERVER: MergeOptions = { execute: true, dropNulls: true }

/** Applies a patch as the apiserver does. What does not change is shared: a patch of the status keeps the same spec. */
export function applyStrategicPatch<T>(original: T, patch: unknown, type: SchemaType): Patched<T> {
  return attempt(() => {
    if (!isFields(patch)) throw new Unpatchable('Invalid JSON document', 400)
    return mergeMap(original as Fields, patch, type, SERVER) as T
  })
}

const BAD_RETAIN_KEYS = 'invalid patch format of retainKeys'
const BAD_ORDER = 'invalid patch format of setElementOrder list'
const BAD_PRIMITIVES = 'invalid patch format of primitive list'

/** One object with a patch merged into it. */
export function mergeMap(original: Fields, patch: Fields, type: SchemaType | undefined, options: MergeOptions): Fields {
  if (patch[DIRECTIVE] !== undefined) return obeyDirective(patch)
  const draft = new Draft(original)
  retainKeys(draft, patch, options)
  const done = mergeOrderedLists(draft, patch, type, options)
  for (const key in patch) {
    const value = patch[key]
    if (value === undefined || key === RETAIN_KEYS || key.startsWith(ORDER) || done?.has(key)) continue
    if (key.startsWith(DELETE_FROM)) deleteFromList(draft, key, value, options)
    else mergeField(draft, key, value, type, options)
  }
  return draft.done()
}

/** Models handleDirectiveInMergeMap. */
function obeyDirective(patch: Fields): Fields {
  const { [DIRECTIVE]: directive, ...rest } = patch
  if (directive === 'replace') return rest
  if (directive === 'delete') return {}
  throw new Unpatchable(`unknown patch type: ${String(directive)} in map: ${goMap(patch)}`, 422)
}

function mergeField(draft: Draft, key: string, value: unknown, type: SchemaType | undefined, options: MergeOptions): void {
  if (value === null) {
    if (options.dropNulls) draft.delete(key)
    else draft.set(key, null)
    return
  }
  const old = draft.get(key)
  if (isFields(old) && isFields(value)) {
    const field = lookup(type, key)
    if (field.strategy !== 'replace') draft.set(key, mergeMap(old, value, field.type, options))
    else if (!deepEqual(old, value)) draft.set(key, value)
  } else if (Array.isArray(old) && Array.isArray(value)) draft.set(key, mergeList(old, value, lookup(type, key), options))
  else if (old !== value) draft.set(key, options.execute ? withoutDirectives(value, lookup(type, key).type) : value)
}

/** Models applyRetainKeysDirective. */
function retainKeys(draft: Draft, patch: Fields, options: MergeOptions): void {
  const keep = patch[RETAIN_KEYS]
  if (keep === undefined) return
  if (!Array.isArray(keep)) throw new Unpatchable(BAD_RETAIN_KEYS, 400)
  if (!options.execute) {
    if (draft.has(RETAIN_KEYS) && !deepEqual(draft.get(RETAIN_KEYS), keep)) throw new Unpatchable(BAD_RETAIN_KEYS, 400)
    draft.set(RETAIN_KEYS, keep)
    return
  }
  for (const key in patch) {
    const isFree = patch[key] === null || key.startsWith(DELETE_FROM) || key.startsWith(ORDER) || key === RETAIN_KEYS
    if (!isFree && !keep.includes(key)) throw new Unpatchable(BAD_RETAIN_KEYS, 400)
  }
  for (const key of draft.keys()) if (!keep.includes(key)) draft.delete(key)
}

/** Merges and orders the lists that have an order in the patch; returns which. Models mergePatchIntoOriginal. */
function mergeOrderedLists(
  draft: Draft,
  patch: Fields,
  type: SchemaType | undefined,
  options: MergeOptions,
): Set<string> | undefined {
  let done: Set<string> | undefined
  for (const directive in patch) {
    if (!directive.startsWith(ORDER)) continue
    const order = patch[directive]
    if (!Array.isArray(order)) throw new Unpatchable(BAD_ORDER, 400)
    if (!options.execute) {
      if (draft.has(directive) && !deepEqual(draft.get(directive), order)) throw new Unpatchable(BAD_ORDER, 400)
      draft.set(directive, order)
    }
    const key = directive.slice(ORDER.length)
    const field = lookup(type, key)
    const old = draft.get(key)
    const change = patch[key]
    if (change === null) continue
    if ((old !== undefined && !Array.isArray(old)) || (change !== undefined && !Array.isArray(change)))
      throw new Unpatchable(BAD_ORDER, 400)
    checkOrder(change ?? [], order, field.mergeKey)
    done ??= new Set()
    done.add(key)
    const fresh = options.execute ? withoutDirectives(change, field.type) : change
    const merged = change === undefined ? old : old === undefined ? fresh : mergeList(old, change, field, options)
    if (merged === undefined) continue
    const ordered = normalizeOrder(merged as unknown[], order, old ?? [], field.mergeKey)
    draft.set(key, old === undefined ? ordered : sameItems(old, ordered))
  }
  return done
}

/** What the patch adds must be in its order, in that order. Models validatePatchWithSetOrderList. */
function checkOrder(change: readonly unknown[], order: readonly unknown[], mergeKey: string | undefined): void {
  let at = 0
  for (const item of change) {
    if (isFields(item) && item[DIRECTIVE] !== undefined) continue
    const key = keyOf(item, mergeKey)
    while (at < order.length && keyOf(order[at], mergeKey) !== key) at++
    if (at++ >= order.length)
      throw new Unpatchable(
        `The order in patch list:\n${JSON.stringify(change)}\n doesn't match ${ORDER} list:\n${JSON.stringify(order)}\n`,
        422,
      )
  }
}

/** Models the deletion half of preprocessDeletionListForMerging. */
function deleteFromList(draft: Draft, directive: string, value: unknown, options: MergeOptions): void {
  if (!options.execute) {
    draft.set(directive, value)
    return
  }
  if (!Array.isArray(value)) throw new Unpatchable(BAD_PRIMITIVES, 400)
  const key = directive.slice(DELETE_FROM.length)
  const old = draft.get(key)
  if (!Array.isArray(old)) return
  draft.set(
    key,
    sameItems(
      old,
      old.filter(item => !value.includes(item)),
    ),
  )
}

/** Models mergeSliceHandler and mergeSlice. */
function mergeList(
  old: readonly unknown[],
  change: readonly unknown[],
  field: Lookup,
  options: MergeOptions,
): readonly unknown[] {
  if (field.strategy !== 'merge') return deepEqual(old, change) ? old : change
  if (change.length === 0) return old
  if (!holdsMaps(old, change)) {
    const both = [...new Set([...old, ...change])]
    return sameItems(old, normalizeOrder(both, change, old, undefined))
  }
  const { mergeKey } = field
  if (mergeKey === undefined) throw new Unpatchable('cannot merge lists without merge key', 422)
  const { base, plain, replaced } = obeyListDirectives(old, change as Fields[], mergeKey, options)
  if (replaced) return plain
  const merged = [...base]
  for (const item of plain) {
    const at = indexOfKey(merged, keyOf(item, mergeKey), mergeKey)
    const found = merged[at]
    if (found === undefined) merged.push(options.execute ? withoutDirectives(item, field.type) : item)
    else merged[at] = mergeMap(found as Fields, item, field.type, options)
  }
  return sameItems(old, normalizeOrder(merged, plain, old, mergeKey))
}

/** Items that say `$patch: delete` or `replace`. Models mergeSliceWithSpecialElements. */
function obeyListDirectives(old: readonly unknown[], change: readonly Fields[], mergeKey: string, options: MergeOptions) {
  let base = old
  let replaced = false
  const plain: Fields[] = []
  for (const item of change) {
    const directive = item[DIRECTIVE]
    if (directive === undefined) plain.push(item)
    else if (directive === 'replace') replaced = true
    else if (directive === 'delete') {
      const key = keyOf(item, mergeKey)
      if (options.execute) base = base.filter(other => keyOf(other, mergeKey) !== key)
      else plain.push(item)
    } else if (directive === 'merge') throw new Unpatchable("patch type merge isn't supported", 422)
    else throw new Unpatchable(`unknown patch type: ${String(directive)} in map: ${goMap(item)}`, 422)
  }
  return { base, plain, replaced }
}

/**
 * A new value as it is stored: without directives, and without nulls but those that Go writes itself. The same value when it has none.
 * Models removeDirectives and discardNullValuesFromPatch.
 */
function withoutDirectives(value: unknown, type: SchemaType | undefined): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const item = type?.kind === 'list' ? type.item : type
    const kept = value
      .filter(each => !(isFields(each) && each[DIRECTIVE] !== undefined))
      .map(each => withoutDirectives(each, item))
    return sameItems(value, kept)
  }
  const draft = new Draft(value as Fields)
  for (const key in value) {
    const inner = (value as Fields)[key]
    const isNull = inner === null && !(type?.kind === 'struct' && type.nullable.includes(key))
    if (isNull || isDirectiveKey(key) || (isFields(inner) && inner[DIRECTIVE] === 'delete')) draft.delete(key)
    else if (typeof inner === 'object') draft.set(key, withoutDirectives(inner, lookup(type, key).type))
  }
  return draft.done()
}
