import { describe, expect, it } from 'vitest'
import { rfc3339 } from '../../api/time'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { job } from './job'

const INDEX = 'batch.kubernetes.io/job-completion-index'
const run = (spec: object): TestCluster => {
  const cluster = new TestCluster([job])
  cluster.put({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'task', namespace: 'default' },
    spec: {
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      podReplacementPolicy: 'TerminatingOrFailed',
      selector: { matchLabels: { app: 'task' } },
      template: { metadata: { labels: { app: 'task' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'c' }] } },
      ...spec,
    },
  })
  cluster.pass(3)
  return cluster
}
const statusOf = (cluster: TestCluster) => cluster.list('jobs.batch')[0]?.status
const conditions = (cluster: TestCluster): string[] =>
  (statusOf(cluster).conditions ?? []).map((c: { type: string; reason: string }) => `${c.type} ${c.reason}`)
const message = (cluster: TestCluster): string => statusOf(cluster).conditions.at(-1).message
/** Pods that have not come to an end, by index or in order of creation. */
const running = (cluster: TestCluster): KubeObject[] =>
  cluster.list('pods').filter(p => !['Failed', 'Succeeded'].includes(p.status?.phase) && !p.metadata.deletionTimestamp)
const indexes = (cluster: TestCluster): string[] =>
  running(cluster)
    .map(p => p.metadata.annotations?.[INDEX] ?? '')
    .sort()
const ofIndex = (cluster: TestCluster, index: number): KubeObject =>
  running(cluster).find(p => p.metadata.annotations?.[INDEX] === String(index)) as KubeObject

/** What a kubelet reports of a pod that ended. */
function end(cluster: TestCluster, pod: KubeObject | undefined, exitCode: number, more: object[] = []): void {
  if (!pod) throw new Error('no such pod')
  const terminated = { exitCode, finishedAt: rfc3339(cluster.simulation.now) }
  cluster.put({
    ...pod,
    status: {
      phase: exitCode === 0 ? 'Succeeded' : 'Failed',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: rfc3339(cluster.simulation.now) }, ...more],
      containerStatuses: [{ name: 'c', state: { terminated } }],
    },
  })
  cluster.pass(3)
}
describe('podFailurePolicy', () => {
  const policy = (...rules: object[]) => ({ podFailurePolicy: { rules }, podReplacementPolicy: 'Failed' })

  it('fails the Job at the exit code that it names, in words', () => {
    const cluster = run(policy({ action: 'FailJob', onExitCodes: { containerName: 'c', operator: 'In', values: [42] } }))
    const [pod] = running(cluster)
    end(cluster, pod, 42)
    expect(conditions(cluster)).toEqual(['FailureTarget PodFailurePolicy', 'Failed PodFailurePolicy'])
    expect(message(cluster)).toBe(
      `Container c for pod default/${pod?.metadata.name} failed with exit code 42 matching FailJob rule at index 0`,
    )
    expect(statusOf(cluster).failed).toBe(1)
  })

  it('lets another exit code count towards the backoff limit', () => {
    const cluster = run({
      ...policy({ action: 'FailJob', onExitCodes: { operator: 'NotIn', values: [1] } }),
      backoffLimit: 0,
    })
    end(cluster, running(cluster)[0], 1)
    expect(conditions(cluster)).toEqual(['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded'])
  })

  it('ignores disruptions: they do not count, and a pod takes the place of the one that went', () => {
    const cluster = run({
      ...policy({ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }),
      backoffLimit: 0,
    })
    end(cluster, running(cluster)[0], 137, [{ type: 'DisruptionTarget', status: 'True' }])
    expect(statusOf(cluster).failed).toBeUndefined()
    cluster.pass(11)
    expect(running(cluster)).toHaveLength(1)
  })
})

describe('backoffLimitPerIndex', () => {
  const perIndex = {
    completionMode: 'Indexed',
    completions: 2,
    parallelism: 2,
    backoffLimit: 2_147_483_647,
    backoffLimitPerIndex: 1,
  }

  it('gives each index its own failures, and hands their number on', () => {
    const cluster = run(perIndex)
    expect(indexes(cluster)).toEqual(['0', '1'])
    const first = ofIndex(cluster, 0)
    expect(first.metadata.annotations?.['batch.kubernetes.io/job-index-failure-count']).toBe('0')
    end(cluster, first, 1)
    expect(cluster.list('pods').find(p => p.metadata.uid === first.metadata.uid)?.metadata.finalizers).toHaveLength(1)
    cluster.pass(11)
    const second = ofIndex(cluster, 0)
    expect(second.metadata.annotations?.['batch.kubernetes.io/job-index-failure-count']).toBe('1')
    expect(cluster.list('pods').find(p => p.metadata.uid === first.metadata.uid)?.metadata.finalizers).toEqual([])
    end(cluster, second, 1)
    expect(statusOf(cluster)).toMatchObject({ failedIndexes: '0', failed: 2, active: 1 })
    cluster.pass(30)
    expect(indexes(cluster)).toEqual(['1'])
    end(cluster, ofIndex(cluster, 1), 0)
    expect(conditions(cluster)).toEqual(['FailureTarget FailedIndexes', 'Failed FailedIndexes'])
    expect(statusOf(cluster)).toMatchObject({ completedIndexes: '1', succeeded: 1, failed: 2 })
  })

  it('fails the Job when more indexes have failed than maxFailedIndexes', () => {
    const cluster = run({ ...perIndex, completions: 3, parallelism: 3, backoffLimitPerIndex: 0, maxFailedIndexes: 1 })
    end(cluster, ofIndex(cluster, 0), 1)
    expect(statusOf(cluster).conditions).toBeUndefined()
    end(cluster, ofIndex(cluster, 2), 1)
    expect(statusOf(cluster).failedIndexes).toBe('0,2')
    expect(conditions(cluster)).toEqual(['FailureTarget MaxFailedIndexesExceeded', 'Failed MaxFailedIndexesExceeded'])
    expect(statusOf(cluster).failed).toBe(3)
  })

  it('gives an index up at once where the policy says FailIndex', () => {
    const rules = [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [3] } }]
    const cluster = run({ ...perIndex, backoffLimitPerIndex: 5, podFailurePolicy: { rules }, podReplacementPolicy: 'Failed' })
    end(cluster, ofIndex(cluster, 1), 3)
    expect(statusOf(cluster).failedIndexes).toBe('1')
  })
})

describe('successPolicy', () => {
  it('completes the Job when enough of the indexes that it names have succeeded, and stops the others', () => {
    const cluster = run({
      completionMode: 'Indexed',
      completions: 3,
      parallelism: 3,
      successPolicy: { rules: [{ succeededIndexes: '0,2', succeededCount: 1 }] },
    })
    end(cluster, ofIndex(cluster, 1), 0)
    expect(statusOf(cluster).conditions).toBeUndefined()
    end(cluster, ofIndex(cluster, 2), 0)
    expect(message(cluster)).toBe('Matched rules at index 0')
    expect(running(cluster)).toHaveLength(0)
    expect(conditions(cluster)).toEqual(['SuccessCriteriaMet SuccessPolicy', 'Complete SuccessPolicy'])
    expect(statusOf(cluster)).toMatchObject({ succeeded: 2, completedIndexes: '1,2' })
    expect(statusOf(cluster).failed).toBeUndefined()
  })
})

describe('podReplacementPolicy', () => {
  const removed = (cluster: TestCluster) => {
    const [pod] = running(cluster)
    const finalizers = pod?.metadata.finalizers ?? []
    cluster.put({
      ...(pod as KubeObject),
      metadata: { ...(pod as KubeObject).metadata, finalizers, deletionTimestamp: rfc3339(cluster.simulation.now) },
    })
    cluster.pass(3)
    return pod as KubeObject
  }

  it('Failed waits until a deleted pod has ended, and the status counts it as terminating', () => {
    const cluster = run({ podReplacementPolicy: 'Failed' })
    const pod = removed(cluster)
    expect(running(cluster)).toHaveLength(0)
    expect(statusOf(cluster)).toMatchObject({ terminating: 1 })
    end(
      cluster,
      cluster.list('pods').find(p => p.metadata.uid === pod.metadata.uid),
      143,
    )
    cluster.pass(11)
    expect(running(cluster)).toHaveLength(1)
    expect(statusOf(cluster)).toMatchObject({ failed: 1 })
  })

  it('TerminatingOrFailed takes a deleted pod for a failed one', () => {
    const cluster = run({})
    removed(cluster)
    cluster.pass(11)
    expect(running(cluster)).toHaveLength(1)
    expect(statusOf(cluster)).toMatchObject({ failed: 1 })
  })
})

describe('a Job', () => {
  it('that another controller manages is left alone', () => {
    const cluster = run({ managedBy: 'example.com/other' })
    expect(cluster.list('pods')).toEqual([])
    expect(statusOf(cluster)).toBeUndefined()
  })

  it('that is suspended has its pods deleted, and none of them counts as failed', () => {
    const cluster = run({ parallelism: 2, completions: 2 })
    const [task] = cluster.list('jobs.batch')
    cluster.put({ ...(task as KubeObject), spec: { ...task?.spec, suspend: true } })
    cluster.pass(3)
    expect(running(cluster)).toHaveLength(0)
    expect(statusOf(cluster).failed).toBeUndefined()
    expect(conditions(cluster)).toEqual(['Suspended JobSuspended'])
  })

  it('that is suspended has not started any more, and starts anew when it is resumed', () => {
    const cluster = run({})
    const suspend = (value: boolean) => {
      const [task] = cluster.list('jobs.batch')
      cluster.put({ ...(task as KubeObject), spec: { ...task?.spec, suspend: value } })
      cluster.pass(3)
      return statusOf(cluster).startTime
    }
    const first = statusOf(cluster).startTime
    expect([suspend(true), suspend(false) > first]).toEqual([undefined, true])
    expect(conditions(cluster)).toEqual(['Suspended JobResumed'])
  })
})

describe('a Job with a deadline', () => {
  it('fails when it is over, and its pods go', () => {
    const cluster = run({ activeDeadlineSeconds: 20 })
    expect(conditions(cluster)).toEqual([])
    cluster.pass(10)
    expect(running(cluster)).toHaveLength(1)
    cluster.pass(15)
    expect(running(cluster)).toEqual([])
    expect(conditions(cluster)[0]).toBe('FailureTarget DeadlineExceeded')
    expect(conditions(cluster).at(-1)).toBe('Failed DeadlineExceeded')
    expect(message(cluster)).toBe('Job was active longer than specified deadline')
  })
})
