import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../api/types'
import { asking, testNode, testPod } from './testing'
import { SchedulerBench } from './testing-apiserver'

const nodes = [1, 2, 3].map(i => testNode(`node-${i}`))
const storageClass = (provisioner: string, more: object = {}): object => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'local' },
  provisioner,
  volumeBindingMode: 'WaitForFirstConsumer',
  ...more,
})
function volume(name: string, storage: string, node: string, more: object = {}): object {
  const terms = [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }]
  const nodeAffinity = { required: { nodeSelectorTerms: terms } }
  const spec = { storageClassName: 'local', capacity: { storage }, accessModes: ['ReadWriteOnce'], nodeAffinity, ...more }
  return { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec, status: { phase: 'Available' } }
}
const spec = { storageClassName: 'local', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
const claim = (more: object = {}, metadata: object = {}): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace: 'default', name: 'data', uid: 'u', ...metadata },
    spec: { ...spec, ...more },
  }) as KubeObject
const using = (name: string): object =>
  testPod(name, { ...asking({}), volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] })
const bound = { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }
const writes = (bench: SchedulerBench): string[] => bench.writes.map(w => `${w.method} ${w.path.split('/').slice(3).join('/')}`)

describe('volumes that wait for their first consumer', () => {
  test('are bound for the pod, which is nominated before that and bound after', () => {
    const bench = new SchedulerBench([
      ...nodes,
      storageClass('kubernetes.io/no-provisioner'),
      volume('small', '500Mi', 'node-1'),
      volume('large', '10Gi', 'node-2'),
      volume('right', '2Gi', 'node-2'),
      claim(),
    ])
    bench.put(using('db'))
    bench.run(3)
    expect(writes(bench)).toEqual(['PATCH namespaces/default/pods/db/status', 'PUT persistentvolumes/right'])
    expect(bench.writes[0]?.body).toEqual({ status: { nominatedNodeName: 'node-2' } })
    expect(bench.writes[1]?.body.spec.claimRef).toMatchObject({ namespace: 'default', name: 'data', uid: 'u' })
    bench.put(claim({ volumeName: 'right' }, bound))
    bench.run(2)
    expect(bench.bindings).toEqual(['db node-2'])
  })

  test('a claim that nothing fits, but that has a provisioner, learns the node', () => {
    const bench = new SchedulerBench([testNode('node-1'), storageClass('example.com/disks'), claim()])
    bench.put(using('db'))
    bench.run(2)
    expect(writes(bench)[1]).toBe('PUT namespaces/default/persistentvolumeclaims/data')
    expect(bench.writes[1]?.body.metadata.annotations).toEqual({ 'volume.kubernetes.io/selected-node': 'node-1' })
  })

  test('a second pod that uses the same claim goes where the first one goes', () => {
    const bench = new SchedulerBench([
      ...nodes,
      storageClass('kubernetes.io/no-provisioner'),
      volume('one', '2Gi', 'node-1'),
      volume('two', '2Gi', 'node-2'),
      claim(),
    ])
    bench.put(using('first'))
    bench.put(using('second'))
    bench.run(1)
    const chosen = [...bench.simulation.trace.entries()].filter(e => e.reason === 'scheduler.cycle.chosen')
    expect(new Set(chosen.map(e => (e.args as { node: string }).node)).size).toBe(1)
  })

  test('are not waited for when the provisioner gives up: the pod is told, and tried again', () => {
    const bench = new SchedulerBench([testNode('node-1'), storageClass('example.com/disks'), claim()])
    bench.put(using('db'))
    bench.run(1)
    bench.put(claim({}, { annotations: { other: 'x' } }))
    bench.run(1.5)
    expect(bench.events).toEqual([
      'FailedScheduling: running PreBind plugin "VolumeBinding": binding volumes: provisioning failed for PVC "data"',
    ])
  })

  test('are given up at once when their pod is deleted: another pod has its place before anybody looks at the claim again', () => {
    const bench = new SchedulerBench([testNode('node-1'), storageClass('example.com/disks'), claim()])
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
    const db = testPod('db', { ...asking({ cpu: '900m' }), volumes })
    bench.put(db)
    bench.put(testPod('other', asking({ cpu: '900m' })))
    bench.run(0.2)
    expect(bench.events[0]).toContain('1 Insufficient cpu')
    bench.delete(db)
    bench.run(0.3)
    expect(bench.bindings).toEqual(['other node-1'])
  })

  test('a class that only serves other places finds no node', () => {
    const allowedTopologies = [{ matchLabelExpressions: [{ key: 'topology.kubernetes.io/zone', values: ['far'] }] }]
    const bench = new SchedulerBench([...nodes, storageClass('example.com/disks', { allowedTopologies }), claim()])
    bench.put(using('db'))
    bench.run(1)
    expect(bench.events[0]).toContain("0/3 nodes are available: 3 node(s) didn't find available persistent volumes to bind.")
  })

  test('a volume that is promised to the claim is the one, and keeps no word of the controller', () => {
    const promise = { claimRef: { namespace: 'default', name: 'data' } }
    const bench = new SchedulerBench([
      ...nodes,
      storageClass('kubernetes.io/no-provisioner'),
      volume('free', '1Gi', 'node-1'),
      volume('mine', '9Gi', 'node-3', promise),
      claim(),
    ])
    bench.put(using('db'))
    bench.run(1)
    expect(writes(bench)[1]).toBe('PUT persistentvolumes/mine')
    expect(bench.writes[1]?.body.metadata.annotations).toBeUndefined()
  })
})

describe('a claim that only one pod may use', () => {
  test('keeps a second pod off every node, until the first is gone', () => {
    const only = claim({ accessModes: ['ReadWriteOncePod'], volumeName: 'pv' }, bound)
    const pv = volume('pv', '2Gi', 'node-1', { nodeAffinity: undefined })
    const bench = new SchedulerBench([...nodes, pv, only])
    bench.put(using('first'))
    bench.run(1)
    bench.put(using('second'))
    bench.run(1)
    expect(bench.events[1]).toContain(
      '0/3 nodes are available: 3 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode.',
    )
    bench.delete(using('first'))
    bench.run(2)
    expect(bench.pod('second')?.spec.nodeName).toBeDefined()
  })

  test('and that is not there is waited for by name', () => {
    const bench = new SchedulerBench(nodes)
    bench.put(using('db'))
    bench.run(1)
    expect(bench.events).toEqual(['FailedScheduling: 0/3 nodes are available: persistentvolumeclaim "data" not found. not found'])
  })
})
