/** A cluster at rest, and the run of one Deployment on it: what the benchmarks measure. */
import openapi from '../src/sim/api/data/openapi.json'
import { appNode } from '../src/sim/api/node-profile'
import { ROOMS } from '../src/sim/api/rooms'
import { createCluster, defaultCluster } from '../src/sim/cluster'
import { type BranchId, History } from '../src/sim/kernel/history'
import type { Simulation } from '../src/sim/kernel/simulation'
import type { Message, Seq } from '../src/sim/kernel/types'
import { rehearse } from '../src/worker/rehearsal'

const MAIN = 0 as BranchId

export interface Run {
  readonly history: History
  readonly simulation: Simulation
  /** Creates the Deployment, and returns when nothing but housekeeping is left. */
  create(): void
}

/** Boots a cluster of `nodes` nodes; the Deployment will have `pods` Pods. */
export function prepare(nodes: number, pods: number): Run {
  const history = new History(
    createCluster({ openapi, nodes: Array.from({ length: nodes }, (_, i) => appNode(`node-${i + 1}`)) }),
  )
  history.run(MAIN, { settled: true })
  const line = `create deployment web --image=nginx:1.27 --replicas=${pods}`
  const create = (): void => {
    history.command(MAIN, { to: ROOMS.kubectl, message: { type: 'kubectl', id: 1, line } as Message, text: line })
    history.run(MAIN, { settled: true })
  }
  return { history, simulation: history.branch(MAIN).simulation, create }
}

/** What the app does between its start and the first command. */
export function playRehearsal(): void {
  const rehearsal = rehearse(defaultCluster({ openapi }))
  while (!rehearsal.next().done);
}

/** Milliseconds to stand at an entry, the worst of eight places spread over the trace. */
export function worstSeek({ history, simulation }: Run): number {
  let worst = 0
  for (let i = 1; i <= 8; i++) {
    const seq = Math.max(1, Math.floor((simulation.trace.length * i) / 8) - 7) as Seq
    const begun = performance.now()
    history.at(MAIN, seq)
    worst = Math.max(worst, performance.now() - begun)
  }
  return worst
}

/** The trace's fingerprint: the same as before, if only speed has changed. */
export const hash = ({ simulation }: Run): string => simulation.trace.hash()
