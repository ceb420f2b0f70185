/**
 * Applies strategic merge patches, `application/strategic-merge-patch+json`. Models StrategicMergePatch (mergeMap and what it calls) in
 * k8s.io/apimachinery/pkg/util/strategicpatch/patch.go.
 */
import { copyWith, deepEqual, without } from '../deep'
import type { SchemaType } from '../schema/types'
import { attempt, Draft, type Fields, isFields, type Patched, sameItems, Unpatchable } from './json'
import {
  DELETE_FROM,
  DIRECTIVE,
  goMap,
  holdsMaps,
  isDirectiveKey,
  keyOf,
  keysOf,
  type Lookup,
  lookup,
  normalizeOrder,
  ORDER,
  placeOf,
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
    if (!isFields(patch)) {
      const kind = Array.isArray(patch) ? 'array' : typeof patch === 'boolean' ? 'bool' : typeof patch
      throw new Unpatchable(`json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`, 400)
    }
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
  const directed = hasDirective(patch)
  if (directed) retainKeys(draft, patch, options)
  const done = directed ? mergeOrderedLists(draft, patch, type, options) : undefined
  for (const key in patch) {
    const value = patch[key]
    if (value === undefined || done?.includes(key)) continue
    if (!directed || !isDirectiveKey(key)) mergeField(draft, key, value, type, options)
    else if (key.startsWith(DELETE_FROM)) deleteFromList(draft, key, value, options)
  }
  return draft.done()
}

function hasDirective(patch: Fields): boolean {
  for (const key in patch) if (isDirectiveKey(key)) return true
  return false
}

/** Models handleDirectiveInMergeMap. */
function obeyDirective(patch: Fields): Fields {
  const { [DIRECTIVE]: directive, ...rest } = patch
  if (directive === 'replace') return rest
  if (directive === 'delete') return {}
  throw new Unpatchable(`unknown patch type: ${String(directive)} in map: ${goMap(patch)}`, 500)
}

function mergeField(draft: Draft, key: string, value: unknown, type: SchemaType | undefined, options: MergeOptions): void {
  if (value === null) {
    if (options.dropNulls) draft.delete(key)
    else draft.set(key, null)
    return
  }
  if (typeof value !== 'object') {
    draft.set(key, value)
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
): readonly string[] | undefined {
  let done: readonly string[] | undefined
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
    if (change === undefined && old === undefined) continue
    const { mergeKey } = field
    const keys = keysOf(order, mergeKey)
    if (change !== undefined) checkOrder(change, order, keys, mergeKey)
    done = done === undefined ? [key] : [...done, key]
    if (old === undefined) {
      const fresh = (options.execute ? withoutDirectives(change, field.type) : change) as readonly unknown[]
      draft.set(key, normalizeOrder(fresh, keysOf(fresh, mergeKey), keys, [], mergeKey))
    } else
      draft.set(
        key,
        change === undefined ? arranged(old, old, undefined, keys, mergeKey) : mergeList(old, change, field, options, keys),
      )
  }
  return done
}

/** What the patch adds must be in its order, in that order. Models validatePatchWithSetOrderList. */
function checkOrder(
  change: readonly unknown[],
  order: readonly unknown[],
  orderKeys: readonly unknown[],
  mergeKey: string | undefined,
): void {
  let at = 0
  for (const item of change) {
    if (isDirected(item)) continue
    at = orderKeys.indexOf(keyOf(item, mergeKey), at) + 1
    if (at === 0)
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

/** Models mergeSliceHandler and mergeSlice. `orderKeys`: the keys in the order that the patch wants, where it says one. */
function mergeList(
  old: readonly unknown[],
  change: readonly unknown[],
  field: Lookup,
  options: MergeOptions,
  orderKeys?: readonly unknown[],
): readonly unknown[] {
  const { mergeKey } = field
  if (field.strategy !== 'merge') return arranged(old, deepEqual(old, change) ? old : change, undefined, orderKeys, mergeKey)
  if (change.length === 0) return arranged(old, old, undefined, orderKeys, mergeKey)
  if (!holdsMaps(old, change)) {
    const both = [...new Set([...old, ...change])]
    return arranged(old, both, both, orderKeys ?? change, undefined)
  }
  if (mergeKey === undefined) throw new Unpatchable('cannot merge lists without merge key', 500)
  const { base, plain, replaced } = change.some(isDirected)
    ? obeyListDirectives(old, change as Fields[], mergeKey, options)
    : { base: old, plain: change as Fields[], replaced: false }
  if (replaced) return arranged(old, plain, undefined, orderKeys, mergeKey)
  const merged = base.slice()
  const keys = keysOf(base, mergeKey)
  for (const item of plain) {
    const key = keyOf(item, mergeKey)
    const at = placeOf(keys, key)
    if (at >= 0) merged[at] = mergeMap(merged[at] as Fields, item, field.type, options)
    else {
      merged.push(options.execute ? withoutDirectives(item, field.type) : item)
      keys.push(key)
    }
  }
  return arranged(old, merged, keys, orderKeys ?? keysOf(plain, mergeKey), mergeKey)
}

/** A merged list (with the keys of its items, where they are known) in its order, if there is one; the old list where nothing has changed. */
function arranged(
  old: readonly unknown[],
  merged: readonly unknown[],
  keys: readonly unknown[] | undefined,
  orderKeys: readonly unknown[] | undefined,
  mergeKey: string | undefined,
): readonly unknown[] {
  if (orderKeys === undefined) return sameItems(old, merged)
  return sameItems(old, normalizeOrder(merged, keys ?? keysOf(merged, mergeKey), orderKeys, old, mergeKey))
}

const isDirected = (item: unknown): boolean => isFields(item) && item[DIRECTIVE] !== undefined

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
    else throw new Unpatchable(`unknown patch type: ${String(directive)} in map: ${goMap(item)}`, 500)
  }
  return { base, plain, replaced }
}

/**
 * A new value as it is stored: without directives, and without nulls but those that Go writes itself. The same value when it has none.
 * Models removeDirectives and discardNullValuesFromPatch.
 */
function withoutDirectives(value: unknown, type: SchemaType | undefined): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return itemsWithout(value, type?.kind === 'list' ? type.item : type)
  const fields = value as Fields
  let copy: Record<string, unknown> | undefined
  for (const key in fields) {
    const inner = fields[key]
    if (typeof inner !== 'object' && !isDirectiveKey(key)) continue
    const isNull = inner === null && !(type?.kind === 'struct' && type.nullable.includes(key))
    if (isNull || isDirectiveKey(key) || (isFields(inner) && inner[DIRECTIVE] === 'delete')) copy = without(copy ?? fields, key)
    else {
      const clean = withoutDirectives(inner, lookup(type, key).type)
      if (clean === inner) continue
      copy ??= copyWith(fields)
      copy[key] = clean
    }
  }
  return copy ?? fields
}

function itemsWithout(list: readonly unknown[], type: SchemaType | undefined): readonly unknown[] {
  const plain = list.some(isDirected) ? list.filter(item => !isDirected(item)) : list
  let copy: unknown[] | undefined
  for (let i = 0; i < plain.length; i++) {
    const clean = withoutDirectives(plain[i], type)
    if (clean === plain[i]) continue
    copy ??= plain.slice()
    copy[i] = clean
  }
  return copy ?? plain
}
