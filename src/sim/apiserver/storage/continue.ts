// Models k8s.io/apiserver/pkg/storage/continue.go: where a page of a list ended, as a token that a client hands back.
import type { Result } from '../../api/result'
import { base64 } from '../decoding'

/** What a token says: base64url of `{"v":"meta.k8s.io/v1","rv":…,"start":…}`. */
export interface Continue {
  /** The revision that the list is of; -1 stands for whatever is newest. */
  readonly revision: number
  /** The first key of the next page, in etcd. */
  readonly key: string
}

const VERSION = 'meta.k8s.io/v1'
const INVALID = 'continue key is not valid'

/** The token of a page that ended before `key`, which is below `prefix`. */
export function encodeContinue({ revision, key }: Continue, prefix: string): string {
  const start = key.slice(prefix.length)
  return base64(JSON.stringify({ v: VERSION, rv: revision, start }))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** Reads a token that is meant for a list below `prefix`; the error is upstream's. */
export function decodeContinue(token: string, prefix: string): Result<Continue> {
  const text = decodeBase64Url(token)
  if (text.value === undefined) return { error: `${INVALID}: ${text.error}` }
  const parsed = parse(text.value)
  if (parsed.value === undefined) return { error: `${INVALID}: ${parsed.error}` }
  const { v = '', rv = 0, start = '' } = parsed.value
  if (v !== VERSION) return { error: `${INVALID}: server does not recognize this encoded version ${v}` }
  if (rv === 0) return { error: `${INVALID}: incorrect encoded start resourceVersion (version ${VERSION})` }
  if (start === '') return { error: `${INVALID}: encoded start key empty (version ${VERSION})` }
  const path = start.startsWith('/') ? start : `/${start}`
  if (!isClean(path)) return { error: `${INVALID}: ${start}` }
  return { value: { revision: rv, key: prefix + path.slice(1) } }
}

/** path.Clean would leave it as it is: a client can't climb out of the prefix. */
const isClean = (path: string): boolean =>
  path.split('/').every((part, place) => (place === 0 ? part === '' : part !== '' && part !== '.' && part !== '..'))

interface Token {
  readonly v?: string
  readonly rv?: number
  readonly start?: string
}

function parse(text: string): Result<Token> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return {
      error: text === '' ? 'unexpected end of JSON input' : `invalid character ${quoted(text)} looking for beginning of value`,
    }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { error: `json: cannot unmarshal ${goType(value)} into Go value of type storage.continueToken` }
  return { value }
}

const quoted = (text: string): string => (text[0] === "'" ? "'\\''" : `'${text[0]}'`)
const goType = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value)

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** base64.RawURLEncoding.DecodeString, of one-byte characters, which is all that keys have. */
function decodeBase64Url(token: string): Result<string> {
  let text = ''
  let bits = 0
  let held = 0
  for (let i = 0; i < token.length; i++) {
    const digit = ALPHABET.indexOf(token[i] as string)
    if (digit < 0) return { error: `illegal base64 data at input byte ${i}` }
    held = ((held << 6) | digit) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    text += String.fromCharCode((held >> bits) & 0xff)
  }
  return token.length % 4 === 1 ? { error: `illegal base64 data at input byte ${token.length}` } : { value: text }
}
