import { expect, test } from 'vitest'
import { packetOf } from '../../../testing/fixture'
import { watchedKinds } from './watched-kinds'

const watchers = [
  ['services', 8],
  ['csidrivers', 5],
  ['nodes', 5],
  ['pods', 5],
  ['endpointslices', 4],
  ['configmaps', 2],
  ['deployments', 1],
  ['events', 1],
].map(([resource, count]) => ({ resource: String(resource), count: Number(count) }))
const order = (...args: [counts: Record<string, number>, packets?: ReturnType<typeof packetOf>[]]) =>
  watchedKinds(watchers, args[0], args[1] ?? []).map(({ resource }) => resource)

test('kinds of which people have objects come before nodes, and what says nothing to them comes last', () => {
  expect(order({ Deployment: 1, Pod: 3, Service: 2, EndpointSlice: 1, ConfigMap: 1 })).toEqual([
    'deployments',
    'pods',
    'services',
    'nodes',
    'endpointslices',
    'configmaps',
    'csidrivers',
    'events',
  ])
  expect(order({ Service: 1, EndpointSlice: 1, ConfigMap: 1 }).slice(0, 3)).toEqual(['nodes', 'deployments', 'pods'])
})

test('a change that is told by its group stands for the kind that is watched', () => {
  const packets = [packetOf(1, 'watch', 'apiserver', 'controller-manager', 'MODIFIED deployments.apps', 0)]
  expect(watchedKinds(watchers, {}, packets)[0]).toEqual({ resource: 'deployments', count: 1, told: true })
})

test('a kind whose change goes out in this beat stands first, and is marked', () => {
  const packets = [packetOf(1, 'watch', 'apiserver', 'controller-manager', 'ADDED events', 0)]
  expect(order({ Deployment: 1 }, packets)[0]).toBe('events')
  expect(watchedKinds(watchers, {}, packets).filter(({ told }) => told)).toHaveLength(1)
})
