import { expect, test } from 'vitest'
import { missingOf } from './policy-rules'
import type { PolicyRule } from './types'

const rule = (group: string, resources: string[], verbs: string[], resourceNames?: string[]): PolicyRule =>
  ({ apiGroups: [group], resources, verbs, ...(resourceNames && { resourceNames }) }) as PolicyRule
const paths = (nonResourceURLs: string[]): PolicyRule => ({ nonResourceURLs, verbs: ['get'] }) as PolicyRule

test.each<[string, PolicyRule[], PolicyRule, number]>([
  ['the same is covered', [rule('', ['pods'], ['get', 'list'])], rule('', ['pods'], ['list', 'get']), 0],
  [
    'two rules may cover it together',
    [rule('', ['pods'], ['get']), rule('', ['pods'], ['list'])],
    rule('', ['pods'], ['get', 'list']),
    0,
  ],
  ['another verb is missing', [rule('', ['pods'], ['get'])], rule('', ['pods'], ['get', 'delete']), 1],
  ['another group is missing', [rule('', ['pods'], ['get'])], rule('apps', ['pods'], ['get']), 1],
  ['a star covers all', [rule('*', ['*'], ['*'])], rule('apps', ['deployments/scale'], ['*']), 0],
  ['a star is not covered by its parts', [rule('', ['pods'], ['get', 'list'])], rule('', ['pods'], ['*']), 1],
  ['a subresource of all resources', [rule('', ['*/scale'], ['get'])], rule('', ['pods/scale', 'pods'], ['get']), 1],
  ['a name covers only itself', [rule('', ['pods'], ['get'], ['a'])], rule('', ['pods'], ['get'], ['a', 'b']), 1],
  ['a name does not cover all', [rule('', ['pods'], ['get'], ['a'])], rule('', ['pods'], ['get']), 1],
  ['no name covers every name', [rule('', ['pods'], ['get'])], rule('', ['pods'], ['get'], ['a']), 0],
  ['paths by what they begin with', [paths(['/healthz/*'])], paths(['/healthz/etcd', '/metrics']), 1],
])('%s', (_what, owned, wanted, missing) => {
  expect(missingOf(owned, [wanted])).toHaveLength(missing)
})
