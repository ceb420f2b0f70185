import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { legacyClaims, signed } from '../../api/jwt'
import type { KubeObject } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { pod, TestCluster, withAccount } from '../testing'

const PODS = '/api/v1/namespaces/default/pods'
const RBAC = 'rbac.authorization.k8s.io'

const role = (rules: object[]): KubeObject =>
  ({ apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name: 'r' }, rules }) as unknown as KubeObject
const binding = (subject: object): KubeObject =>
  ({
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'b' },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'r' },
    subjects: [subject],
  }) as unknown as KubeObject
const USER = (name: string) => ({ kind: 'User', apiGroup: RBAC, name })

/** A cluster in which `bob` may do what these rules say. */
function withBob(...rules: object[]): TestCluster {
  const cluster = withAccount(new TestCluster(createEtcd()))
  cluster.create(role(rules))
  cluster.create(binding(USER('bob')))
  return cluster
}
const BOB = { user: 'bob' }
const whoami = (cluster: TestCluster, saying: object) =>
  (
    cluster.ask(
      'POST',
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      saying,
    ).body.status as { userInfo: unknown }
  ).userInfo

describe('impersonation', () => {
  const cluster = new TestCluster(createEtcd())

  test('makes one the user and of the groups that are said, not of those that the name would have', () => {
    expect(whoami(cluster, { impersonateUser: 'kubernetes-admin' })).toEqual({
      username: 'kubernetes-admin',
      groups: ['system:authenticated'],
    })
    const groups = { impersonateUser: 'jane', impersonateGroups: ['devs'] }
    expect(whoami(cluster, groups)).toEqual({ username: 'jane', groups: ['devs', 'system:authenticated'] })
    expect(whoami(cluster, { impersonateUser: 'system:serviceaccount:dev:robot' })).toEqual({
      username: 'system:serviceaccount:dev:robot',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:dev', 'system:authenticated'],
    })
    // who is nobody may see what everybody may, not what all who are somebody may
    const nobody = { impersonateUser: 'system:anonymous' }
    expect(['/version', '/api'].map(path => cluster.ask('GET', path, undefined, nobody).code)).toEqual([200, 403])
    const more = { impersonateUser: 'jane', impersonateUid: 'u1', impersonateExtra: { scopes: ['view', 'edit'] } }
    expect(whoami(cluster, more)).toEqual({
      username: 'jane',
      uid: 'u1',
      groups: ['system:authenticated'],
      extra: { scopes: ['view', 'edit'] },
    })
  })

  test('of a group without a user is an error', () => {
    expect(cluster.refusal('GET', PODS, undefined, { impersonateGroups: ['devs'] })).toMatchObject({
      code: 500,
      message: `an error on the server ("Internal Server Error: \\"${PODS}\\": requested [{Group  devs    }] without impersonating a user") has prevented the request from succeeding`,
    })
  })

  test('needs the verb impersonate on everything that is said', () => {
    const bob = withBob({ verbs: ['impersonate'], apiGroups: [''], resources: ['users'], resourceNames: ['jane'] })
    const refused = (saying: object): string | undefined => bob.refusal('GET', PODS, undefined, { ...BOB, ...saying }).message
    expect(refused({ impersonateUser: 'joe' })).toBe(
      'users "joe" is forbidden: User "bob" cannot impersonate resource "users" in API group "" at the cluster scope',
    )
    expect(refused({ impersonateUser: 'jane' })).toBe(
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
    )
    expect(refused({ impersonateUser: 'jane', impersonateGroups: ['devs'] })).toBe(
      'groups "devs" is forbidden: User "bob" cannot impersonate resource "groups" in API group "" at the cluster scope',
    )
    expect(refused({ impersonateUser: 'system:serviceaccount:dev:robot' })).toBe(
      'serviceaccounts "robot" is forbidden: User "bob" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "dev"',
    )
    expect(refused({ impersonateUser: 'jane', impersonateUid: 'u1' })).toBe(
      'uids.authentication.k8s.io "u1" is forbidden: User "bob" cannot impersonate resource "uids" in API group "authentication.k8s.io" at the cluster scope',
    )
    expect(refused({ impersonateUser: 'jane', impersonateExtra: { scopes: ['edit'] } })).toBe(
      'userextras.authentication.k8s.io "edit" is forbidden: User "bob" cannot impersonate resource "userextras/scopes" in API group "authentication.k8s.io" at the cluster scope',
    )
  })
})

const GROUP = 'authorization.k8s.io'
const ask = (cluster: TestCluster, kind: string, spec: object, path = `${kind.toLowerCase()}s`) =>
  cluster.ask('POST', `/apis/${GROUP}/v1/${path}`, { apiVersion: `${GROUP}/v1`, kind, spec })

describe('a subject access review', () => {
  const cluster = withBob({ verbs: ['get'], apiGroups: [''], resources: ['pods'] })
  const attributes = { resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'default' } }

  test('says what somebody else may, and by which binding', () => {
    const { code, body } = ask(cluster, 'SubjectAccessReview', { user: 'bob', ...attributes })
    expect([code, body]).toEqual([
      201,
      {
        kind: 'SubjectAccessReview',
        apiVersion: `${GROUP}/v1`,
        metadata: {},
        spec: { user: 'bob', ...attributes },
        status: { allowed: true, reason: 'RBAC: allowed by ClusterRoleBinding "b" of ClusterRole "r" to User "bob"' },
      },
    ])
    expect(ask(cluster, 'SubjectAccessReview', { user: 'joe', ...attributes }).body.status).toEqual({ allowed: false })
  })

  test('knows of the groups that it says only', () => {
    const discovery = { nonResourceAttributes: { verb: 'get', path: '/api' } }
    const allowed = (spec: object) => ask(cluster, 'SubjectAccessReview', { ...spec, ...discovery }).body.status?.allowed
    expect(allowed({ user: 'joe' })).toBe(false)
    expect(allowed({ user: 'joe', groups: ['system:authenticated'] })).toBe(true)
  })

  test('of a namespace asks about that namespace', () => {
    const path = 'namespaces/default/localsubjectaccessreviews'
    expect(ask(cluster, 'LocalSubjectAccessReview', { user: 'bob', ...attributes }, path).body.status).toMatchObject({
      allowed: true,
    })
    const other = { user: 'bob', resourceAttributes: { ...attributes.resourceAttributes, namespace: 'dev' } }
    expect(ask(cluster, 'LocalSubjectAccessReview', other, path).body.message).toBe(
      'LocalSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "dev": must match metadata.namespace',
    )
  })

  test.each([
    [
      { user: 'bob' },
      'spec.resourceAttributes: Invalid value: "null": exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ],
    [attributes, 'spec.user: Invalid value: "": at least one of user or group must be specified'],
  ])('that asks only %j is refused', (spec, why) => {
    const { code, message } = ask(cluster, 'SubjectAccessReview', spec).body as unknown as { code: number; message: string }
    expect([code, message]).toEqual([422, `SubjectAccessReview.authorization.k8s.io "" is invalid: ${why}`])
  })
})

describe('a binding to a role that is not there', () => {
  const cluster = withAccount(new TestCluster(createEtcd()))
  const missing = 'clusterrole.rbac.authorization.k8s.io "r" not found'
  cluster.create(binding(USER('bob')))

  test('is said wherever it may be why somebody may not', () => {
    expect(cluster.refusal('GET', PODS, undefined, BOB).message).toBe(
      `pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "default": RBAC: ${missing}`,
    )
    const attributes = { resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'default' } }
    expect(ask(cluster, 'SubjectAccessReview', { user: 'bob', ...attributes }).body.status).toEqual({
      allowed: false,
      reason: `RBAC: ${missing}`,
    })
    const asBob = cluster.ask(
      'POST',
      `/apis/${GROUP}/v1/selfsubjectrulesreviews`,
      { apiVersion: `${GROUP}/v1`, kind: 'SelfSubjectRulesReview', spec: { namespace: 'default' } },
      BOB,
    )
    expect(asBob.body.status).toMatchObject({ incomplete: false, evaluationError: missing })
  })
})

describe('a token', () => {
  const cluster = withAccount(new TestCluster(createEtcd()))
  const ACCOUNT = '/api/v1/namespaces/default/serviceaccounts/default'
  const request = (spec: object) =>
    cluster.ask('POST', `${ACCOUNT}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec,
    }).body
  const shown = (token: string, audiences?: string[]) =>
    cluster.ask('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token, ...(audiences && { audiences }) },
    }).body.status
  const uid = cluster.ask('GET', ACCOUNT).body.metadata.uid
  const claims = (token: string) => JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString())

  test('says whose it is, until it has been expired for longer than clocks differ', () => {
    const { status, metadata } = request({ expirationSeconds: 600 })
    expect(metadata.uid).toBe(uid)
    const user = {
      username: 'system:serviceaccount:default:default',
      uid,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${claims(status?.token).jti}`] },
    }
    const audiences = ['https://kubernetes.default.svc.cluster.local']
    expect(shown(status?.token)).toEqual({ authenticated: true, user, audiences })
    expect(shown('nonsense')).toEqual({ user: {} })
    cluster.pass(650_000)
    expect(shown(status?.token)).toMatchObject({ authenticated: true })
    cluster.pass(20_000)
    expect(shown(status?.token)).toEqual({ user: {}, error: '[invalid bearer token, service account token has expired]' })
  })

  test('is a JSON Web Token, and nobody without the key can change what it says', () => {
    const { status } = request({ expirationSeconds: 600 })
    const [header = '', body = '', signature = ''] = String(status?.token).split('.')
    expect(createHmac('sha256', 'kubestage').update(`${header}.${body}`).digest('base64url')).toBe(signature)
    const said = claims(status?.token)
    expect(said).toEqual({
      aud: ['https://kubernetes.default.svc.cluster.local'],
      exp: said.iat + 600,
      iat: said.nbf,
      iss: 'https://kubernetes.default.svc.cluster.local',
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'default', uid } },
      nbf: said.iat,
      sub: 'system:serviceaccount:default:default',
    })
    const forged = Buffer.from(JSON.stringify({ ...said, exp: said.exp + 1 })).toString('base64url')
    expect(shown(`${header}.${forged}.${signature}`)).toEqual({
      user: {},
      error: '[invalid bearer token, go-jose/go-jose: error in cryptographic primitive]',
    })
  })

  test('is written out when somebody looks at it, and then always the same', () => {
    const { status } = request({})
    expect(JSON.parse(JSON.stringify(status))).toEqual(structuredClone(status))
    expect({ ...status }.token).toBe(status?.token)
  })

  test('is for its audiences only', () => {
    const { status } = request({ audiences: ['vault'] })
    expect(shown(status?.token, ['vault', 'other'])).toMatchObject({ authenticated: true, audiences: ['vault'] })
    expect(shown(status?.token)).toEqual({
      user: {},
      error:
        '[invalid bearer token, token audiences ["vault"] is invalid for the target audiences ["https://kubernetes.default.svc.cluster.local"]]',
    })
  })

  test('that is bound to a pod tells its pod and its node, lives for a year, and ends with the pod', () => {
    cluster.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } })
    const node = cluster.ask('GET', '/api/v1/nodes/node-1').body.metadata.uid ?? ''
    const bound = cluster.create(pod('web', { nodeName: 'node-1' })).body.metadata.uid ?? ''
    const { status } = request({
      expirationSeconds: 3607,
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'web', uid: bound },
    })
    const said = claims(status?.token)
    expect(said.exp - said.iat).toBe(365 * 24 * 3600)
    expect(said['kubernetes.io']).toEqual({
      namespace: 'default',
      node: { name: 'node-1', uid: node },
      pod: { name: 'web', uid: bound },
      serviceaccount: { name: 'default', uid },
      warnafter: said.iat + 3607,
    })
    expect(shown(status?.token)).toMatchObject({
      authenticated: true,
      user: {
        extra: {
          'authentication.kubernetes.io/node-name': ['node-1'],
          'authentication.kubernetes.io/node-uid': [node],
          'authentication.kubernetes.io/pod-name': ['web'],
          'authentication.kubernetes.io/pod-uid': [bound],
        },
      },
    })
    cluster.ask('DELETE', `${PODS}/web`, undefined, { query: { gracePeriodSeconds: '0' } })
    expect(shown(status?.token)).toMatchObject({ error: '[invalid bearer token, service account token has been invalidated]' })
    const { uid: other } = cluster.create(pod('web')).body.metadata
    expect(shown(status?.token)).toMatchObject({
      error: `[invalid bearer token, pod UID (${other}) does not match service account pod ref claim (${bound})]`,
    })
  })

  test('that is bound to a Secret ends with it', () => {
    cluster.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' } })
    const { status } = request({ boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 'key' } })
    expect(shown(status?.token)).toMatchObject({ authenticated: true })
    cluster.ask('DELETE', '/api/v1/namespaces/default/secrets/key')
    expect(shown(status?.token)).toMatchObject({ error: '[invalid bearer token, service account token has been invalidated]' })
  })

  test.each([
    [
      { expirationSeconds: 60 },
      422,
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
    ],
    [{ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'gone' } }, 404, 'pods "gone" not found'],
    [
      { boundObjectRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' } },
      400,
      'cannot bind token to object of type apps/v1, Kind=Deployment',
    ],
  ])('is refused for %j', (spec, code, message) => {
    expect(request(spec)).toMatchObject({ code, message })
  })

  test('of a Secret is good as long as it stands there', () => {
    const token = signed(legacyClaims('default', 'robot-token', 'default', uid ?? ''))
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'robot-token' },
      data: { token: Buffer.from(token).toString('base64') },
    }
    cluster.create(secret as unknown as KubeObject)
    expect(shown(token)).toMatchObject({ authenticated: true, user: { username: 'system:serviceaccount:default:default', uid } })
    cluster.ask('DELETE', '/api/v1/namespaces/default/secrets/robot-token')
    expect(shown(token)).toMatchObject({ error: '[invalid bearer token, service account token has been invalidated]' })
  })

  test('that somebody has made who knows the key, and that says nothing, is nobody’s', () => {
    const made = signed({ iss: 'https://kubernetes.default.svc.cluster.local' } as never)
    expect(shown(made)).toEqual({ user: {} })
  })

  test('must be shown to be reviewed', () => {
    expect(shown('')).toBe('Failure')
  })
})
