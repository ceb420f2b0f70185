// Models k8s.io/kubectl/pkg/cmd/get/sorter.go: `--sort-by`.
import { compareQuantities, parseQuantity } from '../api/quantity'
import type { KubeObject, Table } from '../api/types'
import { BadTemplate } from './bad-template'
import { fail } from './errors'
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

function sortedBy<T>(items: readonly T[], objectOf: (item: T) => unknown, path: string): readonly T[] {
  const field = readable(path)
  const keyed = items.map(item => ({ item, key: keyOf(field, objectOf(item)) }))
  if (keyed.length > 0 && keyed.every(({ key }) => key === undefined))
    fail(`${path.replace(/^\{|\}$/g, '').replace(/^\./, '')} is not found`)
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ item }) => item)
}

function readable(path: string): string {
  try {
    return relaxedPath(path)
  } catch (problem) {
    if (!(problem instanceof BadTemplate)) throw problem
    return fail(problem.message)
  }
}

function keyOf(field: string, object: unknown): unknown {
  try {
    return valuesAt(field, object)[0]
  } catch (problem) {
    if (!(problem instanceof BadTemplate)) throw problem
    return fail(problem.message)
  }
}

/** What is missing comes first; numbers by value, quantities by theirs, text by its natural order. */
function compare(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) return (a === undefined ? 0 : 1) - (b === undefined ? 0 : 1)
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [x, y] = [String(a), String(b)]
  const [p, q] = [parseQuantity(x), parseQuantity(y)]
  if (p.value && q.value) return compareQuantities(p.value, q.value)
  return natural(x, y)
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
