import { expect, it } from 'vitest'
import { inRange } from './range'

it('an address lies in a range when their first bits agree', () => {
  expect(inRange('10.96.3.4', '10.96.0.0/16')).toBe(true)
  expect(inRange('10.97.0.1', '10.96.0.0/16')).toBe(false)
  expect(inRange('10.96.0.130', '10.96.0.128/25')).toBe(true)
  expect(inRange('fd00::1', '10.96.0.0/16')).toBe(false)
})
