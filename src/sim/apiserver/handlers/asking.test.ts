/** Admission plugins that ask: how often they may. */
import { expect, test } from 'vitest'
import { resourceNamed } from '../../api/kinds'
import { conflict } from '../../api/status'
import type { KubeObject } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import type { Attempt } from '../attempt'
import { MUTATING } from '../mutating'
import type { Reader } from '../state'
import { configMap, TestCluster } from '../testing'
import { resourceQuota } from '../validating/resource-quota'

test('an admission plugin that never stops asking is named, instead of asking for ever', () => {
  const cluster = new TestCluster(createEtcd())
  const type = resourceNamed('namespaces')
  const plugins = MUTATING as unknown as object[]
  plugins.push({
    name: 'NeverContent',
    operations: ['CREATE'],
    resources: ['podtemplates'],
    admit: () => ({ ask: { method: 'GET', verb: 'get', type, namespace: 'default', name: 'default' } }),
  })
  const template: KubeObject = { apiVersion: 'v1', kind: 'PodTemplate', metadata: { name: 'a' } }
  try {
    expect(() => cluster.create(template)).toThrow('the admission plugin NeverContent has asked 1000 times')
  } finally {
    plugins.pop()
  }
})

test('a quota that cannot be written is tried three times more, and then its refusal is the answer', () => {
  const quota = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q', namespace: 'default' },
    status: { hard: { configmaps: '5' }, used: { configmaps: '1' } },
  } as KubeObject
  const reader = { list: () => [quota], now: () => 0 } as unknown as Reader
  const refused = conflict(resourceNamed('resourcequotas'), 'q')
  const admit = (refusals: number) => {
    const type = resourceNamed('configmaps')
    const asked = Array.from({ length: refusals }, () => ({ code: 409, body: refused }))
    const call = { request: { query: {} } }
    const attempt = { operation: 'CREATE', type, namespace: 'default', name: 'a', object: configMap('a'), asked, call }
    return resourceQuota.admit(attempt as unknown as Attempt, reader)
  }
  expect(admit(3)).toMatchObject({ ask: { method: 'PUT', name: 'q', body: { status: { used: { configmaps: '2' } } } } })
  expect(admit(4)).toEqual({ refused })
})
