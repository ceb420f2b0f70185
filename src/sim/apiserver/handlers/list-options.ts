// Models metav1.ListOptions: how a query is read (pkg/apis/meta/v1/conversion.go), and what it may say (internalversion/validation).
import { type FieldError, forbidden, notSupported } from '../../api/field-error'
import { badRequest, invalid, unknownError } from '../../api/status'
import type { Status } from '../../api/types'

/** What a list or watch asks for beside its selectors. */
export interface ListOptions {
  /** `undefined`: the newest; 0: any will do. */
  readonly resourceVersion: number | undefined
  readonly match: '' | 'NotOlderThan' | 'Exact'
  readonly limit: number
  readonly continue: string
  /** 0: the apiserver's own time limit. */
  readonly timeoutSeconds: number
  readonly bookmarks: boolean
  readonly sendInitialEvents: boolean | undefined
}

type Query = Readonly<Record<string, string>>

const INT64 = 2n ** 63n

/** strconv.ParseInt of a parameter. */
function integer(text: string | undefined): number | { readonly error: string } {
  if (text === undefined || text === '') return 0
  if (!/^[-+]?\d+$/.test(text)) return { error: `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax` }
  const value = BigInt(text)
  if (value >= INT64 || value < -INT64) return { error: `strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range` }
  return Number(value)
}

/** Whatever is not `false` or `0` is true. */
const truth = (text: string): boolean => !['false', '0'].includes(text.toLowerCase())

/** What is wrong with a resourceVersion: upstream has no reason for it, so it is a 500. */
function versionError(text: string): Status | undefined {
  const wrong = !/^\d+$/.test(text) ? 'invalid syntax' : BigInt(text) >= 2n * INT64 ? 'value out of range' : undefined
  if (wrong === undefined) return undefined
  const value = JSON.stringify(text)
  return unknownError(`resourceVersion: Invalid value: ${value}: strconv.ParseUint: parsing ${value}: ${wrong}`)
}

/** A query's resourceVersion, or what is wrong with it. */
export function resourceVersionOf({
  resourceVersion = '',
}: Query): { readonly version: number | undefined } | { readonly refused: Status } {
  if (resourceVersion === '') return { version: undefined }
  const refused = versionError(resourceVersion)
  return refused ? { refused } : { version: Number(resourceVersion) }
}

/** Reads a query's options; what is wrong is 400, 422 or 500, as upstream has it. */
export function listOptionsOf(query: Query, isWatch: boolean): { readonly options: ListOptions } | { readonly refused: Status } {
  const limit = integer(query.limit)
  const timeout = integer(query.timeoutSeconds)
  for (const number of [limit, timeout]) if (typeof number === 'object') return { refused: badRequest(number.error) }
  const errors = optionErrors(query, isWatch)
  if (errors.length > 0)
    return { refused: invalid({ group: 'meta.k8s.io', kind: 'ListOptions', groupKind: 'ListOptions.meta.k8s.io' }, '', errors) }
  const version = resourceVersionOf(query)
  if ('refused' in version) return version
  const options: ListOptions = {
    resourceVersion: version.version,
    match: (query.resourceVersionMatch ?? '') as ListOptions['match'],
    limit: limit as number,
    continue: query.continue ?? '',
    timeoutSeconds: timeout as number,
    bookmarks: query.allowWatchBookmarks !== undefined && truth(query.allowWatchBookmarks),
    sendInitialEvents: query.sendInitialEvents === undefined ? undefined : truth(query.sendInitialEvents),
  }
  return { options }
}

const optionErrors = (query: Query, isWatch: boolean): FieldError[] => (isWatch ? watchErrors(query) : listErrors(query))

const MATCH = 'resourceVersionMatch'
const WITH_CONTINUE = 'resourceVersionMatch is forbidden when continue is provided'

/** ValidateListOptions */
function listErrors({
  resourceVersionMatch: match = '',
  resourceVersion = '',
  continue: token = '',
  sendInitialEvents,
}: Query): FieldError[] {
  const errors: FieldError[] = []
  if (match !== '') {
    if (resourceVersion === '')
      errors.push(forbidden(MATCH, 'resourceVersionMatch is forbidden unless resourceVersion is provided'))
    if (token !== '') errors.push(forbidden(MATCH, WITH_CONTINUE))
    if (match !== 'Exact' && match !== 'NotOlderThan') errors.push(notSupported(MATCH, match, ['Exact', 'NotOlderThan', '']))
    if (match === 'Exact' && resourceVersion === '0')
      errors.push(forbidden(MATCH, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
  }
  if (sendInitialEvents !== undefined) errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  return errors
}

/** validateWatchOptions */
function watchErrors({ resourceVersionMatch: match = '', continue: token = '', sendInitialEvents }: Query): FieldError[] {
  const errors: FieldError[] = []
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan')
    errors.push(forbidden(MATCH, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'))
  if (match === '') return errors
  if (sendInitialEvents === undefined)
    errors.push(forbidden(MATCH, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'))
  if (match !== 'NotOlderThan') errors.push(notSupported(MATCH, match, ['NotOlderThan']))
  if (token !== '') errors.push(forbidden(MATCH, WITH_CONTINUE))
  return errors
}
