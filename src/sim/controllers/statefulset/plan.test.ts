import { describe, expect, it } from 'vitest'
import type { Pod, StatefulSet } from '../../api/types'
import type { Time } from '../../kernel/types'
import { newPod } from './identity'
import { planSet, setStatus, together } from './plan'

const NOW = 0 as Time
const template = { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'db' }] } }
const set = (replicas: number, more: object = {}): StatefulSet =>
  ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default', uid: 'u', generation: 1 },
    spec: {
      replicas,
      serviceName: 'db',
      selector: {},
      template,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      ...more,
    },
    status: { currentRevision: 'db-1', replicas: 0 },
  }) as unknown as StatefulSet
const old = { name: 'db-1', template }
const fresh = { name: 'db-2', template }
const pod = (ordinal: number, revision = 'db-1', ready = true): Pod => ({
  ...newPod(set(1), template, revision, ordinal),
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
})
const acts = (s: StatefulSet, pods: Pod[], update = old) =>
  planSet(s, pods, old, update, NOW).acts.map(a => `${a.act} ${a.pod.metadata.name}`)

describe('a StatefulSet', () => {
  it('makes a pod that was deleted by hand of the new revision, where it is updated so', () => {
    const plan = planSet(set(1, { updateStrategy: { type: 'OnDelete' } }), [], old, fresh, NOW)
    expect(plan.acts[0]?.pod.metadata.labels?.['controller-revision-hash']).toBe('db-2')
  })
  it('makes its pods one by one, each when the one before is ready', () => {
    expect(acts(set(3), [])).toEqual(['create db-0'])
    expect(acts(set(3), [pod(0, 'db-1', false)])).toEqual([])
    expect(acts(set(3), [pod(0)])).toEqual(['create db-1'])
  })
  it('makes them all at once where that is wanted', () => {
    expect(acts(set(3, { podManagementPolicy: 'Parallel' }), [])).toEqual(['create db-0', 'create db-1', 'create db-2'])
  })
  it('that may make them all at once does so in batches of one, two, four', () => {
    const batches = (s: StatefulSet) => together(planSet(s, [], old, old, NOW).acts).map(group => group.length)
    expect(batches(set(8, { podManagementPolicy: 'Parallel' }))).toEqual([1, 2, 4, 1])
    expect(batches(set(8))).toEqual([1])
  })
  it('deletes a pod that has ended, once', () => {
    const ended: Pod = { ...pod(0), status: { phase: 'Failed' } }
    const going = { ...ended, metadata: { ...ended.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }
    expect(acts(set(2), [ended])).toEqual(['delete db-0'])
    expect(acts(set(2), [going])).toEqual([])
  })
  it('deletes the highest ordinal first when it shrinks', () => {
    expect(acts(set(1), [pod(0), pod(1), pod(2)])).toEqual(['delete db-2'])
  })
  it('replaces outdated pods from the highest, each when those above it are ready', () => {
    expect(acts(set(2), [pod(0), pod(1)], fresh)).toEqual(['delete db-1'])
    expect(acts(set(2), [pod(0), pod(1, 'db-2', false)], fresh)).toEqual([])
    expect(acts(set(2), [pod(0), pod(1, 'db-2')], fresh)).toEqual(['delete db-0'])
  })
  it('leaves pods below the partition as they are', () => {
    const partitioned = set(2, { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } })
    expect(acts(partitioned, [pod(0), pod(1, 'db-2')], fresh)).toEqual([])
    expect(
      planSet(partitioned, [pod(1, 'db-2')], old, fresh, NOW).acts[0]?.pod.metadata.labels?.['controller-revision-hash'],
    ).toBe('db-1')
  })
  it('gives pods a name, a place and claims of their own', () => {
    const made = newPod(set(1, { volumeClaimTemplates: [{ metadata: { name: 'data' } }] }), template, 'db-1', 4)
    expect(made.metadata.labels).toMatchObject({
      'apps.kubernetes.io/pod-index': '4',
      'statefulset.kubernetes.io/pod-name': 'db-4',
    })
    expect(made.spec).toMatchObject({
      hostname: 'db-4',
      subdomain: 'db',
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-4' } }],
    })
  })
  it('says that the update is the current revision when all pods are new and ready', () => {
    expect(setStatus(set(1), [pod(0, 'db-2')], old, fresh, 0, NOW)).toMatchObject({
      currentRevision: 'db-2',
      currentReplicas: 1,
      updatedReplicas: 1,
    })
  })
})
