import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import type { Time } from '../../kernel/types'
import { isOver } from './certificatesigningrequest-cleaner'

describe('a request is cleaned away', () => {
  const at = (hours: number) => (hours * 3_600_000_000) as Time
  const request = (status: object) =>
    ({ metadata: { creationTimestamp: '2026-01-01T00:00:00Z' }, status }) as unknown as KubeObject
  const with1 = (type: string, more: object = {}) =>
    request({ conditions: [{ type, status: 'True', lastUpdateTime: '2026-01-01T00:00:00Z' }], ...more })
  it('an hour after it was denied or issued, a day after nobody has answered, never while it is only approved', () => {
    expect([0.9, 1.1].map(hours => isOver(with1('Denied'), at(hours)))).toEqual([false, true])
    expect([0.9, 1.1].map(hours => isOver(with1('Approved', { certificate: 'x' }), at(hours)))).toEqual([false, true])
    expect([23, 25].map(hours => isOver(request({}), at(hours)))).toEqual([false, true])
    expect(isOver(with1('Approved'), at(100))).toBe(false)
  })
})
