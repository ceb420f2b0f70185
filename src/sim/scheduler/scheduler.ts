// Models cmd/kube-scheduler and pkg/scheduler/scheduler.go: the process, what it watches, and the plugins' loop in it.
import { ROOMS, USERS } from '../api/rooms'
import type { InformerSpec } from '../client/informer'
import { clientRoom } from '../client/room'
import type { Room } from '../kernel/types'
import { onNode, onObject, onPod } from './handlers'
import { serviceIndex } from './listers'
import { onMessage, wakeUp } from './loop'
import { PROCEDURES } from './procedures'
import { newSchedulerState, type SchedulerMessage, type SchedulerState } from './state'

const watch = (resource: string, more: Partial<InformerSpec<SchedulerState>> = {}): [string, InformerSpec<SchedulerState>] => [
  resource,
  { resource, ...more },
]

/** What kube-scheduler watches. Kinds without a handler are there to be looked up, or because the real one watches them. */
const INFORMERS = Object.fromEntries([
  watch('pods', { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed', on: onPod }),
  watch('nodes', { on: onNode }),
  watch('namespaces'),
  watch('services', { indices: { selector: serviceIndex } }),
  watch('replicationcontrollers'),
  watch('replicasets.apps'),
  watch('statefulsets.apps'),
  watch('persistentvolumes', { on: onObject('volume') }),
  watch('persistentvolumeclaims', { on: onObject('claim') }),
  watch('storageclasses.storage.k8s.io', { on: onObject('storage-class') }),
  watch('csinodes.storage.k8s.io', { on: onObject('csi-node') }),
  watch('csidrivers.storage.k8s.io'),
  watch('csistoragecapacities.storage.k8s.io'),
  watch('volumeattachments.storage.k8s.io'),
  watch('poddisruptionbudgets.policy', { indices: { namespace: budget => [budget.metadata.namespace ?? ''] } }),
  watch('resourceclaims.resource.k8s.io', { on: onObject('resource-claim') }),
  watch('resourceslices.resource.k8s.io'),
  watch('deviceclasses.resource.k8s.io', { on: onObject('device-class') }),
  watch('configmaps', { namespace: 'kube-system', fieldSelector: 'metadata.name=extension-apiserver-authentication' }),
])

/** kube-scheduler: the room. */
export const createScheduler = (): Room<SchedulerState> =>
  clientRoom<SchedulerState>({
    id: ROOMS.scheduler,
    user: USERS.scheduler,
    rateLimit: { qps: 50, burst: 100 },
    own: newSchedulerState,
    informers: INFORMERS,
    bootInformers: Object.keys(INFORMERS),
    procedures: PROCEDURES,
    synced(world) {
      for (const informer of world.state.informers.values()) if (!informer.synced) return
      world.state.readyAt = world.context.now
      wakeUp(world)
    },
    receive: (world, message) => onMessage(world, message as SchedulerMessage),
  })
