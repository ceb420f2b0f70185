/** Every reason that the simulation knows, in one place: importing this makes the compiler see all of `Reasons`. Types only. */
import type {} from './api/cni'
import type {} from './api/cri'
import type {} from './api/reasons'
import type {} from './apiserver/reasons'
import type {} from './etcd/reasons'
import type {} from './kube-proxy/reasons'
import type {} from './kubectl/reasons'
import type {} from './kubelet/reasons'
import type {} from './network/reasons'
import type {} from './runtime/reasons'
import type {} from './scheduler/reasons'

export type { ReasonCode, Reasons } from './kernel/types'
