/** The kubelet's own HTTP server (port 10250), as the apiserver uses it. Models pkg/kubelet/server/server.go. */
import type { Message } from '../kernel/types'

/** One request to a kubelet. `path` has no query: `/containerLogs/default/web/nginx`. */
export interface KubeletRequest extends Message {
  readonly type: 'kubelet.request'
  /** Of the apiserver; the answer names it. */
  readonly id: number
  readonly method: 'GET'
  readonly path: string
  readonly query: Readonly<Record<string, string>>
}
/** Its answer: a text. */
export interface KubeletResponse extends Message {
  readonly type: 'kubelet.response'
  readonly id: number
  readonly code: number
  readonly body: string
}

declare module '../kernel/types' {
  interface Reasons {
    /** The apiserver asks a kubelet, on behalf of its client. */
    'kubelet.request': { id: number; method: string; path: string }
    /** The kubelet answers the apiserver. */
    'kubelet.response': { id: number; code: number; path: string; error?: string }
  }
}
