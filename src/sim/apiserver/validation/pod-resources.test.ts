/** What a pod asks for as a whole. */
import { expect, test } from 'vitest'
import type { KubeObject } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { pod, TestCluster, withAccount } from '../testing'

const cluster = withAccount(new TestCluster(createEtcd()))
let count = 0
const container = (resources: object): object => ({ name: 'a', image: 'b', resources })
const create = (resources: object, ...containers: object[]) =>
  cluster.create(pod(`p-${++count}`, { containers: containers.length > 0 ? containers : [container({})], resources }))
const wrong = (...given: Parameters<typeof create>): readonly string[] =>
  create(...given).body.details.causes.map((c: { field: string; message: string }) => `${c.field}: ${c.message}`)
const spec = (...given: Parameters<typeof create>): KubeObject['spec'] => create(...given).body.spec

test('is at least what its containers ask for together, and no container may use more', () => {
  const two = [container({ requests: { cpu: '1' } }), { ...container({ requests: { cpu: '1500m' } }), name: 'b' }]
  expect(wrong({ requests: { cpu: '2' } }, ...two)).toEqual([
    'spec.resources.requests[cpu]: Invalid value: "2": must be greater than or equal to aggregate container requests of 2500m',
  ])
  expect(wrong({ limits: { memory: '1Gi' } }, container({ limits: { memory: '2Gi' }, requests: { memory: '1Mi' } }))).toEqual([
    'spec.resources.containers[0][memory].limits: Invalid value: "2Gi": must be less than or equal to pod limits of 1Gi',
  ])
})

test('is of processors, memory and huge pages, and no more than its limit', () => {
  expect(wrong({ requests: { 'ephemeral-storage': '1' } })).toEqual([
    'spec.resources.requests[ephemeral-storage]: Unsupported value: "ephemeral-storage": supported values: "cpu", "hugepages-", "memory"',
  ])
  expect(wrong({ requests: { cpu: '2' }, limits: { cpu: '1' } })).toEqual([
    'spec.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
  ])
})

test('is, where it does not say so, what its containers ask for, else its limit; and makes its class', () => {
  const limits = { cpu: '2', memory: '1Gi' }
  expect(spec({ limits }, container({ requests: { cpu: '500m' } })).resources.requests).toEqual({ cpu: '500m', memory: '1Gi' })
  expect(spec({ limits }).resources.requests).toEqual(limits)
  expect(create({ limits }).body.status.qosClass).toBe('Guaranteed')
  expect(create({ requests: { cpu: '1' } }).body.status.qosClass).toBe('Burstable')
})
