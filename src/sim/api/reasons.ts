/** Reasons of what every client and the apiserver say to each other. Times in ms; `request` is the seq of the request's hop. */
import type { WatchEventType } from './messages'

/** What a request asks for, as the audit log of Kubernetes says it. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

/** What a request is about. `resource` is the plural, with its subresource: `pods/status`; for other paths it is the path. */
export interface RequestInfo {
  readonly verb: Verb
  readonly group: string
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
}

declare module '../kernel/types' {
  interface Reasons {
    /** A client asks the apiserver. */
    'http.request': RequestInfo & { id: number; user: string }
    /** The apiserver answers. */
    'http.response': Omit<RequestInfo, 'group'> & { id: number; request: Seq; code: number; error?: string }
    /** A change goes out to one watcher. */
    'watch.event': {
      id: number
      request: Seq
      event: WatchEventType
      resource: string
      namespace?: string
      name: string
      resourceVersion: string
    }
    /** The apiserver ends a watch, as each ends some time: its client asks for another one from where this one was. */
    'watch.end': { id: number; request: Seq; resource: string }
    /** More of an answer that goes on; `last`: there will be no more. */
    'http.chunk': { id: number; request: Seq; resource: string; namespace?: string; name?: string; lines: number; last: boolean }
    /** A client closes a watch, or a log that it follows. */
    'http.cancel': { id: number; resource: string }
    /** A client asks slower than it wants to: its rate limit (qps, burst) holds the request back. */
    'client.throttled': { user: string; ms: number }
    /** An informer has its first full list. */
    'informer.synced': { resource: string; objects: number }
    /** A watch broke or is too old: the informer lists again. */
    'informer.relist': { resource: string; reason: string; ms: number }
    /** Nobody listened to its watch: it watches again from where it was after `ms`. */
    'informer.rewatch': { resource: string; reason: string; ms: number }
    /** A key entered a work queue. */
    'queue.add': { key: string; length: number }
    /** A worker took a key from its queue. */
    'queue.take': { key: string; length: number }
    /** A key's sync is over. */
    'queue.done': { key: string; length: number }
    /** A sync failed; the key comes back after a back-off. */
    'queue.retry': { key: string; failures: number; ms: number; error: string }
    /** A sync failed once too often: the key does not come back by itself. */
    'queue.drop': { key: string; failures: number; error: string }
    /** A key will come back later, because its controller wants to look again then. */
    'queue.after': { key: string; ms: number }
  }
}
