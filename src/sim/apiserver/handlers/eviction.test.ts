import { describe, expect, test } from 'vitest'
import { createEtcd } from '../../etcd/etcd'
import { pod, TestCluster, withAccount } from '../testing'

const EVICTION = '/api/v1/namespaces/default/pods/web/eviction'
const BUDGETS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }

/** A running pod `web`, and budgets that allow so many disruptions. */
function cluster(...allowed: number[]): TestCluster {
  const made = withAccount(new TestCluster(createEtcd()))
  const stored = made.create({ ...pod('web'), metadata: { name: 'web', labels: { app: 'web' } } }).body
  made.ask('PUT', '/api/v1/namespaces/default/pods/web/status', { ...stored, status: ready })
  for (const [i, disruptionsAllowed] of allowed.entries()) {
    const metadata = { name: `budget-${i}` }
    const spec = { minAvailable: 2, selector: { matchLabels: { app: 'web' } } }
    const budget = made.create({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec }).body
    const status = { disruptionsAllowed, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2, observedGeneration: 1 }
    made.ask('PUT', `${BUDGETS}/${metadata.name}/status`, { ...budget, status })
  }
  return made
}
const evict = (of: TestCluster) =>
  of.ask('POST', EVICTION, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'web' } })

describe('an eviction', () => {
  test('is a deletion where no budget is about the pod', () => {
    const free = cluster()
    expect(evict(free).code).toBe(201)
    expect(free.ask('GET', '/api/v1/namespaces/default/pods/web').code).toBe(404)
  })

  test('is refused in a budget’s words when it allows nothing', () => {
    const refused = evict(cluster(0))
    expect(refused.code).toBe(429)
    expect(refused.body).toMatchObject({
      reason: 'TooManyRequests',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: {
        causes: [
          { reason: 'DisruptionBudget', message: 'The disruption budget budget-0 needs 2 healthy pods and has 2 currently' },
        ],
      },
    })
  })

  test('is refused with what went wrong when the budget could not be worked out', () => {
    const made = cluster(0)
    const budget = made.ask('GET', `${BUDGETS}/budget-0`).body
    const failed = {
      type: 'DisruptionAllowed',
      status: 'False',
      reason: 'SyncFailed',
      message: 'jobs.batch does not',
      observedGeneration: 1,
    }
    const conditions = [{ ...failed, lastTransitionTime: '2026-01-01T00:00:00Z' }]
    made.ask('PUT', `${BUDGETS}/budget-0/status`, { ...budget, status: { ...budget.status, conditions } })
    expect(evict(made).body.details).toMatchObject({
      causes: [
        {
          message:
            'The disruption budget budget-0 does not allow evicting pods currently because it failed sync: jobs.batch does not',
        },
      ],
    })
  })

  test('takes one from the budget, and says which pod', () => {
    const allowed = cluster(1)
    expect(evict(allowed).code).toBe(201)
    expect(allowed.ask('GET', `${BUDGETS}/budget-0`).body.status).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { web: expect.any(String) },
      conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' }],
    })
  })

  test('that comes with another waits half a second, and is judged by the budget as it is then', () => {
    const both = cluster(1)
    const api = both.create({ ...pod('api'), metadata: { name: 'api', labels: { app: 'web' } } }).body
    both.ask('PUT', '/api/v1/namespaces/default/pods/api/status', { ...api, status: ready })
    const [first = 0, second = 0] = ['web', 'api'].map(name =>
      both.send('POST', `/api/v1/namespaces/default/pods/${name}/eviction`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name },
      }),
    )
    const code = (id: number) => both.state().answers.get(id)?.code
    both.pass(400)
    expect([code(first), code(second)]).toEqual([201, undefined])
    both.pass(200)
    expect(code(second)).toBe(429)
  })

  test('does not know what to do with two budgets', () => {
    expect(evict(cluster(1, 1)).body.message).toMatch('This pod has more than one PodDisruptionBudget')
  })
})
