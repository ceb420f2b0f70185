import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { resourceQuota } from './resource-quota'

const quota = (hard: object, status?: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'compute', namespace: 'default' },
  spec: { hard },
  ...(status && { status }),
})
const pod = (name: string, phase = 'Running'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'a', image: 'x', resources: { requests: { cpu: '100m' } } }] },
  status: { phase },
})

describe('the quota controller', () => {
  it('counts what a new quota limits', () => {
    const cluster = new TestCluster([resourceQuota])
    cluster.put(pod('a'))
    cluster.put(pod('b', 'Succeeded'))
    cluster.put(quota({ pods: '3', 'requests.cpu': '1', 'limits.memory': '1Gi', 'count/pods': '9' }))
    expect(cluster.list('resourcequotas')[0]?.status).toEqual({
      hard: { pods: '3', 'requests.cpu': '1', 'limits.memory': '1Gi', 'count/pods': '9' },
      used: { pods: '1', 'requests.cpu': '100m', 'limits.memory': '0', 'count/pods': '2' },
    })
  })

  it('gives back what an ended or deleted pod used, and leaves what is new to admission', () => {
    const cluster = new TestCluster([resourceQuota])
    cluster.put(quota({ pods: '3' }))
    cluster.writes()
    cluster.put(pod('a'))
    expect(cluster.writes()).toEqual([])
    cluster.put(quota({ pods: '3' }, { hard: { pods: '3' }, used: { pods: '1' } }))
    expect(cluster.writes()).toEqual([])
    cluster.put(pod('a', 'Succeeded'))
    expect(cluster.list('resourcequotas')[0]?.status?.used).toEqual({ pods: '0' })
    cluster.remove(pod('a'))
    expect(cluster.writes()).toEqual(
      ['resourcequota-controller update resourcequotas compute 200'].map(t =>
        t.replace('resourcequotas ', 'resourcequotas/status '),
      ),
    )
  })
})

describe('what is counted', () => {
  it('is what is in the scope', () => {
    const cluster = new TestCluster([resourceQuota])
    cluster.put(pod('burstable'))
    cluster.put({ ...pod('best'), spec: { containers: [{ name: 'a', image: 'x' }] } })
    const scoped = quota({ pods: '3' })
    cluster.put({ ...scoped, spec: { ...scoped.spec, scopes: ['BestEffort'] } })
    expect(cluster.list('resourcequotas')[0]?.status?.used).toEqual({ pods: '1' })
  })

  it('is counted anew when an object uses less, not at every change', () => {
    const cluster = new TestCluster([resourceQuota])
    cluster.put(quota({ pods: '3' }))
    cluster.put(pod('a'))
    cluster.put(quota({ pods: '3' }, { hard: { pods: '3' }, used: { pods: '2' } }))
    cluster.put({ ...pod('a'), metadata: { ...pod('a').metadata, labels: { a: 'b' } } })
    expect(cluster.list('resourcequotas')[0]?.status?.used).toEqual({ pods: '2' })
    cluster.put(pod('a', 'Failed'))
    expect(cluster.list('resourcequotas')[0]?.status?.used).toEqual({ pods: '0' })
  })
})
