// Models pkg/registry/core/serviceaccount/storage/token.go (TokenREST), pkg/serviceaccount/claims.go and
// pkg/registry/authentication/tokenreview: tokens of service accounts, and what they say when they are shown.
import { type FieldError, invalid as invalidField } from '../../api/field-error'
import type { Resource } from '../../api/kinds'
import { badRequest, conflict, invalid, notFound } from '../../api/status'
import { rfc3339 } from '../../api/time'
import type { KubeObject, Status } from '../../api/types'
import { newUid } from '../../api/uid'
import { perform } from '../../kernel/procedure'
import type { Time } from '../../kernel/types'
import { infoOf, userOf } from '../authn/authn'
import { noteStages } from '../pipeline'
import { refuse, respond } from '../respond'
import type { Call, IssuedToken, Serve, World } from '../state'
import { ready } from '../watch-cache/feed'
import { currentOf } from './write'

const AUDIENCE = 'https://kubernetes.default.svc.cluster.local'
const LEAST_SECONDS = 600
const MOST_SECONDS = 2 ** 32

/** POST serviceaccounts/NAME/token: a token that lives as long as it says, and as what it is bound to. */
export function* requestToken(call: Call): Serve<void> {
  yield* perform<World, void>(world => noteStages(world, call, 'answer'))
  const { info, request, user } = call
  const type = info.type as Resource
  const { object: account } = yield* currentOf(type, info.namespace, info.name ?? '')
  const body = (request.body ?? {}) as KubeObject
  // what kubelets ask for is as they have it from their pods
  const isAsked = !user.name.startsWith('system:node:')
  const reference: Reference | undefined = isAsked ? body.spec?.boundObjectRef : undefined
  if (reference?.kind && KINDS[reference.kind]) yield* ready(KINDS[reference.kind] as string)
  yield* perform<World, void>(world => {
    const wrong = account ? isAsked && tokenError(world, account, body) : notFound(type, info.name ?? '')
    if (wrong) return refuse(world, call, wrong)
    if (account) respond(world, call, 201, tokenOf(world, account, body, isAsked && request.query.dryRun !== 'All'))
  })
}

interface Reference {
  readonly kind?: string
  readonly apiVersion?: string
  readonly name?: string
  readonly uid?: string
}

/** What a token can be bound to. */
const KINDS: Readonly<Record<string, string>> = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' }

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
  const plural = KINDS[kind]
  if (!plural || apiVersion !== 'v1') {
    const [version, from = ''] = apiVersion.split('/').reverse()
    return badRequest(`cannot bind token to object of type ${from}/${version}, Kind=${kind}`)
  }
  const bound = world.get(plural, kind === 'Node' ? undefined : metadata.namespace, name)
  if (!bound) return notFound({ group: '', plural, groupResource: plural }, name)
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

function tokenOf(world: World, { metadata }: KubeObject, body: KubeObject, isKept: boolean): unknown {
  const seconds: number = body.spec?.expirationSeconds ?? 3600
  const uid = newUid(world.random)
  const audiences: readonly string[] = body.spec?.audiences?.length > 0 ? body.spec?.audiences : [AUDIENCE]
  // looks like a JSON Web Token; its signature is nobody's
  const token = `eyJhbGciOiJSUzI1NiJ9.eyJ${uid}.sim`
  const expires = world.now() + seconds * 1_000_000
  if (isKept)
    world.state.tokens.set(
      token,
      Object.freeze({
        namespace: metadata.namespace ?? '',
        account: metadata.name,
        accountUid: metadata.uid ?? '',
        id: uid,
        audiences: Object.freeze([...audiences]),
        expires: expires as Time,
        bound: body.spec?.boundObjectRef && Object.freeze({ ...body.spec.boundObjectRef }),
      }),
    )
  return Object.freeze({
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name: metadata.name, namespace: metadata.namespace, uid, creationTimestamp: rfc3339(world.now()) },
    spec: { ...body.spec, audiences, expirationSeconds: seconds },
    status: { token, expirationTimestamp: rfc3339(expires as Time) },
  })
}

/** The status of a TokenReview. Tokens that were made for pods are nobody's to show, and are not kept. */
export function reviewToken(world: World, token: string, wanted: readonly string[]): unknown {
  const known = world.state.tokens.get(token)
  const nobody = { user: {} }
  if (!known) return nobody
  const error = tokenProblem(world, known)
  if (error !== undefined) return { ...nobody, error: `[invalid bearer token, ${error}]` }
  const audiences = wanted.length === 0 ? [AUDIENCE] : wanted
  const met = audiences.filter(audience => known.audiences.includes(audience))
  if (met.length === 0)
    return {
      ...nobody,
      error: `[invalid bearer token, token audiences ${goList(known.audiences)} is invalid for the target audiences ${goList(audiences)}]`,
    }
  const { namespace, account, accountUid, id, bound } = known
  const extra = {
    ...(bound?.kind === 'Pod' && {
      'authentication.kubernetes.io/pod-name': [bound.name],
      'authentication.kubernetes.io/pod-uid': [bound.uid ?? world.get('pods', namespace, bound.name ?? '')?.metadata.uid],
    }),
    'authentication.kubernetes.io/credential-id': [`JTI=${id}`],
  }
  const user = {
    ...userOf(`system:serviceaccount:${namespace}:${account}`),
    uid: accountUid,
    extra: extra as Record<string, string[]>,
  }
  return { authenticated: true, user: infoOf(user), ...(wanted.length > 0 && { audiences: met }) }
}

const goList = (texts: readonly string[]): string => `[${texts.map(text => JSON.stringify(text)).join(' ')}]`

/** Why a token says nothing any more (claims.go). */
function tokenProblem(world: World, { namespace, account, accountUid, expires, bound }: IssuedToken): string | undefined {
  if (world.now() > expires) return 'service account token has expired'
  const there = world.get('serviceaccounts', namespace, account)
  if (!there) return `serviceaccounts ${JSON.stringify(account)} not found`
  if (there.metadata.uid !== accountUid) return `service account UID (${there.metadata.uid}) does not match claim (${accountUid})`
  const plural = KINDS[bound?.kind ?? '']
  if (!bound || !plural) return undefined
  const object = world.get(plural, bound.kind === 'Node' ? undefined : namespace, bound.name ?? '')
  return object && (!bound.uid || bound.uid === object.metadata.uid) ? undefined : 'service account token has been invalidated'
}
