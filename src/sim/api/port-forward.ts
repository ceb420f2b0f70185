/**
 * What travels over the connection of a `kubectl port-forward`: kubectl → apiserver → kubelet → runtime, and back. Models the streams of
 * k8s.io/client-go/tools/portforward (a data and an error stream for each connection to a local port), one message each way.
 */
import type { Message } from '../kernel/types'

/** What somebody sends to a forwarded port: a GET. */
export interface ForwardData extends Message {
  readonly type: 'forward.data'
  /** Of the request that opened the forward, as sender and receiver number it. */
  readonly id: number
  /** Which of the forward's connections (the header requestID), from 0. */
  readonly connection: number
  /** In the Pod. */
  readonly port: number
  readonly path: string
  /** The sandbox, from the kubelet to the runtime: the real one's URL names it by a token. */
  readonly sandbox?: string
}

/** What comes back, and that the connection is over. */
export interface ForwardReply extends Message {
  readonly type: 'forward.reply'
  readonly id: number
  readonly connection: number
  /** What the error stream says: there was no connection. */
  readonly error?: string
  /** Who answered: `default/web-6f…/nginx`. */
  readonly container?: string
  /** The HTTP status and the page, where it is known what the program answers. */
  readonly status?: number
  readonly body?: string
}

declare module '../kernel/types' {
  interface Reasons {
    /** A request to a forwarded port goes on towards the Pod. `id` and `connection` as the sender numbers them. */
    'forward.data': { id: number; connection: number; port: number; path: string }
    /** What the Pod answered comes back, or why there was no connection. */
    'forward.reply': { id: number; connection: number; status?: number; container?: string; error?: string }
  }
}
