// Models pkg/controller/endpoint/endpoints_controller.go.
import { semanticEqual } from '../../api/deep'
import type { KubeObject, Service } from '../../api/types'
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
import { createRequest, deleteRequest, updateRequest } from '../../client/requests'
import { keyOf, splitKey } from '../../client/store'
import { ask, DELETE_OPTIONS } from '../ask'
import { messageOf, namespaceIsTerminating } from '../objects'
import {
  HEADLESS,
  hasEndpoints,
  isHeadless,
  podsOfService,
  servicesToSync,
  TRIGGER_TIME,
  type TriggerTimes,
  triggerTime,
} from '../services'
import { MAX_ADDRESSES, type Subset, subsetsOf } from './subsets'

const SELF = { name: 'endpoint-controller', part: 'endpoints' } as const
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by'
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity'

/** Keeps the Endpoints objects of Services that have a selector; EndpointSlices have taken their place, but they are still written. */
export const endpoints: Controller<TriggerTimes> = {
  ...SELF,
  workers: 5,
  own: () => new Map(),
  watches: {
    services: (_, { object }) => [keyOf(object)],
    pods: servicesToSync,
    endpoints: (_, { type, object }) => (type === 'DELETED' ? [keyOf(object)] : []),
  },
  reconcile,
}

interface Plan {
  readonly service: Service
  /** What to write; undefined when it is right as it is. */
  readonly body?: KubeObject
  readonly isNew: boolean
}

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const found = yield* perform<ControllerState, Plan | 'gone' | undefined>(world => plan(world, key))
  const { namespace, name } = splitKey(key)
  if (found === 'gone') {
    // the apiserver has deleted them with their Service, so there is nothing to find
    const response = yield* ask(SELF, deleteRequest('endpoints', namespace, name, DELETE_OPTIONS))
    return succeeded(response) || response.code === 404 ? undefined : { retry: messageOf(response) }
  }
  if (!found?.body) return
  const { service, body, isNew } = found
  const response = yield* ask(SELF, isNew ? createRequest('endpoints', namespace, body) : updateRequest('endpoints', body))
  if (succeeded(response)) return
  if (!(isNew && namespaceIsTerminating(response))) {
    const reason = isNew ? 'FailedToCreateEndpoint' : 'FailedToUpdateEndpoint'
    const message = `Failed to ${isNew ? 'create endpoint for service' : 'update endpoint'} ${key}: ${messageOf(response)}`
    yield* controllerEvent(SELF, { object: isNew ? service : body, type: 'Warning', reason, message })
  }
  return { retry: messageOf(response) }
}

function plan(world: ControllerWorld, key: string): Plan | 'gone' | undefined {
  const times = world.state.own.get(SELF.part) as TriggerTimes
  const service = store(world, 'services').objects.get(key) as Service | undefined
  if (!service) {
    times.delete(key)
    return 'gone'
  }
  if (!hasEndpoints(service)) return undefined
  const pods = podsOfService(world, service)
  const time = triggerTime(times, key, service, pods)
  const current = store(world, 'endpoints').objects.get(key)
  const subsets = subsetsOf(service, pods)
  const { [HEADLESS]: _, ...own } = service.metadata.labels ?? {}
  const labels = { ...own, ...(isHeadless(service) && { [HEADLESS]: '' }), [MANAGED_BY]: 'endpoint-controller' }
  if (current && semanticEqual(current.subsets, subsets) && semanticEqual(current.metadata.labels, labels))
    return Object.freeze({ service, isNew: false })
  const { [TRIGGER_TIME]: __, [OVER_CAPACITY]: ___, ...kept } = current?.metadata.annotations ?? {}
  const count = subsets.reduce((n, s) => n + (s.addresses?.length ?? 0) + (s.notReadyAddresses?.length ?? 0), 0)
  const annotations = {
    ...kept,
    ...(time !== undefined && { [TRIGGER_TIME]: time }),
    ...(count > MAX_ADDRESSES && { [OVER_CAPACITY]: 'truncated' }),
  }
  const { annotations: ____, ...metadata } = current?.metadata ?? { name: service.metadata.name }
  const body: KubeObject = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...metadata, labels, ...(Object.keys(annotations).length > 0 && { annotations }) },
    ...(subsets.length > 0 && { subsets: truncate(subsets) }),
  }
  return Object.freeze({ service, body, isNew: !current })
}

/** truncateEndpoints: an object of too many addresses keeps the first of them, ready ones before the others. */
function truncate(subsets: readonly Subset[]): Subset[] {
  let room = MAX_ADDRESSES
  const cut = <T>(list: readonly T[] | undefined): T[] | undefined => {
    const kept = list?.slice(0, room)
    room -= kept?.length ?? 0
    return kept?.length ? kept : undefined
  }
  const ready = subsets.map(({ addresses }) => cut(addresses))
  const notReady = subsets.map(({ notReadyAddresses }) => cut(notReadyAddresses))
  return subsets.map(({ ports }, i) => {
    const [addresses, notReadyAddresses] = [ready[i], notReady[i]]
    return { ...(addresses && { addresses }), ...(notReadyAddresses && { notReadyAddresses }), ...(ports && { ports }) }
  })
}
