import { describe, expect, it } from 'vitest'
import { contentConditions } from './conditions'

const saying = (counts: readonly (readonly [string, number])[], finalizers: readonly (readonly [string, number])[]) =>
  contentConditions({ total: 1, seconds: 0, counts, finalizers })
    .filter(({ status }) => status === 'True')
    .map(({ message }) => message)

describe('a namespace that is being deleted', () => {
  it('names what is left by resource and group, in order; the core group is an empty name after a dot', () => {
    expect(
      saying(
        [
          ['deployments.apps', 1],
          ['configmaps', 2],
        ],
        [['example.com/hold', 3]],
      ),
    ).toEqual([
      'Some resources are remaining: configmaps. has 2 resource instances, deployments.apps has 1 resource instances',
      'Some content in the namespace has finalizers remaining: example.com/hold in 3 resource instances',
    ])
  })
  it('says nothing when nothing is left', () => {
    expect(saying([], [])).toEqual([])
  })
})
