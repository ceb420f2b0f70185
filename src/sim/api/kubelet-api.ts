/** The kubelet's own HTTP server (port 10250), as the apiserver uses it. Models pkg/kubelet/server/server.go. */
import type { Message } from '../kernel/types'
import type { ExecEnd, ExecOptions } from './messages'

/** One request to a kubelet. `path` has no query: `/containerLogs/default/web/nginx`. */
export interface KubeletRequest extends Message {
  readonly type: 'kubelet.request'
  /** Of the apiserver; the answer names it. */
  readonly id: number
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** Of /exec. */
  readonly exec?: ExecOptions
}
/** Its answer: a text. */
export interface KubeletResponse extends Message {
  readonly type: 'kubelet.response'
  readonly id: number
  readonly code: number
  readonly body: string
}

/** More of an answer that goes on: a log that is followed. */
export interface KubeletChunk extends Message {
  readonly type: 'kubelet.chunk'
  /** Of the request. */
  readonly id: number
  readonly text: string
  /** There will be no more. */
  readonly last: boolean
  /** The connection broke: there would have been more. */
  readonly broken?: true
  /** Of /exec, with its last piece. */
  readonly ended?: ExecEnd
}
/** Whoever followed has gone. */
export interface KubeletCancel extends Message {
  readonly type: 'kubelet.cancel'
  /** Of the request. */
  readonly id: number
}

declare module '../kernel/types' {
  interface Reasons {
    /** The apiserver asks a kubelet, on behalf of its client. */
    'kubelet.request': { id: number; method: string; path: string }
    /** The kubelet answers the apiserver. */
    'kubelet.response': { id: number; code: number; path: string; error?: string }
    /** The kubelet passes on what a container that is followed has written; `last`: it will write no more. */
    'kubelet.chunk': { id: number; path: string; lines: number; last: boolean }
    /** The apiserver's client has gone: it follows no more. */
    'kubelet.cancel': { id: number; path: string }
  }
}
