// @vitest-environment jsdom
import { expect, test } from 'vitest'
import { ownsKeys } from './keys'

const make = (html: string): HTMLElement => {
  document.body.innerHTML = html
  return document.body.querySelector('[data-it]') as HTMLElement
}

test('whoever types keeps the keys', () => {
  expect(ownsKeys(make('<input data-it>'), ' ')).toBe(true)
  expect(ownsKeys(make('<textarea data-it></textarea>'), 'b')).toBe(true)
  expect(ownsKeys(make('<select data-it></select>'), '1')).toBe(true)
})

test('a button keeps Space and Enter, and leaves the arrows to the stage', () => {
  expect(ownsKeys(make('<button data-it></button>'), ' ')).toBe(true)
  expect(ownsKeys(make('<button data-it></button>'), 'ArrowRight')).toBe(false)
})

test('a slider and a radio keep the keys that move them', () => {
  expect(ownsKeys(make('<input type="range" data-it>'), 'ArrowRight')).toBe(true)
  expect(ownsKeys(make('<input type="range" data-it>'), ' ')).toBe(false)
  expect(ownsKeys(make('<input type="radio" data-it>'), 'ArrowLeft')).toBe(true)
  expect(ownsKeys(make('<input type="radio" data-it>'), 'Home')).toBe(false)
})

test('a dialog keeps all keys', () => {
  expect(ownsKeys(make('<div role="dialog"><i data-it></i></div>'), 'ArrowRight')).toBe(true)
})
