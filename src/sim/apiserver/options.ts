// Models k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go: what a write's query may say.
import { type FieldError, forbidden, invalid, notSupported, required } from '../api/field-error'
import type { HttpRequest } from '../api/messages'
import type { Verb } from '../api/reasons'
import { invalid as invalidStatus } from '../api/status'
import type { Status } from '../api/types'
import { isApply } from './decoding'

const KINDS: Readonly<Partial<Record<Verb, string>>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
  deletecollection: 'DeleteOptions',
}

const MOST_BYTES = 128

/** What is wrong with a write's options: 422, in the words of its options' kind. */
export function optionsError(verb: Verb, request: HttpRequest): Status | undefined {
  const kind = KINDS[verb]
  if (kind === undefined) return undefined
  const { fieldManager = '', fieldValidation = '', dryRun = '', force } = request.query
  const errors: FieldError[] = []
  if (verb === 'patch') {
    if (isApply(request)) {
      if (fieldManager === '') errors.push(required('fieldManager', 'is required for apply patch'))
    } else if (force !== undefined) errors.push(forbidden('force', 'may not be specified for non-apply patch'))
  }
  if (fieldManager.length > MOST_BYTES)
    errors.push({ type: 'FieldValueTooLong', field: 'fieldManager', detail: `may not be more than ${MOST_BYTES} bytes` })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is control characters that are refused
  if (/[\u0000-\u001f\u007f]/.test(fieldManager))
    errors.push(invalid('fieldManager', fieldManager, 'should only contain printable characters'))
  if (dryRun !== '' && dryRun !== 'All') errors.push(notSupported('dryRun', [dryRun], ['All']))
  if (fieldValidation !== '' && !['Ignore', 'Warn', 'Strict'].includes(fieldValidation))
    errors.push(notSupported('fieldValidation', fieldValidation, ['Ignore', 'Strict', 'Warn']))
  return errors.length === 0
    ? undefined
    : invalidStatus({ group: 'meta.k8s.io', kind, groupKind: `${kind}.meta.k8s.io` }, '', errors)
}
