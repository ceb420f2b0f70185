import { describe, expect, it } from 'vitest'
import type { Time } from '../kernel/types'
import { addAmounts, exceeding, inScope, matchingNames, sameAmounts, unspecified, usageOf } from './quota'
import type { KubeObject, Pod } from './types'

const NOW = 60_000_000 as Time
const container = (name: string, resources: object = {}) => ({ name, image: 'x', resources })
const pod = (spec: object, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', ...more },
  spec: { containers: [container('a')], ...spec },
})

describe('what an object uses of a quota', () => {
  it('is for a pod its containers together, or its greediest init step', () => {
    const containers = [
      container('a', { requests: { cpu: '100m' } }),
      container('b', { requests: { cpu: '1' }, limits: { memory: '1Gi' } }),
    ]
    const initContainers = [container('i', { requests: { cpu: '2' } })]
    expect(usageOf(pod({ containers }), 'pods', NOW)).toEqual({
      'count/pods': '1',
      pods: '1',
      cpu: '1100m',
      'requests.cpu': '1100m',
      'limits.memory': '1Gi',
    })
    expect(usageOf(pod({ containers, initContainers }), 'pods', NOW).cpu).toBe('2')
  })

  it('is only the object itself for a pod that should be gone by now', () => {
    const gone = pod({}, { deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 30 })
    expect(usageOf(gone, 'pods', NOW)).toEqual({ 'count/pods': '1' })
  })

  it('is for a claim its storage, in all and by class', () => {
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c' } }
    const spec = { storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } }
    expect(usageOf({ ...claim, spec }, 'persistentvolumeclaims', NOW)).toMatchObject({
      'requests.storage': '1Gi',
      'fast.storageclass.storage.k8s.io/requests.storage': '1Gi',
    })
  })
})

describe('a quota', () => {
  it('is asked of those kinds whose names it limits', () => {
    const names = ['pods', 'limits.cpu', 'count/deployments.apps', 'services.nodeports', 'secrets', 'requests.nvidia.com/gpu']
    expect(matchingNames('pods', names)).toEqual(['pods', 'limits.cpu', 'requests.nvidia.com/gpu'])
    expect(matchingNames('deployments.apps', names)).toEqual(['count/deployments.apps'])
    expect(matchingNames('secrets', names)).toEqual(['secrets'])
  })

  it('wants every container to specify what it limits', () => {
    const some = pod({ containers: [container('b'), container('a', { requests: { cpu: '1' } })] }) as Pod
    expect(unspecified(some, ['pods', 'limits.cpu', 'requests.cpu'])).toBe(
      'must specify limits.cpu for: a,b; requests.cpu for: b',
    )
    expect(unspecified(some, ['pods'])).toBeUndefined()
  })

  it('takes in only what its scopes say', () => {
    const quota = (spec: object): KubeObject => ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec })
    expect(inScope(quota({ scopes: ['BestEffort'] }), pod({}), 'pods')).toBe(true)
    expect(inScope(quota({ scopes: ['Terminating'] }), pod({}), 'pods')).toBe(false)
    const high = { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] }
    expect(inScope(quota({ scopeSelector: high }), pod({ priorityClassName: 'high' }), 'pods')).toBe(true)
    expect(inScope(quota({ scopeSelector: high }), pod({}), 'pods')).toBe(false)
  })

  it('compares amounts, not texts', () => {
    expect(sameAmounts({ cpu: '1000m' }, { cpu: '1' })).toBe(true)
    expect(exceeding({ cpu: '1', pods: '3' }, { cpu: '500m' })).toEqual(['cpu'])
    expect(addAmounts({ cpu: '500m' }, { cpu: '500m', pods: '1' })).toEqual({ cpu: '1', pods: '1' })
  })
})
