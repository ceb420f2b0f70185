// Models k8s.io/apimachinery/pkg/util/managedfields: what the apiserver's handlers ask about managed fields.
import { parseApiVersion } from '../../api/kinds'
import { ROOMS } from '../../api/rooms'
import { decode as decodeAs, type StructType, unhandledText } from '../../api/schema'
import { applyConflict, badRequest, conflict, unknownError, unsupportedMediaType } from '../../api/status'
import { rfc3339 } from '../../api/time'
import type { KubeObject, Status } from '../../api/types'
import type { Attempt } from '../attempt'
import type { Reader } from '../state'
import { pathsOf } from './fields'
import { applyConfiguration, type Conflict, type Entry, type Identity, type Ignored, updatedEntries } from './managers'
import { fieldsOf, shapeOf } from './typed'
import { configurationError } from './validate'

export type Managed = { readonly object: KubeObject } | { readonly refused: Status }

const NONE: readonly Entry[] = []
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

const entriesOf = ({ metadata }: KubeObject): readonly Entry[] => (metadata.managedFields ?? NONE) as readonly Entry[]

/** Status and spec are written by requests of their own (ResetFields of the strategies). */
function ignoredBy({ subresource, strategy }: Attempt): Ignored {
  if (subresource === 'status') return { root: ['f:spec'] }
  return { root: strategy.status ? ['f:status'] : [] }
}

const withEntries = (object: KubeObject, entries: readonly Entry[] | undefined): KubeObject => {
  const { managedFields: _, ...metadata } = object.metadata
  if (!entries || entries.length === 0) return { ...object, metadata }
  return { ...object, metadata: { ...metadata, managedFields: entries as Entry[] } }
}

/** An object with the managed fields of another: what a client sends of them does not count. */
export function keepingEntries(object: KubeObject, old: KubeObject | undefined): KubeObject {
  const entries = old?.metadata.managedFields
  return object.metadata.managedFields === entries ? object : withEntries(object, entries as readonly Entry[] | undefined)
}

/** One empty entry, or none, sent on purpose: all managed fields are forgotten. */
const isReset = (given: unknown): boolean =>
  Array.isArray(given) &&
  given.length === 1 &&
  typeof given[0] === 'object' &&
  given[0] !== null &&
  Object.keys(given[0]).length === 0

/**
 * Who manages what after an ordinary write. Kept for objects that a client with a manager's name has written (kubectl always says one):
 * what only the control plane writes carries none, and costs nothing.
 */
export function manageUpdate(attempt: Attempt, given: KubeObject, reader: Reader): KubeObject {
  const { call, old, type, subresource } = attempt
  const { fieldManager } = call.request.query
  const named = fieldManager !== undefined && fieldManager !== ''
  const before = old ? entriesOf(old) : NONE
  if (before.length === 0 && (!named || old)) return keepingEntries(given, old)
  if (old && isReset(given.metadata.managedFields)) return withEntries(given, undefined)
  const migrated = old && migratedEntries(given, old)
  if (migrated) return withEntries(given, migrated)
  if (old && isUntouched(given, old, subresource)) return keepingEntries(given, old)
  const struct = reader.config.schema.typeOf(given.apiVersion, given.kind)
  if (!struct) return keepingEntries(given, old)
  const who: Identity = {
    manager: named ? fieldManager : managerOfUser(attempt),
    operation: 'Update',
    apiVersion: type.apiVersion,
    ...(subresource && { subresource }),
  }
  const entries = updatedEntries(struct, before, old, given, who, ignoredBy(attempt), rfc3339(reader.now()))
  return entries === before ? keepingEntries(given, old) : withEntries(given, entries)
}

/** A client may rename managers, as kubectl does when it moves an object to server-side apply; the fields must be good. */
function migratedEntries(given: KubeObject, old: KubeObject): readonly Entry[] | undefined {
  const { managedFields } = given.metadata
  if (!managedFields || managedFields === old.metadata.managedFields || managedFields.length === 0) return undefined
  const good = (managedFields as readonly Partial<Entry>[]).every(
    entry =>
      typeof entry === 'object' &&
      entry !== null &&
      (entry.operation === 'Apply' || entry.operation === 'Update') &&
      entry.fieldsType === 'FieldsV1' &&
      typeof entry.manager === 'string' &&
      isFields(entry.fieldsV1),
  )
  if (!good || JSON.stringify(managedFields) === JSON.stringify(old.metadata.managedFields)) return undefined
  return managedFields as readonly Entry[]
}

const isFields = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.entries(value).every(([step, below]) => (step === '.' || isStep(step)) && isFields(below))

function isStep(step: string): boolean {
  if (step.startsWith('f:')) return true
  if (!step.startsWith('k:{') && !step.startsWith('v:')) return false
  try {
    JSON.parse(step.slice(2))
    return true
  } catch {
    return false
  }
}

/** What a write of the status leaves as it was. */
const isUntouched = (given: KubeObject, old: KubeObject, subresource: string): boolean =>
  subresource === 'status' &&
  given.metadata.labels === old.metadata.labels &&
  given.metadata.annotations === old.metadata.annotations &&
  !entriesOf(old).some(entry => entry.subresource === 'status')

/** The binary that a component's user stands for, as its user agent says it. */
function managerOfUser({ user, call }: Attempt): string {
  const { userAgent } = call.request.headers
  if (userAgent) return userAgent.split('/')[0] ?? userAgent
  if (call.client === ROOMS.kubectl) return 'kubectl'
  if (user.name.startsWith('system:node:')) return 'kubelet'
  if (user.name.startsWith('system:serviceaccount:kube-system:')) return 'kube-controller-manager'
  return user.name.startsWith('system:') ? user.name.slice('system:'.length) : 'unknown'
}

/** Who manages an object that is applied to for the first time and has no record: who made it, as far as that can be told. */
function firstEntries(struct: StructType, live: KubeObject, attempt: Attempt): readonly Entry[] {
  const { metadata } = live
  const own = attempt.user.name
  const manager = metadata.ownerReferences?.some(owner => owner.controller) ? 'kube-controller-manager' : 'before-first-apply'
  const who: Identity = {
    manager: own === manager ? 'before-first-apply' : manager,
    operation: 'Update',
    apiVersion: live.apiVersion,
  }
  return updatedEntries(struct, NONE, undefined, live, who, ignoredBy(attempt), metadata.creationTimestamp ?? '')
}

/** PATCH with application/apply-patch+yaml (patch.go, applyPatcher). `live`: undefined when the apply creates the object. */
export function manageApply(attempt: Attempt, live: KubeObject | undefined, body: unknown, reader: Reader): Managed {
  const { call, type, subresource, name, namespace } = attempt
  const { query } = call.request
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return {
      refused: badRequest(
        'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal into Go value of type map[string]interface {}',
      ),
    }
  const given = body as KubeObject
  const shown = live ?? { apiVersion: type.apiVersion, kind: type.kind, metadata: { name } }
  const wrong = wrongConfiguration(attempt, given, shown)
  if (wrong) return { refused: wrong }
  const struct = reader.config.schema.typeOf(shown.apiVersion, shown.kind)
  if (!struct) return { refused: unsupportedMediaType(['application/json-patch+json', 'application/merge-patch+json']) }
  const { version, group } = parseApiVersion(shown.apiVersion)
  const error = configurationError(struct, given)
  if (error !== undefined) {
    const what = `${namespace}/${name}; ${group}/${version}, Kind=${shown.kind}`
    return { refused: unknownError(`failed to create typed patch object (${what}): ${error}`) }
  }
  const decoded = decodeAs(struct, given)
  if (decoded.error !== undefined) return { refused: badRequest(unhandledText(shown.kind, version, decoded.error)) }
  const config = decoded.object
  const who: Identity = {
    manager: query.fieldManager ?? '',
    operation: 'Apply',
    apiVersion: type.apiVersion,
    ...(subresource && { subresource }),
  }
  const before = live ? entriesOf(live) : NONE
  const entries = live && before.length === 0 ? firstEntries(struct, live, attempt) : before
  const time = rfc3339(reader.now())
  const run = (force: boolean) => applyConfiguration(struct, shown, config, entries, who, ignoredBy(attempt), time, force)
  let done = run(query.force === 'true')
  if ('conflicts' in done) {
    const { conflicts } = done
    const left = live && who.manager === 'kubectl' ? beyondLastApplied(struct, live, conflicts) : conflicts
    if (left.length > 0) return { refused: conflictStatus(left) }
    done = run(true)
    if ('conflicts' in done) return { refused: conflictStatus(done.conflicts) }
  }
  const { object } = done
  return { object: withEntries(withLastApplied(object, given, who), done.entries) }
}

/** What the body says about itself against what it is applied to. */
function wrongConfiguration({ type, name, namespace }: Attempt, given: KubeObject, shown: KubeObject): Status | undefined {
  const metadata: unknown = given.metadata
  if (metadata !== undefined && (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)))
    return unknownError(`couldn't get accessor: metadata is not an object`)
  if (given.metadata?.managedFields !== undefined && given.metadata.managedFields !== null)
    return badRequest('metadata.managedFields must be nil')
  if (given.apiVersion !== shown.apiVersion || given.kind !== shown.kind) {
    const is = (o: { apiVersion?: unknown; kind?: unknown }): string =>
      `${String(o.apiVersion ?? '')}, Kind=${String(o.kind ?? '')}`
    if (typeof given.kind !== 'string' || given.kind === '')
      return badRequest(`Object 'Kind' is missing in '${JSON.stringify(given)}'`)
    if (given.kind === shown.kind)
      return badRequest(
        `Incorrect version specified in apply patch. Specified patch version: ${String(given.apiVersion ?? '')}, expected: ${shown.apiVersion}`,
      )
    return badRequest(`incorrect type specified in the patch: expected ${is(shown)}, got ${is(given)}`)
  }
  const { name: said, namespace: where } = given.metadata ?? {}
  if (said !== undefined && said !== name)
    return badRequest(`the name of the object (${String(said)}) does not match the name on the URL (${name})`)
  if (type.namespaced && where && where !== namespace)
    return badRequest('the namespace of the provided object does not match the namespace sent on the request')
  const { resourceVersion } = given.metadata ?? {}
  return resourceVersion && resourceVersion !== shown.metadata.resourceVersion ? conflict(type, name) : undefined
}

/** lastappliedmanager.go: fields that kubectl itself has applied from the client are no conflict for it. */
function beyondLastApplied(struct: StructType, live: KubeObject, conflicts: readonly Conflict[]): readonly Conflict[] {
  const text = live.metadata.annotations?.[LAST_APPLIED]
  const last = text === undefined ? undefined : parsed(text)
  if (!last || configurationError(struct, last) !== undefined) return conflicts
  const its = new Set(pathsOf(fieldsOf(shapeOf(struct), last)))
  return conflicts.filter(({ path }) => !its.has(path))
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** lastappliedupdater.go: who still applies from the client sees what kubectl has applied on the server. */
function withLastApplied(object: KubeObject, given: KubeObject, { manager }: Identity): KubeObject {
  const { annotations } = object.metadata
  if (manager !== 'kubectl' || annotations?.[LAST_APPLIED] === undefined) return object
  const text = `${JSON.stringify(sortedKeys(given))}\n`
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [LAST_APPLIED]: text } } }
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys)
  if (typeof value !== 'object' || value === null) return value
  const fields = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.keys(fields)
      .sort()
      .map(key => [key, sortedKeys(fields[key])]),
  )
}

/** internal/conflict.go */
function conflictStatus(conflicts: readonly Conflict[]): Status {
  const causes = conflicts.map(({ by, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${managerText(by)}`,
    field: path,
  }))
  const [first] = conflicts
  if (first && conflicts.length === 1)
    return applyConflict(`Apply failed with 1 conflict: conflict with ${managerText(first.by)}: ${first.path}`, causes)
  const byManager = new Map<Entry, string[]>()
  for (const { by, path } of conflicts) byManager.set(by, [...(byManager.get(by) ?? []), path])
  const key = ({ manager, operation, apiVersion }: Entry): string => JSON.stringify([manager, operation, apiVersion])
  const lines = [...byManager]
    .sort(([a], [b]) => (key(a) < key(b) ? -1 : 1))
    .flatMap(([by, paths]) => [`conflicts with ${managerText(by)}:`, ...paths.map(path => `- ${path}`)])
  return applyConflict(`Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`, causes)
}

function managerText({ manager, subresource, operation, apiVersion }: Entry): string {
  const who = JSON.stringify(manager) + (subresource ? ` with subresource ${JSON.stringify(subresource)}` : '')
  return operation === 'Update' ? `${who} using ${apiVersion}` : who
}
