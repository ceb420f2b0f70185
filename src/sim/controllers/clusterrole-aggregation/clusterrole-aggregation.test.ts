import { expect, it } from 'vitest'
import type { ClusterRole, PolicyRule } from '../../api/types'
import { aggregated } from './clusterrole-aggregation'

const rule = (...resources: string[]): PolicyRule => ({ verbs: ['get'], apiGroups: [''], resources })
const role = (name: string, labels: Record<string, string>, rules: PolicyRule[]): ClusterRole => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name, labels },
  rules,
})
const sum = { ...role('sum', { to: 'sum' }, []), aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'sum' } }] } }

it('a sum has the rules of those that it selects, by name, each once, and none of its own', () => {
  const roles = [
    role('b', { to: 'sum' }, [rule('pods'), rule('secrets')]),
    role('a', { to: 'sum' }, [rule('nodes'), rule('pods')]),
    role('c', {}, [rule('jobs')]),
    sum,
  ]
  expect(aggregated(sum, roles)).toEqual([rule('nodes'), rule('pods'), rule('secrets')])
})
