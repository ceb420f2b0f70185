import { expect, test } from 'vitest'
import { putPod } from '../../cache'
import { outcomeOf, testCluster, testNode, testPod } from '../../testing'

const withPort = (name: string, port: object, nodeName?: string) =>
  testPod(name, { containers: [{ name: 'app', image: 'nginx', ports: [port] }], ...(nodeName && { nodeName }) })

test('a host port is held by one pod of a node', () => {
  const cluster = testCluster([testNode('node-1')])
  putPod(cluster.cache, withPort('a', { containerPort: 80, hostPort: 8080 }, 'node-1'))
  expect(outcomeOf(cluster, withPort('b', { containerPort: 80, hostPort: 8080 }))).toMatch(
    "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
  )
  expect(outcomeOf(cluster, withPort('b', { containerPort: 80, hostPort: 8081 }))).toBe('node-1')
  expect(outcomeOf(cluster, withPort('b', { containerPort: 80, hostPort: 8080, protocol: 'UDP' }))).toBe('node-1')
  expect(outcomeOf(cluster, withPort('b', { containerPort: 80 }))).toBe('node-1')
})

test('one address does not stand in the way of another, but all of them do', () => {
  const cluster = testCluster([testNode('node-1')])
  putPod(cluster.cache, withPort('a', { hostPort: 80, hostIP: '10.0.0.1' }, 'node-1'))
  expect(outcomeOf(cluster, withPort('b', { hostPort: 80, hostIP: '10.0.0.2' }))).toBe('node-1')
  expect(outcomeOf(cluster, withPort('b', { hostPort: 80 }))).toMatch("didn't have free ports")
})
