// Models the checks of paths, modes and addresses in pkg/apis/core/validation/validation.go.
import { type FieldError, invalid, required } from '../../api/field-error'
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

/** validation.IsValidIP */
export const addressErrors = (address: string, field: string): FieldError[] =>
  isAddress(address) ? [] : [invalid(field, address, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]

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
