import { describe, expect, it } from 'vitest'
import type { StageEntry } from '../../session/types'
import { labelAt } from './drawing'
import { ladderOf } from './rungs'

const message = (seq: number, room: string, to: string, more: object = {}): StageEntry =>
  ({
    seq,
    at: seq * 1000,
    room,
    cause: 0,
    reason: 'http.request',
    args: {},
    hop: { to, arrives: seq * 1000 + 400 },
    ...more,
  }) as unknown as StageEntry

describe('the ladder', () => {
  it('has lanes in the order of the map', () => {
    const { lanes } = ladderOf([
      message(1, 'kubelet/node-2', 'apiserver'),
      message(2, 'apiserver', 'etcd'),
      message(3, 'kubectl', 'apiserver'),
      message(4, 'kubelet/node-1', 'runtime/node-1'),
      message(5, 'controller-manager/deployment', 'apiserver'),
    ])
    expect(lanes).toEqual([
      'kubectl',
      'controller-manager/deployment',
      'apiserver',
      'etcd',
      'kubelet/node-1',
      'runtime/node-1',
      'kubelet/node-2',
    ])
  })
  it('has a rung for each message, and none for notes and housekeeping', () => {
    const note = { ...message(2, 'etcd', 'etcd'), hop: undefined } as unknown as StageEntry
    expect(
      ladderOf([message(1, 'kubectl', 'apiserver'), note, message(3, 'kubectl', 'apiserver', { housekeeping: true })]).rungs,
    ).toHaveLength(1)
  })
  it('tells of long gaps and of refusals', () => {
    const { rungs } = ladderOf([
      message(1, 'kubectl', 'apiserver'),
      message(1900, 'apiserver', 'kubectl', { reason: 'http.response', args: { code: 409 } }),
    ])
    expect(rungs[1]).toMatchObject({ gap: 1899, isRefused: true, kind: 'response' })
  })
  it('draws the newest when there are too many', () => {
    const ladder = ladderOf(
      [1, 2, 3].map(i => message(i, 'kubectl', 'apiserver')),
      2,
    )
    expect(ladder.rungs.map(rung => rung.seq)).toEqual([2, 3])
    expect(ladder.left).toBe(1)
  })
  it('keeps labels within the drawing', () => {
    expect(labelAt('POST pods web-1', 20, 60, 360).anchor).toBe('start')
    expect(labelAt('POST pods web-1', 320, 350, 360).anchor).toBe('end')
    expect(labelAt('x'.repeat(200), 20, 60, 360).text.length).toBeLessThan(60)
  })
})
