import { expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { daemonset } from './daemonset'

const template = { metadata: { labels: { app: 'log' } }, spec: { containers: [{ name: 'log', image: 'log' }] } }
const set: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'log', namespace: 'default', uid: 'uid-log', generation: 1 },
  spec: {
    selector: { matchLabels: { app: 'log' } },
    template,
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
  },
  status: {},
}

it('a daemon that fails is replaced at once, then after pauses that grow, and at once again when none has failed for half an hour', () => {
  const cluster = new TestCluster([daemonset])
  cluster.put({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1', uid: 'uid-node' },
    spec: {},
    status: {},
  } as KubeObject)
  cluster.put(set)
  let deletedAt = 0
  cluster.refuse = ({ method }) => {
    if (method === 'DELETE') deletedAt = cluster.simulation.now
    return undefined
  }
  /** Whole seconds until the daemon that fails now is deleted. */
  const untilReplaced = (): number => {
    const [pod] = cluster.list('pods')
    const failedAt = cluster.simulation.now
    cluster.put({ ...(pod as KubeObject), status: { phase: 'Failed' } })
    return Math.round((deletedAt - failedAt) / 1e6)
  }
  expect([untilReplaced(), untilReplaced(), untilReplaced()]).toEqual([0, 1, 2])
  cluster.pass(31 * 60)
  expect(untilReplaced()).toBe(0)
})
