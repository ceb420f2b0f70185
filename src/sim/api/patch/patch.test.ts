import { describe, expect, test } from 'vitest'
import { applyJsonPatch, applyMergePatch, createMergePatch } from './index'

describe('a JSON merge patch', () => {
  const original = { a: { b: 1, c: [1, 2] }, d: { e: 'f' } }
  test('merges objects, deletes with null and replaces all else', () => {
    expect(applyMergePatch(original, { a: { b: 2, c: [3] }, g: { h: null, i: 1 } })).toEqual({
      a: { b: 2, c: [3] },
      d: { e: 'f' },
      g: { i: 1 },
    })
    expect(applyMergePatch(original, { d: null })).toEqual({ a: original.a })
  })
  test('shares what it does not touch', () => {
    expect(applyMergePatch(original, { a: { b: 2 } }).d).toBe(original.d)
    expect(applyMergePatch(original, { a: { b: 1, c: [1, 2] } })).toBe(original)
  })
  test('is made of two objects', () => {
    const modified = { a: { b: 2, c: [1, 2] }, d: { e: 'f' } }
    expect(createMergePatch(original, modified)).toEqual({ a: { b: 2 } })
    expect(createMergePatch(original, { a: original.a })).toEqual({ d: null })
    expect(createMergePatch(original, original)).toEqual({})
  })
})

describe('a JSON Patch', () => {
  const original = { spec: { replicas: 3, list: ['a', 'b'] }, other: { 'x/y': 1 } }
  test('does its operations in order', () => {
    const patch = [
      { op: 'test', path: '/spec/replicas', value: 3 },
      { op: 'replace', path: '/spec/replicas', value: 5 },
      { op: 'add', path: '/spec/list/-', value: 'c' },
      { op: 'add', path: '/spec/list/0', value: 'z' },
      { op: 'remove', path: '/spec/list/1' },
      { op: 'copy', from: '/spec/replicas', path: '/other/n' },
      { op: 'move', from: '/other/x~1y', path: '/other/m' },
    ]
    expect(applyJsonPatch(original, patch).value).toEqual({ spec: { replicas: 5, list: ['z', 'b', 'c'] }, other: { n: 5, m: 1 } })
    expect(original.spec.replicas).toBe(3)
  })
  test('shares what it does not touch', () => {
    const { value } = applyJsonPatch(original, [{ op: 'replace', path: '/spec/replicas', value: 5 }])
    expect(value?.other).toBe(original.other)
    expect(applyJsonPatch(original, [{ op: 'replace', path: '/spec/replicas', value: 3 }]).value).toBe(original)
  })
  test.each([
    [[{ op: 'test', path: '/spec/replicas', value: 7 }], 'testing value /spec/replicas failed: test failed', 422],
    [
      [{ op: 'remove', path: '/spec/none' }],
      'remove operation does not apply: doc is missing path: "/spec/none": missing value',
      422,
    ],
    [
      [{ op: 'replace', path: '/none/x', value: 1 }],
      'replace operation does not apply: doc is missing path: "/none/x": missing value',
      422,
    ],
    [[{ op: 'frob', path: '/a' }], 'Unexpected kind: frob', 422],
    [{ op: 'add' }, 'json: cannot unmarshal object into Go value of type jsonpatch.Patch', 400],
  ])('refuses %j', (patch, error, code) => {
    expect(applyJsonPatch(original, patch)).toEqual({ error, code })
  })
})
