// Models pkg/controller/endpointslicemirroring/endpointslicemirroring_controller.go.
import type { EndpointSlice, Endpoints, KubeObject, Service } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  type Outcome,
  store,
} from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { createRequest, deleteRequest, updateRequest } from '../../client/requests'
import { keyOf, objectsBy, splitKey } from '../../client/store'
import { ask, DELETE_OPTIONS, say } from '../ask'
import { isDeleting, messageOf, namespaceIsTerminating } from '../objects'
import { syncSlicesLater } from '../services'
import { CONTROLLER, MANAGED_BY, MAX_PER_SUBSET, type Mirroring, mirror, SERVICE_NAME } from './mirror'

const SELF = {
  name: 'endpointslicemirroring-controller',
  part: 'endpointslicemirroring',
  component: 'endpoint-slice-mirroring-controller',
} as const
const SLICES = 'endpointslices.discovery.k8s.io'
const SKIP_MIRROR = 'endpointslice.kubernetes.io/skip-mirror'
const LEADER = 'control-plane.alpha.kubernetes.io/leader'

/** Generations of the slices as they were last written, by uid, by Endpoints key (endpointSliceTracker). */
type Tracker = Map<string, Map<string, number>>
/** Stands for a slice that was deleted. */
const GONE = -1
const trackerOf = (world: ControllerWorld): Tracker => world.state.own.get(SELF.part) as Tracker

/** Keeps EndpointSlices for the Endpoints of Services without a selector: what somebody has made by hand. */
export const endpointslicemirroring: Controller<Tracker> = {
  ...SELF,
  workers: 5,
  maxRetries: 15,
  backOff: [1000, 100_000],
  own: () => new Map(),
  indices: { [SLICES]: { mirrored: slice => (isMirror(slice) ? [sliceKey(slice)] : []) } },
  watches: {
    endpoints: endpointsChanged,
    services: serviceChanged,
    [SLICES]: (world, event) => syncSlicesLater(world, SELF.part, sliceChanged(world, event)),
  },
  reconcile,
}

const isMirror = ({ metadata }: KubeObject): boolean => metadata.labels?.[MANAGED_BY] === CONTROLLER
const sliceKey = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.labels?.[SERVICE_NAME] ?? ''}`

/** shouldMirror: neither its label nor a leader's record in it says that nobody wants to see it. */
const isMirrored = ({ metadata }: KubeObject): boolean =>
  metadata.labels?.[SKIP_MIRROR] !== 'true' && metadata.annotations?.[LEADER] === undefined

function endpointsChanged(_: ControllerWorld, { object, old }: InformerEvent): readonly string[] {
  return isMirrored(object) || (old && isMirrored(old)) ? [keyOf(object)] : []
}

function serviceChanged(_: ControllerWorld, { type, object, old }: InformerEvent): readonly string[] {
  const has = (service: KubeObject): boolean => service.spec?.selector !== undefined
  const matters = type === 'MODIFIED' && old ? has(object) !== has(old) : !has(object)
  return matters ? [keyOf(object)] : []
}

/** A slice that somebody else changed or deleted is put right. */
function sliceChanged(world: ControllerWorld, { type, object, old }: InformerEvent): readonly string[] {
  const known = trackerOf(world).get(sliceKey(object))
  const { uid = '', generation = 0 } = object.metadata
  if (type === 'DELETED') {
    const before = isMirror(object) ? known?.get(uid) : undefined
    known?.delete(uid)
    return before === undefined || before === GONE ? [] : [sliceKey(object)]
  }
  if (old && sliceKey(old) !== sliceKey(object)) return [sliceKey(object), sliceKey(old)]
  const written = known?.get(uid)
  const isOwn = written !== undefined && written !== GONE && generation <= written
  return (old && isMirror(old) !== isMirror(object)) || (isMirror(object) && !isOwn) ? [sliceKey(object)] : []
}

/** What a sync is to do: clean up, wait for the cache, or write. */
type Plan =
  | { readonly clean: readonly EndpointSlice[] }
  | { readonly stale: true }
  | { readonly endpoints: KubeObject; readonly mirroring: Mirroring }

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const found = yield* perform<ControllerState, Plan>(world => Object.freeze(plan(world, key)))
  if ('stale' in found) return { retry: 'EndpointSlice informer cache is out of date' }
  if ('clean' in found) return yield* clean(key, found.clean)
  const { endpoints, mirroring } = found
  const { invalid, skipped } = mirroring
  if (invalid > 0)
    yield* warn(endpoints, 'InvalidIPAddress', `Skipped ${invalid} invalid IP addresses when mirroring to EndpointSlices`)
  if (skipped > invalid)
    yield* warn(
      endpoints,
      'TooManyAddressesToMirror',
      `A max of ${MAX_PER_SUBSET} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`,
    )
  const error = yield* write(key, endpoints, mirroring)
  if (error !== undefined) return { retry: error }
}

const warn = (object: KubeObject, reason: string, message: string): ControllerProcedure =>
  say(SELF, { object, type: 'Warning', reason, message })

function plan(world: ControllerWorld, key: string): Plan {
  const tracker = trackerOf(world)
  const endpoints = store(world, 'endpoints').objects.get(key)
  const service = store(world, 'services').objects.get(key) as Service | undefined
  const slices = objectsBy(store(world, SLICES), 'mirrored', key) as EndpointSlice[]
  if (!endpoints || !isMirrored(endpoints) || !service || service.spec.selector !== undefined) {
    tracker.delete(key)
    return { clean: slices }
  }
  if (isStale(tracker.get(key), slices)) return { stale: true }
  return { endpoints, mirroring: mirror(endpoints as KubeObject & Endpoints, slices) }
}

/** The cache does not hold yet what was written last. */
function isStale(known: ReadonlyMap<string, number> | undefined, slices: readonly EndpointSlice[]): boolean {
  if (!known) return false
  const seen = new Map(slices.map(({ metadata }) => [metadata.uid ?? '', metadata.generation ?? 0]))
  for (const [uid, written] of known) {
    const generation = seen.get(uid)
    if (written === GONE ? generation !== undefined : generation === undefined || generation < written) return true
  }
  return false
}

function* clean(key: string, slices: readonly EndpointSlice[]): ControllerProcedure<Outcome> {
  const { namespace, name } = splitKey(key)
  const errors: string[] = []
  for (const { metadata } of slices) {
    const response = yield* ask(SELF, deleteRequest(SLICES, namespace, metadata.name, DELETE_OPTIONS))
    if (!succeeded(response)) errors.push(messageOf(response))
  }
  if (errors.length === 0) return
  const count = `${errors.length}/${slices.length}`
  return { retry: `Error(s) deleting ${count} EndpointSlices for ${namespace}/${name} Endpoints, including: ${errors[0]}` }
}

/** finalize: creates, updates and deletes, one after the other. Returns the first error. */
function* write(key: string, endpoints: KubeObject, changes: Mirroring): ControllerProcedure<string | undefined> {
  const { namespace } = endpoints.metadata
  for (const slice of isDeleting(endpoints) ? [] : changes.create) {
    const response = yield* ask<KubeObject>(SELF, createRequest(SLICES, namespace, slice))
    if (namespaceIsTerminating(response)) return undefined
    if (!succeeded(response)) return `failed to create EndpointSlice for Endpoints ${key}: ${messageOf(response)}`
    yield* track(key, response.body.metadata.uid, response.body.metadata.generation)
  }
  for (const slice of changes.update) {
    const response = yield* ask<KubeObject>(SELF, updateRequest(SLICES, slice))
    if (!succeeded(response))
      return `failed to update ${slice.metadata.name} EndpointSlice for Endpoints ${key}: ${messageOf(response)}`
    yield* track(key, response.body.metadata.uid, response.body.metadata.generation)
  }
  for (const { metadata } of changes.remove) {
    const response = yield* ask(SELF, deleteRequest(SLICES, namespace, metadata.name, DELETE_OPTIONS))
    if (!succeeded(response))
      return `failed to delete ${metadata.name} EndpointSlice for Endpoints ${key}: ${messageOf(response)}`
    yield* track(key, metadata.uid, GONE)
  }
  return undefined
}

function* track(key: string, uid = '', generation = 0): ControllerProcedure {
  yield* perform<ControllerState, void>(world => {
    const known = trackerOf(world).get(key)
    if (known) known.set(uid, generation)
    else trackerOf(world).set(key, new Map([[uid, generation]]))
  })
}
