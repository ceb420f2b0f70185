import { describe, expect, test } from 'vitest'
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  fromMilli,
  fromUnits,
  milliOf,
  parseQuantity,
  QUANTITY_FORMAT_ERROR,
  quantity,
  subtractQuantities,
  unitsOf,
} from './quantity'

describe('a quantity is stored in canonical form', () => {
  test.each([
    ['0', '0'],
    ['0m', '0'],
    ['50m', '50m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['0.5', '500m'],
    [0.5, '500m'],
    [2, '2'],
    ['+2', '2'],
    ['-1500m', '-1500m'],
    ['100000', '100k'],
    ['1000k', '1M'],
    ['64Mi', '64Mi'],
    ['1024Mi', '1Gi'],
    ['2048', '2048'],
    ['1023', '1023'],
    ['24684096Ki', '24684096Ki'],
    ['3840Mi', '3840Mi'],
    ['0.5Gi', '512Mi'],
    ['0.1Gi', '107374182400m'],
    ['1e3', '1e3'],
    ['5E', '5E'],
    ['1500u', '1500u'],
    ['0.1n', '1n'],
    ['0.5Ki', '512'],
    ['100E', '9223372036854775807'],
    ['9007199254740993', '9007199254740993'],
    ['1e2', '100'],
    ['1Ei', '1Ei'],
    ['1500000Ti', '1500000Ti'],
  ])('%s as %s', (written, stored) => {
    expect(canonicalQuantity(written)).toBe(stored)
  })
})

describe('what is no quantity is refused in the real words', () => {
  test.each(['', 'abc', '1.2.3', '1 Gi', 'Mi', '--1', '1Gi5x'])('%s', text => {
    expect(parseQuantity(text).error).toBe(QUANTITY_FORMAT_ERROR)
  })
  test('an unknown suffix', () => {
    expect(parseQuantity('1Kim').error).toBe("unable to parse quantity's suffix")
    expect(parseQuantity('1MB').error).toBe(QUANTITY_FORMAT_ERROR)
    expect(() => quantity('x')).toThrow()
  })
})

describe('amounts', () => {
  test('are read in thousandths and in units, rounded up', () => {
    expect(milliOf('2')).toBe(2000)
    expect(milliOf('1u')).toBe(1)
    expect(milliOf(undefined)).toBe(0)
    expect(unitsOf('64Mi')).toBe(67_108_864)
    expect(unitsOf('1500m')).toBe(2)
    expect(unitsOf('-1500m')).toBe(-2)
    expect(unitsOf('24684096Ki')).toBe(24_684_096 * 1024)
  })
  test('are compared across formats', () => {
    expect(compareQuantities(quantity('1'), quantity('1000m'))).toBe(0)
    expect(compareQuantities(quantity('1Gi'), quantity('1G'))).toBeGreaterThan(0)
    expect(compareQuantities(quantity('1n'), quantity('1'))).toBeLessThan(0)
    expect(compareQuantities(quantity('1u'), quantity('1000n'))).toBe(0)
  })
  test('keep the format of the first when added, unless it is zero', () => {
    expect(formatQuantity(addQuantities(quantity('100m'), quantity('900m')))).toBe('1')
    expect(formatQuantity(addQuantities(quantity('0'), quantity('64Mi')))).toBe('64Mi')
    expect(formatQuantity(subtractQuantities(quantity('1Gi'), quantity('512Mi')))).toBe('512Mi')
    expect(formatQuantity(addQuantities(quantity('8Ei'), quantity('1n')))).toMatch(/n$/)
  })
  test('are built from numbers', () => {
    expect(formatQuantity(fromMilli(250))).toBe('250m')
    expect(formatQuantity(fromUnits(67_108_864, 'BinarySI'))).toBe('64Mi')
    expect(formatQuantity(fromUnits(110))).toBe('110')
  })
})
