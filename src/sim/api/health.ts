/** What a process says to who asks whether it is well: GET /healthz at a port of its own. Models k8s.io/apiserver/pkg/server/healthz. */
import type { Message } from '../kernel/types'

export interface HealthRequest extends Message {
  readonly type: 'health.request'
  /** Of who asks; the answer names it. */
  readonly id: number
}
export interface HealthResponse extends Message {
  readonly type: 'health.response'
  readonly id: number
}

declare module '../kernel/types' {
  interface Reasons {
    /** Somebody asks a process whether it is well. */
    'health.request': { id: number; path: string }
    /** It is. */
    'health.response': { id: number; path: string }
  }
}

export const HEALTHZ = '/healthz'
