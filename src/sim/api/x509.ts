/**
 * What a certificate signing request says: PKCS #10 (RFC 2986) in DER, in PEM. Models crypto/x509's ParseCertificateRequest and CheckSignature
 * as far as kinds of the API need them. Signatures by RSA with SHA-256 are checked, others are believed.
 */
import { bytesOfBase64, textOf } from './base64'
import { sha256Bytes } from './sha256'

/** The names by which somebody wants to be known. Lists are in the order of the request. */
export interface CertificateRequest {
  readonly commonName: string
  readonly serialNumber: string
  readonly organization: readonly string[]
  readonly organizationalUnit: readonly string[]
  readonly country: readonly string[]
  readonly locality: readonly string[]
  readonly province: readonly string[]
  readonly streetAddress: readonly string[]
  readonly postalCode: readonly string[]
  readonly dnsNames: readonly string[]
  readonly emailAddresses: readonly string[]
  readonly uris: readonly string[]
  readonly ipAddresses: readonly string[]
}

type Bytes = readonly number[]

/** One value of DER: what it is, and where its content is. */
interface Node {
  readonly tag: number
  readonly content: Bytes
  /** Tag, length and content. */
  readonly whole: Bytes
}

class Malformed extends Error {}

/** The values that stand one after the other in some bytes. */
function nodes(bytes: Bytes): Node[] {
  const found: Node[] = []
  for (let at = 0; at < bytes.length; ) {
    const start = at
    const tag = bytes[at++] ?? 0
    let length = bytes[at++] ?? 0
    if (length > 0x80) {
      const count = length & 0x7f
      length = 0
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[at++] ?? 0)
    }
    if (at + length > bytes.length || at > bytes.length) throw new Malformed('asn1: syntax error: data truncated')
    found.push({ tag, content: bytes.slice(at, at + length), whole: bytes.slice(start, at + length) })
    at += length
  }
  return found
}

const SEQUENCE = 0x30
const SET = 0x31
/** The parts of a value that must be there, and a SEQUENCE. */
function parts(node: Node | undefined, tag = SEQUENCE): Node[] {
  if (!node) throw new Malformed('asn1: syntax error: sequence truncated')
  if (node.tag !== tag) throw new Malformed("asn1: structure error: tags don't match")
  return nodes(node.content)
}

/** An object identifier in dots. */
function identifier({ content }: Node): string {
  const numbers: number[] = []
  let held = 0
  for (const byte of content) {
    held = held * 128 + (byte & 0x7f)
    if (byte & 0x80) continue
    numbers.push(held)
    held = 0
  }
  const [first = 0, ...rest] = numbers
  const top = Math.min(2, Math.floor(first / 40))
  return [top, first - 40 * top, ...rest].join('.')
}

type Field = 'commonName' | 'serialNumber'
type ListField = 'organization' | 'organizationalUnit' | 'country' | 'locality' | 'province' | 'streetAddress' | 'postalCode'
const ATTRIBUTES: Readonly<Record<string, Field | ListField>> = {
  '2.5.4.3': 'commonName',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'country',
  '2.5.4.7': 'locality',
  '2.5.4.8': 'province',
  '2.5.4.9': 'streetAddress',
  '2.5.4.10': 'organization',
  '2.5.4.11': 'organizationalUnit',
  '2.5.4.17': 'postalCode',
}

/** A request that says nothing. */
export const EMPTY_REQUEST: CertificateRequest = {
  commonName: '',
  serialNumber: '',
  organization: [],
  organizationalUnit: [],
  country: [],
  locality: [],
  province: [],
  streetAddress: [],
  postalCode: [],
  dnsNames: [],
  emailAddresses: [],
  uris: [],
  ipAddresses: [],
}

function subjectOf(name: Node): CertificateRequest {
  let subject = EMPTY_REQUEST
  for (const set of parts(name))
    for (const pair of parts(set, SET)) {
      const [type, value] = parts(pair)
      const field = type && ATTRIBUTES[identifier(type)]
      if (!field || !value) continue
      const text = textOf(value.content)
      subject = { ...subject, [field]: typeof EMPTY_REQUEST[field] === 'string' ? text : [...subject[field], text] }
    }
  return subject
}

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'
const SUBJECT_ALT_NAME = '2.5.29.17'
const ALT_NAMES = { 129: 'emailAddresses', 130: 'dnsNames', 134: 'uris', 135: 'ipAddresses' } as const

function withAltNames(subject: CertificateRequest, attributes: Node): CertificateRequest {
  let request = subject
  for (const attribute of nodes(attributes.content)) {
    const [type, values] = parts(attribute)
    if (!type || identifier(type) !== EXTENSION_REQUEST) continue
    for (const extension of parts(parts(values, SET)[0])) {
      const [id, ...rest] = parts(extension)
      const value = rest.at(-1)
      if (!id || identifier(id) !== SUBJECT_ALT_NAME || !value) continue
      for (const { tag, content } of parts(nodes(value.content)[0])) {
        const field = ALT_NAMES[tag as keyof typeof ALT_NAMES]
        if (field) request = { ...request, [field]: [...request[field], tag === 0x87 ? addressOf(content) : textOf(content)] }
      }
    }
  }
  return request
}

/** An IP address; of IPv6 the longest run of zeros is left out. */
function addressOf(bytes: Bytes): string {
  if (bytes.length !== 16) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, i) => (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16))
  const runs = groups.join(':').match(/(?:^|:)0(?::0)+(?=:|$)/g) ?? []
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '')
  return longest === ''
    ? groups.join(':')
    : groups
        .join(':')
        .replace(longest, ':')
        .replace(/^:(?!:)|(?<!:):$/g, '::')
}

const RSA_SHA256 = '1.2.840.113549.1.1.11'
/** DigestInfo of a SHA-256 hash (RFC 8017, EMSA-PKCS1-v1_5), before the hash. */
const DIGEST_INFO = '3031300d060960864801650304020105000420'

/** A number that is not negative. */
const numberOf = (bytes: Bytes): bigint => BigInt(`0x${bytes.map(byte => byte.toString(16).padStart(2, '0')).join('') || '0'}`)

/** Part of a key, which is above zero. */
function positive({ content }: Node, part: string): bigint {
  const number = (content[0] ?? 0) & 0x80 ? 0n : numberOf(content)
  if (number === 0n) throw new Malformed(`x509: RSA ${part} is not a positive number`)
  return number
}
const LARGEST_EXPONENT = 0x7fff_ffffn

/** Whether an RSA key has made that signature of these bytes. */
function isSignedBy(key: Node, signed: Bytes, signature: Bytes): boolean {
  const bits = parts(key)[1]
  const [modulus, exponent] = parts(nodes(bits?.content.slice(1) ?? [])[0])
  if (!modulus || !exponent) return false
  const n = positive(modulus, 'modulus')
  let power = positive(exponent, 'public exponent')
  if (power > LARGEST_EXPONENT) throw new Malformed('crypto/rsa: public exponent too large')
  let base = numberOf(signature)
  let result = 1n
  for (; power > 0n; power >>= 1n, base = (base * base) % n) if (power & 1n) result = (result * base) % n
  const hash = [...sha256Bytes(signed)].map(word => word.toString(16).padStart(8, '0')).join('')
  const length = n.toString(16).length
  return result.toString(16).padStart(length, '0') === `0001${`00${DIGEST_INFO}${hash}`.padStart(length - 4, 'f')}`
}

/** A request in PEM, as bytes in base64 (as `spec.request` has it), read; or what is wrong with it, as Go says it. */
export function readCertificateRequest(base64: string): { readonly request: CertificateRequest } | { readonly error: string } {
  const pem = textOf(bytesOfBase64(base64) ?? [])
  const [, type, body = ''] = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([A-Za-z0-9+/=\s]*?)-----END \1-----/.exec(pem) ?? []
  if (type !== 'CERTIFICATE REQUEST') return { error: 'PEM block type must be CERTIFICATE REQUEST' }
  try {
    const [outer] = nodes(bytesOfBase64(body.replaceAll(/\s/g, '')) ?? [])
    const [info, algorithm, signature] = parts(outer)
    const [, name, key, attributes] = parts(info)
    if (!info || !algorithm || !signature || !name || !key) return { error: 'asn1: syntax error: sequence truncated' }
    const [method] = parts(algorithm)
    if (method && identifier(method) === RSA_SHA256 && !isSignedBy(key, info.whole, signature.content.slice(1)))
      return { error: 'crypto/rsa: verification error' }
    const subject = subjectOf(name)
    return { request: attributes ? withAltNames(subject, attributes) : subject }
  } catch (problem) {
    if (problem instanceof Malformed) return { error: problem.message }
    throw problem
  }
}

/** What is wrong with certificates in PEM, as bytes in base64 (as `status.certificate` has them); undefined when they are some. */
export function certificatesError(base64: string): string | undefined {
  const pem = textOf(bytesOfBase64(base64) ?? [])
  const blocks = [
    ...pem.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----\r?\n((?:[A-Za-z0-9-]+: .*\r?\n)*)\s*([A-Za-z0-9+/=\s]*?)-----END \1-----/g),
  ]
  for (const [, type, headers, body = ''] of blocks) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(type)}`
    if (headers !== '') return 'no PEM block headers are permitted'
    try {
      for (const certificate of nodes(bytesOfBase64(body.replaceAll(/\s/g, '')) ?? []))
        if (parts(certificate).length !== 3) return 'x509: malformed certificate'
    } catch (problem) {
      if (problem instanceof Malformed) return 'x509: malformed certificate'
      throw problem
    }
  }
  return blocks.length === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined
}
