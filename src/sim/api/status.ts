/**
 * Answers that are a metav1.Status. Models k8s.io/apimachinery/pkg/api/errors/errors.go; keys are in the order in which Go writes them.
 */
import { aggregateText, errorBody, type FieldError } from './field-error'
import type { Status } from './types'

/** What errors need of a `Resource`. */
interface ResourceNames {
  readonly group: string
  readonly plural: string
  readonly groupResource: string
}
interface KindNames {
  readonly group: string
  readonly kind: string
  readonly groupKind: string
}

export type StatusCause = { readonly reason?: string; readonly message?: string; readonly field?: string }
interface Details {
  name?: string
  group?: string
  kind?: string
  uid?: string
  causes?: StatusCause[]
  retryAfterSeconds?: number
}

function failure(code: number, reason: string, message: string, details?: Details): Status {
  const head = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason }
  return (details === undefined ? { ...head, code } : { ...head, details: trim(details), code }) as Status
}
/** Empty strings and undefined are left out, as Go's omitempty does. */
function trim(details: Details): Details {
  const { name, group, kind, uid, causes, retryAfterSeconds } = details
  return {
    ...(name ? { name } : {}),
    ...(group ? { group } : {}),
    ...(kind ? { kind } : {}),
    ...(uid ? { uid } : {}),
    ...(causes !== undefined && causes.length > 0 ? { causes } : {}),
    ...(retryAfterSeconds ? { retryAfterSeconds } : {}),
  }
}
const about = (resource: ResourceNames, name: string): Details => ({ name, group: resource.group, kind: resource.plural })

/** What a DELETE of an object without finalizers answers. */
export const success = (resource: ResourceNames, name: string, uid: string): Status =>
  ({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: trim({ ...about(resource, name), uid }),
  }) as Status

/** 201 of a Binding or an Eviction: a Success without details. */
export const created = (): Status =>
  ({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }) as unknown as Status

export const isFailure = (body: unknown): body is Status =>
  typeof body === 'object' && body !== null && (body as Status).kind === 'Status' && (body as Status).status === 'Failure'

/** 404 `pods "nothing" not found` */
export const notFound = (resource: ResourceNames, name: string): Status =>
  failure(404, 'NotFound', `${resource.groupResource} "${name}" not found`, about(resource, name))

/** 409 `deployments.apps "web" already exists` */
export const alreadyExists = (resource: ResourceNames, name: string): Status =>
  failure(409, 'AlreadyExists', `${resource.groupResource} "${name}" already exists`, about(resource, name))

/** 409 for a generated name that collided. */
export const generateNameConflict = (resource: ResourceNames, name: string): Status =>
  failure(
    409,
    'AlreadyExists',
    `${resource.groupResource} "${name}" already exists, the server was not able to generate a unique name for the object`,
    { ...about(resource, name), retryAfterSeconds: 1 },
  )

export const OPTIMISTIC_LOCK = 'the object has been modified; please apply your changes to the latest version and try again'

/** 409 `Operation cannot be fulfilled on deployments.apps "web": the object has been modified; …` */
export const conflict = (resource: ResourceNames, name: string, why: string = OPTIMISTIC_LOCK): Status =>
  failure(409, 'Conflict', `Operation cannot be fulfilled on ${resource.groupResource} "${name}": ${why}`, about(resource, name))

/** 409 of a server-side apply. Models NewApplyConflict; a cause's reason is `FieldManagerConflict`. */
export const applyConflict = (message: string, causes: StatusCause[]): Status => failure(409, 'Conflict', message, { causes })

/** 409 of a PUT whose object has another uid than the one at its key, which has none when nothing is there. Models storage.NewInvalidObjError. */
export const uidConflict = (resource: ResourceNames, name: string, key: string, wanted: string, is: string): Status =>
  conflict(
    resource,
    name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${is}`,
  )

/** 409 of a DELETE whose precondition fails; upstream names the kind in it, not the resource. Models storage's checkPreconditions. */
export const preconditionConflict = (
  kind: KindNames,
  name: string,
  what: 'UID' | 'ResourceVersion',
  wanted: string,
  is: string,
): Status =>
  failure(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${kind.groupKind} "${name}": the ${what} in the precondition (${wanted}) does not match the ${what} in record (${is}). The object might have been ${what === 'UID' ? 'deleted and then recreated' : 'modified'}`,
    { name, group: kind.group, kind: kind.kind },
  )

/** 422 `Deployment.apps "web" is invalid: …`, with a cause for each field. */
export const invalid = (kind: KindNames, name: string, errors: readonly FieldError[]): Status =>
  failure(422, 'Invalid', `${kind.groupKind} "${name}" is invalid${errors.length === 0 ? '' : `: ${aggregateText(errors)}`}`, {
    name,
    group: kind.group,
    kind: kind.kind,
    causes: errors.map(error => ({ reason: error.type, message: errorBody(error), field: error.field })),
  })

/** 403 `pods "web" is forbidden: why`; without a name `pods is forbidden: why`. */
export const forbidden = (resource: ResourceNames, name: string, why: string, causes: StatusCause[] = []): Status =>
  failure(
    403,
    'Forbidden',
    name === '' ? `${resource.groupResource} is forbidden: ${why}` : `${resource.groupResource} "${name}" is forbidden: ${why}`,
    { ...about(resource, name), causes },
  )

/** 403 for a path that is no resource. */
export const forbiddenPath = (why: string): Status => failure(403, 'Forbidden', `forbidden: ${why}`, {})

/** 403 in a namespace that is going away. Models admission/plugin/namespace/lifecycle. */
export const namespaceTerminating = (resource: ResourceNames, name: string, namespace: string): Status =>
  forbidden(resource, name, `unable to create new content in namespace ${namespace} because it is being terminated`, [
    { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' },
  ])

export const badRequest = (message: string): Status => failure(400, 'BadRequest', message)

/** 401; the apiserver says no more than this to a stranger. */
export const unauthorized = (): Status => failure(401, 'Unauthorized', 'Unauthorized')

/** 405 `create is not supported on resources of kind "nodes"` */
export const methodNotAllowed = (resource: ResourceNames, action: string): Status =>
  failure(405, 'MethodNotAllowed', `${action} is not supported on resources of kind "${resource.groupResource}"`, {
    group: resource.group,
    kind: resource.plural,
  })

/** 405 of a path that is there, but not for this method: no handler is reached that would know the resource. */
export const wrongMethod = (): Status =>
  failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

/** 410 for a list or watch whose revision has been compacted away. */
export const expired = (message: string): Status => failure(410, 'Expired', message)
/** 410 of a watch from a revision that the watch cache no longer holds. */
export const tooOldResourceVersion = (wanted: number, oldest: number): Status =>
  expired(`too old resource version: ${wanted} (${oldest})`)
/** 410 for an object that is gone for good. */
export const gone = (message: string): Status => failure(410, 'Gone', message)

/** 406, with the media types that there are. */
export const notAcceptable = (accepted: readonly string[]): Status =>
  failure(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`)

/** 415, with the media types that would do. */
export const unsupportedMediaType = (accepted: readonly string[]): Status =>
  failure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  )

/** 429 of an eviction that a PodDisruptionBudget forbids, and of throttling. */
export const tooManyRequests = (message: string, retryAfterSeconds = 0, causes: StatusCause[] = []): Status =>
  failure(429, 'TooManyRequests', message, { retryAfterSeconds, causes })

/** 500 `Internal error occurred: …` */
export const internalError = (why: string): Status =>
  failure(500, 'InternalError', `Internal error occurred: ${why}`, { causes: [{ message: why }] })

/** 500 that is no Status but a line of text, as a client makes a Status of it. */
export const unexplained = (message: string): Status => failure(500, 'InternalError', message)

/** 500 of an error that has no reason of its own: `Error from server: …`. */
export const unknownError = (message: string): Status =>
  ({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 }) as Status

export const serviceUnavailable = (message: string): Status => failure(503, 'ServiceUnavailable', message)
/** 504 */
export const timeout = (message: string, retryAfterSeconds = 0, causes: StatusCause[] = []): Status =>
  failure(504, 'Timeout', `Timeout: ${message}`, { retryAfterSeconds, causes })

/** 504 of a list or get that wants a revision which has not come to be. Models storage.NewTooLargeResourceVersionError. */
export const tooLargeResourceVersion = (wanted: number, current: number): Status =>
  timeout(`Too large resource version: ${wanted}, current: ${current}`, 1, [
    { reason: 'ResourceVersionTooLarge', message: 'Too large resource version' },
  ])

/** 422 of a patch that does not apply (a JSON Patch's test, say): the apiserver keeps the reason to itself. */
export const unprocessable = (): Status =>
  failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {})

/** What a client makes of a 404 that is no Status: a path that is not served. */
export const unknownResource = (resource?: ResourceNames, verb = ''): Status =>
  failure(
    404,
    'NotFound',
    resource === undefined || verb === ''
      ? 'the server could not find the requested resource'
      : `the server could not find the requested resource (${verb} ${resource.groupResource})`,
    resource === undefined ? {} : { group: resource.group, kind: resource.plural },
  )
