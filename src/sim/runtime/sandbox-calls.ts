// Models containerd internal/cri/server/sandbox_run.go, sandbox_stop.go, sandbox_remove.go.
import type { CniRequest, CniResult } from '../api/cni'
import type { CriCall, CriPod, CriRequest } from '../api/cri'
import { nodeRoom } from '../api/rooms'
import { cancelEnd } from './container-calls'
import { fakeSandboxId, newSandbox, randomId } from './containers'
import './reasons'
import type { RuntimeState, Sandbox } from './state'
import { answer, type World } from './world'

/** The pause container is made first; then the network gives its namespace an address. */
export function runSandbox(world: World, request: CriRequest, call: CriCall & { method: 'RunPodSandbox' }): void {
  const { profile, state, context } = world
  const { pod } = call
  const id = profile.runtime.fake ? fakeSandboxId(pod) : randomId(() => context.random())
  // a fake runtime has one address for every sandbox
  const fixed = profile.runtime.podIP ?? (pod.hostNetwork ? (profile.internalIP ?? '') : undefined)
  state.sandboxes.set(id, newSandbox(pod, id, fixed ?? ''))
  if (fixed !== undefined) {
    sandboxReady(world, request, id, fixed)
    return
  }
  state.connecting.set(id, request)
  const message: CniRequest = { type: 'cni.add', sandbox: id, pod: `${pod.namespace}/${pod.name}` }
  context.send(nodeRoom('network', profile.name), message, 'cni.request', { verb: 'ADD', pod: message.pod })
}

/** The network has an address for a sandbox, or none. */
export function connected(world: World, { sandbox, ip, error }: CniResult): void {
  const request = world.state.connecting.get(sandbox)
  world.state.connecting.delete(sandbox)
  if (!request) return
  if (error === undefined) {
    sandboxReady(world, request, sandbox, ip)
    return
  }
  world.state.sandboxes.delete(sandbox)
  answer(world, request, {}, `rpc error: code = Unknown desc = failed to setup network for sandbox "${sandbox}": ${error}`)
}

function sandboxReady(world: World, request: CriRequest, id: string, ip: string): void {
  const { state, context } = world
  const there = state.sandboxes.get(id)
  if (!there) {
    answer(world, request, {}, `rpc error: code = NotFound desc = sandbox "${id}" not found`)
    return
  }
  const sandbox = newSandbox(there.config, id, ip)
  state.sandboxes.set(id, sandbox)
  if (!sandbox.config.hostNetwork) state.addresses.set(ip, id)
  context.note('runtime.sandbox', { pod: `${sandbox.config.namespace}/${sandbox.config.name}`, sandbox: id.slice(0, 13), ip })
  answer(world, request, { sandbox: sandbox.status })
}

/** The pause container ends, and with it the network namespace. */
export function stopSandbox(world: World, request: CriRequest, id: string): void {
  const { state } = world
  const sandbox = state.sandboxes.get(id)
  if (!sandbox) {
    answer(world, request, {})
    return
  }
  disconnect(world, id, sandbox)
  const status = Object.freeze({ ...sandbox.status, ready: false })
  state.sandboxes.set(id, Object.freeze({ ...sandbox, status }))
  answer(world, request, { sandbox: status })
}

/** The network takes a sandbox that stands away from the pod network. */
function disconnect({ state, profile, context }: World, id: string, { config, status }: Sandbox): void {
  if (state.addresses.get(status.ip) === id) state.addresses.delete(status.ip)
  if (!status.ready || config.hostNetwork || profile.runtime.podIP !== undefined) return
  const pod = `${config.namespace}/${config.name}`
  const message: CniRequest = { type: 'cni.del', sandbox: id, pod }
  context.send(nodeRoom('network', profile.name), message, 'cni.request', { verb: 'DEL', pod })
}

/** A sandbox goes, with the containers in it. */
export function removeSandbox(world: World, request: CriRequest, id: string): void {
  const { state } = world
  const sandbox = state.sandboxes.get(id)
  if (sandbox) disconnect(world, id, sandbox)
  state.sandboxes.delete(id)
  for (const [container, { status }] of state.containers) {
    if (status.sandbox !== id) continue
    cancelEnd(world, container)
    state.containers.delete(container)
  }
  answer(world, request, {})
}

/** The kubelet comes up anew, and with it the runtime that is part of it. */
export function forgetPods({ sandboxes, containers, addresses }: RuntimeState): void {
  sandboxes.clear()
  containers.clear()
  addresses.clear()
}

/** All pods, with their containers. */
export const podsOf = ({ sandboxes, containers }: RuntimeState): readonly CriPod[] =>
  Object.freeze(
    [...sandboxes.values()].map(({ config, status }) => ({
      config,
      sandbox: status,
      containers: [...containers.values()].map(c => c.status).filter(c => c.sandbox === status.id),
    })),
  )
