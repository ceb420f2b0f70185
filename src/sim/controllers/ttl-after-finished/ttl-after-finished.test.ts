import { expect, it } from 'vitest'
import { rfc3339 } from '../../api/time'
import type { KubeObject } from '../../api/types'
import type { Time } from '../../kernel/types'
import { TestCluster } from '../testing'
import { ttlAfterFinished } from './ttl-after-finished'

const job = (ttlSecondsAfterFinished: number | undefined, at: Time, type = 'Complete'): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'task', namespace: 'default' },
  spec: { ...(ttlSecondsAfterFinished !== undefined && { ttlSecondsAfterFinished }) },
  status: { conditions: [{ type, status: 'True', lastTransitionTime: rfc3339(at) }] },
})

it.each(['Complete', 'Failed'])('a Job that is over (%s) goes when its time is up, with its pods before it', type => {
  const cluster = new TestCluster([ttlAfterFinished])
  cluster.put(job(30, cluster.simulation.now, type))
  cluster.pass(25)
  expect(cluster.writes()).toEqual([])
  cluster.pass(10)
  const [deleted] = cluster.log
  expect(deleted?.text).toBe('ttl-after-finished-controller delete jobs task 200')
  expect(deleted?.body).toMatchObject({ propagationPolicy: 'Foreground', preconditions: { uid: expect.any(String) } })
})

it('one that does not say, or is not over, stays', () => {
  const cluster = new TestCluster([ttlAfterFinished])
  cluster.put(job(undefined, cluster.simulation.now))
  cluster.put({ ...job(0, cluster.simulation.now, 'Suspended'), metadata: { name: 'other', namespace: 'default' } })
  cluster.pass(600)
  expect(cluster.writes()).toEqual([])
})

it('one that has been given more time, which the cache does not know, stays', () => {
  const cluster = new TestCluster([ttlAfterFinished])
  const begun = cluster.simulation.now
  cluster.put(job(30, begun))
  cluster.refuse = ({ method }) =>
    method === 'GET'
      ? { code: 200, body: { ...job(3000, begun), metadata: { name: 'task', namespace: 'default', uid: 'u' } } }
      : undefined
  cluster.pass(40)
  expect(cluster.writes()).toEqual([])
})
