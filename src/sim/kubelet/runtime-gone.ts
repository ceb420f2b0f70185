// Models pkg/kubelet/runtime.go (runtimeState) and updateRuntimeUp: what a kubelet does while its container runtime does not answer, and what
// its node says of that. Calls of pods wait here until the runtime is back; upstream's fail, and are made again by later syncs.
import type { CriRequest, CriResponse, CriResult } from '../api/cri'
import { nodeRoom } from '../api/rooms'
import type { Time } from '../kernel/types'
import { receiveCri, sendRequest, waits } from './cri-client'
import { goDuration } from './events'
import { sawExit } from './pod-workers'
import { type KubeletState, type KubeletWorld, LOOK } from './state'

/** How often the runtime is looked for (updateRuntimeUp). */
const LOOK_MS = 5000
/** It is time to look for the runtime. */
const LOOK_AGAIN = { type: 'kubelet.runtime' } as const

const UNAVAILABLE =
  'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"'

/** Nobody takes calls at the runtime's socket: the call that has come back (where one has), and all that are under way. */
export function runtimeLost(world: KubeletWorld, refused?: CriRequest): void {
  const { state, context } = world
  if (!state.runtimeGone) {
    state.runtimeGone = Object.freeze({ since: context.now })
    context.after(LOOK_MS, LOOK_AGAIN, { housekeeping: true })
  }
  for (const id of refused ? [refused.id] : [...state.calls.keys()]) {
    const call = state.calls.get(id)
    if (call?.procedure === LOOK) {
      state.calls.delete(id)
      context.after(LOOK_MS, LOOK_AGAIN, { housekeeping: true })
    } else if (call && !waits(call.call.method))
      receiveCri(world, { type: 'cri.response', id, result: {}, error: UNAVAILABLE } as CriResponse)
  }
}

/** Looks whether the runtime is back. */
export function lookForRuntime(world: KubeletWorld): void {
  const { state, context } = world
  if (!state.runtimeGone) return
  const id = state.nextCall++
  const call = Object.freeze({ method: 'ListPodSandbox' } as const)
  state.calls.set(id, Object.freeze({ procedure: LOOK, slot: 0, call, uid: '' }))
  context.quietly(true, () => sendRequest(world, id, '', call))
}

/** It is: containers that have ended meanwhile are seen, and what has waited is asked. */
export function runtimeFound(world: KubeletWorld, { pods = [] }: CriResult): void {
  const { state, context } = world
  state.runtimeGone = undefined
  context.quietly(false, () => {
    for (const { config, containers } of pods) {
      const worker = state.workers.get(config.uid)
      if (!worker) continue
      for (const container of containers) {
        const known = worker.runtime.containers.find(({ id }) => id === container.id)
        if (known?.state === 'running' && container.state === 'exited') sawExit(world, worker, container)
      }
    }
    for (const [id, { procedure, uid, call }] of [...state.calls]) if (procedure !== LOOK) sendRequest(world, id, uid, call)
  })
}

/** baseRuntimeSyncThreshold, and the threshold of the pod lifecycle event generator. */
const DOWN_US = 30e6
const PLEG_US = 180e6

/** What is wrong with the runtime, as the node's Ready condition says it (runtimeErrors). */
export function runtimeProblem({ runtimeGone }: KubeletState, now: Time): string | undefined {
  if (!runtimeGone) return undefined
  const us = now - runtimeGone.since
  if (us < DOWN_US) return undefined
  const down = 'container runtime is down'
  if (us <= PLEG_US) return down
  return `[${down}, PLEG is not healthy: pleg was last seen active ${goDuration(us / 1000)} ago; threshold is 3m0s]`
}

/** Whether a message is about the runtime's socket. */
export const isFromRuntime = ({ state, context }: KubeletWorld): boolean =>
  context.from === nodeRoom('runtime', state.profile.name)
