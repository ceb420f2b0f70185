// Models k8s.io/client-go/tools/watch/until.go (UntilWithSync): follows one object by a watch that begins with it as it is.
import type { Resource } from '../api/kinds'
import type { WatchEnd, WatchEvent } from '../api/messages'
import type { KubeObject, Status } from '../api/types'
import { closeWatch, nextEvent, openWatch, perform } from '../client/effects'
import type { Message, TimerId } from '../kernel/types'
import { failWith } from './errors'
import { watchObject } from './requests'
import { chance, type KubectlState, type Run, type Session, signed } from './session'

/** A running command's `--timeout` is over. */
export interface DeadlineMessage extends Message {
  readonly type: 'kubectl.deadline'
  /** Of the command. */
  readonly id: number
}

/** Lets the command's waiting end after a time; 0 waits for ever. */
export function* setDeadline(s: Session, ms: number): Run {
  if (ms <= 0) return
  yield* perform<KubectlState, void>(({ state, context }) => {
    const timer: TimerId = context.after(ms, { type: 'kubectl.deadline', id: s.id } as DeadlineMessage)
    state.deadlines.set(s.id, timer)
  })
}

/** The next event of a watch, or undefined when the command's deadline comes first. */
export function* nextEventInTime(s: Session, stream: number): Run<WatchEvent | WatchEnd | undefined> {
  const over = yield* perform<KubectlState, boolean>(({ state }) => state.expired.has(s.id))
  if (over) return undefined
  return (yield* nextEvent<KubectlState>(stream)) as WatchEvent | WatchEnd | undefined
}

export interface Following {
  readonly resource: Resource
  readonly namespace: string | undefined
  readonly name: string
  /** Called with each change, the object as it is first; true ends the watch. */
  readonly step: (event: WatchEvent['event'], object: KubeObject) => boolean | Run<boolean>
  /** Called once with what the watch began with (undefined: there is no such object); true ends the watch. */
  readonly begin?: (object: KubeObject | undefined) => boolean
}

const LAST_INITIAL = 'k8s.io/initial-events-end'

/** Follows an object until `step` or `begin` is content, or the deadline is over. */
export function* follow(s: Session, following: Following): Run<'done' | 'timeout'> {
  let stream = yield* open(s, following)
  let result = yield* followStart(s, following, stream)
  while (typeof result === 'object') {
    // the apiserver ends every watch some time: the next one goes on from there
    stream = yield* open(s, following, result.from)
    result = yield* followOn(s, following, stream, result.from)
  }
  yield* closeWatch<KubectlState>(stream)
  return result
}

/** How a watch ended: its purpose, the command's deadline, or the apiserver's time limit. */
type Ending = 'done' | 'timeout' | { readonly from: string }

function* open(s: Session, { resource, namespace, name }: Following, from?: string): Run<number> {
  // reflectors spread their timeouts over 5 to 10 minutes
  const timeoutSeconds = 300 + (yield* chance(300))
  const spec = watchObject(resource, namespace, name, timeoutSeconds, from)
  const { stream, response } = yield* openWatch<KubectlState>(signed(s, spec))
  if (response.code >= 300) failWith({ kind: 'status', status: response.body as Status })
  return stream
}

const versionOf = (object: KubeObject, before: string): string => object.metadata.resourceVersion ?? before

function* followStart(s: Session, following: Following, stream: number): Run<Ending> {
  const { begin, step } = following
  const initial: WatchEvent[] = []
  let from = ''
  for (;;) {
    const event = yield* nextEventInTime(s, stream)
    if (!event || event.event === 'END') return 'timeout'
    if (event.event === 'ERROR') failWith({ kind: 'status', status: event.object as Status })
    const object = event.object as KubeObject
    from = versionOf(object, from)
    if (event.event !== 'BOOKMARK') initial.push(event)
    else if (object.metadata.annotations?.[LAST_INITIAL] === 'true') break
  }
  if (begin?.(initial[initial.length - 1]?.object as KubeObject | undefined)) return 'done'
  for (const event of initial) if (yield* taken(step(event.event, event.object as KubeObject))) return 'done'
  return yield* followOn(s, following, stream, from)
}

function* followOn(s: Session, { step }: Following, stream: number, since: string): Run<Ending> {
  let from = since
  for (;;) {
    const event = yield* nextEventInTime(s, stream)
    if (!event) return 'timeout'
    if (event.event === 'END') return { from }
    if (event.event === 'ERROR') failWith({ kind: 'status', status: event.object as Status })
    from = versionOf(event.object as KubeObject, from)
    if (event.event === 'BOOKMARK') continue
    if (yield* taken(step(event.event, event.object as KubeObject))) return 'done'
  }
}

function* taken(step: boolean | Run<boolean>): Run<boolean> {
  return typeof step === 'boolean' ? step : yield* step
}
