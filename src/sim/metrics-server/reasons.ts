/** Reasons of the metrics server. */
import type {} from '../kernel/types'

declare module '../kernel/types' {
  interface Reasons {
    /** The metrics server asks a kubelet what its containers use. */
    'metrics.scrape': { id: number; path: string }
  }
}
