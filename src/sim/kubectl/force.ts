// What `replace --force` and `apply --force` share: an object is deleted, and created anew when it is gone.
import { sleep } from '../client/effects'
import { type Info, isStatus, readInfo } from './builder'
import { type Flag, flag } from './command'
import { fail, failWith, isNotFound } from './errors'
import { CASCADE } from './flags'
import type { KubectlState, Run, Session } from './session'

const POLL_MS = 1000

/** Asks each second until the object is not there any more. */
export function* pollUntilGone(s: Session, info: Info, timeoutMs: number): Run {
  // what a file holds has no version of the apiserver's yet
  const { object: _, ...named } = info
  for (let left = timeoutMs; ; left -= POLL_MS) {
    const found = yield* readInfo(s, named)
    if (isStatus(found)) return isNotFound(found) ? undefined : failWith({ kind: 'status', status: found })
    if (left < POLL_MS) fail('timed out waiting for the condition')
    yield* sleep<KubectlState>(POLL_MS)
  }
}

/** The flags of `delete` that have a meaning with `--force` only. */
export const FORCE_FLAGS: readonly Flag[] = [
  CASCADE,
  flag.bool('force', 'If true, an object that cannot be changed is deleted and created anew.'),
  flag.int(
    'grace-period',
    'Period of time in seconds given to the resource to terminate gracefully. Ignored if negative. Set to 1 for immediate shutdown.',
    { value: -1 },
  ),
  flag.duration(
    'timeout',
    'The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the object',
  ),
]
