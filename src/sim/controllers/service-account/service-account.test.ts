import { expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { serviceAccount } from './service-account'

const namespace = (phase: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'team' },
  spec: {},
  status: { phase },
})
const account: KubeObject = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'team' } }
const CREATED = 'service-account-controller create serviceaccounts default 201'

it('a namespace has an account of the name default, again when somebody has deleted it', () => {
  const cluster = new TestCluster([serviceAccount])
  cluster.put(namespace('Active'))
  expect(cluster.writes()).toEqual([CREATED])
  cluster.remove({ ...account, metadata: { ...account.metadata, name: 'other' } })
  expect(cluster.writes()).toEqual([])
  cluster.remove(account)
  expect(cluster.writes()).toEqual([CREATED])
})

it('a namespace that is going has none made', () => {
  const cluster = new TestCluster([serviceAccount])
  cluster.put(namespace('Terminating'))
  expect(cluster.writes()).toEqual([])
})
