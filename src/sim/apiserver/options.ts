// Models k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go: what a write's query may say.
import { type FieldError, forbidden, invalid, notSupported, required } from '../api/field-error'
import type { HttpRequest } from '../api/messages'
import type { Verb } from '../api/reasons'
import { decode, type Schema } from '../api/schema'
import { invalid as invalidStatus, unknownError } from '../api/status'
import type { Status } from '../api/types'
import { isApply } from './decoding'
import type { DeleteOptions } from './registry/strategy'

const KINDS: Readonly<Partial<Record<Verb, string>>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
  deletecollection: 'DeleteOptions',
}

const MOST_BYTES = 128

/** What is wrong with a write's options: 422, in the words of its options' kind. */
export function optionsError(verb: Verb, request: HttpRequest, schema: Schema): Status | undefined {
  const kind = KINDS[verb]
  if (kind === undefined) return undefined
  if (verb === 'delete' || verb === 'deletecollection')
    return undecodable(request, schema) ?? refusal(kind, deleteErrors(deleteOptionsOf(request)))
  if (isEmpty(request.query) && !isApply(request)) return undefined
  const { fieldManager = '', fieldValidation = '', dryRun = '', force } = request.query
  const errors: FieldError[] = []
  if (verb === 'patch') {
    if (isApply(request)) {
      if (fieldManager === '') errors.push(required('fieldManager', 'is required for apply patch'))
    } else if (force !== undefined) errors.push(forbidden('force', 'may not be specified for non-apply patch'))
  }
  if (fieldManager.length > MOST_BYTES)
    errors.push({ type: 'FieldValueTooLong', field: 'fieldManager', detail: `may not be more than ${MOST_BYTES} bytes` })
  for (const [position, character] of [...fieldManager].entries())
    if (/\p{C}/u.test(character)) {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
      errors.push(invalid('fieldManager', fieldManager, `invalid character U+${code} (at position ${position})`))
    }
  if (dryRun !== '') errors.push(...dryRunErrors([dryRun]))
  if (fieldValidation !== '' && !['Ignore', 'Warn', 'Strict'].includes(fieldValidation))
    errors.push(notSupported('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']))
  return refusal(kind, errors)
}

/** A DELETE's body with a value of the wrong type (handlers/delete.go): the error has no status of its own. */
function undecodable({ body }: HttpRequest, schema: Schema): Status | undefined {
  const type = typeof body === 'object' && body !== null ? schema.typeOf('v1', 'DeleteOptions') : undefined
  const error = type && decode(type, body).error
  return error === undefined ? undefined : unknownError(error)
}

function isEmpty(query: HttpRequest['query']): boolean {
  for (const _ in query) return false
  return true
}

const refusal = (kind: string, errors: readonly FieldError[]): Status | undefined =>
  errors.length === 0 ? undefined : invalidStatus({ group: 'meta.k8s.io', kind, groupKind: `${kind}.meta.k8s.io` }, '', errors)

const dryRunErrors = (values: readonly string[]): FieldError[] =>
  values.every(value => value === 'All') ? [] : [notSupported('dryRun', values, ['All'])]

/** A DELETE's options: its body, or where it has none, its query. */
export function deleteOptionsOf({ body, query }: Pick<HttpRequest, 'body' | 'query'>): DeleteOptions {
  if (typeof body === 'object' && body !== null) return Object.freeze({ ...(body as DeleteOptions) })
  const { gracePeriodSeconds, propagationPolicy, orphanDependents, dryRun } = query
  return Object.freeze({
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds: Number(gracePeriodSeconds) }),
    ...(propagationPolicy !== undefined && { propagationPolicy: propagationPolicy as 'Background' }),
    ...(orphanDependents !== undefined && { orphanDependents: !['false', '0'].includes(orphanDependents.toLowerCase()) }),
    ...(dryRun !== undefined && dryRun !== '' && { dryRun: [dryRun] }),
  })
}

const POLICIES = ['Foreground', 'Background', 'Orphan']

/** ValidateDeleteOptions */
function deleteErrors({ orphanDependents, propagationPolicy, dryRun }: DeleteOptions): FieldError[] {
  const errors: FieldError[] = []
  const given = (value: unknown): boolean => value !== undefined && value !== null
  if (given(orphanDependents) && given(propagationPolicy))
    errors.push(invalid('propagationPolicy', propagationPolicy, 'orphanDependents and deletionPropagation cannot be both set'))
  if (given(propagationPolicy) && !POLICIES.includes(propagationPolicy as string))
    errors.push(notSupported('propagationPolicy', propagationPolicy, [...POLICIES, 'nil']))
  return [...errors, ...dryRunErrors(dryRun ?? [])]
}
