// Models saveLastApplyAnnotationIfNecessary and migrateToSSAIfNecessary of k8s.io/kubectl/pkg/cmd/apply/apply.go, and
// k8s.io/client-go/util/csaupgrade: what `apply` has managed from the client becomes what it manages on the server.
import { MEDIA } from '../api/messages'
import { isFailure } from '../api/status'
import type { KubeObject, Status } from '../api/types'
import type { Info } from './builder'
import { LAST_APPLIED, lastApplied } from './last-applied'
import { getObject, patchObject } from './requests'
import { ask, err, type Run, type Session } from './session'

interface Fields {
  readonly [step: string]: Fields
}
interface Entry {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource?: string
  readonly fieldsV1?: Fields
}
type Query = Readonly<Record<string, string>>

/** The name by which kubectl applies on the server, if it is not told another one: only then is the annotation kept. */
const SERVER_SIDE = 'kubectl'
/** Manages nothing but the annotation. */
const ANNOTATION_MANAGER = 'kubectl-last-applied'
const TRIES = 5

const entriesOf = ({ metadata }: KubeObject): readonly Entry[] => (metadata.managedFields ?? []) as unknown as readonly Entry[]

const ownsAnnotation = ({ fieldsV1 }: Entry): boolean =>
  fieldsV1?.['f:metadata']?.['f:annotations']?.[`f:${LAST_APPLIED}`] !== undefined

const owners = (object: KubeObject, operation: Entry['operation']): readonly Entry[] =>
  entriesOf(object).filter(entry => entry.operation === operation && ownsAnnotation(entry))

/** Both sets, in the order of their steps as Go writes them. */
function union(a: Fields, b: Fields): Fields {
  const steps = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
  return Object.fromEntries(steps.map(step => [step, union(a[step] ?? {}, b[step] ?? {})]))
}

/** The entries with those of one client-side manager moved to a server-side one (UpgradeManagedFields). */
function upgraded(entries: readonly Entry[], client: string, server: string): readonly Entry[] {
  const isClient = ({ manager, operation, subresource }: Entry): boolean =>
    manager === client && operation === 'Update' && !subresource
  const place = entries.findIndex(e => e.manager === server && e.operation === 'Apply' && !e.subresource)
  const at = place >= 0 ? place : entries.findIndex(isClient)
  const target = entries[at]
  if (!target) return entries
  const moved: Entry = { ...target, manager: server, operation: 'Apply' }
  const same = entries.find(entry => isClient(entry) && entry.apiVersion === moved.apiVersion)
  const fieldsV1 = union(moved.fieldsV1 ?? {}, same?.fieldsV1 ?? {})
  return entries.map((entry, i) => (i === at ? { ...moved, fieldsV1 } : entry)).filter((entry, i) => i === at || !isClient(entry))
}

/** How the outcome is said: what failed, in the words of a warning. */
type Failed = { readonly failed: Status }
const isFailed = (outcome: KubeObject | Failed | undefined): outcome is Failed => outcome !== undefined && 'failed' in outcome

/** The annotation gets a server-side manager of its own, so that it stays when the client-side one goes. */
function* keepAnnotation(s: Session, info: Info, object: KubeObject, query: Query): Run<KubeObject | Failed> {
  const annotation = lastApplied(object)
  if (query.fieldManager !== SERVER_SIDE || annotation === undefined || owners(object, 'Apply').length > 0) return object
  const { name, namespace } = object.metadata
  const metadata = { annotations: { [LAST_APPLIED]: annotation }, name, ...(namespace && { namespace }) }
  const { apiVersion, kind } = info.resource
  const given = { ...query, fieldManager: ANNOTATION_MANAGER }
  const body = { apiVersion, kind, metadata }
  const response = yield* ask<KubeObject | Status>(
    s,
    patchObject(info.resource, info.namespace, info.name, body, MEDIA.applyPatch, given),
  )
  return response.code < 300 ? (response.body as KubeObject) : { failed: response.body as Status }
}

/** Renames the client-side managers; undefined when there are none. */
function* rename(s: Session, info: Info, found: KubeObject, query: Query): Run<KubeObject | Failed | undefined> {
  const clients = [...new Set(owners(found, 'Update').map(({ manager }) => manager))].sort()
  let object = found
  for (let tries = 1; ; tries++) {
    const before = entriesOf(object)
    const after = clients.reduce((entries, client) => upgraded(entries, client, query.fieldManager ?? ''), before)
    if (clients.length === 0 || JSON.stringify(after) === JSON.stringify(before)) return undefined
    const patch = [
      { op: 'replace', path: '/metadata/managedFields', value: after },
      { op: 'replace', path: '/metadata/resourceVersion', value: object.metadata.resourceVersion },
    ]
    const response = yield* ask<KubeObject | Status>(
      s,
      patchObject(info.resource, info.namespace, info.name, patch, MEDIA.jsonPatch, query),
    )
    if (response.code < 300) return response.body as KubeObject
    const failed = response.body as Status
    if (failed.reason !== 'Conflict' || tries >= TRIES) return { failed }
    const again = yield* ask<KubeObject | Status>(s, getObject(info.resource, info.namespace, info.name))
    if (again.code >= 300) return { failed: again.body as Status }
    object = again.body as KubeObject
  }
}

const warning = (what: string, { message }: Status): string =>
  `Warning: ${what}. This is non-fatal and will be retried next time you apply. Error: ${message}\n`

/**
 * After a server-side apply: what was managed from the client before is moved, and `again` applies once more, so that what is not
 * in the configuration any more goes. Returns the object as it is then.
 */
export function* migrate(
  s: Session,
  info: Info,
  applied: KubeObject,
  query: Query,
  again: () => Run<KubeObject | Status>,
): Run<KubeObject> {
  const { force: _, ...plain } = query
  const kept = yield* keepAnnotation(s, info, applied, plain)
  if (isFailed(kept)) {
    yield* err(s, warning(`failed to migrate ${LAST_APPLIED} for Server-Side Apply`, kept.failed))
    return applied
  }
  const renamed = yield* rename(s, info, kept, plain)
  if (renamed === undefined) return kept
  if (isFailed(renamed)) {
    yield* err(s, warning('server rejected managed fields migration to Server-Side Apply', renamed.failed))
    return kept
  }
  const done = yield* again()
  if (!isFailure(done)) return done as KubeObject
  yield* err(s, warning('failed to re-apply configuration after performing Server-Side Apply migration', done))
  return renamed
}
