// Models k8s.io/client-go/util/flowcontrol/backoff.go as the kubelet uses it for containers that crash and images that can't be pulled.
import type { BackOff } from './state'

const FIRST_MS = 10_000
const MOST_MS = 300_000

/** Milliseconds of a key's back-off that are left, counted from `since`; 0 when it is over or there is none. */
export function backOffLeft(known: BackOff | undefined, since: number, now: number): number {
  if (!known || hasExpired(known, since)) return 0
  return Math.max(0, known.ms - (now - since) / 1000)
}

/** The next back-off after a failure: doubled, from ten seconds to five minutes; it starts over after twice the longest without one. */
export function nextBackOff(known: BackOff | undefined, since: number, now: number): BackOff {
  const ms = !known || hasExpired(known, since) ? FIRST_MS : Math.min(2 * known.ms, MOST_MS)
  return Object.freeze({ ms, at: now })
}

const hasExpired = ({ at }: BackOff, since: number): boolean => since - at > 2 * MOST_MS * 1000
