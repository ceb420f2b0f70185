import { expect, test } from 'vitest'
import { RESOURCES } from '../../sim/api/kinds'
import { objectOfKey } from './object-links'

test('the key of each kind that is stored leads to its object, by the name that the worker knows', () => {
  const stored = RESOURCES.filter(({ verbs }) => verbs.includes('get'))
  const first = new Map(stored.toReversed().map(({ prefix, groupResource }) => [prefix, groupResource]))
  const led = [...first.keys()].map(prefix => [prefix, objectOfKey(`${prefix}some/one`)])
  expect(led).toEqual([...first].map(([prefix, resource]) => [prefix, { kind: 'object', resource, key: 'some/one' }]))
  expect(led.length).toBeGreaterThan(50)
})
