// @vitest-environment jsdom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { describe, expect, it, vi } from 'vitest'
import { useSession } from '../../session/session'
import type { Frame, StageEntry } from '../../session/types'
import Log from '.'
import { EVERYTHING, passes } from './filter'

const entry = (seq: number, more: object = {}): StageEntry =>
  ({
    seq,
    at: seq * 1000,
    room: 'kubelet/node-1',
    cause: 0,
    reason: 'queue.add',
    args: { key: 'default/web', length: 1 },
    ...more,
  }) as unknown as StageEntry

describe('filtering', () => {
  it('leaves housekeeping out until it is asked for', () => {
    expect(passes(entry(1, { housekeeping: true }), '', EVERYTHING)).toBe(false)
    expect(passes(entry(1, { housekeeping: true }), '', { ...EVERYTHING, housekeeping: true })).toBe(true)
  })
  it('finds what a room sends and gets, with its parts', () => {
    const hop = entry(1, { room: 'apiserver', hop: { to: 'controller-manager/deployment', arrives: 2 } })
    expect(passes(hop, '', { ...EVERYTHING, room: 'controller-manager' })).toBe(true)
    expect(passes(hop, '', { ...EVERYTHING, room: 'scheduler' })).toBe(false)
  })
  it('finds text in the line, the reason and the number', () => {
    expect(passes(entry(1), 'Queue: add web', { ...EVERYTHING, text: 'WEB' })).toBe(true)
    expect(passes(entry(1), '', { ...EVERYTHING, text: 'queue.' })).toBe(true)
    expect(passes(entry(77), '', { ...EVERYTHING, text: '77' })).toBe(true)
    expect(passes(entry(1), '', { ...EVERYTHING, reason: 'etcd' })).toBe(false)
  })
})

describe('the log', () => {
  it('marks the cursor between what is past and what is to come, and goes where one clicks', async () => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
    const seek = vi.fn()
    useSession.setState({
      frame: { cursor: 2, length: 3, branch: 0 } as unknown as Frame,
      seek,
      api: () => ({ entries: async () => [entry(1), entry(2), entry(3)] }) as never,
    })
    const place = document.createElement('div')
    const root = createRoot(place)
    await act(async () => root.render(<Log place="side" close={() => {}} />))
    await act(async () => {})
    const rows = [...place.querySelectorAll('ol > li')]
    expect(rows.map(row => row.getAttribute('aria-current') ?? row.getAttribute('data-ahead') ?? '')).toEqual([
      '',
      '',
      'true',
      'true',
    ])
    rows[3]?.querySelector('button')?.click()
    expect(seek).toHaveBeenCalledWith({ seq: 3 })
    await act(async () => root.unmount())
  })
})
