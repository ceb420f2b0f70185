// Models the decoding in k8s.io/apiserver/pkg/endpoints/handlers (create.go, update.go, patch.go): bodies and patches become objects of
// their kind, checked against the schema, with their defaults.
import { type FieldError, invalid } from '../api/field-error'
import { parseApiVersion, subresourceOf } from '../api/kinds'
import { type HttpRequest, MEDIA } from '../api/messages'
import { applyJsonPatch, applyMergePatch, applyStrategicPatch, type Patched } from '../api/patch'
import { type Decoded, decode as decodeAs, type StructType, strictErrorText, unhandledText } from '../api/schema'
import { badRequest, conflict, invalid as invalidStatus, unknownError, unprocessable, unsupportedMediaType } from '../api/status'
import type { KubeObject, Status } from '../api/types'
import type { Attempt, Verdict } from './attempt'
import { applyDefaults } from './defaulting'
import { conversionError } from './defaulting/workloads'
import { toCoreEvent, toVersion } from './encoding'
import { manageApply, manageUpdate } from './managedfields/manage'
import { applyScale, withoutNewTimes } from './managedfields/scale'
import { converterText, patchRefusal } from './patch-refusal'
import { scaled, scaleOf } from './registry/scale'
import type { Reader } from './state'

/** The stage `decoding`. */
export function decode(attempt: Attempt, reader: Reader): Verdict {
  if (attempt.operation === 'DELETE') return undefined
  const isApplied = isApply(attempt.call.request)
  const made = attempt.call.info.verb === 'patch' ? patched(attempt, reader) : fromBody(attempt, reader)
  if ('refused' in made) return made
  const { object: given } = made
  const wrong = mismatch(attempt, given)
  if (wrong) return { refused: wrong }
  if (attempt.subresource === 'scale') return scale(attempt, given, isApplied, reader)
  const stored = given.kind === 'Event' ? toCoreEvent(given) : given
  // what was stored has its defaults: a patch of the status adds none to the spec
  const isKept = attempt.old && stored.spec !== undefined && stored.spec === attempt.old.spec
  const full = isKept ? stored : withStringData(applyDefaults(stored))
  const object = isApplied ? full : manageUpdate(attempt, full, reader)
  return made.unknown ? { object, warnings: unknownWarnings(attempt, made.unknown) } : { object }
}

/** Unknown fields are dropped, and said unless the request ignores them. */
const unknownWarnings = ({ call }: Attempt, unknown: readonly string[]): readonly string[] =>
  call.request.query.fieldValidation === 'Ignore' ? [] : unknown.map(path => `unknown field "${path}"`)

/** Whether a request is a server-side apply. */
export const isApply = ({ method, headers }: HttpRequest): boolean =>
  method === 'PATCH' && headers.contentType === MEDIA.applyPatch

type Made = { readonly object: KubeObject; readonly unknown?: readonly string[] } | { readonly refused: Status }

/** Kind and version that the request's body is of: the resource's, or its subresource's own. */
function bodyKind({ type, subresource }: Attempt): { readonly kind: string; readonly apiVersion: string } {
  return (subresource === '' ? undefined : subresourceOf(type, subresource)) ?? type
}

function fromBody(attempt: Attempt, reader: Reader): Made {
  const { body } = attempt.call.request
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { refused: badRequest('the object provided is unrecognized (must be of type Object)') }
  const given = body as KubeObject
  const mistyped = mistypedField(given)
  if (mistyped) return { refused: badRequest(kindText(given, mistyped)) }
  const wanted = bodyKind(attempt)
  const named = withKind(given, wanted)
  const strange = otherKind(named, wanted)
  if (strange) return { refused: strange }
  const object = named.metadata ? named : ({ ...named, metadata: {} } as unknown as KubeObject)
  return checked(attempt, object, undefined, reader)
}

/** The body of an action: of its kind, as the schema has it. Models the decoding of create.go for what is not stored. */
export function bodyOf(attempt: Attempt, reader: Reader): { readonly object: KubeObject } | { readonly refused: Status } {
  return isTrusted(attempt) ? { object: (attempt.call.request.body ?? {}) as KubeObject } : fromBody(attempt, reader)
}

const isText = (value: unknown): boolean => value === undefined || value === null || typeof value === 'string'

const mistypedField = (given: KubeObject): 'apiVersion' | 'kind' | undefined =>
  isText(given.apiVersion) ? (isText(given.kind) ? undefined : 'kind') : 'apiVersion'

const kindText = (given: KubeObject, field: 'apiVersion' | 'kind'): string =>
  `couldn't get version/kind; json parse error: json: cannot unmarshal ${goKind(given[field])} into Go struct field .${field} of type string`

type KindOf = { readonly kind: string; readonly apiVersion: string }

/** An object that does not say what it is, is what is wanted. */
const withKind = (given: KubeObject, { kind, apiVersion }: KindOf): KubeObject =>
  given.kind && given.apiVersion ? given : { ...given, kind: given.kind || kind, apiVersion: given.apiVersion || apiVersion }

/** A body of another kind than the path asks for. */
function otherKind({ kind, apiVersion }: KindOf, wanted: KindOf): Status | undefined {
  if (kind === wanted.kind && apiVersion === wanted.apiVersion) return undefined
  const { version, group } = parseApiVersion(String(apiVersion))
  const { group: own } = parseApiVersion(wanted.apiVersion)
  const why =
    kind === wanted.kind
      ? `no kind "${kind}" is registered for version "${apiVersion}" in scheme "${SCHEME}"`
      : `converting (${packageOf(group, version)}.${kind}) to (${packageOf(own)}.${wanted.kind}): unknown conversion`
  return badRequest(`${kind} in version "${version}" cannot be handled as a ${wanted.kind}: ${why}`)
}
/** Where upstream makes the scheme of all its kinds: that is its name. */
const SCHEME = 'pkg/api/legacyscheme/scheme.go:30'
/** The Go package of a group's types: of a version, or of the internal ones. */
const packageOf = (group: string, version?: string): string => version ?? (group === '' ? 'core' : (group.split('.')[0] ?? ''))

const goKind = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value)

/** Requests of the control plane's own components are made by this simulation: they have the right types. */
const isTrusted = ({ user }: Attempt): boolean => user.name.startsWith('system:')

/** Reads an object with its type: unknown fields are refused if the request says so, wrong types always. */
function checked(
  attempt: Attempt,
  object: KubeObject,
  previous: KubeObject | undefined,
  reader: Reader,
  refuse = (why: string, _?: Decoded['wrong']): Status =>
    badRequest(unhandledText(object.kind, parseApiVersion(object.apiVersion).version, why)),
): Made {
  if (isTrusted(attempt)) return { object }
  const type = reader.config.schema.typeOf(object.apiVersion, object.kind)
  if (!type) return { object }
  const { object: value, unknown, error, wrong } = decodeAs(type, object, previous)
  if (error !== undefined) return { refused: refuse(error, wrong) }
  const unconverted = conversionError(value)
  if (unconverted !== undefined) return { refused: refuse(unconverted) }
  if (unknown.length > 0 && attempt.call.request.query.fieldValidation === 'Strict')
    return { refused: refuse(strictErrorText(unknown)) }
  return unknown.length > 0 ? { object: value, unknown } : { object: value }
}

const PATCHES = [MEDIA.jsonPatch, MEDIA.mergePatch, MEDIA.strategicMergePatch, MEDIA.applyPatch]

/** What is answered to a patch that cannot be applied. */
const PATCH_ERRORS = { 400: badRequest, 422: unprocessable, 500: unknownError } as const

/** The object with the request's patch applied (patch.go, applyPatchToCurrentObject). */
function patched(attempt: Attempt, reader: Reader): Made {
  const { type, subresource, old, call } = attempt
  if (isApply(call.request) && (subresource !== 'scale' || !old)) return manageApply(attempt, old, call.request.body, reader)
  if (!old) return { refused: unprocessable() }
  if (isApply(call.request)) return applyScale(attempt, old, call.request.body, reader)
  const shown = subresource === 'scale' ? scaleOf(type, old) : toVersion(old, type.apiVersion)
  const media = call.request.headers.contentType ?? MEDIA.strategicMergePatch
  const struct = reader.config.schema.typeOf(shown.apiVersion, shown.kind)
  const result = apply(media, shown, call.request.body, struct)
  if (!result) return { refused: unsupportedMediaType(PATCHES) }
  if (result.error !== undefined) return { refused: PATCH_ERRORS[result.code](result.error) }
  const { value } = result
  if (typeof value !== 'object' || value === null || typeof value.metadata !== 'object' || value.metadata === null)
    return { refused: unprocessable() }
  const mistyped = mistypedField(value)
  if (mistyped) {
    const why = media === MEDIA.strategicMergePatch ? 'unrecognized type: string' : kindText(value, mistyped)
    return { refused: patchRefusal(media, call.request.body, value, why) }
  }
  const object = withKind(value, shown)
  const strange = otherKind(object, shown)
  if (strange) return { refused: strange }
  return checked(attempt, object, shown, reader, (why, wrong) => {
    const isStrategic = media === MEDIA.strategicMergePatch
    if (isStrategic && conversionError(object) === why) return unknownError(why)
    const words = wrong && isStrategic ? converterText(wrong) : why
    return patchRefusal(media, call.request.body, object, words)
  })
}

function apply(
  media: string,
  object: KubeObject,
  patch: unknown,
  struct: StructType | undefined,
): Patched<KubeObject> | undefined {
  switch (media) {
    case MEDIA.strategicMergePatch:
      return struct ? applyStrategicPatch(object, patch, struct) : { value: applyMergePatch(object, patch) }
    case MEDIA.mergePatch:
      return isMap(patch) || patch === null
        ? { value: applyMergePatch(object, patch) }
        : undecodable(patch, 'map[string]interface {}')
    case MEDIA.jsonPatch: {
      if (!Array.isArray(patch)) return undecodable(patch, '[]handlers.jsonPatchOp')
      const strange = patch.find(operation => !isMap(operation))
      return strange === undefined ? applyJsonPatch(object, patch) : undecodable(strange, 'handlers.jsonPatchOp')
    }
    default:
      return undefined
  }
}

const isMap = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** applyJSPatch looks strictly first, and says what it cannot read. */
const undecodable = (value: unknown, type: string): Patched<KubeObject> => ({
  error: `error decoding patch: json: cannot unmarshal ${goKind(value)} into Go value of type ${type}`,
  code: 400,
})

/** checkName: what a PUT calls its object must be what its path calls it. */
function misnamed(
  name: string,
  { name: given, namespace: place }: KubeObject['metadata'],
  namespace: string,
): string | undefined {
  if (!given) return `the name of the object (${name} based on URL) was undeterminable: name must be provided`
  if (given !== name) return `the name of the object (${given}) does not match the name on the URL (${name})`
  return namespace && place && place !== namespace
    ? `the namespace of the object (${place}) does not match the namespace on the request (${namespace})`
    : undefined
}

/** What the body says against the path, and the version that a writer has seen against the one that is there. */
function mismatch({ call, type, namespace, old, subresource }: Attempt, { metadata }: KubeObject): Status | undefined {
  const { info } = call
  if (info.verb === 'update' && subresource !== 'scale') {
    const strange = misnamed(info.name ?? '', metadata, type.namespaced ? namespace : '')
    if (strange !== undefined) return badRequest(strange)
  } else if (type.namespaced && metadata.namespace && metadata.namespace !== namespace)
    return badRequest(`the namespace of the provided object does not match the namespace sent on the request`)
  if (!old) return undefined
  const { resourceVersion } = metadata
  const seen = subresource === 'scale' ? undefined : resourceVersion
  return seen && seen !== old.metadata.resourceVersion ? conflict(type, old.metadata.name) : undefined
}

/** A Scale becomes the replicas of what it is of; what was applied has come to that already. */
function scale(attempt: Attempt, given: KubeObject, isApplied: boolean, reader: Reader): Verdict {
  const { type, old } = attempt
  if (!old) return undefined
  const { resourceVersion, uid } = given.metadata
  const errors: FieldError[] = []
  const replicas: unknown = given.spec?.replicas ?? 0
  if (Number(replicas) < 0) errors.push(invalid('spec.replicas', replicas, 'must be greater than or equal to 0'))
  if (errors.length > 0)
    return {
      refused: invalidStatus({ group: 'autoscaling', kind: 'Scale', groupKind: 'Scale.autoscaling' }, old.metadata.name, errors),
    }
  const changed = Boolean(resourceVersion) && resourceVersion !== old.metadata.resourceVersion
  if (changed || (uid && uid !== old.metadata.uid)) return { refused: conflict(type, old.metadata.name) }
  return { object: isApplied ? given : withoutNewTimes(manageUpdate(attempt, scaled(old, given), reader), old) }
}

/** Secrets' stringData is for writing only: it becomes data (pkg/registry/core/secret). */
function withStringData(object: KubeObject): KubeObject {
  if (object.kind !== 'Secret' || !object.stringData) return object
  const { stringData, ...rest } = object
  const data: Record<string, string> = { ...rest.data }
  for (const key of Object.keys(stringData as Record<string, string>))
    data[key] = base64((stringData as Record<string, string>)[key] ?? '')
  return { ...(rest as KubeObject), data }
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64 of a text's UTF-8. */
export function base64(text: string): string {
  const bytes: number[] = []
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (code < 0x80) bytes.push(code)
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63))
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
  }
  let out = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.slice(i, i + 3)
    const n = (a << 16) | ((b ?? 0) << 8) | (c ?? 0)
    out += `${DIGITS[n >> 18]}${DIGITS[(n >> 12) & 63]}${b === undefined ? '=' : DIGITS[(n >> 6) & 63]}${c === undefined ? '=' : DIGITS[n & 63]}`
  }
  return out
}
