/** Addresses of the rooms. */
import { type RoomId, roomId } from '../kernel/types'
import { once } from './once'

export const ROOMS = {
  kubectl: roomId('kubectl'),
  apiserver: roomId('apiserver'),
  etcd: roomId('etcd'),
  scheduler: roomId('scheduler'),
  controllerManager: roomId('controller-manager'),
  metricsServer: roomId('metrics-server'),
} as const

const NODE_ROOMS = {
  kubelet: once(node => roomId(`kubelet/${node}`)),
  'kube-proxy': once(node => roomId(`kube-proxy/${node}`)),
  runtime: once(node => roomId(`runtime/${node}`)),
  network: once(node => roomId(`network/${node}`)),
} as const

/** A room of a node: `kubelet/node-1`. */
export const nodeRoom = (kind: keyof typeof NODE_ROOMS, node: string): RoomId => NODE_ROOMS[kind](node)

/** A controller's part of kube-controller-manager: `controller-manager/deployment`. */
export const controllerRoom = once(part => roomId(`controller-manager/${part}`))

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
export const controllerUser = once(name => `system:serviceaccount:kube-system:${name}`)
