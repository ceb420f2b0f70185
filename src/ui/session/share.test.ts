import { expect, test } from 'vitest'
import { share } from './share'

const before = () => ({ nodes: [{ name: 'a', pods: [1, 2] }, { name: 'b' }], at: 1, gone: { x: 1 } })

test('what equals its counterpart is its counterpart', () => {
  const old = before()
  expect(share(old, before())).toBe(old)
})

test('what differs is new, with all that holds it, and nothing else', () => {
  const old = before()
  const now = share(old, { ...before(), nodes: [{ name: 'a', pods: [1, 3] }, { name: 'b' }] })
  expect(now).toEqual({ ...before(), nodes: [{ name: 'a', pods: [1, 3] }, { name: 'b' }] })
  expect(now).not.toBe(old)
  expect(now.nodes[0]).not.toBe(old.nodes[0])
  expect(now.nodes[1]).toBe(old.nodes[1])
  expect(now.gone).toBe(old.gone)
})

test('a list or an object that lost its end is new', () => {
  expect(share([1, 2, 3], [1, 2])).toEqual([1, 2])
  expect(share({ a: 1, b: undefined }, { a: 1 })).toEqual({ a: 1 })
  expect(share({ 0: 'x' }, ['x'])).toEqual(['x'])
})

test('an element that has moved in its list keeps its identity', () => {
  const old = [
    { key: 'a', n: 1 },
    { key: 'b', n: 2 },
  ]
  const now = share(old, [
    { key: 'new', n: 0 },
    { key: 'a', n: 1 },
    { key: 'b', n: 3 },
  ])
  expect(now).toEqual([
    { key: 'new', n: 0 },
    { key: 'a', n: 1 },
    { key: 'b', n: 3 },
  ])
  expect(now[1]).toBe(old[0])
  expect(now[2]).not.toBe(old[1])
})
