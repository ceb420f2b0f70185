/** What the apiserver and a server that extends it say to each other. Models kube-aggregator's handler_proxy.go. */
import type { Message } from '../kernel/types'
import type { Verb } from './reasons'
import type { KubeList, KubeObject, Status } from './types'

/** A request that the apiserver hands on: who asks has been found out, and that they may. */
export interface ProxiedRequest extends Message {
  readonly type: 'aggregator.request'
  /** Of the apiserver; the answer names it. */
  readonly id: number
  readonly verb: 'get' | 'list'
  readonly path: string
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
  readonly query: Readonly<Record<string, string>>
}
export interface ProxiedResponse extends Message {
  readonly type: 'aggregator.response'
  readonly id: number
  readonly code: number
  readonly body: KubeObject | KubeList | Status
}

/** The program in a container is a process that has a room of its own: the runtime says that it has begun, or has ended. */
export interface ProcessMessage extends Message {
  readonly type: 'process'
  readonly container: string
  readonly running: boolean
}

declare module '../kernel/types' {
  interface Reasons {
    /** The apiserver hands a request on to the server of its API. */
    'aggregator.request': { id: number; verb: Verb; path: string }
    /** The program of a container begins or ends, and it is one that has a room of its own. */
    'runtime.process': { name: string; state: 'running' | 'exited' }
    /** That server answers. */
    'aggregator.response': { id: number; code: number; path: string }
  }
}
