/**
 * What travels between the rooms. The apiserver's surface is HTTP in shape: method, path, query, headers, body, code;
 * bodies are objects instead of bytes.
 */
import type { Message } from '../kernel/types'
import type { KubeObject, Status } from './types'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Media types of a body; a patch is told by its content type, a Table by its Accept header. */
export const MEDIA = {
  json: 'application/json',
  yaml: 'application/yaml',
  strategicMergePatch: 'application/strategic-merge-patch+json',
  mergePatch: 'application/merge-patch+json',
  jsonPatch: 'application/json-patch+json',
  applyPatch: 'application/apply-patch+yaml',
  /** What `kubectl get` accepts: a Table, else the objects. */
  table: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
} as const

/** One HTTP request to the apiserver. `path` has no query; `query` is decoded. */
export interface HttpRequest extends Message {
  readonly type: 'request'
  /** Unique per client room; the answer names it. */
  readonly id: number
  readonly method: Method
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: HttpHeaders
  readonly body?: unknown
  /** Of pods/exec: what the query says besides, and what goes over the connection. */
  readonly exec?: ExecOptions
}

/** A command for a container (PodExecOptions), with its standard input. */
export interface ExecOptions {
  readonly command: readonly string[]
  readonly stdin?: string
}
/** How a command ended: what an exec's error stream says. */
export interface ExecEnd {
  readonly stderr: string
  readonly exitCode: number
  /** It could not be run: why. */
  readonly error?: string
  /** It is not simulated. */
  readonly unknown?: boolean
}
export interface HttpHeaders {
  /** Who asks, as the client's credential says it: a certificate's common name or a service account's user name. */
  readonly user: string
  /** Groups that the credential names besides those that follow from the user (a certificate's organisations). */
  readonly groups?: readonly string[]
  readonly accept?: string
  readonly contentType?: string
  readonly userAgent?: string
  /** Impersonate-User, and the Impersonate-Group headers beside it. */
  readonly impersonateUser?: string
  readonly impersonateGroups?: readonly string[]
  /** Impersonate-Uid, and Impersonate-Extra-<key>. */
  readonly impersonateUid?: string
  readonly impersonateExtra?: Readonly<Record<string, readonly string[]>>
}

/** The answer to a request; for a watch, its first line (200), after which `watch-event`s follow with the same id. */
export interface HttpResponse<Body = unknown> extends Message {
  readonly type: 'response'
  readonly id: number
  readonly code: number
  readonly body: Body
  /** Texts of Warning headers. */
  readonly warnings?: readonly string[]
}

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
/** One line of a watch's answer. */
export interface WatchEvent extends Message {
  readonly type: 'watch-event'
  /** Of the watch request. */
  readonly id: number
  readonly event: WatchEventType
  readonly object: KubeObject | Status
}
/** The answer of a watch is over: its time is up, or it has told an error. */
export interface WatchEnd extends Message {
  readonly type: 'watch-end'
  /** Of the watch request. */
  readonly id: number
  readonly event: 'END'
}
/** More of an answer that goes on: of a log that is followed. */
export interface StreamChunk extends Message {
  readonly type: 'chunk'
  /** Of the request. */
  readonly id: number
  readonly text: string
  /** There will be no more. */
  readonly last: boolean
  /** The connection broke: there would have been more. */
  readonly broken?: true
  /** Of an exec, with its last piece. */
  readonly ended?: ExecEnd
}
/** The client closes a watch, or a log that it follows. */
export interface CancelRequest extends Message {
  readonly type: 'cancel'
  readonly id: number
}

/** etcd's key-value API, as the apiserver uses it. Keys are `/registry/<resource>[/<namespace>]/<name>`; values are objects without resourceVersion. */
export type EtcdRequest =
  | (Message & {
      readonly type: 'etcd.range'
      readonly id: number
      readonly key: string
      readonly prefix?: boolean
      readonly revision?: number
      readonly limit?: number
      readonly from?: string
      /** Answer on the stream of this watch, after its events up to then: so the asker knows that it has heard them all. */
      readonly afterWatch?: number
    })
  | EtcdTxn
  | (Message & { readonly type: 'etcd.watch'; readonly id: number; readonly prefix: string; readonly fromRevision: number })
  | (Message & { readonly type: 'etcd.compact'; readonly id: number; readonly revision: number })
  | EtcdLoad
  /** Opens a connection where there was none. */
  | (Message & { readonly type: 'etcd.connect'; readonly id: number })
/** The first contents of an empty store, a revision each; answered as a txn that succeeds if it was empty. */
export interface EtcdLoad extends Message {
  readonly type: 'etcd.load'
  readonly id: number
  readonly values: readonly { readonly key: string; readonly value: KubeObject }[]
}
/** If the key's mod revision is `compare` (0: the key is absent), do `then`; else answer with the current value. */
export interface EtcdTxn extends Message {
  readonly type: 'etcd.txn'
  readonly id: number
  readonly key: string
  readonly compare: number
  readonly then: { readonly put: KubeObject } | { readonly delete: true }
}
export interface EtcdKeyValue {
  readonly key: string
  readonly createRevision: number
  readonly modRevision: number
  readonly version: number
  readonly value: KubeObject
}
export type EtcdAnswer =
  | (Message & {
      readonly type: 'etcd.range.answer'
      readonly id: number
      readonly revision: number
      readonly kvs: readonly EtcdKeyValue[]
      readonly more: boolean
      readonly compacted?: boolean
    })
  | (Message & {
      readonly type: 'etcd.txn.answer'
      readonly id: number
      readonly succeeded: boolean
      readonly revision: number
      readonly current?: EtcdKeyValue
    })
  | (Message & { readonly type: 'etcd.compact.answer'; readonly id: number; readonly revision: number })
  | (Message & { readonly type: 'etcd.connected'; readonly id: number })
  /** The watch can't stand: what it wanted from is compacted, up to `revision`. */
  | (Message & { readonly type: 'etcd.watch.compacted'; readonly id: number; readonly revision: number })
/** One change, on a standing watch. Of a deletion, `kv` is the last value with the deletion's revision. */
export interface EtcdWatchEvent extends Message {
  readonly type: 'etcd.watch.event'
  /** Of the watch. */
  readonly id: number
  readonly event: 'PUT' | 'DELETE'
  readonly kv: EtcdKeyValue
  readonly previous?: EtcdKeyValue
  /** Revision of the change. */
  readonly revision: number
}
