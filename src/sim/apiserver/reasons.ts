/** Reasons of what the apiserver does, beyond answers and watch events (api/reasons.ts). */
import type { Verb } from '../api/reasons'

/** The stages of the pipeline, by the names that the stage shows. */
export type StageName =
  | 'authentication'
  | 'authorization'
  | 'decoding'
  | 'mutating'
  | 'validation'
  | 'validating'
  | 'storage'
  | 'watch-cache'
  | 'answer'

declare module '../kernel/types' {
  interface Reasons {
    /** A request has walked down the stages: which it passed, and where and why it ended if it was refused. */
    'apiserver.pipeline': {
      id: number
      request: Seq
      verb: Verb
      resource: string
      namespace?: string
      name?: string
      stages: readonly StageName[]
      refused?: { stage: StageName; code: number; reason: string; message: string }
    }
    /** The apiserver's own furniture (the default roles and bindings of RBAC, APIServices, flow schemas, priority levels) goes into an empty etcd, all at once. */
    'etcd.load': { id: number; objects: number; resources: readonly string[] }
    /** The watch cache of a resource holds all that etcd holds; lists and watches can be served. */
    'apiserver.cache.ready': { resource: string; objects: number; revision: number }
    /** The apiserver reads from etcd. */
    'etcd.range': { id: number; key: string; prefix: boolean }
    /** The apiserver writes to etcd: if the key is still at `compare` (0: absent). */
    'etcd.txn': { id: number; key: string; compare: number; event: 'PUT' | 'DELETE' }
    /** The one watch on a resource, which feeds the watch cache. */
    'etcd.watch': { id: number; key: string; fromRevision: number }
    /** The connection to etcd broke; the apiserver looks whether it is there again. */
    'etcd.connect': { id: number }
    /** The apiserver tells etcd to forget old history. */
    'etcd.compact': { id: number; revision: number }
  }
}
