import { describe, expect, test } from 'vitest'
import { Simulation } from '../kernel/simulation'
import { asking, testNode, testPod } from './testing'
import { SchedulerBench, type TestWrite } from './testing-apiserver'

const PRIORITIES = { a: 1, b: 2, c: 3 } as const

/** A node of 1 CPU that three pods of 300m fill. */
function filled(more: object = {}): SchedulerBench {
  const bench = new SchedulerBench([testNode('node-1')])
  for (const [name, priority] of Object.entries(PRIORITIES))
    bench.put(testPod(name, { ...asking({ cpu: '300m' }), nodeName: 'node-1', priority, ...more }))
  bench.run(1)
  return bench
}
const vip = testPod('vip', { ...asking({ cpu: '900m' }), priority: 1000 })
const short = ({ method, path }: TestWrite): string => `${method} ${path.split('/').slice(6).join('/')}`
const aboutVictims = (bench: SchedulerBench): string[] => bench.writes.map(short).filter(text => /[A-Z]+ [abc](\/|$)/.test(text))

describe('a preemption', () => {
  test('tells all victims at once but the least important, which goes last', () => {
    const bench = filled()
    bench.put(vip)
    bench.run(2)
    const told = aboutVictims(bench)
    expect(told.slice(0, 2).sort()).toEqual(['PATCH b/status', 'PATCH c/status'])
    expect(told.slice(2, 4).sort()).toEqual(['DELETE b', 'DELETE c'])
    expect(told.slice(4)).toEqual(['PATCH a/status', 'DELETE a'])
    expect(bench.pod('vip')?.spec.nodeName).toBe('node-1')
  })

  test('is followed by one cycle, when the last victim is gone, though the others went before', () => {
    const bench = filled()
    bench.put(vip)
    bench.run(2)
    const pops = [...bench.simulation.trace.entries()].filter(e => e.reason === 'scheduler.queue.pop')
    expect(pops.map(e => (e.args as { pod: string }).pod)).toEqual(['default/vip', 'default/vip'])
  })

  test('leaves victims alone that are going already', () => {
    const bench = filled()
    for (const name of ['a', 'b'] as const) {
      const deleted = { deletionTimestamp: '2026-01-01T00:00:00Z' }
      bench.put(testPod(name, { ...asking({ cpu: '300m' }), nodeName: 'node-1', priority: PRIORITIES[name] }, deleted))
    }
    bench.put(vip)
    bench.run(1)
    expect(aboutVictims(bench)).toEqual(['PATCH c/status', 'DELETE c'])
  })

  test('in which a deletion fails leaves the last victim alone, and the pod tries again at once', () => {
    const bench = filled()
    bench.failDeletion('the server is on fire')
    bench.put(vip)
    bench.run(2)
    const preemptions = [...bench.simulation.trace.entries()].filter(e => e.reason === 'scheduler.preemption')
    expect(preemptions).toHaveLength(2)
    expect(bench.seqOf('http.request', 'a')).toBeGreaterThan(preemptions[1]?.seq ?? Number.POSITIVE_INFINITY)
    expect(bench.pod('vip')?.spec.nodeName).toBe('node-1')
  })

  test('that is gone back to goes on as it did', () => {
    const entries = (run: Simulation): unknown[] =>
      [...run.trace.entries()].map(({ seq, at, reason, args }) => [seq, at, reason, args])
    for (let n = 1; n < 60; n++) {
      const bench = filled()
      bench.put(vip)
      bench.simulation.run({ entries: bench.simulation.trace.length + n })
      const snapshot = bench.simulation.snapshot()
      bench.simulation.run({ entries: bench.simulation.trace.length + 20 })
      const then = entries(bench.simulation)
      const again = Simulation.restore(bench.config, bench.simulation.trace, snapshot)
      again.run({ entries: then.length })
      expect(entries(again)).toEqual(then)
    }
  })

  test('takes the nomination of a less important pod back, and says so to that pod', () => {
    const bench = new SchedulerBench([testNode('node-1')])
    const staying = { deletionTimestamp: '2026-01-01T00:00:00Z' }
    bench.put(testPod('old', { ...asking({ cpu: '600m' }), nodeName: 'node-1', priority: 1 }, staying))
    bench.put(testPod('mine', { ...asking({ cpu: '300m' }), nodeName: 'node-1', priority: 1 }))
    bench.put(testPod('middle', { ...asking({ cpu: '600m' }), priority: 10 }, {}, { nominatedNodeName: 'node-1' }))
    bench.run(1)
    bench.put(testPod('vip', { ...asking({ cpu: '1' }), priority: 1000 }))
    bench.run(1)
    const patch = bench.writes.find(w => w.body?.status?.nominatedNodeName === null)
    expect(patch && short(patch)).toBe('PATCH middle/status')
  })
})
