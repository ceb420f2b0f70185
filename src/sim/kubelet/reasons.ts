/** Reasons of the kubelet, beyond those of the CRI (api/cri.ts). `pod` is `namespace/name`. */
import type { WorkerPhase } from './state'

declare module '../kernel/types' {
  interface Reasons {
    /** The kubelet has registered its node. */
    'kubelet.registered': { node: string }
    /** The kubelet took a pod over, or heard of its end. */
    'kubelet.pod': { pod: string; change: 'added' | 'updated' | 'deleted' | 'removed' }
    /** The node has no room for a pod that was bound to it. */
    'kubelet.rejected': { pod: string; reason: string }
    /** A pod's worker begins its next piece of work. */
    'kubelet.sync': { pod: string; phase: WorkerPhase }
    /** A pod's volumes are set up. */
    'kubelet.volumes': { pod: string; volumes: number }
    /** The files of a pod's volumes follow the ConfigMaps and Secrets that they are made of. */
    'kubelet.files': { pod: string }
    /** An image pull waits for the one under way: pulls go one by one. */
    'kubelet.pull.waits': { pod: string; image: string; ahead: number }
    /** The kubelet saw a container's state change (pod lifecycle event generator). */
    'kubelet.pleg': { pod: string; event: 'ContainerStarted' | 'ContainerDied'; container: string }
    /** The kubelet asks a container over the network: a probe (`readiness` and the like) or a hook (`postStart`). `to` is address and path. */
    'kubelet.probe': { pod: string; container: string; what: string; to: string }
    /** A container or an image pull is tried again later. */
    'kubelet.backoff': { pod: string; container: string; reason: string; ms: number }
    /** A sync failed, or is to be repeated: its pod is looked at again then. */
    'kubelet.again': { pod: string; ms: number; error: string }
    /** A pod asks for things that this kubelet does not simulate: it runs without them. */
    'kubelet.unsupported': { pod: string; fields: readonly string[] }
    /** Nothing of the pod is left on the node. */
    'kubelet.finished': { pod: string }
  }
}
