import { describe, expect, it } from 'vitest'
import openapi from '../sim/api/data/openapi.json'
import { ROOMS } from '../sim/api/rooms'
import { defaultCluster } from '../sim/cluster'
import { type BranchId, History } from '../sim/kernel/history'
import { rehearse } from './rehearsal'

const LINE = 'create deployment web --image=nginx:1.27 --replicas=3'

/** The fingerprint of a Deployment's creation; `between` is called before each slice of it. */
function fingerprint(config: ReturnType<typeof defaultCluster>, between: () => void): string {
  const history = new History(config)
  const main = 0 as BranchId
  const { simulation } = history.branch(main)
  history.run(main, { settled: true })
  history.command(main, { to: ROOMS.kubectl, message: { type: 'kubectl', id: 1, line: LINE } as never, text: LINE })
  while (!simulation.settled) {
    between()
    history.run(main, { settled: true, deliveries: 10 })
  }
  return simulation.trace.hash()
}

describe('a rehearsal', () => {
  it('plays its commands to their ends, and each is understood', { timeout: 60_000 }, () => {
    const rehearsal = rehearse(defaultCluster({ openapi }))
    let last = rehearsal.next()
    while (!last.done) last = rehearsal.next()
    const outputs = [...last.value.trace.entries()]
      .filter(e => e.reason === 'kubectl.output')
      .map(e => e.args as unknown as { readonly stream: string; readonly text: string })
    expect(outputs.filter(o => o.stream === 'stderr')).toEqual([])
    expect(outputs.map(o => o.text.split('\n')[0])).toContain('service/one exposed')
  })

  it('leaves no trace in a run of the same rooms beside it', () => {
    const config = defaultCluster({ openapi })
    const rehearsal = rehearse(config)
    let slices = 0
    const beside = fingerprint(config, () => {
      if (!rehearsal.next().done) slices++
    })
    expect(slices).toBeGreaterThan(10)
    expect(beside).toBe(fingerprint(defaultCluster({ openapi }), () => {}))
  })
})
