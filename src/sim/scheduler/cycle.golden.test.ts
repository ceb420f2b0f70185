import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { KubeObject, Node, Pod } from '../api/types'
import { deletePod, putNode, putPod } from './cache'
import { type CycleResult, schedulePod } from './cycle'
import { podInfoOf } from './pod-info'
import { cell, feasibleNodes } from './table'
import { objectKey, type TestObjects, testCluster } from './testing'

/** What happened in a recorded cluster, in order; a cycle with what the real kube-scheduler 1.36.3 made of it. */
interface Step {
  readonly node?: Node
  readonly object?: KubeObject
  readonly terminating?: string
  readonly gone?: string
  readonly cycle?: Pod
  readonly scores?: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** No scores were recorded, though there were some. */
  readonly unrecorded?: boolean
  readonly chosen?: string
  readonly message?: string
}

const recorded = JSON.parse(readFileSync(new URL('./cycles.golden.json', import.meta.url), 'utf8')) as Record<string, Step[]>

/** The scores of a cycle's table, by node, then by plugin, as the recordings have them. */
function scoresOf(result: CycleResult): Record<string, Record<string, number>> | undefined {
  const { scores, totals } = result.table
  if (!scores || totals === undefined) return undefined
  const byNode: Record<string, Record<string, number>> = {}
  feasibleNodes(result.table).forEach((node, n) => {
    byNode[node] = { ...Object.fromEntries(Object.entries(scores).map(([plugin, column]) => [plugin, cell(column, n)])), total: cell(totals, n) }
  })
  return byNode
}

for (const [scenario, steps] of Object.entries(recorded))
  test(`${scenario}: every cycle scores, chooses and refuses as the recorded kube-scheduler did`, () => {
    const objects: TestObjects = new Map()
    const { cache, listers } = testCluster([], objects)
    const pods = new Map<string, Pod>()
    expect(steps.filter(step => step.cycle).length).toBeGreaterThan(0)
    for (const step of steps) {
      if (step.node) putNode(cache, step.node)
      if (step.object) objects.set(objectKey(step.object), step.object)
      if (step.gone) deletePod(cache, step.gone)
      const terminating = step.terminating && pods.get(step.terminating)
      if (terminating) putPod(cache, { ...terminating, metadata: { ...terminating.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } })
      if (!step.cycle) continue
      const pod = podInfoOf(step.cycle)
      const result = schedulePod({ cache, listers, isPreempting: () => false }, pod, 0, () => 0)
      if (step.message !== undefined) {
        expect({ pod: pod.key, message: result.kind === 'unschedulable' && result.message }).toEqual({ pod: pod.key, message: step.message })
        continue
      }
      if (!step.unrecorded) expect({ pod: pod.key, scores: scoresOf(result) }).toEqual({ pod: pod.key, scores: step.scores })
      const { chosen = '' } = step
      const total = (node: string): number => scoresOf(result)?.[node]?.total ?? 0
      if (result.kind !== 'chosen') throw new Error(`${pod.key}: ${result.message}`)
      // of several nodes with the best total, each may be chosen
      if (result.table.scores) expect(total(chosen)).toBe(total(result.node))
      else expect(chosen).toBe(result.node)
      const bound: Pod = { ...step.cycle, spec: { ...step.cycle.spec, nodeName: chosen } }
      pods.set(pod.key, bound)
      putPod(cache, bound)
    }
  })
