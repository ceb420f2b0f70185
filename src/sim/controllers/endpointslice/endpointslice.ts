// Models pkg/controller/endpointslice/endpointslice_controller.go and staging/src/k8s.io/endpointslice/endpointslice_tracker.go.
import type { EndpointSlice, KubeObject, Node, Pod, Service } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  controllerEvent,
  type Outcome,
  store,
} from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { createRequest, deleteRequest, updateRequest } from '../../client/requests'
import { keyOf, objectsBy } from '../../client/store'
import { ask, DELETE_OPTIONS } from '../ask'
import { isDeleting, messageOf, namespaceIsTerminating } from '../objects'
import {
  hasEndpoints,
  podsOfService,
  servicesToSync,
  syncSlicesLater,
  TRIGGER_TIME,
  type TriggerTimes,
  triggerTime,
} from '../services'
import { CONTROLLER, MANAGED_BY, reconcileSlices, SERVICE_NAME, type SliceChanges } from './slices'

const SELF = { name: 'endpointslice-controller', part: 'endpointslice' } as const
const SLICES = 'endpointslices.discovery.k8s.io'

/** What the controller has written and must see again before it acts: generations of slices by uid, by Service key. */
type Tracker = Map<string, Map<string, number>>
/** Stands for a slice that was deleted. */
const GONE = -1
interface Own {
  readonly tracker: Tracker
  readonly times: TriggerTimes
}
const ownOf = (world: ControllerWorld): Own => world.state.own.get(SELF.part) as Own

/** Keeps the EndpointSlices of Services that have a selector. */
export const endpointslice: Controller<Own> = {
  ...SELF,
  workers: 5,
  maxRetries: 15,
  backOff: [1000, 1_000_000],
  own: () => ({ tracker: new Map(), times: new Map() }),
  indices: { [SLICES]: { service: slice => [serviceKey(slice)] } },
  watches: {
    services: (_, { object }) => [keyOf(object)],
    pods: servicesToSync,
    [SLICES]: (world, event) => syncSlicesLater(world, SELF.part, sliceChanged(world, event)),
    nodes: () => [],
  },
  reconcile,
}

const serviceKey = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.labels?.[SERVICE_NAME] ?? ''}`
const isManaged = ({ metadata }: KubeObject): boolean => metadata.labels?.[MANAGED_BY] === CONTROLLER

/** A slice that someone else changed or deleted is put right; the controller's own writes need no sync. */
function sliceChanged(world: ControllerWorld, { type, object }: InformerEvent): readonly string[] {
  if (!isManaged(object)) return []
  const key = serviceKey(object)
  const known = ownOf(world).tracker.get(key)
  const { uid = '', generation = 0 } = object.metadata
  if (type === 'DELETED') {
    const before = known?.get(uid)
    known?.delete(uid)
    return before === undefined || before === GONE ? [] : [key]
  }
  const written = known?.get(uid)
  return written !== undefined && written !== GONE && generation <= written ? [] : [key]
}

/** The caches do not hold yet what was written for this Service. */
function isStale(tracker: Tracker, key: string, slices: readonly EndpointSlice[]): boolean {
  const known = tracker.get(key)
  if (!known) return false
  const seen = new Set<string>()
  for (const { metadata } of slices) {
    seen.add(metadata.uid ?? '')
    const written = known.get(metadata.uid ?? '')
    if (written !== undefined && (written === GONE || (metadata.generation ?? 0) < written)) return true
  }
  for (const [uid, written] of known) if (written !== GONE && !seen.has(uid)) return true
  return false
}

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const found = yield* perform<
    ControllerState,
    { service: Service; changes: SliceChanges; time: string | undefined } | 'stale' | undefined
  >(world => plan(world, key))
  if (!found) return
  if (found === 'stale') return { retry: 'EndpointSlice informer cache is out of date' }
  const error = yield* write(key, found.service, found.changes, found.time)
  if (error === undefined) return
  const message = `Error updating Endpoint Slices for Service ${key}: ${error}`
  yield* controllerEvent(SELF, { object: found.service, type: 'Warning', reason: 'FailedToUpdateEndpointSlices', message })
  return { retry: error }
}

function plan(
  world: ControllerWorld,
  key: string,
): { service: Service; changes: SliceChanges; time: string | undefined } | 'stale' | undefined {
  const { tracker, times } = ownOf(world)
  const service = store(world, 'services').objects.get(key) as Service | undefined
  if (!service) {
    tracker.delete(key)
    times.delete(key)
    return undefined
  }
  if (!hasEndpoints(service)) return undefined
  const slices = (objectsBy(store(world, SLICES), 'service', key) as EndpointSlice[]).filter(s => isManaged(s) && !isDeleting(s))
  if (isStale(tracker, key, slices)) return 'stale'
  const pods = podsOfService(world, service)
  const time = triggerTime(times, key, service, pods)
  const nodes = store(world, 'nodes').objects as ReadonlyMap<string, KubeObject> as ReadonlyMap<string, Node>
  return Object.freeze({ service, changes: reconcileSlices(service, pods as readonly Pod[], slices, nodes), time })
}

/** Creates, updates and deletes, one after the other. Returns the first error. */
function* write(
  key: string,
  service: Service,
  changes: SliceChanges,
  time: string | undefined,
): ControllerProcedure<string | undefined> {
  const { namespace } = service.metadata
  for (const slice of isDeleting(service) ? [] : changes.create) {
    const response = yield* ask<KubeObject>(SELF, createRequest(SLICES, namespace, withTime(slice, time)))
    if (namespaceIsTerminating(response)) return undefined
    if (!succeeded(response)) return messageOf(response)
    yield* track(key, response.body.metadata.uid, response.body.metadata.generation)
  }
  for (const slice of changes.update) {
    const response = yield* ask<KubeObject>(SELF, updateRequest(SLICES, withTime(slice, time)))
    if (!succeeded(response)) return messageOf(response)
    yield* track(key, response.body.metadata.uid, response.body.metadata.generation)
  }
  for (const slice of changes.remove) {
    const response = yield* ask(SELF, deleteRequest(SLICES, namespace, slice.metadata.name, DELETE_OPTIONS))
    if (!succeeded(response)) return messageOf(response)
    yield* track(key, slice.metadata.uid, GONE)
  }
  return undefined
}

function* track(key: string, uid = '', generation = 0): ControllerProcedure {
  yield* perform<ControllerState, void>(world => {
    const { tracker } = ownOf(world)
    const known = tracker.get(key)
    if (known) known.set(uid, generation)
    else tracker.set(key, new Map([[uid, generation]]))
  })
}

/** The slice with the time of the change that it shows; without one where none is known. */
function withTime(slice: EndpointSlice, time: string | undefined): KubeObject {
  const { annotations, ...metadata } = slice.metadata
  const { [TRIGGER_TIME]: _, ...others } = annotations ?? {}
  const said = time === undefined ? others : { ...others, [TRIGGER_TIME]: time }
  return {
    ...slice,
    metadata: { ...metadata, ...(Object.keys(said).length > 0 && { annotations: said }) },
  } as unknown as KubeObject
}
