// Models cmd/kube-controller-manager/app/controllermanager.go: the controllers, in the order in which they start.
import { ROOMS, USERS } from '../api/rooms'
import { type Controller, type ControllerState, controllerManagerRoom } from '../client/controller'
import type { Room } from '../kernel/types'
import { deployment } from './deployment/deployment'
import { endpoints } from './endpoints/endpoints'
import { endpointslice } from './endpointslice/endpointslice'
import { garbageCollector } from './garbage-collector/garbage-collector'
import { replicaset } from './replicaset/replicaset'
import { WATCHED } from './watched'

/** Flags of kube-controller-manager. */
export interface ControllerManagerOptions {
  /** --kube-api-qps and --kube-api-burst, of each controller's client */
  readonly qps?: number
  readonly burst?: number
}

/** All controllers, in boot order. A new one is a folder and a line here. */
export const controllers = (_options: ControllerManagerOptions = {}): readonly Controller[] => [
  endpoints,
  endpointslice,
  garbageCollector,
  replicaset,
  deployment,
]

/** kube-controller-manager. */
export function createControllerManager(options: ControllerManagerOptions = {}): Room<ControllerState> {
  return controllerManagerRoom({
    id: ROOMS.controllerManager,
    user: USERS.controllerManager,
    rateLimit: { qps: options.qps ?? 20, burst: options.burst ?? 30 },
    controllers: controllers(options),
    watches: WATCHED,
  })
}
