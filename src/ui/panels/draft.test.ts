import { describe, expect, it } from 'vitest'
import { useDraft } from './draft'

describe('edits', () => {
  it('come back as they were left, and those that nobody changed as the object is now', () => {
    const { beginEdit, setEdit, endEdit } = useDraft.getState()
    const shown = () => useDraft.getState().edits.at(-1)
    beginEdit('edit deploy web', 'replicas: 1')
    setEdit('edit deploy web', 'replicas: 2')
    beginEdit('edit svc web', 'port: 80')
    expect(shown()).toEqual({ line: 'edit svc web', opened: 'port: 80', text: 'port: 80' })
    beginEdit('edit svc web', 'port: 81')
    expect(shown()?.text).toBe('port: 81')
    beginEdit('edit deploy web', 'replicas: 5')
    expect(shown()).toEqual({ line: 'edit deploy web', opened: 'replicas: 1', text: 'replicas: 2' })
    endEdit('edit deploy web')
    expect(shown()?.line).toBe('edit svc web')
    endEdit('edit svc web')
    expect(shown()).toBeUndefined()
  })
})
