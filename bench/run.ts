/** A cluster at rest, and the run of one Deployment on it: for measuring. */
import openapi from '../src/sim/api/data/openapi.json'
import { appNode } from '../src/sim/api/node-profile'
import { ROOMS } from '../src/sim/api/rooms'
import { createCluster } from '../src/sim/cluster'
import { type BranchId, History } from '../src/sim/kernel/history'
import type { Simulation } from '../src/sim/kernel/simulation'
import type { Message } from '../src/sim/kernel/types'

const MAIN = 0 as BranchId

/** Boots `nodes` nodes. The result, called, creates a Deployment of `pods` Pods and returns when nothing but housekeeping is left. */
export function run(nodes: number, pods: number): () => Simulation {
  const history = new History(
    createCluster({ openapi, nodes: Array.from({ length: nodes }, (_, i) => appNode(`node-${i + 1}`)) }),
  )
  history.run(MAIN, { settled: true })
  const line = `create deployment web --image=nginx:1.27 --replicas=${pods}`
  return () => {
    history.command(MAIN, { to: ROOMS.kubectl, message: { type: 'kubectl', id: 1, line } as Message, text: line })
    history.run(MAIN, { settled: true })
    return history.branch(MAIN).simulation
  }
}

/** The trace's fingerprint: the same as before, if only speed has changed. */
export const hash = (simulation: Simulation): string => simulation.trace.hash()
