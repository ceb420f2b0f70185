import { expect, test } from 'vitest'
import { bytes, clockTime, cores, duration, shortName, tailOf } from './format'

test('durations and times are short and exact', () => {
  expect([duration(340), duration(1840), duration(240_000), duration(7_200_000)]).toEqual(['340 ms', '1.8 s', '4 min', '2 h'])
  expect([clockTime(0), clockTime(7_312_000), clockTime(3_671_004_000)]).toEqual(['0:00.000', '0:07.312', '1:01:11.004'])
})

test('quantities read as in a manifest', () => {
  expect([cores(250), cores(4000), bytes(64 * 1024 ** 2), bytes(8 * 1024 ** 3)]).toEqual(['250m', '4', '64 Mi', '8 Gi'])
})

test('a pod is called by what tells it from its siblings', () => {
  expect(shortName('web-7d876db474-x2k9f', 'ReplicaSet/web-7d876db474')).toBe('x2k9f')
  expect(shortName('alone')).toBe('alone')
  expect(shortName('db-0', 'StatefulSet/db')).toBe('db-0')
  expect([tailOf('web-7d876db474-x2k9f'), tailOf('db-0'), tailOf('my-alone')]).toEqual(['x2k9f', 'db-0', 'my-alone'])
  // the apiserver cuts what is too long for a name before it adds its five characters
  const owner = `${'long-'.repeat(12)}7d876db474`
  expect(shortName(`${owner.slice(0, 58)}x2k9f`, `ReplicaSet/${owner}`)).toBe('x2k9f')
})
