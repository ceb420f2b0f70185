// Models sigs.k8s.io/structured-merge-diff/merge/update.go: who manages which field, and what an apply or an update does to that.
import type { StructType } from '../../api/schema'
import type { KubeObject } from '../../api/types'
import { common, type Fields, LEAF, minus, pathsOf, stepsOf, tree, union, without } from './fields'
import { compare, fieldsOf, merge, removeFields, shapeOf } from './typed'

/** One line of `metadata.managedFields` (meta/v1 ManagedFieldsEntry). Frozen. */
export interface Entry {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  /** A manager that has come by the scale subresource has none. */
  readonly time?: string
  readonly fieldsType: 'FieldsV1'
  readonly fieldsV1: Fields
  readonly subresource?: string
}

/** Who writes, and how: what tells one manager from another. */
export type Identity = Pick<Entry, 'manager' | 'operation' | 'apiVersion' | 'subresource'>

/** A field that somebody else manages. */
export interface Conflict {
  readonly by: Entry
  readonly path: string
}

/** Fields that are the system's, or not of what a (sub)resource writes. */
export interface Ignored {
  /** Steps at the root. */
  readonly root: readonly string[]
}

const SYSTEM = [
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
]
const SYSTEM_STEPS = [...SYSTEM, 'deletionTimestamp', 'deletionGracePeriodSeconds'].map(name => `f:${name}`)

/** The set without what nobody manages (internal/stripmeta.go) and what the request does not write (ResetFields). */
export function stripped(fields: Fields | undefined, ignored: Ignored): Fields | undefined {
  const rest = without(fields, ['f:apiVersion', 'f:kind', ...ignored.root])
  if (!rest || !('f:metadata' in rest)) return rest
  const metadata = without(rest['f:metadata'], SYSTEM_STEPS)
  const children: Record<string, Fields> = {}
  for (const step of stepsOf(rest))
    if (step !== 'f:metadata' || metadata) children[step] = (step === 'f:metadata' ? metadata : rest[step]) ?? LEAF
  return tree(false, children)
}

/** An apply's manager is the same in each version. */
const isSame = (a: Identity, b: Identity): boolean =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  (a.subresource ?? '') === (b.subresource ?? '') &&
  (a.operation === 'Apply' || a.apiVersion === b.apiVersion)

/** The entries once a writer's set is this; a set that has not changed keeps its time. */
export function withEntry(entries: readonly Entry[], who: Identity, fields: Fields | undefined, time: string): readonly Entry[] {
  const others = entries.filter(entry => !isSame(entry, who))
  const mine = entries.find(entry => isSame(entry, who))
  if (!fields) return mine ? sorted(others) : entries
  const fieldsV1 = fields
  const { manager, operation, apiVersion, subresource } = who
  const unchanged = mine && !minus(mine.fieldsV1, fields) && !minus(fields, mine.fieldsV1)
  if (unchanged) return entries
  const entry: Entry = {
    manager,
    operation,
    apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(subresource && { subresource }),
  }
  return sorted(limited([...others, Object.freeze(entry)]))
}

const MOST_UPDATERS = 10

/** internal/capmanagers.go: the oldest of too many updaters become one. */
function limited(entries: readonly Entry[]): readonly Entry[] {
  const updaters = entries.filter(entry => entry.operation === 'Update')
  const tooMany = updaters.length - MOST_UPDATERS
  if (tooMany <= 0) return entries
  const oldest = [...updaters].sort(({ time: a = '' }, { time: b = '' }) => (a < b ? -1 : a > b ? 1 : 0)).slice(0, tooMany + 1)
  const [first] = oldest
  if (!first) return entries
  const fieldsV1 = oldest.reduce<Fields | undefined>((all, entry) => union(all, entry.fieldsV1), undefined) ?? LEAF
  const ancient: Entry = Object.freeze({ ...first, manager: 'ancient-changes', fieldsV1 })
  return [...entries.filter(entry => !oldest.includes(entry)), ancient]
}

/** Applies first, then by time, then by name (internal/managedfields.go, sortEncodedManagedFields). */
export function sorted(entries: readonly Entry[]): readonly Entry[] {
  const key = ({ operation, time, manager, apiVersion }: Entry): string => [operation, time, manager, apiVersion].join('\0')
  return [...entries].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}

/** What others lose when these fields change and those go. */
function taken(
  entries: readonly Entry[],
  who: Identity,
  changed: Fields | undefined,
  removed: Fields | undefined,
): readonly Entry[] {
  return entries.flatMap(entry => {
    if (isSame(entry, who)) return [entry]
    const rest = minus(minus(entry.fieldsV1, changed), removed)
    if (rest === entry.fieldsV1) return [entry]
    if (!rest) return []
    const same = !minus(entry.fieldsV1, rest)
    return [same ? entry : Object.freeze({ ...entry, fieldsV1: rest })]
  })
}

/** Who manages what after an update from one object to another. */
export function updatedEntries(
  type: StructType,
  entries: readonly Entry[],
  before: KubeObject | undefined,
  after: KubeObject,
  who: Identity,
  ignored: Ignored,
  time: string,
): readonly Entry[] {
  const shape = shapeOf(type)
  const differs = before ? compare(shape, before, after) : { added: fieldsOf(shape, after, true) }
  const changed = stripped(union(differs.modified, differs.added), ignored)
  const removed = stripped(differs.removed, ignored)
  if (!changed && !removed) return entries
  const mine = entries.find(entry => isSame(entry, who))?.fieldsV1
  return withEntry(taken(entries, who, changed, removed), who, minus(union(mine, changed), removed), time)
}

/** What an apply comes to. */
export type Applied =
  | { readonly object: KubeObject; readonly entries: readonly Entry[] }
  | { readonly conflicts: readonly Conflict[] }

/** The set with everything that holds a part of it (EnsureNamedFieldsAreMembers). */
function withHolders(fields: Fields | undefined): Fields | undefined {
  if (!fields) return undefined
  const steps = stepsOf(fields)
  return steps.length === 0
    ? fields
    : tree(true, Object.fromEntries(steps.map(step => [step, withHolders(fields[step]) ?? LEAF])))
}

/** Lays a configuration over an object, takes away what its manager no longer wants, and says who is in the way. */
export function applyConfiguration(
  type: StructType,
  live: KubeObject,
  config: KubeObject,
  entries: readonly Entry[],
  who: Identity,
  ignored: Ignored,
  time: string,
  force: boolean,
): Applied {
  const shape = shapeOf(type)
  const set = stripped(fieldsOf(shape, config), ignored)
  const last = entries.find(entry => isSame(entry, who))?.fieldsV1
  const others = entries.filter(entry => !isSame(entry, who))
  const owned = others.reduce((all, { fieldsV1 }) => union(all, fieldsV1), set)
  const merged = merge(shape, live, config)
  // what holds something that is still wanted stays, too
  const dropped = minus(last, withHolders(owned))
  const object = (dropped ? removeFields(shape, merged, dropped) : merged) as KubeObject
  const differs = compare(shape, live, object)
  const changed = stripped(union(differs.modified, differs.added), ignored)
  const removed = stripped(differs.removed, ignored)
  if (!force) {
    const conflicts = others.flatMap(by => {
      const both = common(by.fieldsV1, changed)
      return both ? pathsOf(both).map(path => ({ by, path })) : []
    })
    if (conflicts.length > 0) return { conflicts }
  }
  return { object, entries: withEntry(taken(entries, who, changed, removed), who, set, time) }
}
