import { expect, test } from 'vitest'
import { putPod } from '../../cache'
import { podInfoOf } from '../../pod-info'
import { asking, outcomeOf, scoresOf, testCluster, testNode, testPod } from '../../testing'
import { nodeResourcesFit } from './node-resources-fit'

const small = () =>
  testNode('node-1', { status: { allocatable: { cpu: '1', memory: '1Gi', pods: '2', 'example.com/gpu': '1' } } })

test('says all that there is too little of', () => {
  const cluster = testCluster([small()])
  putPod(cluster.cache, testPod('a', { ...asking({ cpu: '600m', memory: '600Mi', 'example.com/gpu': '1' }), nodeName: 'node-1' }))
  expect(outcomeOf(cluster, testPod('b', asking({ cpu: '500m', memory: '500Mi', 'example.com/gpu': '1' })))).toMatch(
    '0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient example.com/gpu, 1 Insufficient memory.',
  )
  expect(outcomeOf(cluster, testPod('b', asking({ cpu: '400m' })))).toBe('node-1')
  putPod(cluster.cache, testPod('b', { nodeName: 'node-1' }))
  expect(outcomeOf(cluster, testPod('c'))).toMatch('1 Too many pods.')
})

test('an overcommitted node still takes pods that ask for nothing', () => {
  const cluster = testCluster([small()])
  putPod(cluster.cache, testPod('a', { ...asking({ cpu: '2' }), nodeName: 'node-1' }))
  expect(outcomeOf(cluster, testPod('b'))).toBe('node-1')
})

test('a pod needs its containers together, or its greediest init step; side-cars run beside both', () => {
  const request = (cpu: string, more = {}) => ({ name: cpu, image: 'x', resources: { requests: { cpu } }, ...more })
  const cpuOf = (spec: object) => podInfoOf(testPod('p', spec)).requests.milliCpu
  expect(cpuOf({ containers: [request('100m'), request('200m')] })).toBe(300)
  expect(cpuOf({ containers: [request('100m')], initContainers: [request('500m'), request('400m')] })).toBe(500)
  const sidecar = request('50m', { restartPolicy: 'Always' })
  expect(cpuOf({ containers: [request('100m')], initContainers: [sidecar, request('500m')] })).toBe(550)
  expect(cpuOf({ containers: [request('100m')], initContainers: [request('120m'), sidecar] })).toBe(150)
  expect(cpuOf({ containers: [request('100m')], overhead: { cpu: '10m' } })).toBe(110)
  expect(cpuOf({ containers: [request('100m')], resources: { requests: { cpu: '1' } } })).toBe(1000)
})

test('a container that asks for nothing scores as if it asked for 100m and 200 MiB', () => {
  const cluster = testCluster([testNode('node-1')])
  expect(scoresOf(cluster, testPod('p'), 'NodeResourcesFit')).toEqual([92])
  expect(scoresOf(cluster, testPod('p', asking({ cpu: '100m', memory: '200Mi' })), 'NodeResourcesFit')).toEqual([92])
})

test('the deletion of a pod that had a node wakes, a status report does not', () => {
  const pod = podInfoOf(testPod('p', asking({ cpu: '1' })))
  const other = testPod('other', { nodeName: 'node-1' })
  const cluster = testCluster()
  const wakes = (old: object | undefined, now: object | undefined) =>
    nodeResourcesFit.wakes?.({ kind: 'assigned-pod', ...(old && { old }), ...(now && { now }) } as never, pod, cluster)
  expect(wakes(other, undefined)).toBe(true)
  expect(wakes(other, { ...other, status: { phase: 'Running' } })).toBe(false)
  expect(wakes(undefined, other)).toBe(false)
})
