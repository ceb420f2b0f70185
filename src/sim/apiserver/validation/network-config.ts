// Models pkg/apis/networking/validation/validation.go: IngressClasses, IPAddresses and ServiceCIDRs.
import { deepEqual } from '../../api/deep'
import { type FieldError, forbidden, invalid, notSupported, required, tooLong } from '../../api/field-error'
import { dns1123LabelErrors, dns1123SubdomainErrors, pathSegmentErrors, regexError } from '../../api/names'
import type { KubeObject } from '../../api/types'
import { addressErrors, cidrErrors } from './paths'

const NONE: readonly FieldError[] = Object.freeze([])
const MOST_OF_CONTROLLER = 250

/** ValidateIngressClass, beside its metadata. */
export function validateIngressClass({ spec }: KubeObject): readonly FieldError[] {
  const controller: string = spec?.controller ?? ''
  const field = 'spec.controller'
  return [
    ...(controller.length > MOST_OF_CONTROLLER ? [tooLong(field, '', MOST_OF_CONTROLLER)] : NONE),
    ...domainPathErrors(controller, field),
    ...(spec?.parameters ? parameterErrors(spec.parameters, 'spec.parameters') : NONE),
  ]
}

const HTTP_PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"

/** validation.IsDomainPrefixedPath */
function domainPathErrors(text: string, field: string): readonly FieldError[] {
  if (text === '') return [required(field)]
  const slash = text.indexOf('/')
  const [host, path] = [text.slice(0, slash), text.slice(slash + 1)]
  if (slash < 1 || path === '') return [invalid(field, text, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  const errors = dns1123SubdomainErrors(host).map(why => invalid(field, host, why))
  return new RegExp(`^${HTTP_PATH}$`).test(path)
    ? errors
    : [...errors, invalid(field, path, regexError('Invalid path', HTTP_PATH))]
}

interface Reference {
  readonly apiGroup?: string
  readonly kind?: string
  readonly name?: string
}

/** validateIngressTypedLocalObjectReference */
export function localReferenceErrors({ apiGroup, kind = '', name = '' }: Reference, at: string): readonly FieldError[] {
  const errors =
    typeof apiGroup === 'string' ? dns1123SubdomainErrors(apiGroup).map(why => invalid(`${at}.apiGroup`, apiGroup, why)) : []
  for (const [field, value] of Object.entries({ kind, name }))
    if (value === '') errors.push(required(`${at}.${field}`, `${field} is required`))
    else errors.push(...pathSegmentErrors(value).map(why => invalid(`${at}.${field}`, value, why)))
  return errors
}

interface Parameters extends Reference {
  readonly scope?: string
  readonly namespace?: string
}

/** validateIngressClassParametersReference */
function parameterErrors(parameters: Parameters, at: string): readonly FieldError[] {
  const { scope, namespace } = parameters
  const errors = localReferenceErrors(parameters, at)
  if (scope === undefined) return [...errors, required(`${at}.scope`)]
  const field = `${at}.namespace`
  if (scope === 'Namespace') {
    if (namespace === undefined) return [...errors, required(field, "`parameters.scope` is set to 'Namespace'")]
    return [...errors, ...dns1123LabelErrors(namespace).map(why => invalid(field, namespace, why))]
  }
  if (scope !== 'Cluster') return [...errors, notSupported(`${at}.scope`, scope, ['Cluster', 'Namespace'])]
  return namespace === undefined ? errors : [...errors, forbidden(field, "`parameters.scope` is set to 'Cluster'")]
}

/** ValidateIngressClassUpdate */
export const validateIngressClassUpdate = ({ spec }: KubeObject, { spec: old }: KubeObject): readonly FieldError[] =>
  spec?.controller === old?.controller ? NONE : [invalid('spec.controller', spec?.controller ?? '', 'field is immutable')]

/** ValidateIPAddressName: an address is its own name. */
export const addressNameErrors = (name: string): readonly string[] => addressErrors(name, '').map(({ detail }) => detail)

interface Parent {
  readonly group?: string
  readonly resource?: string
  readonly namespace?: string
  readonly name?: string
}

/** ValidateIPAddress, beside its metadata. */
export function validateIPAddress({ spec }: KubeObject): readonly FieldError[] {
  const at = 'spec.parentRef'
  const parent: Parent | undefined = spec?.parentRef
  if (!parent) return [required(at)]
  const { group = '', resource = '', name = '', namespace = '' } = parent
  const errors = group === '' ? [] : dns1123SubdomainErrors(group).map(why => invalid(`${at}.group`, group, why))
  for (const [field, value] of Object.entries({ resource, name, namespace }))
    if (value === '' && field !== 'namespace') errors.push(required(`${at}.${field}`))
    else errors.push(...pathSegmentErrors(value).map(why => invalid(`${at}.${field}`, value, why)))
  return errors
}

/** ValidateIPAddressUpdate; words show the internal type. */
export function validateIPAddressUpdate({ spec }: KubeObject, { spec: old }: KubeObject): readonly FieldError[] {
  if (deepEqual(spec?.parentRef, old?.parentRef)) return NONE
  const { group = '', resource = '', namespace = '', name = '' } = (spec?.parentRef ?? {}) as Parent
  const shown = { Group: group, Resource: resource, Namespace: namespace, Name: name }
  return [invalid('spec.parentRef', spec?.parentRef ? shown : null, 'field is immutable')]
}

/** ValidateServiceCIDR, beside its metadata. */
export function validateServiceCIDR({ spec }: KubeObject): readonly FieldError[] {
  const field = 'spec.cidrs'
  const cidrs: readonly string[] = spec?.cidrs ?? []
  const [first = '', second] = cidrs
  if (cidrs.length === 0) return [required(field, 'at least one CIDR required')]
  if (cidrs.length > 2) return [invalid(field, { CIDRs: cidrs }, 'may only hold up to 2 values')]
  const isDual = first.includes(':') !== second?.includes(':') && cidrs.every(cidr => cidrErrors(cidr, '').length === 0)
  if (second !== undefined && !isDual) {
    const why = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'
    return [invalid(field, { CIDRs: cidrs }, why)]
  }
  return cidrs.flatMap((cidr, i) => cidrErrors(cidr, `${field}[${i}]`))
}

/** ValidateServiceCIDRUpdate */
export const validateServiceCIDRUpdate = ({ spec }: KubeObject, { spec: old }: KubeObject): readonly FieldError[] =>
  deepEqual(spec?.cidrs, old?.cidrs) ? NONE : [invalid('spec.cidrs', spec?.cidrs ?? null, 'field is immutable')]
