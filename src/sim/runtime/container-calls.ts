import type { ProcessMessage } from '../api/aggregation'
// Models containerd internal/cri/server/image_pull.go, container_create.go, container_start.go, container_stop.go and events.go.
import type { CriCall, CriEvent, CriImage, CriRequest, CriResult } from '../api/cri'
import { nodeRoom, ROOMS } from '../api/rooms'
import type { Message, RoomId } from '../kernel/types'
import { exited, failedToStart, newContainer, randomId, started } from './containers'
import { imageOf, parseReference, pullError } from './images'
import { endLogWatches } from './log-watch'
import './reasons'
import type { RuntimeContainer } from './state'
import { answer, type World } from './world'

/** A program ends by itself. */
export interface ExitMessage extends Message {
  readonly type: 'runtime.exit'
  readonly container: string
}

/** What comes of its own accord after a longer time than this does not keep the clock running. */
const OWN_ACCORD_MS = 5000

/** What ImageStatus says of an image. */
export const imageResult = (image: CriImage | undefined): CriResult => (image ? { image } : {})

/** The image comes onto the node, or why it can't. */
export function pullImage(world: World, request: CriRequest, image: string): void {
  const { state, profile, context } = world
  const error = profile.runtime.fake ? undefined : pullError(image)
  if (error !== undefined) {
    answer(world, request, {}, error)
    return
  }
  const reference = parseReference(image)
  const pulled = reference
    ? imageOf(reference, profile.runtime.imageBytes)
    : Object.freeze({ names: Object.freeze([image]), sizeBytes: 0 })
  const known = state.images.has(reference?.name ?? image)
  state.images.set(reference?.name ?? image, pulled)
  if (!known) context.note('runtime.image', { image, bytes: pulled.sizeBytes })
  answer(world, request, { image: pulled })
}

/** A container is made in a sandbox, of an image. */
export function createContainer(world: World, request: CriRequest, call: CriCall & { method: 'CreateContainer' }): void {
  const { state, profile, context } = world
  const sandbox = state.sandboxes.get(call.sandbox)
  if (!sandbox?.status.ready) {
    answer(world, request, {}, `rpc error: code = NotFound desc = sandbox "${call.sandbox}" not found`)
    return
  }
  const config = call.container
  const image = state.images.get(parseReference(config.image)?.name ?? config.image)
  if (!image) {
    answer(world, request, {}, `rpc error: code = NotFound desc = image "${config.image}" not found`)
    return
  }
  const id = profile.runtime.fake ? `${call.sandbox}_${config.name}_${config.attempt}` : randomId(() => context.random())
  const container = newContainer(profile.runtime, sandbox, config, image.names[0] ?? '', id, context.now)
  state.containers.set(id, container)
  answer(world, request, { container: container.status })
}

/** The program runs; it may end by itself. */
export function startContainer(world: World, request: CriRequest, id: string): void {
  const { state, profile, context } = world
  const created = state.containers.get(id)
  if (!created) {
    answer(world, request, {}, `rpc error: code = NotFound desc = container "${id}" not found`)
    return
  }
  if (created.program.missing !== undefined && !profile.runtime.fake) {
    const failed = failedToStart(created, context.now)
    state.containers.set(id, failed)
    context.note('runtime.container', { name: failed.status.name, state: 'exited', exitCode: failed.status.exitCode })
    answer(world, request, { container: failed.status }, failed.status.message)
    return
  }
  const container = started(created, context.now)
  state.containers.set(id, container)
  context.note('runtime.container', { name: container.status.name, state: 'running' })
  tellProcess(world, id, container, true)
  const { endsAfterMs } = container.program
  if (endsAfterMs !== undefined && !profile.runtime.fake) {
    const message: ExitMessage = { type: 'runtime.exit', container: id }
    state.ends.set(id, context.after(endsAfterMs, message, { housekeeping: endsAfterMs > OWN_ACCORD_MS }))
  }
  answer(world, request, { container: container.status }, undefined, profile.runtime.fake ? undefined : afterStart(id))
}

/** Between a program's start and the answer to the call that started it, in ms: containerd tells others of it first. */
const afterStart = (id: string): number => 2 + (8 * Number.parseInt(id.slice(0, 4), 16)) / 0xffff

/** The program will not end by itself any more. */
export function cancelEnd({ state, context }: World, id: string): void {
  const timer = state.ends.get(id)
  if (timer === undefined) return
  context.cancel(timer)
  state.ends.delete(id)
}

/** Programs that are rooms of their own, by image. */
const PROCESSES: Readonly<Record<string, RoomId>> = { 'metrics-server/metrics-server': ROOMS.metricsServer }

function tellProcess({ context, profile }: World, id: string, { config }: RuntimeContainer, running: boolean): void {
  const room = PROCESSES[parseReference(config.image)?.repository ?? '']
  if (!room || profile.runtime.fake) return
  const message: ProcessMessage = { type: 'process', container: id, running }
  context.send(room, message, 'runtime.process', { name: config.name, state: running ? 'running' : 'exited' })
}

function exitNow(world: World, id: string, container: RuntimeContainer, exitCode: number): RuntimeContainer {
  const { state, profile, context } = world
  const done = exited(profile.runtime, container, exitCode, context.now)
  state.containers.set(id, done)
  context.note('runtime.container', { name: done.status.name, state: 'exited', exitCode })
  tellProcess(world, id, container, false)
  endLogWatches(world, id)
  return done
}

/** The program has been told to stop, and has. */
export function stopContainer(world: World, request: CriRequest, id: string, exitCode: number): void {
  const container = world.state.containers.get(id)
  if (!container) {
    answer(world, request, {})
    return
  }
  const done = container.status.state === 'running' ? exitNow(world, id, container, exitCode) : container
  answer(world, request, { container: done.status })
}

/** The kubelet hears of it by the stream of container events. */
export function exitByItself(world: World, id: string): void {
  const { state, profile, context } = world
  state.ends.delete(id)
  const container = state.containers.get(id)
  if (container?.status.state !== 'running') return
  const { status } = exitNow(world, id, container, container.program.exitCode)
  if (!state.isServing) return
  const event: CriEvent = { type: 'cri.event', container: status }
  const args = { container: id.slice(0, 13), name: status.name, exitCode: status.exitCode }
  context.send(nodeRoom('kubelet', profile.name), event, 'cri.event', args)
}
