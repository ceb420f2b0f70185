/**
 * Models pkg/serviceaccount (jwt.go, claims.go, legacy.go): tokens of service accounts are JSON Web Tokens. A real cluster signs them with a
 * private key (RS256); this one with a hash that has a key (HS256), and the key is no secret.
 */
import { base64Url, bytesOfBase64, textOf } from './base64'
import { sha256Bytes, utf8 } from './sha256'

/** --service-account-issuer, which is the audience of tokens for the apiserver, too. */
export const ISSUER = 'https://kubernetes.default.svc.cluster.local'

interface Ref {
  readonly name: string
  readonly uid?: string
}

/** What a token says (claims.go). Times are seconds since 1970. */
export interface Claims {
  readonly aud: readonly string[]
  readonly exp: number
  readonly iat: number
  readonly iss: typeof ISSUER
  readonly jti: string
  readonly 'kubernetes.io': {
    readonly namespace: string
    readonly node?: Ref
    readonly pod?: Ref
    readonly secret?: Ref
    readonly serviceaccount: Ref
    /** From then on the use of the token is worth a note in the audit log. */
    readonly warnafter?: number
  }
  readonly nbf: number
  readonly sub: string
}

const LEGACY_ISSUER = 'kubernetes/serviceaccount'
/** What a token says that stands in a Secret of type kubernetes.io/service-account-token: it has no end (legacy.go). */
export interface LegacyClaims {
  readonly iss: typeof LEGACY_ISSUER
  readonly 'kubernetes.io/serviceaccount/namespace': string
  readonly 'kubernetes.io/serviceaccount/secret.name': string
  readonly 'kubernetes.io/serviceaccount/service-account.name': string
  readonly 'kubernetes.io/serviceaccount/service-account.uid': string
  readonly sub: string
}

/** LegacyClaims */
export const legacyClaims = (namespace: string, secret: string, account: string, accountUid: string): LegacyClaims => ({
  iss: LEGACY_ISSUER,
  'kubernetes.io/serviceaccount/namespace': namespace,
  'kubernetes.io/serviceaccount/secret.name': secret,
  'kubernetes.io/serviceaccount/service-account.name': account,
  'kubernetes.io/serviceaccount/service-account.uid': accountUid,
  sub: `system:serviceaccount:${namespace}:${account}`,
})

const HEADER = base64Url(utf8('{"alg":"HS256","kid":"kubestage"}'))
const KEY = utf8('kubestage')
const BLOCK = 64

/** HMAC-SHA256 (RFC 2104) under the cluster's key. */
function signatureOf(text: string): string {
  const pad = (mask: number): number[] => Array.from({ length: BLOCK }, (_, at) => (KEY[at] ?? 0) ^ mask)
  const bytes = (words: Uint32Array): number[] => [...words].flatMap(word => [24, 16, 8, 0].map(shift => (word >>> shift) & 0xff))
  const inner = bytes(sha256Bytes([...pad(0x36), ...utf8(text)]))
  return base64Url(bytes(sha256Bytes([...pad(0x5c), ...inner])))
}

/** The token that says this: `header.claims.signature`. */
export function signed(claims: Claims | LegacyClaims): string {
  const text = `${HEADER}.${base64Url(utf8(JSON.stringify(claims)))}`
  return `${text}.${signatureOf(text)}`
}

/** What a token says; undefined for what is no token of this cluster, an error for one whose signature is another's. */
export function read(token: string): Claims | LegacyClaims | { readonly error: string } | undefined {
  const parts = token.split('.')
  const [header = '', body = '', signature = ''] = parts
  const claims = parts.length === 3 ? parsed(body) : undefined
  if (claims?.iss !== ISSUER && claims?.iss !== LEGACY_ISSUER) return undefined
  if (signatureOf(`${header}.${body}`) !== signature) return { error: 'go-jose/go-jose: error in cryptographic primitive' }
  // whoever knows the key, which is no secret, can sign what no cluster would
  return claims.iss === ISSUER && !claims['kubernetes.io']?.serviceaccount ? undefined : claims
}

function parsed(body: string): Claims | LegacyClaims | undefined {
  const bytes = bytesOfBase64(body)
  if (!bytes) return undefined
  try {
    return JSON.parse(textOf(bytes)) as Claims | LegacyClaims
  } catch {
    return undefined
  }
}

/** What a token is made of: one for each pod, so it is flat and shares its texts. Times are seconds since 1970. */
export interface Issued {
  readonly id: string
  readonly namespace: string
  readonly account: string
  readonly accountUid: string
  readonly audiences: readonly string[]
  readonly from: number
  readonly until: number
  /** It lives longer than it was asked for, but from then on it should have been renewed. */
  readonly warnAfter: number | undefined
  readonly kind: 'pod' | 'secret' | 'node' | undefined
  readonly name: string
  readonly uid: string
  /** Of a pod's token: the node that it is on; without a uid when there is no such node. */
  readonly node: string
  readonly nodeUid: string
}

/** token.Claims */
export function claimsOf(issued: Issued): Claims {
  const { id, namespace, account, accountUid, audiences, from, until, warnAfter, kind, name, uid, node, nodeUid } = issued
  const bound: Ref = { name, uid }
  const host: Ref | undefined =
    kind === 'node' ? bound : kind === 'pod' && node !== '' ? { name: node, ...(nodeUid !== '' && { uid: nodeUid }) } : undefined
  return {
    aud: audiences,
    exp: until,
    iat: from,
    iss: ISSUER,
    jti: id,
    'kubernetes.io': {
      namespace,
      ...(host && { node: host }),
      ...(kind === 'pod' && { pod: bound }),
      ...(kind === 'secret' && { secret: bound }),
      serviceaccount: { name: account, uid: accountUid },
      ...(warnAfter !== undefined && { warnafter: warnAfter }),
    },
    nbf: from,
    sub: `system:serviceaccount:${namespace}:${account}`,
  }
}

/** The status of a TokenRequest. */
export interface TokenStatus {
  readonly token: string
  readonly expirationTimestamp: string
}

const ISSUED = Symbol('issued')
const FIELDS: PropertyDescriptorMap = {
  token: {
    enumerable: true,
    get(this: { readonly [ISSUED]: Issued }): string {
      return signed(claimsOf(this[ISSUED]))
    },
  },
}

/**
 * A status whose token is written out when somebody looks at it: every pod has one and hardly any is ever read, so what is kept is what
 * it is made of. Whoever looks twice finds the same.
 */
export function tokenStatus(issued: Issued, expirationTimestamp: string): TokenStatus {
  const status = Object.defineProperties({}, FIELDS) as TokenStatus & { expirationTimestamp: string }
  Object.defineProperty(status, ISSUED, { value: Object.freeze(issued) })
  status.expirationTimestamp = expirationTimestamp
  return Object.freeze(status)
}
