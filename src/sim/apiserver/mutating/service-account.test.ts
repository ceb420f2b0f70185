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
