import { describe, expect, it } from 'vitest'
import { rfc3339 } from '../../api/time'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { cronjob } from './cronjob'

const run = (spec: object): TestCluster => {
  const cluster = new TestCluster([cronjob])
  cluster.put({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tick', namespace: 'default', creationTimestamp: rfc3339(cluster.simulation.now) },
    spec: {
      schedule: '* * * * *',
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 1,
      jobTemplate: { spec: { template: { spec: { containers: [{ name: 'c' }] } } } },
      ...spec,
    },
    status: {},
  })
  return cluster
}
const cronOf = (cluster: TestCluster) => cluster.list('cronjobs.batch')[0] as KubeObject
const change = (cluster: TestCluster, spec: object) => {
  const cron = cronOf(cluster)
  cluster.put({ ...cron, spec: { ...cron.spec, ...spec } })
}
const jobs = (cluster: TestCluster): readonly KubeObject[] => cluster.list('jobs.batch')
function complete(cluster: TestCluster): void {
  const at = rfc3339(cluster.simulation.now)
  for (const job of jobs(cluster))
    if (!job.status?.conditions)
      cluster.put({ ...job, status: { completionTime: at, conditions: [{ type: 'Complete', status: 'True' }] } })
}
/** What the controller did, Events aside. */
const acts = (cluster: TestCluster): string[] =>
  cluster
    .writes()
    .map(line => line.split(' ').slice(1, 3).join(' '))
    .filter(line => !line.endsWith(' events'))

describe('a CronJob', () => {
  it('with another schedule counts from its next time on: what that would have missed is not made up for', () => {
    const cluster = run({ schedule: '0 0 1 1 *' })
    cluster.pass(150)
    change(cluster, { schedule: '* * * * *' })
    cluster.pass(1)
    expect(jobs(cluster)).toHaveLength(0)
    cluster.pass(60)
    expect(jobs(cluster)).toHaveLength(1)
  })
  it('that replaces its Jobs reads one before it deletes it, and waits for no Job that is gone', () => {
    const cluster = run({ concurrencyPolicy: 'Replace' })
    cluster.pass(61)
    expect(acts(cluster)).toEqual(['create jobs', 'update cronjobs/status'])
    const gone = { code: 404, body: { kind: 'Status', reason: 'NotFound', message: 'gone', code: 404 } }
    const reads: string[] = []
    cluster.refuse = ({ method, path }) => {
      if (method === 'GET' && path.includes('/jobs/')) reads.push(path)
      return method === 'GET' && path.includes('/jobs/') && reads.length === 1 ? gone : undefined
    }
    cluster.pass(60)
    expect(reads.length).toBeGreaterThan(1)
    expect(acts(cluster)).toEqual(['delete jobs', 'create jobs', 'update cronjobs/status'])
  })
  it('writes what it knows when the next Job is refused', () => {
    const cluster = run({ concurrencyPolicy: 'Replace' })
    cluster.pass(61)
    cluster.writes()
    const forbidden = { code: 403, body: { kind: 'Status', reason: 'Forbidden', message: 'no', code: 403 } }
    cluster.refuse = ({ method, path }) => (method === 'POST' && path.endsWith('/jobs') ? forbidden : undefined)
    cluster.pass(60)
    expect(acts(cluster).slice(0, 3)).toEqual(['delete jobs', 'create jobs', 'update cronjobs/status'])
    expect(cronOf(cluster).status.active).toBeUndefined()
  })
  it('writes its status whenever it has deleted a Job of its history', () => {
    const cluster = run({})
    cluster.pass(61)
    complete(cluster)
    cluster.pass(60)
    complete(cluster)
    cluster.writes()
    change(cluster, { successfulJobsHistoryLimit: 0 })
    cluster.pass(1)
    expect(acts(cluster)).toEqual(['delete jobs', 'update cronjobs/status'])
  })
})
