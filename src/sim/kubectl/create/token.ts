// Models k8s.io/kubectl/pkg/cmd/create/create_token.go
import { mustResource } from '../../api/kinds'
import type { KubeObject, Status } from '../../api/types'
import { type Command, flag } from '../command'
import { fail, wordsOf } from '../errors'
import { PRINT_FLAGS } from '../flags'
import { formatObject, formatOf } from '../output'
import { requestOn } from '../requests'
import { ask, duration, list, out, type Run, type Session, text } from '../session'
import { nameArgument } from './generator'

/** Kinds that a token can be bound to. */
const BOUND: Readonly<Record<string, string>> = { Node: 'v1', Pod: 'v1', Secret: 'v1' }

function* run(s: Session): Run {
  const name = nameArgument(s)
  const seconds = duration(s, 'duration') / 1000
  if (seconds < 0) fail('--duration must be greater than or equal to 0')
  if (!Number.isInteger(seconds)) fail('--duration cannot be expressed in units less than seconds')
  if (list(s, 'audience').includes('')) fail('--audience must not be an empty string')
  const bound = boundObject(s)
  const audiences = list(s, 'audience')
  const spec = {
    audiences: audiences.length > 0 ? audiences : null,
    expirationSeconds: seconds > 0 ? seconds : null,
    boundObjectRef: bound ?? null,
  }
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: {},
    spec,
    status: { token: '', expirationTimestamp: null },
  }
  const accounts = mustResource('v1', 'ServiceAccount')
  const response = yield* ask<KubeObject | Status>(
    s,
    requestOn('create', 'POST', accounts, { namespace: s.namespace, name, subresource: 'token' }, { body }),
  )
  if (response.code >= 300) fail(`failed to create token: ${wordsOf({ kind: 'status', status: response.body as Status })}`)
  const request = response.body as KubeObject
  const token = String(request.status?.token ?? '')
  if (token === '') fail('failed to create token: no token in server response')
  const format = formatOf(s)
  yield* out(s, format.name === '' ? `${token}\n` : formatObject(s, request, format))
}

function boundObject(s: Session): object | undefined {
  const [kind, name, uid] = [text(s, 'bound-object-kind'), text(s, 'bound-object-name'), text(s, 'bound-object-uid')]
  if (kind === '') {
    if (name !== '') fail('--bound-object-name can only be set if --bound-object-kind is provided')
    if (uid !== '') fail('--bound-object-uid can only be set if --bound-object-kind is provided')
    return undefined
  }
  if (!Object.hasOwn(BOUND, kind)) fail(`supported --bound-object-kind values are ${Object.keys(BOUND).join(', ')}`)
  const apiVersion = BOUND[kind]
  if (name === '') fail('--bound-object-name is required if --bound-object-kind is provided')
  return { apiVersion, kind, name, ...(uid !== '' && { uid }) }
}

export const token: Command = {
  name: 'token',
  use: 'token SERVICE_ACCOUNT_NAME',
  short: 'Request a service account token',
  long: 'Request a service account token.',
  examples: [
    '# Request a token to authenticate to the kube-apiserver as the service account "myapp"',
    'kubectl create token myapp',
    '',
    '# Request a token with a custom expiration',
    'kubectl create token myapp --duration 10m',
  ],
  flags: [
    flag.array(
      'audience',
      'Audience of the requested token. If unset, defaults to requesting a token for use with the Kubernetes API server. May be repeated to request a token valid for multiple audiences.',
    ),
    flag.string('bound-object-kind', 'Kind of an object to bind the token to. Supported kinds are Node, Pod, Secret.'),
    flag.string('bound-object-name', 'Name of an object to bind the token to. The token will expire when the object is deleted.'),
    flag.string(
      'bound-object-uid',
      'UID of an object to bind the token to. Requires --bound-object-kind and --bound-object-name.',
    ),
    flag.duration(
      'duration',
      'Requested lifetime of the issued token. If not set or if set to 0, the lifetime will be determined by the server automatically. The server may return a token with a longer or shorter lifetime.',
    ),
    ...PRINT_FLAGS,
  ],
  arguments: 'resource',
  kind: 'serviceaccounts',
  run,
}
