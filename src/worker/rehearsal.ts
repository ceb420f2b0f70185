/**
 * What the worker does while nobody asks it for anything: it plays what people begin with on a cluster of its own that nobody sees, so
 * that the engine has compiled the simulation's code when the user's first command comes. Nothing of it is kept (docs/decisions/0008).
 */
import type { KubectlMessage } from '../sim/api/kubectl'
import { ROOMS } from '../sim/api/rooms'
import { type BranchId, History } from '../sim/kernel/history'
import type { Simulation, SimulationConfig } from '../sim/kernel/simulation'

const MAIN = 0 as BranchId

/** As many Pods as make an engine take the code for hot, and no more. */
const LINES = [
  'create deployment one --image=nginx --replicas=300',
  'expose deployment one --port=80',
  'get pods',
  'delete deployment one',
  'delete service one',
  'create deployment two --image=nginx --replicas=300',
]
/** Deliveries before the caller is asked whether to go on: a few milliseconds. */
const SLICE = 100

/** Plays the rehearsal, a slice at each `next`; returns the run that nobody needs any more. */
export function* rehearse(config: SimulationConfig): Generator<void, Simulation> {
  const history = new History(config)
  const { simulation } = history.branch(MAIN)
  for (const [i, line] of ['', ...LINES].entries()) {
    if (line !== '') {
      const message: KubectlMessage = { type: 'kubectl', id: i, line }
      history.command(MAIN, { to: ROOMS.kubectl, message, text: line })
    }
    while (!simulation.settled) {
      history.run(MAIN, { settled: true, deliveries: SLICE })
      yield
    }
  }
  return simulation
}
