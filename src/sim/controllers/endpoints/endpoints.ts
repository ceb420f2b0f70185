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

interface Own {
  readonly times: TriggerTimes
  /** Versions of Endpoints that this controller has replaced, by key. */
  readonly outdated: Map<string, string>
}
const ownOf = (world: ControllerWorld): Own => world.state.own.get(SELF.part) as Own

/** Keeps the Endpoints objects of Services that have a selector; EndpointSlices have taken their place, but they are still written. */
export const endpoints: Controller<Own> = {
  ...SELF,
  workers: 5,
  maxRetries: 15,
  own: () => ({ times: new Map(), outdated: new Map() }),
  watches: {
    services: (_, { object }) => [keyOf(object)],
    pods: servicesToSync,
    endpoints: (_, { type, object }) => (type === 'DELETED' ? [keyOf(object)] : []),
  },
  reconcile,
}

interface Plan {
  /** What to write; undefined when it is right as it is. */
  readonly body?: KubeObject
  readonly isNew: boolean
}

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const found = yield* perform<ControllerState, Plan | 'gone' | 'stale' | undefined>(world => plan(world, key))
  const { namespace, name } = splitKey(key)
  if (found === 'gone') {
    // the apiserver has deleted them with their Service, so there is nothing to find
    const response = yield* ask(SELF, deleteRequest('endpoints', namespace, name, DELETE_OPTIONS))
    return succeeded(response) || response.code === 404 ? undefined : { retry: messageOf(response) }
  }
  if (found === 'stale') return { retry: 'endpoints informer cache is out of date' }
  if (!found?.body) return
  const { body, isNew } = found
  const response = yield* ask(SELF, isNew ? createRequest('endpoints', namespace, body) : updateRequest('endpoints', body))
  if (succeeded(response)) return isNew ? undefined : yield* outdate(key, body, response.body as KubeObject)
  if (isNew && namespaceIsTerminating(response)) return
  const reason = isNew ? 'FailedToCreateEndpoint' : 'FailedToUpdateEndpoint'
  const message = `Failed to ${isNew ? 'create endpoint for service' : 'update endpoint'} ${key}: ${messageOf(response)}`
  yield* controllerEvent(SELF, { object: body, type: 'Warning', reason, message })
  return { retry: messageOf(response) }
}

/** staleEndpointsTracker: what has been written anew is not to be read from the cache as it was before. */
function* outdate(key: string, { metadata: before }: KubeObject, { metadata: after }: KubeObject): ControllerProcedure {
  if (before.resourceVersion === undefined || before.resourceVersion === after.resourceVersion) return
  const version = before.resourceVersion
  yield* perform<ControllerState, void>(world => void ownOf(world).outdated.set(key, version))
}

function plan(world: ControllerWorld, key: string): Plan | 'gone' | 'stale' | undefined {
  const { times, outdated } = ownOf(world)
  const service = store(world, 'services').objects.get(key) as Service | undefined
  if (!service) {
    times.delete(key)
    outdated.delete(key)
    return 'gone'
  }
  if (!hasEndpoints(service)) return undefined
  const pods = podsOfService(world, service)
  const time = triggerTime(times, key, service, pods)
  const current = store(world, 'endpoints').objects.get(key)
  if (current && current.metadata.resourceVersion === outdated.get(key)) return 'stale'
  const subsets = subsetsOf(service, pods)
  const { [TRIGGER_TIME]: __, [OVER_CAPACITY]: over, ...kept } = current?.metadata.annotations ?? {}
  const { [HEADLESS]: _, ...own } = service.metadata.labels ?? {}
  const labels = { ...own, ...(isHeadless(service) && { [HEADLESS]: '' }), [MANAGED_BY]: 'endpoint-controller' }
  if (current && semanticEqual(current.subsets, subsets) && semanticEqual(current.metadata.labels, labels) && over === undefined)
    return Object.freeze({ isNew: false })
  const count = subsets.reduce((n, s) => n + (s.addresses?.length ?? 0) + (s.notReadyAddresses?.length ?? 0), 0)
  const annotations = {
    ...kept,
    ...(time !== undefined && { [TRIGGER_TIME]: time }),
    ...(count > MAX_ADDRESSES && { [OVER_CAPACITY]: 'truncated' }),
  }
  const { annotations: ___, ...metadata } = current?.metadata ?? { name: service.metadata.name }
  const body: KubeObject = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...metadata, labels, ...(Object.keys(annotations).length > 0 && { annotations }) },
    ...(subsets.length > 0 && { subsets: truncate(subsets) }),
  }
  return Object.freeze({ body, isNew: !current })
}

/** truncateEndpoints: where there are too many addresses, each subset keeps its share of the room, and ready ones come before the others. */
function truncate(subsets: readonly Subset[]): readonly Subset[] {
  const count = (pick: (subset: Subset) => readonly unknown[] | undefined) =>
    subsets.reduce((n, s) => n + (pick(s)?.length ?? 0), 0)
  const ready = count(s => s.addresses)
  const notReady = count(s => s.notReadyAddresses)
  if (ready + notReady <= MAX_ADDRESSES) return subsets
  const cutsReady = ready > MAX_ADDRESSES
  const [room, all] = cutsReady ? [MAX_ADDRESSES, ready] : [MAX_ADDRESSES - ready, notReady]
  let left = room
  return subsets.map(({ addresses, notReadyAddresses, ports }) => {
    const cut = (cutsReady ? addresses : notReadyAddresses) ?? []
    const kept = cut.slice(0, Math.min(left, Math.ceil((cut.length / all) * room)))
    left -= kept.length
    const [first, second] = cutsReady ? [kept, []] : [addresses ?? [], kept]
    return {
      ...(first.length > 0 && { addresses: first }),
      ...(second.length > 0 && { notReadyAddresses: second }),
      ...(ports && { ports }),
    }
  })
}
