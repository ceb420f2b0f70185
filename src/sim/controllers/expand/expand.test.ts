import { expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { expand } from './expand'

const claim = (wanted: string, given = '1Gi'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'default', uid: 'uid-data' },
  spec: { volumeName: 'disk', resources: { requests: { storage: wanted } } },
  status: { capacity: { storage: given } },
})
const volume = (uid: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'disk' },
  spec: { claimRef: { namespace: 'default', name: 'data', uid } },
})
const said = (cluster: TestCluster): string[] => cluster.list('events').map(e => e.reason as string)

it('a claim that asks for more is told that somebody else has to give it', () => {
  const cluster = new TestCluster([expand])
  cluster.put(volume('uid-data'))
  cluster.put(claim('1Gi'))
  expect(said(cluster)).toEqual([])
  cluster.put(claim('2Gi'))
  expect(said(cluster)).toEqual(['ExternalExpanding'])
})

it('a claim that has what it asks for, or whose volume is another’s, is told nothing', () => {
  const cluster = new TestCluster([expand])
  cluster.put(volume('uid-data'))
  cluster.put(claim('1Gi'))
  cluster.put(claim('2Gi', '2Gi'))
  cluster.put(volume('another'))
  cluster.put(claim('3Gi', '2Gi'))
  expect(said(cluster)).toEqual([])
})
