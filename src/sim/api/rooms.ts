/** Addresses of the rooms. */
import { type RoomId, roomId } from '../kernel/types'

export const ROOMS = {
  kubectl: roomId('kubectl'),
  apiserver: roomId('apiserver'),
  etcd: roomId('etcd'),
  scheduler: roomId('scheduler'),
  controllerManager: roomId('controller-manager'),
  metricsServer: roomId('metrics-server'),
} as const

/** A room of a node: `kubelet/node-1`. */
export const nodeRoom = (kind: 'kubelet' | 'kube-proxy' | 'runtime' | 'network', node: string): RoomId =>
  roomId(`${kind}/${node}`)

/** A controller's part of kube-controller-manager: `controller-manager/deployment`. */
export const controllerRoom = (part: string): RoomId => roomId(`controller-manager/${part}`)

/** User names that the components' credentials carry. */
export const USERS = {
  admin: 'kubernetes-admin',
  apiserver: 'system:apiserver',
  scheduler: 'system:kube-scheduler',
  controllerManager: 'system:kube-controller-manager',
  kubeProxy: 'system:kube-proxy',
} as const
export const nodeUser = (node: string): string => `system:node:${node}`
/** The service account that a controller acts under. */
export const controllerUser = (name: string): string => `system:serviceaccount:kube-system:${name}`
