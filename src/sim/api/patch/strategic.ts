/**
 * What applying and making strategic merge patches share: directives, what the schema says of a field, and the order of lists.
 * Models k8s.io/apimachinery/pkg/util/strategicpatch/patch.go and mergepatch/errors.go.
 */
import { deepEqual } from '../deep'
import type { Field, SchemaType } from '../schema/types'
import { type Fields, isFields, Unpatchable } from './json'

/** In an object: `replace`, `delete` or `merge`. */
export const DIRECTIVE = '$patch'
/** In an object: the only keys that stay. */
export const RETAIN_KEYS = '$retainKeys'
/** Beside a list of primitives: what to take out of it. */
export const DELETE_FROM = '$deleteFromPrimitiveList/'
/** Beside a list that merges: the order of what the patch's sender knows. */
export const ORDER = '$setElementOrder/'

export const isDirectiveKey = (key: string): boolean =>
  key.startsWith('$') && (key === DIRECTIVE || key === RETAIN_KEYS || key.startsWith(DELETE_FROM) || key.startsWith(ORDER))

/** What a patch needs to know of one field. */
export interface Lookup {
  /** Of the field's value, or of the items of its list. */
  readonly type: SchemaType | undefined
  readonly strategy: 'merge' | 'replace' | undefined
  readonly retainKeys: boolean
  readonly mergeKey: string | undefined
}
const UNKNOWN: Lookup = { type: undefined, strategy: undefined, retainKeys: false, mergeKey: undefined }
const lookups = new WeakMap<Field | SchemaType, Lookup>()

/** Models LookupPatchMetadataForStruct and LookupPatchMetadataForSlice. */
export function lookup(type: SchemaType | undefined, key: string): Lookup {
  const at = type?.kind === 'struct' ? type.fields.get(key) : type?.kind === 'map' ? type : undefined
  return at === undefined ? UNKNOWN : (lookups.get(at) ?? remember(at))
}

/** A field of a struct, or the values of a map, which are all alike. */
function remember(at: Field | Extract<SchemaType, { readonly kind: 'map' }>): Lookup {
  const found: Lookup =
    'value' in at
      ? { ...UNKNOWN, type: items(at.value) }
      : { type: items(at.type), strategy: at.patch, retainKeys: at.retainKeys, mergeKey: at.mergeKey }
  lookups.set(at, found)
  return found
}
const items = (type: SchemaType): SchemaType => (type.kind === 'list' ? type.item : type)

/** Whether the items of both lists are objects; lists of lists cannot be merged. Models sliceElementType. */
export const holdsMaps = (a: readonly unknown[], b: readonly unknown[]): boolean => areMaps(b, areMaps(a, undefined)) === true

/** Whether the items are objects, as those before them were (`before`). */
function areMaps(list: readonly unknown[], before: boolean | undefined): boolean | undefined {
  let are = before
  for (let i = 0; i < list.length; i++) {
    if (Array.isArray(list[i])) throw new Unpatchable('lists of lists are not supported', 422)
    const is = isFields(list[i])
    if (are !== undefined && are !== is) throw new Unpatchable('list element types are not identical', 500)
    are = is
  }
  return are
}

/** The value that tells an item from others: its merge key's, or itself. */
export function keyOf(item: unknown, mergeKey: string | undefined): unknown {
  if (mergeKey === undefined || !isFields(item)) return item
  const key = item[mergeKey]
  if (key === undefined || key === null)
    throw new Unpatchable(`map: ${goMap(item)} does not contain declared merge key: ${mergeKey}`, 500)
  return key
}

/** For each item its key. */
export function keysOf(list: readonly unknown[], mergeKey: string | undefined): unknown[] {
  const keys = new Array<unknown>(list.length)
  for (let i = 0; i < list.length; i++) keys[i] = keyOf(list[i], mergeKey)
  return keys
}
/** As Go prints a map: `map[image:nginx]`. */
export const goMap = (map: Fields): string =>
  `map[${Object.keys(map)
    .sort()
    .map(key => `${key}:${goText(map[key])}`)
    .join(' ')}]`

/** Place of a key among keys, or -1. */
export const placeOf = (keys: readonly unknown[], key: unknown): number =>
  typeof key === 'object' ? keys.findIndex(other => deepEqual(other, key)) : keys.indexOf(key)

/** Place of the item with this key, or -1. */
export function indexOfKey(list: readonly unknown[], key: unknown, mergeKey: string | undefined): number {
  for (let i = 0; i < list.length; i++) if (deepEqual(keyOf(list[i], mergeKey), key)) return i
  return -1
}

/** For each key of a list its place among those of an order, or -1. */
function placesIn(orderKeys: readonly unknown[], keys: readonly unknown[]): number[] {
  const places = new Array<number>(keys.length)
  for (let i = 0; i < keys.length; i++) places[i] = placeOf(orderKeys, keys[i])
  return places
}

function areInOrder(places: readonly number[]): boolean {
  for (let i = 1; i < places.length; i++) if ((places[i - 1] as number) > (places[i] as number)) return false
  return true
}

/** Items by their places; the same list when they stand so already. */
function inOrder(list: readonly unknown[], places: readonly number[]): readonly unknown[] {
  if (areInOrder(places)) return list
  const placed = new Array<unknown>(list.length).fill(undefined)
  for (let i = 0; i < list.length; i++) placed[places[i] as number] = list[i]
  // each has a place of its own, and there is no other
  if (placed.length === list.length && !placed.includes(undefined)) return placed
  const sorted = list.map((_, i) => i).sort((a, b) => (places[a] as number) - (places[b] as number))
  return sorted.map(i => list[i])
}

/** Items in the order in which their keys stand in `order`; those that are not there come last. Models sortMergeListsByNameArray and its like. */
export function inOrderOf(list: readonly unknown[], order: readonly unknown[], mergeKey: string | undefined): readonly unknown[] {
  const keys = keysOf(order, mergeKey)
  const places = placesIn(keys, keysOf(list, mergeKey))
  return inOrder(
    list,
    places.map((place, i) => (place < 0 ? keys.length + i : place)),
  )
}

/**
 * The merged list (with the keys of its items) in its final order: what the patch names in the patch's order (`orderKeys`), what only the server has in the server's;
 * where both sides of a pair were in the server's list, it decides between them, else the patch's item goes first. Models
 * normalizeElementOrder.
 */
export function normalizeOrder(
  merged: readonly unknown[],
  keys: readonly unknown[],
  orderKeys: readonly unknown[],
  server: readonly unknown[],
  mergeKey: string | undefined,
): readonly unknown[] {
  const places = placesIn(orderKeys, keys)
  if (!places.includes(-1)) return inOrder(merged, places)
  const named = merged.filter((_, i) => places[i] !== -1)
  const serverOnly = merged.filter((_, i) => places[i] === -1)
  const right = inOrder(
    named,
    places.filter(place => place !== -1),
  )
  const serverKeys = keysOf(server, mergeKey)
  const comesFirst = (a: unknown, b: unknown): boolean => {
    const [x, y] = [placeOf(serverKeys, keyOf(a, mergeKey)), placeOf(serverKeys, keyOf(b, mergeKey))]
    return x >= 0 && y >= 0 && x < y
  }
  return interleave(inOrderOf(serverOnly, server, mergeKey), right, comesFirst)
}

/** Models mergeSortedSlice. */
function interleave(
  left: readonly unknown[],
  right: readonly unknown[],
  comesFirst: (a: unknown, b: unknown) => boolean,
): unknown[] {
  const result: unknown[] = []
  let [i, j] = [0, 0]
  while (i < left.length || j < right.length) {
    if (i < left.length && (j >= right.length || comesFirst(left[i], right[j]))) result.push(left[i++])
    else result.push(right[j++])
  }
  return result
}

function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  return isFields(value) ? goMap(value) : String(value)
}
