/** What the stages of a write look at, and what they may say. */
import type { Resource } from '../api/kinds'
import type { HttpResponse } from '../api/messages'
import type { KubeObject, Status } from '../api/types'
import type { Strategy } from './registry/strategy'
import type { Call, Reader, User } from './state'

/** admission.Operation */
export type Operation = 'CREATE' | 'UPDATE' | 'DELETE'

/** One try to write: admission's Attributes, and what has been made of the object so far. */
export interface Attempt {
  readonly call: Call
  readonly user: User
  readonly operation: Operation
  readonly type: Resource
  readonly strategy: Strategy
  readonly subresource: string
  readonly namespace: string
  /** Of the object; while it has only a generateName, that. */
  readonly name: string
  /** The object as it is to be; undefined before it is decoded, and for a DELETE. */
  readonly object: KubeObject | undefined
  /** The object as it was. */
  readonly old: KubeObject | undefined
  /** Answers to what stages have asked the apiserver itself, in order. */
  readonly asked: readonly HttpResponse[]
  /** What the client is told beside the answer. */
  readonly warnings: readonly string[]
}

/** A question of the apiserver to itself, over its loopback connection. */
export interface Question {
  readonly method: 'GET' | 'PUT' | 'POST'
  readonly verb: 'get' | 'update' | 'create'
  readonly type: Resource
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  readonly body?: unknown
  /** Virtual ms to wait before it is asked. */
  readonly afterMs?: number
}

/** What a stage says: nothing (go on), go on with this object, no, or: first ask this. */
export type Verdict =
  | undefined
  | { readonly object: KubeObject; readonly warnings?: readonly string[] }
  | { readonly refused: Status }
  | { readonly ask: Question }
  | { readonly warnings: readonly string[] }

/** An admission plugin (k8s.io/apiserver/pkg/admission): a pure verdict on an attempt. */
export interface Plugin {
  /** As upstream's --enable-admission-plugins names it. */
  readonly name: string
  /** What it has an opinion on. `resource` is the stored one: `pods`, `deployments.apps`; `*` are all. */
  readonly operations: readonly Operation[]
  readonly resources: readonly string[]
  /** Whether it looks at subresources, too; default: no. */
  readonly subresources?: boolean
  readonly admit: (attempt: Attempt, reader: Reader) => Verdict
}
