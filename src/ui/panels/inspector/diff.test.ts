import { describe, expect, it } from 'vitest'
import { diffLines, isChanged, withContext } from './diff'
import { asChange, asHttp, payloadOf, toYaml } from './messages'

const drawn = (before: string, after: string) =>
  diffLines(before, after).map(({ kind, text }) => `${{ same: ' ', added: '+', removed: '-' }[kind]}${text}`)

describe('marking what changed', () => {
  it('finds lines that came, went and stayed', () => {
    expect(drawn('a\nb\nc\n', 'a\nx\nc\n')).toEqual([' a', '-b', '+x', ' c'])
    expect(drawn('a\nb\nc', 'b\nc\nd')).toEqual(['-a', ' b', ' c', '+d'])
    expect(drawn('', 'a\nb')).toEqual(['+a', '+b'])
    expect(drawn('a', '')).toEqual(['-a'])
  })
  it('keeps as much as can be kept', () => {
    const kept = drawn('a\nb\nc\na\nb\nb\na', 'c\nb\na\nb\na\nc').filter(line => line.startsWith(' '))
    expect(kept).toHaveLength(4)
  })
  it('sees no change where there is none', () => {
    expect(isChanged(diffLines('a\nb\n', 'a\nb'))).toBe(false)
  })
  it('numbers lines by the text that they stand in', () => {
    expect(diffLines('a\nb\nc', 'a\nc').map(({ line }) => line)).toEqual([1, 2, 2])
  })
  it('leaves out what is far from a change, and says how much', () => {
    const lines = Array.from({ length: 20 }, (_, i) => String(i))
    const after = lines.map((line, i) => (i === 10 ? 'x' : line))
    const shown = withContext(diffLines(lines.join('\n'), after.join('\n')), 2)
    expect(shown[0]).toBe(8)
    expect(shown.at(-1)).toBe(7)
    expect(shown).toHaveLength(2 + 2 + 2 + 2)
  })
})

describe('messages', () => {
  it('are believed as far as they are what they say', () => {
    expect(asHttp({ type: 'request', method: 'GET', path: '/api', query: { limit: '500' }, headers: {} })).toMatchObject({
      method: 'GET',
      path: '/api',
    })
    expect(asHttp({ type: 'etcd.txn' })).toBeUndefined()
    expect(asHttp(undefined)).toBeUndefined()
    expect(payloadOf({ type: 'x', id: 1 })).toBeUndefined()
    expect(payloadOf({ type: 'x', id: 1, key: 'k' })).toEqual({ key: 'k' })
  })
  it('of etcd tell an object before and after', () => {
    const event = { type: 'etcd.watch.event', event: 'PUT', kv: { value: { a: 2 } }, previous: { value: { a: 1 } } }
    expect(asChange(event)).toEqual({ before: 'a: 1', after: 'a: 2' })
    expect(asChange({ ...event, event: 'DELETE' })).toEqual({ before: 'a: 2', after: '' })
  })
  it('are printed without anchors', () => {
    const shared = { app: 'web' }
    expect(toYaml({ a: shared, b: shared })).toBe('a:\n  app: web\nb:\n  app: web')
  })

  it('are cut where they are very long', () => {
    const lines = toYaml(Array.from({ length: 4000 }, (_, i) => i)).split('\n')
    expect([lines.length, lines.at(-1)]).toEqual([3001, '# … +1000'])
  })
})
