// Models the checks of enumerations in pkg/apis/core/validation/validation.go. Supported values stand in words in upstream's order.
import { type FieldError, notSupported, required } from '../../api/field-error'

const NONE: readonly FieldError[] = Object.freeze([])

/** What is wrong with a value that must be there, and be one of those that there are. */
export const enumErrors = (value: string | undefined, supported: readonly string[], field: string): readonly FieldError[] =>
  value ? optionalEnumErrors(value, supported, field) : [required(field)]

/** What is wrong with a value that may be missing. */
export const optionalEnumErrors = (
  value: string | undefined,
  supported: readonly string[],
  field: string,
): readonly FieldError[] => (value === undefined || supported.includes(value) ? NONE : [notSupported(field, value, supported)])
