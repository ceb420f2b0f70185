// Models pkg/registry/core/serviceaccount/storage/token.go (TokenREST), pkg/serviceaccount/claims.go and
// pkg/registry/authentication/tokenreview: tokens of service accounts, and what they say when they are shown.

import { bytesOfBase64, textOf } from '../../api/base64'
import { type FieldError, invalid as invalidField } from '../../api/field-error'
import { type Claims, ISSUER, type Issued, type LegacyClaims, read, tokenStatus } from '../../api/jwt'
import type { Resource } from '../../api/kinds'
import { badRequest, conflict, invalid, notFound } from '../../api/status'
import { parseTime, rfc3339, unixSeconds } from '../../api/time'
import type { KubeObject, Status } from '../../api/types'
import { newUid } from '../../api/uid'
import { perform } from '../../kernel/procedure'
import type { Time } from '../../kernel/types'
import { infoOf, userOf } from '../authn/authn'
import { noteStages } from '../pipeline'
import { refuse, respond } from '../respond'
import type { Call, Serve, World } from '../state'
import { ready } from '../watch-cache/feed'
import { currentOf } from './write'

const AUDIENCES: readonly string[] = Object.freeze([ISSUER])
const LEAST_SECONDS = 600
const MOST_SECONDS = 2 ** 32
/** What pods' tokens ask for unless somebody says otherwise (WarnOnlyBoundTokenExpirationSeconds); they get a year. */
const WARN_SECONDS = 3607
const EXTENDED_SECONDS = 365 * 24 * 3600

/** POST serviceaccounts/NAME/token: a token that lives as long as it says, and as what it is bound to. */
export function* requestToken(call: Call): Serve<void> {
  yield* perform(noteStages, call, 'answer')
  const { info, request } = call
  const type = info.type as Resource
  const { object: account } = yield* currentOf(type, info.namespace, info.name ?? '')
  const body = (request.body ?? {}) as KubeObject
  const kind = kindOf(body.spec?.boundObjectRef)
  // of what pods are bound to, the apiserver knows anyway
  if (kind === 'secret') yield* ready('secrets')
  yield* perform(answer, call, account, body)
}

function answer(world: World, call: Call, account: KubeObject | undefined, body: KubeObject): void {
  const wrong = account ? tokenError(world, account, body) : notFound(call.info.type as Resource, call.info.name ?? '')
  if (wrong) refuse(world, call, wrong)
  else if (account) respond(world, call, 201, tokenOf(world, account, body))
}

interface Reference {
  readonly kind?: string
  readonly apiVersion?: string
  readonly name?: string
  readonly uid?: string
}

/** What a token can be bound to. */
const KINDS: Readonly<Record<string, NonNullable<Issued['kind']>>> = { Pod: 'pod', Secret: 'secret', Node: 'node' }
const kindOf = (reference: Reference | undefined): Issued['kind'] =>
  reference && !reference.apiVersion?.includes('/') && Object.hasOwn(KINDS, reference.kind ?? '')
    ? KINDS[reference.kind ?? '']
    : undefined
/** The object of that name that a token of an account in that namespace is bound to. */
const boundObject = (world: World, kind: NonNullable<Issued['kind']>, namespace: string, name: string): KubeObject | undefined =>
  world.get(`${kind}s`, kind === 'node' ? undefined : namespace, name)

function tokenError(world: World, { metadata }: KubeObject, { spec }: KubeObject): Status | undefined {
  const seconds: number = spec?.expirationSeconds ?? 3600
  const errors: FieldError[] = []
  if (seconds < LEAST_SECONDS)
    errors.push(invalidField('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes'))
  if (seconds > MOST_SECONDS)
    errors.push(invalidField('spec.expirationSeconds', seconds, 'may not specify a duration larger than 2^32 seconds'))
  const group = 'authentication.k8s.io'
  if (errors.length > 0) return invalid({ group, kind: 'TokenRequest', groupKind: `TokenRequest.${group}` }, '', errors)
  const reference: Reference | undefined = spec?.boundObjectRef
  if (!reference) return undefined
  const { kind = '', apiVersion = '', name = '', uid } = reference
  const known = kindOf(reference)
  if (!known) {
    const [version, from = ''] = apiVersion.split('/').reverse()
    return badRequest(`cannot bind token to object of type ${from}/${version}, Kind=${kind}`)
  }
  const bound = boundObject(world, known, metadata.namespace ?? '', name)
  if (!bound) return notFound({ group: '', plural: `${known}s`, groupResource: `${known}s` }, name)
  if (uid && uid !== bound.metadata.uid) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`
    return conflict({ group: '', plural: kind, groupResource: kind }, name, why)
  }
  if (kind === 'Pod' && bound.spec?.serviceAccountName !== metadata.name)
    return badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(metadata.name)} to pod running with different serviceaccount name.`,
    )
  return undefined
}

function tokenOf(world: World, account: KubeObject, body: KubeObject): unknown {
  const { name, namespace, uid } = account.metadata
  const seconds: number = body.spec?.expirationSeconds ?? 3600
  const audiences: readonly string[] = body.spec?.audiences?.length > 0 ? body.spec?.audiences : AUDIENCES
  const now = world.now()
  const issued = issue(world, account, body, audiences, seconds)
  return Object.freeze({
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    // it is about its account, so it has the account's uid
    metadata: { name, namespace, uid: body.metadata?.uid ?? uid, creationTimestamp: rfc3339(now) },
    spec: { ...body.spec, audiences, expirationSeconds: seconds },
    status: tokenStatus(issued, rfc3339((now + seconds * 1_000_000) as Time)),
  })
}

/** A token for that account, bound to what the request says. */
function issue(
  world: World,
  { metadata }: KubeObject,
  { spec }: KubeObject,
  audiences: readonly string[],
  seconds: number,
): Issued {
  const { namespace = '', name: account, uid: accountUid = '' } = metadata
  const reference: Reference = spec?.boundObjectRef ?? {}
  const kind = kindOf(reference)
  const { name = '' } = reference
  const bound = kind && boundObject(world, kind, namespace, name)
  const node: string = kind === 'pod' ? (bound?.spec?.nodeName ?? '') : ''
  const from = unixSeconds(world.now())
  const isExtended = kind === 'pod' && seconds === WARN_SECONDS && audiences.every(audience => audience === ISSUER)
  return {
    id: newUid(world.random),
    namespace,
    account,
    accountUid,
    audiences,
    from,
    until: from + (isExtended ? EXTENDED_SECONDS : seconds),
    warnAfter: isExtended ? from + seconds : undefined,
    kind,
    name,
    uid: bound?.metadata.uid ?? reference.uid ?? '',
    node,
    nodeUid: node === '' ? '' : (world.get('nodes', undefined, node)?.metadata.uid ?? ''),
  }
}

const isNew = (claims: Claims | LegacyClaims): claims is Claims => claims.iss === ISSUER

/** Whether a review of this token has to look at Secrets, which the apiserver does not follow by itself. */
export function isBoundToSecret(token: string): boolean {
  const claims = read(token)
  if (!claims || 'error' in claims) return false
  return !isNew(claims) || claims['kubernetes.io'].secret !== undefined
}

/** The status of a TokenReview. */
export function reviewToken(world: World, token: string, wanted: readonly string[]): unknown {
  const claims = read(token)
  if (!claims) return { user: {} }
  const audiences = wanted.length === 0 ? AUDIENCES : wanted
  const no = (error: string) => ({ user: {}, error: `[invalid bearer token, ${error}]` })
  if ('error' in claims) return no(claims.error)
  if (!isNew(claims)) return reviewLegacy(world, token, claims, audiences)
  const error = tokenProblem(world, claims, audiences)
  if (error !== undefined) return no(error)
  const { namespace, serviceaccount, pod, node } = claims['kubernetes.io']
  const extra = {
    'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti}`],
    ...(node && { 'authentication.kubernetes.io/node-name': [node.name] }),
    ...(node?.uid && { 'authentication.kubernetes.io/node-uid': [node.uid] }),
    ...(pod && {
      'authentication.kubernetes.io/pod-name': [pod.name],
      'authentication.kubernetes.io/pod-uid': [pod.uid ?? ''],
    }),
  }
  const { name, uid = '' } = serviceaccount
  const user = { ...userOf(`system:serviceaccount:${namespace}:${name}`), uid, extra }
  return { authenticated: true, user: infoOf(user), audiences: audiences.filter(audience => claims.aud.includes(audience)) }
}

const goList = (texts: readonly string[]): string => `[${texts.map(text => JSON.stringify(text)).join(' ')}]`

/** The status of a review of a token that stands in a Secret (legacy.go): it is good as long as it stands there. */
function reviewLegacy(world: World, token: string, claims: LegacyClaims, audiences: readonly string[]): unknown {
  const no = (error: string) => ({ user: {}, error: `[invalid bearer token, ${error}]` })
  const namespace = claims['kubernetes.io/serviceaccount/namespace']
  const name = claims['kubernetes.io/serviceaccount/service-account.name']
  const uid = claims['kubernetes.io/serviceaccount/service-account.uid']
  const secret = world.get('secrets', namespace, claims['kubernetes.io/serviceaccount/secret.name'])
  if (!secret || secret.metadata.deletionTimestamp) return no(INVALIDATED)
  if (textOf(bytesOfBase64(secret.data?.token ?? '') ?? []) !== token)
    return no("service account token does not match server's copy")
  const there = world.get('serviceaccounts', namespace, name)
  if (!there) return no(`serviceaccounts ${JSON.stringify(name)} not found`)
  if (there.metadata.uid !== uid) return no(`service account UID (${there.metadata.uid}) does not match claim (${uid})`)
  const met = audiences.filter(audience => audience === ISSUER)
  if (met.length === 0) return no(`token audiences ${goList(AUDIENCES)} is invalid for the target audiences ${goList(audiences)}`)
  return { authenticated: true, user: infoOf({ ...userOf(claims.sub), uid }), audiences: met }
}

/** Clocks may differ by so much (jwt.DefaultLeeway). */
const LEEWAY_SECONDS = 60
const INVALIDATED = 'service account token has been invalidated'

/** Why a token says nothing any more (claims.go), or nothing to these audiences. */
function tokenProblem(world: World, claims: Claims, audiences: readonly string[]): string | undefined {
  if (!audiences.some(audience => claims.aud.includes(audience)))
    return `token audiences ${goList(claims.aud)} is invalid for the target audiences ${goList(audiences)}`
  const before = unixSeconds(world.now()) - LEEWAY_SECONDS
  if (before > claims.exp) return 'service account token has expired'
  const { namespace, serviceaccount, pod, secret, node } = claims['kubernetes.io']
  const { name, uid } = serviceaccount
  const there = world.get('serviceaccounts', namespace, name)
  if (!there) return `serviceaccounts ${JSON.stringify(name)} not found`
  if (there.metadata.uid !== uid) return `service account UID (${there.metadata.uid}) does not match claim (${uid})`
  if (wentBefore(there, before)) return `service account ${namespace}/${name} has been deleted`
  for (const [kind, of] of [
    ['secret', secret],
    ['pod', pod],
    ['node', pod ? undefined : node],
  ] as const) {
    if (!of) continue
    const object = boundObject(world, kind, namespace, of.name)
    if (!object) return INVALIDATED
    if (object.metadata.uid !== of.uid)
      return `${kind} UID (${object.metadata.uid}) does not match service account ${kind} ref claim (${of.uid})`
    if (wentBefore(object, before)) return INVALIDATED
  }
  return undefined
}

/** What was to be gone by then says nothing any more, though it may still be there. */
function wentBefore({ metadata }: KubeObject, seconds: number): boolean {
  const gone = metadata.deletionTimestamp === undefined ? undefined : parseTime(metadata.deletionTimestamp)
  return gone !== undefined && unixSeconds(gone) < seconds
}
