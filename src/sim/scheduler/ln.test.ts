import { expect, test } from 'vitest'
import { ln } from './ln'

test('ln agrees with Math.log to the last bits for every size a cluster can have', () => {
  for (let n = 1; n <= 20_000; n++) expect(Math.abs(ln(n) - Math.log(n))).toBeLessThanOrEqual(4e-15)
})

test('ln is the same number on every engine', () => {
  expect(ln(1)).toBe(0)
  expect(ln(2)).toBe(Math.LN2)
  expect(ln(5)).toBe(1.6094379124341003)
  expect(ln(7)).toBe(1.945910149055313)
  expect(ln(102)).toBe(4.624972813284271)
})

test('ln refuses what has no logarithm', () => {
  for (const x of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => ln(x)).toThrow(RangeError)
})
