import { expect, test } from 'vitest'
import type { Status } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { PODS, pod, TestCluster, withAccount } from '../testing'

/** What the apiserver has asked itself about accounts since an entry: how each was answered. */
const asked = ({ simulation }: TestCluster, from: number): number[] =>
  [...simulation.trace.entries()].flatMap(({ seq, reason, args }) => {
    const { resource, code } = args as unknown as { resource?: string; code?: number }
    return seq > from && reason === 'http.response' && resource === 'serviceaccounts' ? [code ?? 0] : []
  })

test('an account that no cache has is asked for once, then the pod is refused', () => {
  const cluster = withAccount(new TestCluster(createEtcd()))
  const from = cluster.simulation.trace.length
  const { code, body } = cluster.create(pod('web', { serviceAccountName: 'robot' }))
  expect([code, (body as unknown as Status).message]).toEqual([
    403,
    'pods "web" is forbidden: error looking up service account default/robot: serviceaccount "robot" not found',
  ])
  expect(asked(cluster, from)).toEqual([404])
})

test('an account whose name would be another path is not asked for', () => {
  const cluster = withAccount(new TestCluster(createEtcd()))
  const { body } = cluster.create(pod('web', { serviceAccountName: 'x.io/y' }))
  expect((body as unknown as Status).message).toBe(
    'pods "web" is forbidden: error looking up service account default/x.io/y: invalid resource name "x.io/y": [may not contain \'/\']',
  )
})

test('a pod waits a little for the default account, which a controller makes', () => {
  const cluster = new TestCluster(createEtcd())
  const from = cluster.simulation.trace.length
  cluster.send('POST', PODS, pod('web'))
  cluster.pass(250)
  withAccount(cluster)
  cluster.settle()
  expect(cluster.ask('GET', `${PODS}/web`).body.spec?.serviceAccountName).toBe('default')
  expect(asked(cluster, from).filter(code => code === 404).length).toBeLessThan(5)
  const alone = new TestCluster(createEtcd())
  expect(alone.create(pod('web')).code).toBe(403)
})

test('a container that has something of its own where the token would be keeps that; the others see the token', () => {
  const cluster = withAccount(new TestCluster(createEtcd()))
  const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount'
  const own = { name: 'own', mountPath }
  const containers = [
    { name: 'a', image: 'x', volumeMounts: [own] },
    { name: 'b', image: 'x' },
  ]
  const { spec } = cluster.create(pod('web', { containers, volumes: [{ name: 'own', emptyDir: {} }] })).body
  expect(spec.containers[0].volumeMounts).toEqual([own])
  expect(spec.containers[1].volumeMounts).toEqual([
    { name: expect.stringMatching(/^kube-api-access-.{5}$/), readOnly: true, mountPath },
  ])
  const alone = cluster.create(
    pod('alone', { containers: containers.slice(0, 1), volumes: [{ name: 'own', emptyDir: {} }] }),
  ).body
  expect(alone.spec.volumes).toHaveLength(1)
})

test('a pod has its account’s pull secrets unless it names its own, and no token if either does not want one', () => {
  const cluster = new TestCluster(createEtcd())
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } }
  cluster.create({ ...account, imagePullSecrets: [{ name: 'login' }], automountServiceAccountToken: false })
  const made = (name: string, spec: Record<string, unknown>) => cluster.create(pod(name, spec)).body.spec
  expect(made('a', {})).toMatchObject({ imagePullSecrets: [{ name: 'login' }] })
  expect(made('b', { imagePullSecrets: [{ name: 'other' }] }).imagePullSecrets).toEqual([{ name: 'other' }])
  expect(made('c', {}).volumes).toBeUndefined()
  expect(made('d', { automountServiceAccountToken: true }).volumes).toHaveLength(1)
})
