// Models cmd/kube-controller-manager/app/controllermanager.go: the controllers, in the order in which they start.
import { ROOMS, USERS } from '../api/rooms'
import { type Controller, type ControllerState, controllerManagerRoom } from '../client/controller'
import type { Room } from '../kernel/types'
import { attachdetach } from './attachdetach/attachdetach'
import { certificatesigningrequestApproving } from './certificatesigningrequest-approving/certificatesigningrequest-approving'
import { certificatesigningrequestCleaner } from './certificatesigningrequest-cleaner/certificatesigningrequest-cleaner'
import { clusterroleAggregation } from './clusterrole-aggregation/clusterrole-aggregation'
import { cronjob } from './cronjob/cronjob'
import { daemonset } from './daemonset/daemonset'
import { deployment } from './deployment/deployment'
import { disruption } from './disruption/disruption'
import { endpoints } from './endpoints/endpoints'
import { endpointslice } from './endpointslice/endpointslice'
import { endpointslicemirroring } from './endpointslicemirroring/endpointslicemirroring'
import { ephemeralVolume } from './ephemeral-volume/ephemeral-volume'
import { expand } from './expand/expand'
import type { ControllerManagerOptions } from './flags'
import { garbageCollector } from './garbage-collector/garbage-collector'
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler/horizontal-pod-autoscaler'
import { job } from './job/job'
import { legacyServiceAccountTokenCleaner } from './legacy-service-account-token-cleaner/legacy-service-account-token-cleaner'
import { namespace } from './namespace/namespace'
import { nodeIpam } from './node-ipam/node-ipam'
import { nodeLifecycle } from './node-lifecycle/node-lifecycle'
import { persistentVolumeBinder } from './persistent-volume-binder/persistent-volume-binder'
import { podGarbageCollector } from './pod-garbage-collector/pod-garbage-collector'
import { pvProtection } from './pv-protection/pv-protection'
import { pvcProtection } from './pvc-protection/pvc-protection'
import { replicaset } from './replicaset/replicaset'
import { replicationcontroller } from './replicationcontroller/replicationcontroller'
import { resourceQuota } from './resource-quota/resource-quota'
import { rootCaCertPublisher } from './root-ca-cert-publisher/root-ca-cert-publisher'
import { serviceAccount } from './service-account/service-account'
import { serviceCidrs } from './service-cidrs/service-cidrs'
import { serviceaccountToken } from './serviceaccount-token/serviceaccount-token'
import { statefulset } from './statefulset/statefulset'
import { taintEviction } from './taint-eviction/taint-eviction'
import { ttl } from './ttl/ttl'
import { ttlAfterFinished } from './ttl-after-finished/ttl-after-finished'
import { WATCHED } from './watched'

/** All controllers, in boot order. A new one is a folder and a line here. */
export const controllers = (options: ControllerManagerOptions = {}): readonly Controller[] => [
  serviceaccountToken,
  endpoints,
  endpointslice,
  endpointslicemirroring,
  replicationcontroller,
  podGarbageCollector(options.terminatedPodLimit),
  resourceQuota,
  namespace,
  serviceAccount,
  garbageCollector,
  daemonset,
  job,
  deployment,
  replicaset,
  statefulset,
  cronjob,
  certificatesigningrequestApproving,
  certificatesigningrequestCleaner,
  ttlAfterFinished,
  ttl,
  nodeIpam(options.clusterCidr ?? '10.244.0.0/16'),
  nodeLifecycle({ periodMs: options.nodeMonitorPeriodMs ?? 5000, graceMs: options.nodeMonitorGraceMs ?? 50_000 }),
  taintEviction,
  persistentVolumeBinder(options.hostPathProvisioner ?? false, options.claimBinderSyncMs),
  attachdetach,
  expand,
  clusterroleAggregation,
  horizontalPodAutoscaler(options.autoscalerSyncMs),
  disruption,
  pvcProtection,
  ephemeralVolume,
  pvProtection,
  rootCaCertPublisher,
  legacyServiceAccountTokenCleaner,
  serviceCidrs,
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
