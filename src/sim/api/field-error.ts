/**
 * What is wrong with a field. Models k8s.io/apimachinery/pkg/util/validation/field.
 */

/** As a cause's `reason` in a Status has it. */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'InternalError'
  | 'FieldValueTypeInvalid'

export interface FieldError {
  readonly type: FieldErrorType
  /** `spec.containers[0].name` */
  readonly field: string
  readonly value?: unknown
  readonly detail: string
}

/** Two lists of errors as one; nothing new is made where one of them is empty, as it mostly is. */
export const joined = (a: readonly FieldError[], b: readonly FieldError[] | undefined): readonly FieldError[] =>
  b === undefined || b.length === 0 ? a : a.length === 0 ? b : [...a, ...b]

const WORDS: Readonly<Record<FieldErrorType, string>> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  InternalError: 'Internal error',
  FieldValueTypeInvalid: 'Invalid value',
}

/** Types whose message does not repeat the value. */
const SILENT: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'InternalError',
])

/** The message without the field: `Invalid value: 70000: must be between 1 and 65535, inclusive`. Models Error.ErrorBody. */
export function errorBody(error: FieldError): string {
  const head = SILENT.has(error.type) ? WORDS[error.type] : `${WORDS[error.type]}: ${valueText(error.value)}`
  return error.detail === '' ? head : `${head}: ${error.detail}`
}
/** The whole message: `spec.replicas: Invalid value: -1: must be greater than or equal to 0`. */
export const errorText = (error: FieldError): string => `${error.field}: ${errorBody(error)}`

/** Several errors as one text, each said once: one stands alone, more are in brackets. Models ErrorList.ToAggregate. */
export function aggregateText(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(errorText))]
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
}

/**
 * Strings are quoted, objects are JSON; a map (all of its values are strings, and its keys are no fields of an internal type) is in Go's order,
 * by key.
 */
function valueText(value: unknown): string {
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'object' && !Array.isArray(value)) {
    const entries = Object.entries(value)
    if (entries.every(([, v]) => typeof v === 'string') && !entries.every(([key]) => /^[A-Z]/.test(key)))
      return JSON.stringify(Object.fromEntries(entries.sort((a, b) => (a[0] < b[0] ? -1 : 1))))
  }
  return JSON.stringify(value)
}

export const invalid = (field: string, value: unknown, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  value,
  detail,
})
export const required = (field: string, detail = ''): FieldError => ({ type: 'FieldValueRequired', field, detail })
export const forbidden = (field: string, detail: string): FieldError => ({ type: 'FieldValueForbidden', field, detail })
export const duplicate = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueDuplicate',
  field,
  value,
  detail: '',
})
export const notFound = (field: string, value: unknown): FieldError => ({ type: 'FieldValueNotFound', field, value, detail: '' })
export const internal = (field: string, detail: string): FieldError => ({ type: 'InternalError', field, detail })
/** `supported` in the order in which upstream lists them: sorted, as most are sets. */
export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  type: 'FieldValueNotSupported',
  field,
  value,
  detail: supported.length === 0 ? '' : `supported values: ${supported.map(v => JSON.stringify(v)).join(', ')}`,
})
export const tooLong = (field: string, value: unknown, maxBytes: number): FieldError => ({
  type: 'FieldValueTooLong',
  field,
  value,
  detail: maxBytes < 0 ? 'value is too long' : `may not be more than ${maxBytes} bytes`,
})
export const tooMany = (field: string, actual: number, max: number): FieldError => ({
  type: 'FieldValueTooMany',
  field,
  value: actual,
  detail: max < 0 ? 'has too many items' : `must have at most ${max} items`,
})
