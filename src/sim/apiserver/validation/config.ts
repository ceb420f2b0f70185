// Models ValidateConfigMap and ValidateSecret in pkg/apis/core/validation/validation.go.
import { semanticEqual } from '../../api/deep'
import { type FieldError, forbidden, invalid, required, tooLong } from '../../api/field-error'
import { configKeyErrors } from '../../api/names'
import type { KubeObject } from '../../api/types'

type Data = Readonly<Record<string, string>>

const MOST_BYTES = 1024 * 1024

/** How many bytes a text has as UTF-8. */
function byteLength(text: string): number {
  let bytes = text.length
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    // one code unit is up to three bytes, two are four
    bytes += code > 0x7ff ? 2 : code > 0x7f ? 1 : 0
  }
  return bytes
}
/** How many bytes stand in base64. */
const decodedLength = (text: string): number => Math.floor((text.replace(/=+$/, '').length * 3) / 4)

const keyErrors = (data: Data, field: string): FieldError[] =>
  Object.keys(data).flatMap(key => configKeyErrors(key).map(why => invalid(`${field}[${key}]`, key, why)))

/** What is wrong with a ConfigMap: its keys, keys that it has twice, and its size. */
export function validateConfigMap({ data = {}, binaryData = {} }: KubeObject): readonly FieldError[] {
  const [texts, bytes] = [data as Data, binaryData as Data]
  const twice = Object.keys(texts).filter(key => key in bytes)
  const errors = [
    ...keyErrors(texts, 'data'),
    ...twice.map(key => invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...keyErrors(bytes, 'binaryData'),
    ...twice.map(key => invalid(`binaryData[${key}]`, key, 'duplicate of key present in data')),
  ]
  let size = 0
  for (const text of Object.values(texts)) size += byteLength(text)
  for (const text of Object.values(bytes)) size += decodedLength(text)
  // a path without a name, which is how upstream means the whole object
  return size > MOST_BYTES ? [...errors, tooLong('[]', '', MOST_BYTES)] : errors
}

/** Keys that a Secret of a type has to have. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
}

/** What is wrong with a Secret: its keys, its size, and what its type asks for. */
export function validateSecret(object: KubeObject): readonly FieldError[] {
  const data = (object.data ?? {}) as Data
  const errors = keyErrors(data, 'data')
  let size = 0
  for (const text of Object.values(data)) size += decodedLength(text)
  if (size > MOST_BYTES) errors.push(tooLong('data', '', MOST_BYTES))
  return [...errors, ...secretTypeErrors(object)]
}

/** What ValidateSecret says of a Secret's type. */
function secretTypeErrors({ type, data, metadata }: KubeObject): FieldError[] {
  const kept = (data ?? {}) as Data
  const has = (key: string): boolean => kept[key] !== undefined
  if (type === 'kubernetes.io/basic-auth' && !has('username') && !has('password'))
    return [required('data[username]'), required('data[password]')]
  if (type === 'kubernetes.io/service-account-token' && !metadata.annotations?.['kubernetes.io/service-account.name'])
    return [required('metadata.annotations[kubernetes.io/service-account.name]')]
  if (type === 'kubernetes.io/ssh-auth' && kept['ssh-privatekey'] === '') return [required('data[ssh-privatekey]')]
  const keys = Object.hasOwn(KEYS, String(type)) ? KEYS[String(type)] : undefined
  return (keys ?? []).filter(key => !has(key)).map(key => required(`data[${key}]`))
}

const IMMUTABLE = 'field is immutable when `immutable` is set'

/** What is marked as immutable stays, with the mark. */
export function immutableErrors(object: KubeObject, old: KubeObject, fields: readonly string[]): readonly FieldError[] {
  if (!old.immutable) return []
  const errors = object.immutable ? [] : [forbidden('immutable', IMMUTABLE)]
  for (const field of fields) if (!semanticEqual(object[field], old[field])) errors.push(forbidden(field, IMMUTABLE))
  return errors
}
