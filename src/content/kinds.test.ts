import { expect, test } from 'vitest'
import { RESOURCES } from '../sim/api/kinds'
import { kindOf } from './kinds'

test('every resource that the apiserver serves has the name of its kind', () => {
  const nameless = RESOURCES.filter(({ groupResource, kind }) => kindOf(groupResource) !== kind)
  expect(nameless.map(({ groupResource, kind }) => `${groupResource}: '${kind}'`)).toEqual([])
})

test('what a metrics server serves has the names of its own kinds', () => {
  expect(kindOf('pods.metrics.k8s.io')).toBe('PodMetrics')
  expect(kindOf('nodes.metrics.k8s.io')).toBe('NodeMetrics')
  expect(kindOf('pods/status')).toBe('Pod')
})
