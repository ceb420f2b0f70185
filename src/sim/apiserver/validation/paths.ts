// Models the checks of paths, modes and addresses in pkg/apis/core/validation/validation.go.
import { type FieldError, invalid, required } from '../../api/field-error'
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../../api/names'
import { optionalEnumErrors } from './enums'

/** validatePathNoBacksteps */
export const noBacksteps = (path: string, field: string): FieldError[] =>
  path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : []

/** validateLocalDescendingPath */
export const descendingPath = (path: string, field: string): FieldError[] => [
  ...(path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : []),
  ...noBacksteps(path, field),
]

/** validateLocalNonReservedPath */
export const unreservedPath = (path: string, field: string): FieldError[] => [
  ...descendingPath(path, field),
  ...(path.startsWith('..') && !path.startsWith('../') ? [invalid(field, path, "must not start with '..'")] : []),
]

/** What is wrong with a file's mode. */
export const modeErrors = (mode: number | undefined, field: string): FieldError[] =>
  mode !== undefined && (mode < 0 || mode > 0o777)
    ? [invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')]
    : []

const PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket']

/** validateHostPathVolumeSource */
export function hostPathErrors(
  { path, type }: { readonly path?: string; readonly type?: string },
  field: string,
): readonly FieldError[] {
  if (!path) return [required(`${field}.path`)]
  return [...noBacksteps(path, `${field}.path`), ...optionalEnumErrors(type, PATH_TYPES, `${field}.type`)]
}

/** validateNFSVolumeSource: a path that is missing is not absolute either. */
export const nfsErrors = (
  { server, path = '' }: { readonly server?: string; readonly path?: string },
  field: string,
): readonly FieldError[] => [
  ...(server ? [] : [required(`${field}.server`)]),
  ...(path ? [] : [required(`${field}.path`)]),
  ...(path.startsWith('/') ? [] : [invalid(`${field}.path`, path, 'must be an absolute path')]),
]

/** validation.IsFullyQualifiedDomainName, and IsFullyQualifiedName with three parts: a name of so many parts. */
export function domainErrors(name: string, field: string, parts: 'two' | 'three'): FieldError[] {
  if (name === '') return [required(field)]
  const bare = parts === 'two' && name.endsWith('.') ? name.slice(0, -1) : name
  const errors = dns1123SubdomainErrors(bare)
  if (errors.length > 0) return [invalid(field, bare, errors.join(','))]
  const labels = bare.split('.')
  if (labels.length < (parts === 'two' ? 2 : 3))
    return [invalid(field, bare, `should be a domain with at least ${parts} segments separated by dots`)]
  const wrong = labels.find(label => dns1123LabelErrors(label).length > 0)
  return wrong === undefined || parts === 'three' ? [] : [invalid(field, wrong, dns1123LabelErrors(wrong).join(','))]
}

/** validation.IsValidIP */
export const addressErrors = (address: string, field: string): FieldError[] =>
  isAddress(address) ? [] : [invalid(field, address, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]

/** ValidateEndpointIP: addresses that no other machine can have. */
export function specialAddressErrors(address: string, field: string): FieldError[] {
  const why = specialAddress(address)
  return why === undefined ? [] : [invalid(field, address, why)]
}

function specialAddress(address: string): string | undefined {
  if (!isAddress(address)) return 'must be a valid IP address'
  if (address === '0.0.0.0' || address === '::') return `may not be unspecified (${address})`
  if (address.startsWith('127.') || address === '::1') return 'may not be in the loopback range (127.0.0.0/8, ::1/128)'
  if (address.startsWith('169.254.') || /^fe[89ab]/i.test(address))
    return 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'
  if (address.startsWith('224.0.0.') || /^ff02:/i.test(address))
    return 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'
  return undefined
}

/** validation.IsValidCIDR */
export const cidrErrors = (cidr: string, field: string): FieldError[] => {
  const [address = '', bits = '', more] = cidr.split('/')
  const most = address.includes(':') ? 128 : 32
  const good = isAddress(address) && /^\d{1,3}$/.test(bits) && Number(bits) <= most && more === undefined
  return good ? [] : [invalid(field, cidr, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
}

/** An IPv4 address in dotted decimals, or what can be an IPv6 address. */
export function isAddress(text: string): boolean {
  const parts = text.split('.')
  if (parts.length === 4) return parts.every(part => /^\d{1,3}$/.test(part) && Number(part) < 256)
  return text.includes(':') && /^[0-9a-fA-F:]+$/.test(text)
}
