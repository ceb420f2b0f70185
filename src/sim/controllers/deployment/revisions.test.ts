import { describe, expect, it } from 'vitest'
import type { Deployment } from '../../api/types'
import { newReplicaSetAnnotations } from './revisions'

const REVISION = 'deployment.kubernetes.io/revision'
const HISTORY = 'deployment.kubernetes.io/revision-history'
const deployment = (annotations: Record<string, string> = {}) =>
  ({ metadata: { name: 'web', annotations } }) as unknown as Deployment

describe('the annotations of a ReplicaSet', () => {
  it('are those of its Deployment, but for what kubectl and the controller write for themselves', () => {
    const own = { note: 'x', 'kubectl.kubernetes.io/last-applied-configuration': '{}', [REVISION]: '7' }
    expect(newReplicaSetAnnotations(deployment(own), undefined, 1)).toEqual({ note: 'x', [REVISION]: '1' })
  })

  it('remember the revisions that it had before, and stay as they are when nothing changes', () => {
    const twice = newReplicaSetAnnotations(deployment(), { [REVISION]: '1' }, 3)
    expect(twice).toEqual({ [REVISION]: '3', [HISTORY]: '1' })
    expect(newReplicaSetAnnotations(deployment(), twice, 5)).toEqual({ [REVISION]: '5', [HISTORY]: '1,3' })
    expect(newReplicaSetAnnotations(deployment(), twice, 3)).toBe(twice)
  })

  it('forget the oldest of those when they are longer than 2,000 characters', () => {
    const history = Array.from({ length: 400 }, (_, i) => String(1000 + i)).join(',')
    expect(history).toHaveLength(1999)
    const after = newReplicaSetAnnotations(deployment(), { [REVISION]: '2000', [HISTORY]: history }, 2001)?.[HISTORY] ?? ''
    expect(after).toHaveLength(1999)
    expect(after).toMatch(/^1001,1002,.*,1399,2000$/)
  })
})
