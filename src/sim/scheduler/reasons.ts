/** What the scheduler writes into the trace, beside its requests. Pods are `namespace/name`. */
import type { CycleTable } from './table'

/** The parts of the queue that a pod can be in. `gated`: PreEnqueue keeps it out. */
export type QueueName = 'activeQ' | 'backoffQ' | 'unschedulablePods' | 'gated'

declare module '../kernel/types' {
  interface Reasons {
    /** A pod without a node entered the queue. */
    'scheduler.queue.add': { pod: string; queue: QueueName }
    /** A pod went from one part of the queue to another: something happened that may let it fit, or its time came. */
    'scheduler.queue.move': { pod: string; from: QueueName; to: QueueName; event: QueueEvent }
    /** A pod left the queue: it is deleted, or has a node. */
    'scheduler.queue.remove': { pod: string }
    /** The next pod's turn. `attempt` counts from 1. */
    'scheduler.queue.pop': { pod: string; attempt: number; active: number; backoff: number; unschedulable: number }
    /** One scheduling cycle that found a node. */
    'scheduler.cycle.chosen': { pod: string; node: string; table: CycleTable }
    /** One scheduling cycle that found none; `message` is what the pod is told, `rejectedBy` the plugins that refused. */
    'scheduler.cycle.unschedulable': { pod: string; message: string; rejectedBy: readonly string[]; table: CycleTable }
    /** From now on the pod counts as being on the node, though the apiserver does not know yet. */
    'scheduler.cache.assumed': { pod: string; node: string }
    /** The binding failed: the pod counts no more, and is tried again. */
    'scheduler.cache.forgotten': { pod: string; node: string; error: string }
    /** Pods will be evicted from a node to make room. */
    'scheduler.preemption': { pod: string; node: string; victims: readonly string[] }
  }
}

/** Why a pod moves within the queue. */
export type QueueEvent =
  | 'backoff-complete'
  | 'force-activate'
  | 'timeout'
  | 'pod-updated'
  | 'node-added'
  | 'node-updated'
  | 'node-deleted'
  | 'assigned-pod-added'
  | 'assigned-pod-updated'
  | 'assigned-pod-deleted'
  | 'claim-changed'
  | 'volume-changed'
  | 'storage-class-changed'
  | 'csi-node-changed'
  | 'resource-claim-changed'
  | 'device-class-changed'
