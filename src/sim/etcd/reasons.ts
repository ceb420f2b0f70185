/** Reasons of what etcd does. Revisions are etcd's; `id` is that of the request or watch that is answered. */
declare module '../kernel/types' {
  interface Reasons {
    /** etcd has committed a transaction, or says what stands where the comparison failed. */
    'etcd.txn.answer': { id: number; key: string; succeeded: boolean; revision: number }
    /** etcd takes a connection. */
    'etcd.connected': { id: number }
    /** etcd has read. */
    'etcd.range.answer': { id: number; key: string; count: number; revision: number }
    /** etcd tells a standing watch of a change. */
    'etcd.watch.event': { id: number; event: 'PUT' | 'DELETE'; key: string; revision: number }
    /** A watch wanted changes that are compacted away; it is cancelled. */
    'etcd.watch.compacted': { id: number; prefix: string; revision: number }
    /** etcd has forgotten its history before a revision. */
    'etcd.compact.answer': { id: number; revision: number }
  }
}

export type {}
