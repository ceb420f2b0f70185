import { expect, it } from 'vitest'
import { contentHash } from './hash'

it("a hash is the one that upstream's tests expect", () => {
  expect(contentHash('ConfigMap', '', { data: {} })).toBe('42745tchd9')
  expect(contentHash('ConfigMap', '', { data: { one: '' } })).toBe('9g67k2htb6')
  expect(contentHash('ConfigMap', '', { data: { two: '2', one: '', three: '3' } })).toBe('f5h7t85m9b')
})
