// Models k8s.io/kubectl/pkg/cmd/get/sorter.go: `--sort-by`.
import { compareQuantities, parseQuantity } from '../api/quantity'
import type { KubeObject, Table } from '../api/types'
import { BadTemplate } from './bad-template'
import { fail } from './errors'
import { goSort } from './go-sort'
import { valuesAt } from './jsonpath'
import { relaxedPath } from './jsonpath-parser'

/** The objects by the field that a path names. */
export function sortObjects(objects: readonly KubeObject[], path: string): readonly KubeObject[] {
  return sortedBy(objects, object => object, path)
}

/** A table's rows by a field of their objects. */
export function sortTable(table: Table, path: string): Table {
  return { ...table, rows: [...sortedBy(table.rows, row => row.object, path)] }
}

/** What a path finds in an object: nothing, or a value that may be null. */
interface Key {
  readonly found: boolean
  readonly value: unknown
}

function sortedBy<T>(items: readonly T[], objectOf: (item: T) => unknown, path: string): readonly T[] {
  const field = readable(path)
  const keyed = items.map(item => ({ item, key: keyOf(field, objectOf(item)) }))
  if (keyed.length > 0 && !keyed.some(({ key }) => key.found))
    fail(`couldn't find any field with path ${JSON.stringify(field)} in the list of objects`)
  return goSort(keyed, (a, b) => isLess(a.key, b.key)).map(({ item }) => item)
}

function readable(path: string): string {
  try {
    return relaxedPath(path)
  } catch (problem) {
    if (!(problem instanceof BadTemplate)) throw problem
    return fail(problem.message)
  }
}

function keyOf(field: string, object: unknown): Key {
  try {
    const values = valuesAt(field, object)
    return { found: values.length > 0, value: values[0] }
  } catch (problem) {
    if (!(problem instanceof BadTemplate)) throw problem
    return fail(problem.message)
  }
}

/** What is missing comes first, even before another that is, then what is null; numbers by value, quantities by theirs, text by its natural order. */
function isLess(i: Key, j: Key): boolean {
  if (!i.found) return true
  if (!j.found) return false
  const [a, b] = [i.value, j.value]
  if (a === null || b === null) return a === null && b !== null
  if (typeof a === 'number' && typeof b === 'number') return a < b
  const [x, y] = [String(a), String(b)]
  const [p, q] = [parseQuantity(x), parseQuantity(y)]
  if (p.value && q.value) return compareQuantities(p.value, q.value) < 0
  return natural(x, y) < 0
}

/** Runs of digits compare as numbers: web-2 before web-10. */
function natural(a: string, b: string): number {
  const [x, y] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []]
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [p, q] = [x[i] ?? '', y[i] ?? '']
    if (p === q) continue
    if (/^\d/.test(p) && /^\d/.test(q) && Number(p) !== Number(q)) return Number(p) - Number(q)
    return p < q ? -1 : 1
  }
  return x.length - y.length
}
