// Models pkg/apis/certificates/validation/validation.go: what a CertificateSigningRequest must say, and what its updates may change.
import { semanticEqual } from '../../api/deep'
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../../api/names'
import type { KubeObject } from '../../api/types'
import { certificatesError, readCertificateRequest } from '../../api/x509'

/** A condition of a request; `Approved`, `Denied` and `Failed` can only be true. */
export interface RequestCondition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly lastUpdateTime?: string | null
  readonly lastTransitionTime?: string | null
}

const USAGES: ReadonlySet<string> = new Set([
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
])

/** ValidateCertificateSigningRequestCreate. What is there is immutable, so nothing else is looked at again. */
export function validateSigningRequest({ spec }: KubeObject): readonly FieldError[] {
  const { request = '', usages = [], signerName = '', expirationSeconds } = spec ?? {}
  const errors: FieldError[] = []
  const read = readCertificateRequest(request)
  if ('error' in read) errors.push(invalid('spec.request', request, read.error))
  const list: readonly string[] = usages
  if (list.length === 0) errors.push(required('spec.usages'))
  list.forEach((usage, i) => {
    if (!USAGES.has(usage)) errors.push(notSupported(`spec.usages[${i}]`, usage, [...USAGES]))
  })
  list.forEach((usage, i) => {
    if (list.indexOf(usage) < i) errors.push(duplicate(`spec.usages[${i}]`, usage))
  })
  errors.push(...signerNameErrors(signerName))
  if (expirationSeconds !== undefined && expirationSeconds < 600)
    errors.push(
      invalid('spec.expirationSeconds', expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)'),
    )
  return errors
}

/** ValidateSignerName: a domain, a slash and a path. */
function signerNameErrors(name: string): FieldError[] {
  const field = 'spec.signerName'
  if (name === 'kubernetes.io/legacy-unknown')
    return [invalid(field, name, 'the legacy signerName is not allowed via this API version')]
  if (name === '') return [required(field)]
  const segments = name.split('/')
  if (segments.length !== 2)
    return [invalid(field, name, 'must be a fully qualified domain and path of the form "example.com/signer-name"')]
  const [domain = '', path = ''] = segments
  const errors: FieldError[] = dns1123SubdomainErrors(domain).map(why =>
    invalid(field, domain, `validating label "${domain}": ${why}`),
  )
  const labels = domain.split('.')
  if (errors.length === 0 && labels.length < 2)
    errors.push(invalid(field, domain, 'should be a domain with at least two segments separated by dots'))
  if (errors.length === 0)
    for (const label of labels)
      for (const why of dns1123LabelErrors(label)) errors.push(invalid(field, domain, `validating label "${label}": ${why}`))
  for (const why of dns1123SubdomainErrors(path)) errors.push(invalid(field, path, `validating label "${path}": ${why}`))
  return errors
}

/** What has been decided of a request. */
export const conditionsOf = ({ status }: KubeObject): readonly RequestCondition[] => status?.conditions ?? []
const ofType = (object: KubeObject, type: string): readonly RequestCondition[] =>
  conditionsOf(object).filter(condition => condition.type === type)

const DECISIONS = ['Approved', 'Denied']
const ONLY_TRUE: ReadonlySet<string> = new Set([...DECISIONS, 'Failed'])
const FIELD = 'status.conditions'

/** ValidateCertificateSigningRequestStatusUpdate, …ApprovalUpdate: the one may set the certificate, the other decide. */
export function validateSigningRequestUpdate(
  object: KubeObject,
  old: KubeObject,
  by: 'status' | 'approval',
): readonly FieldError[] {
  const errors = conditionErrors(object, old)
  const certificate: string = object.status?.certificate ?? ''
  const before: string = old.status?.certificate ?? ''
  const wrong = certificate === before || certificate === '' ? undefined : certificatesError(certificate)
  if (wrong !== undefined) errors.push(invalid('status.certificate', '<certificate data>', wrong))
  for (const type of [...DECISIONS, 'Failed'])
    if (ofType(object, type).length < ofType(old, type).length)
      errors.push(forbidden(FIELD, `updates may not remove a condition of type ${JSON.stringify(type)}`))
  if (by === 'status')
    for (const type of DECISIONS) {
      const [now, then] = [ofType(object, type), ofType(old, type)]
      if (now.length > then.length)
        errors.push(forbidden(FIELD, `updates may not add a condition of type ${JSON.stringify(type)}`))
      else if (now.length === then.length && !semanticEqual(now, then))
        errors.push(forbidden(FIELD, `updates may not modify a condition of type ${JSON.stringify(type)}`))
    }
  if (certificate !== before && by === 'approval')
    errors.push(forbidden('status.certificate', 'updates may not set certificate content'))
  else if (certificate !== before && before !== '')
    errors.push(forbidden('status.certificate', 'updates may not modify existing certificate content'))
  return errors
}

function conditionErrors(object: KubeObject, old: KubeObject): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  const wasBoth = DECISIONS.every(type => ofType(old, type).length > 0)
  conditionsOf(object).forEach(({ type, status }, i) => {
    const at = `${FIELD}[${i}]`
    if (!type) errors.push(required(`${at}.type`))
    const allowed = ONLY_TRUE.has(type) ? ['True'] : ['False', 'True', 'Unknown']
    if (!status) errors.push(required(`${at}.status`))
    else if (!allowed.includes(status)) errors.push(notSupported(`${at}.status`, status, allowed))
    const other = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined
    if (other && seen.has(other) && !wasBoth)
      errors.push(invalid(FIELD, type, 'Approved and Denied conditions are mutually exclusive'))
    if (seen.has(type)) errors.push(duplicate(`${at}.type`, type))
    seen.add(type)
  })
  return errors
}
