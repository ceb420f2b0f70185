// Models pkg/controller/serviceaccount/tokens_controller.go: Secrets that hold a token of a service account.
import { base64Of } from '../../api/base64'
import { legacyClaims, signed } from '../../api/jwt'
import type { HttpResponse } from '../../api/messages'
import type { KubeObject } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  cached,
  cachedBy,
  NO_KEYS,
  type Outcome,
} from '../../client/controller'
import { call } from '../../client/effects'
import { type RequestSpec, succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { deleteRequest, getRequest, updateRequest } from '../../client/requests'
import { keyOf, splitKey } from '../../client/store'
import { messageOf } from '../objects'

const TYPE = 'kubernetes.io/service-account-token'
const NAME = 'kubernetes.io/service-account.name'
const UID = 'kubernetes.io/service-account.uid'

/** Fills and clears away Secrets with tokens. Its requests are the manager's own: accounts need tokens before they can ask for any. */
export const serviceaccountToken: Controller = {
  name: 'tokens-controller',
  part: 'serviceaccount-token',
  workers: 5,
  maxRetries: 10,
  watches: { secrets: secretChanged, serviceaccounts: accountChanged },
  reconcile,
}

const accountOf = ({ metadata }: KubeObject): string => metadata.annotations?.[NAME] ?? ''
const accountUidOf = ({ metadata }: KubeObject): string => metadata.annotations?.[UID] ?? ''
const isToken = (secret: KubeObject): boolean => secret.type === TYPE && accountOf(secret) !== ''

function secretChanged(_: ControllerWorld, { type, object }: InformerEvent): readonly string[] {
  if (!isToken(object)) return NO_KEYS
  return type === 'DELETED' ? [`gone ${keyOf(object)} ${accountOf(object)} ${accountUidOf(object)}`] : [`secret ${keyOf(object)}`]
}

function accountChanged(_: ControllerWorld, { type, object }: InformerEvent): readonly string[] {
  return type === 'DELETED' ? [`account ${keyOf(object)} ${object.metadata.uid ?? ''}`] : NO_KEYS
}

function* ask(spec: RequestSpec): ControllerProcedure<HttpResponse<KubeObject>> {
  return yield* call<ControllerState, KubeObject>(spec)
}

function* reconcile(task: string): ControllerProcedure<Outcome> {
  const [what, key = '', a = '', b = ''] = task.split(' ')
  if (what === 'account') return yield* deleteTokens(key, a)
  if (what === 'gone') return yield* dropReference(key, a, b)
  const secret = yield* cached('secrets', key)
  if (!secret || !isToken(secret)) return
  const account = yield* findAccount(secret)
  if (account === 'unknown') return { retry: 'the service account could not be read' }
  return yield* account ? fill(secret, account) : deleteToken(secret)
}

/** deleteTokens: an account takes its tokens along. */
function* deleteTokens(key: string, uid: string): ControllerProcedure<Outcome> {
  const { namespace = '', name } = splitKey(key)
  for (const secret of yield* cachedBy('secrets', 'namespace', namespace)) {
    const of = accountUidOf(secret)
    if (!isToken(secret) || accountOf(secret) !== name || (of !== '' && of !== uid)) continue
    const failed = yield* deleteToken(secret)
    if (failed) return failed
  }
}

function* deleteToken({ metadata }: KubeObject): ControllerProcedure<Outcome> {
  const options = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: metadata.uid } }
  const answer = yield* ask(deleteRequest('secrets', metadata.namespace, metadata.name, options))
  if (!succeeded(answer) && answer.code !== 404 && answer.code !== 409) return { retry: messageOf(answer) }
}

/** getServiceAccount: from the cache, else asked for; undefined: there is none that this Secret is of. */
function* findAccount(secret: KubeObject): ControllerProcedure<KubeObject | 'unknown' | undefined> {
  const { namespace = '' } = secret.metadata
  const name = accountOf(secret)
  const isMeant = (account: KubeObject): boolean => ['', account.metadata.uid].includes(accountUidOf(secret))
  const known = yield* cached('serviceaccounts', `${namespace}/${name}`)
  if (known && isMeant(known)) return known
  const answer = yield* ask(getRequest('serviceaccounts', namespace, name))
  if (!succeeded(answer)) return answer.code === 404 ? undefined : 'unknown'
  return isMeant(answer.body) ? answer.body : undefined
}

const isFull = ({ data }: KubeObject): boolean => Boolean(data?.token) && Boolean(data?.namespace)

/** generateTokenIfNeeded: writes what is missing into the Secret as it is now. */
function* fill(secret: KubeObject, account: KubeObject): ControllerProcedure<Outcome> {
  if (isFull(secret)) return
  const { namespace = '', name, resourceVersion } = secret.metadata
  const live = yield* ask(getRequest('secrets', namespace, name))
  if (live.code === 404) return
  if (!succeeded(live)) return { retry: messageOf(live) }
  // an update of the cache is on its way
  if (live.body.metadata.resourceVersion !== resourceVersion || isFull(live.body)) return
  const answer = yield* ask(updateRequest('secrets', filled(live.body, account)))
  if (!succeeded(answer) && answer.code !== 404 && answer.code !== 409) return { retry: messageOf(answer) }
}

/** A Secret with the token and the namespace of an account. */
function filled(secret: KubeObject, { metadata: { name: account, uid = '' } }: KubeObject): KubeObject {
  const { metadata, data } = secret
  const { namespace = '', name } = metadata
  return {
    ...secret,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [NAME]: account, [UID]: uid } },
    data: {
      ...data,
      ...(!data?.namespace && { namespace: base64Of(namespace) }),
      ...(!data?.token && { token: base64Of(signed(legacyClaims(namespace, name, account, uid))) }),
    },
  }
}

/** removeSecretReference: an account does not name a Secret any more that is gone. */
function* dropReference(key: string, account: string, uid: string): ControllerProcedure<Outcome> {
  const { namespace = '', name } = splitKey(key)
  const known = yield* cached('serviceaccounts', `${namespace}/${account}`)
  if (!known || (uid !== '' && known.metadata.uid !== uid)) return
  for (let tries = 0; tries < 10; tries++) {
    const live = yield* ask(getRequest('serviceaccounts', namespace, account))
    if (!succeeded(live) || (uid !== '' && live.body.metadata.uid !== uid)) return
    const secrets = (live.body.secrets ?? []) as readonly { readonly name?: string }[]
    if (!secrets.some(each => each.name === name)) return
    const body: KubeObject = { ...live.body, secrets: secrets.filter(each => each.name !== name) }
    const answer = yield* ask(updateRequest('serviceaccounts', body))
    if (succeeded(answer) || answer.code !== 409) return
  }
}
