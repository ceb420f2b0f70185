// Models pkg/kubelet/images/image_manager.go and puller.go: is the image here, may it be pulled, and one pull at a time.
import type { CriImage } from '../api/cri'
import { imageReferenceError } from '../api/image-reference'
import type { Container, Pod } from '../api/types'
import { perform } from '../client/effects'
import { answer } from '../client/room'
import { awaitOne } from '../kernel/procedure'
import type { Time } from '../kernel/types'
import { backOffLeft, nextBackOff } from './back-off'
import { cri } from './cri-client'
import { fieldPathOf, goDuration, recordPodEvent } from './events'
import { type KubeletProcedure, type KubeletWorld, type PodWorker, podKey, type StartFailure } from './state'

/** Makes sure that a container's image is on the node. Returns why not, or undefined. */
export function* ensureImage(pod: Pod, container: Container): KubeletProcedure<StartFailure | undefined> {
  const uid = pod.metadata.uid ?? ''
  const image = container.image ?? ''
  const path = fieldPathOf(pod, container.name)
  const policy = container.imagePullPolicy ?? 'IfNotPresent'
  const malformed = imageReferenceError(image)
  if (malformed !== undefined) {
    const message = `Failed to apply default image tag "${image}": couldn't parse image reference "${image}": ${malformed}`
    yield* perform(recordPodEvent, pod, { type: 'Warning', reason: 'InspectFailed', message }, path)
    return Object.freeze({ reason: 'InvalidImageName', message })
  }
  const present = (yield* cri(uid, { method: 'ImageStatus', image })).image
  if (present && policy !== 'Always') {
    const message = `Container image "${image}" already present on machine and can be accessed by the pod`
    yield* perform(recordPodEvent, pod, { type: 'Normal', reason: 'Pulled', message }, path)
    return undefined
  }
  if (policy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`
    yield* perform(recordPodEvent, pod, { type: 'Warning', reason: 'ErrImageNeverPull', message }, path)
    return Object.freeze({ reason: 'ErrImageNeverPull', message })
  }
  const key = `image ${image}`
  const asked = yield* perform(ask, pod, container, key)
  return typeof asked === 'number' ? yield* pull(pod, image, path, key, asked) : asked
}

/** Asks for a pull: when that was, or why not now. */
function ask(world: KubeletWorld, pod: Pod, container: Container, key: string): Time | StartFailure {
  const held = heldBack(world, pod, container, key)
  if (held) return held
  const message = `Pulling image "${container.image}"`
  recordPodEvent(world, pod, { type: 'Normal', reason: 'Pulling', message }, fieldPathOf(pod, container.name))
  return world.context.now
}

/** An image that could not be pulled is left alone for a while. */
function heldBack(world: KubeletWorld, pod: Pod, container: Container, key: string): StartFailure | undefined {
  const worker = world.state.workers.peek(pod.metadata.uid ?? '')
  const known = worker?.backOffs[key]
  const now = world.context.now
  const left = backOffLeft(known, known?.at ?? 0, now)
  if (left <= 0) return undefined
  const failed = worker?.runtime.failures[container.name]
  const why =
    failed?.reason === 'ErrImagePull'
      ? `: ErrImagePull: ${failed.message}`
      : (/: ErrImagePull: .*$/s.exec(failed?.message ?? '')?.[0] ?? '')
  const message = `Back-off pulling image "${container.image}"`
  const path = fieldPathOf(pod, container.name)
  recordPodEvent(world, pod, { type: 'Normal', reason: 'BackOff', message }, path)
  world.context.note('kubelet.backoff', { pod: podKey(pod), container: container.name, reason: 'ImagePullBackOff', ms: left })
  return Object.freeze({ reason: 'ImagePullBackOff', message: `${message}${why}` })
}

function* pull(pod: Pod, image: string, path: string, key: string, asked: Time): KubeletProcedure<StartFailure | undefined> {
  const uid = pod.metadata.uid ?? ''
  yield* awaitOne(takeTurn, pod, image)
  const began = yield* perform(({ context }: KubeletWorld) => context.now)
  const result = yield* cri(uid, { method: 'PullImage', image })
  return yield* perform((world: KubeletWorld): StartFailure | undefined => {
    const { state, context } = world
    passTurn(world, state.pulls[0] ?? 0)
    const worker = state.workers.get(uid)
    if (result.error === undefined) {
      pulled(world, pod, image, path, result.image, context.now - began, context.now - asked)
      if (worker?.backOffs[key]) worker.backOffs = without(worker.backOffs, key)
      return undefined
    }
    if (worker) worker.backOffs = { ...worker.backOffs, [key]: nextBackOff(worker.backOffs[key], context.now, context.now) }
    const message = `Failed to pull image "${image}": ${result.error}`
    recordPodEvent(world, pod, { type: 'Warning', reason: 'Failed', message }, path)
    return Object.freeze({ reason: 'ErrImagePull', message: result.error })
  })
}

function without(backOffs: PodWorker['backOffs'], key: string): PodWorker['backOffs'] {
  const { [key]: _, ...others } = backOffs
  return others
}

function pulled(
  world: KubeletWorld,
  pod: Pod,
  image: string,
  path: string,
  found: CriImage | undefined,
  us: number,
  waitedUs: number,
): void {
  const { state } = world
  state.imagesReported = false
  const took = goDuration(Math.trunc(us / 1000))
  const waited = goDuration(Math.trunc(waitedUs / 1000))
  const message = `Successfully pulled image "${image}" in ${took} (${waited} including waiting). Image size: ${found?.sizeBytes ?? 0} bytes.`
  recordPodEvent(world, pod, { type: 'Normal', reason: 'Pulled', message }, path)
}

/** Pulls go one by one, in the order in which they were asked for (serialize-image-pulls). */
function takeTurn(world: KubeletWorld, procedure: number, pod: Pod, image: string): void {
  const { pulls } = world.state
  pulls.push(procedure)
  if (pulls.length === 1) answer(world, procedure, 0, undefined)
  else world.context.note('kubelet.pull.waits', { pod: podKey(pod), image, ahead: pulls.length - 1 })
}

/** A procedure pulls no longer: the next one's turn. */
function passTurn(world: KubeletWorld, procedure: number): void {
  const { pulls } = world.state
  const place = pulls.indexOf(procedure)
  if (place < 0) return
  pulls.splice(place, 1)
  const next = pulls[0]
  if (place === 0 && next !== undefined) answer(world, next, 0, undefined)
}
