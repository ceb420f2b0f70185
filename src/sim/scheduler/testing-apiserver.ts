/** An apiserver just good enough for the scheduler's tests: lists, watches, bindings, and it remembers what was asked. */
import { parseApiPath } from '../api/kinds'
import type { HttpRequest, WatchEvent } from '../api/messages'
import { ROOMS } from '../api/rooms'
import type { KubeObject } from '../api/types'
import { deepFreeze } from '../kernel/clone'
import { Simulation } from '../kernel/simulation'
import type { Command, Context, Message, Room, Time } from '../kernel/types'
import { createScheduler } from './scheduler'
import { objectKey } from './testing'

interface TestState {
  revision: number
  readonly objects: Map<string, KubeObject>
  /** Watches by request id: their resource. */
  readonly watches: Map<number, string>
  readonly writes: TestWrite[]
  /** Answers of the next bindings, instead of success. */
  readonly bindingErrors: string[]
  /** Answers of the next deletions, instead of success. */
  readonly deletionErrors: string[]
}

/** A write that the scheduler asked for. */
export interface TestWrite {
  readonly at: number
  readonly method: string
  readonly path: string
  // biome-ignore lint/suspicious/noExplicitAny: the body of any request
  readonly body: any
}

interface PutMessage extends Message {
  readonly type: 'put' | 'delete' | 'fail-binding' | 'fail-deletion'
  readonly object?: KubeObject
  readonly error?: string
}

declare module '../kernel/types' {
  interface Reasons {
    'test.answer': { code: number }
    'test.event': { name: string }
  }
}

const PLURALS: Readonly<Record<string, string>> = {
  Pod: 'pods',
  Node: 'nodes',
  PersistentVolume: 'persistentvolumes',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  StorageClass: 'storageclasses',
  PodDisruptionBudget: 'poddisruptionbudgets',
  ResourceClaim: 'resourceclaims',
  DeviceClass: 'deviceclasses',
}

function answer(context: Context, id: number, code: number, body: unknown): void {
  const message = { type: 'response', id, code, body }
  context.send(ROOMS.scheduler, message, 'test.answer', { code })
}

function tell(state: TestState, context: Context, event: WatchEvent['event'], object: KubeObject): void {
  for (const [id, resource] of state.watches)
    if (resource === PLURALS[object.kind]) {
      const message: WatchEvent = { type: 'watch-event', id, event, object }
      context.send(ROOMS.scheduler, message, 'test.event', { name: object.metadata.name })
    }
}

function put(state: TestState, context: Context, object: KubeObject): void {
  const known = state.objects.has(objectKey(object))
  const stored = deepFreeze({ ...object, metadata: { ...object.metadata, resourceVersion: String(++state.revision) } })
  state.objects.set(objectKey(object), stored)
  tell(state, context, known ? 'MODIFIED' : 'ADDED', stored)
}

function remove(state: TestState, context: Context, key: string): void {
  const object = state.objects.get(key)
  state.objects.delete(key)
  if (object) tell(state, context, 'DELETED', object)
}

function serve(state: TestState, context: Context, { id, method, path, query, body }: HttpRequest): void {
  const resource = parseApiPath(path)?.resource ?? ''
  if (method === 'GET') {
    if (query.watch) state.watches.set(id, resource)
    const items = [...state.objects.values()].filter(o => PLURALS[o.kind] === resource)
    answer(context, id, 200, query.watch ? undefined : { items, metadata: { resourceVersion: String(state.revision) } })
    return
  }
  state.writes.push(Object.freeze({ at: context.now, method, path, body }))
  if (method === 'PUT') put(state, context, body as KubeObject)
  const [, namespace = '', name = '', subresource] = /namespaces\/([^/]+)\/pods\/([^/]+)(?:\/(.*))?/.exec(path) ?? []
  const key = `Pod/${namespace}/${name}`
  const pod = state.objects.get(key)
  const errors = subresource === 'binding' ? state.bindingErrors : method === 'DELETE' ? state.deletionErrors : undefined
  const error = errors?.shift()
  if (name !== '' && (!pod || error)) {
    answer(context, id, 409, { message: error ?? `pods "${name}" not found` })
    return
  }
  if (pod && subresource === 'binding') {
    const { target } = body as { target: { name: string } }
    put(state, context, { ...pod, spec: { ...pod.spec, nodeName: target.name } })
  } else if (pod && subresource === 'status') {
    const { status } = body as { status: object }
    put(state, context, { ...pod, status: { ...pod.status, ...status } })
  } else if (pod && method === 'DELETE') remove(state, context, key)
  const stored = method === 'PUT' ? state.objects.get(objectKey(body as KubeObject)) : undefined
  answer(context, id, method === 'POST' ? 201 : 200, stored ?? {})
}

const apiserver: Room<TestState> = {
  id: ROOMS.apiserver,
  init: () => ({ revision: 0, objects: new Map(), watches: new Map(), writes: [], bindingErrors: [], deletionErrors: [] }),
  handle(state, message, context) {
    const { object, error } = message as PutMessage
    if (message.type === 'request') serve(state, context, message as HttpRequest)
    else if (message.type === 'put' && object) put(state, context, object)
    else if (message.type === 'delete' && object) remove(state, context, objectKey(object))
    else if (message.type === 'fail-binding' && error) state.bindingErrors.push(error)
    else if (message.type === 'fail-deletion' && error) state.deletionErrors.push(error)
  },
}

/** The scheduler before the test's apiserver. */
export class SchedulerBench {
  readonly config = {
    rooms: [apiserver, createScheduler()] as Room[],
    seed: 7,
    latency: () => (chance: number) => 200 + chance * 100,
  }
  readonly simulation = Simulation.boot(this.config)

  constructor(objects: readonly object[] = []) {
    for (const object of objects) this.put(object)
    this.run(1)
  }
  private give(message: PutMessage): void {
    const command: Command = { to: ROOMS.apiserver, message: Object.freeze(message), text: message.type }
    this.simulation.command(command)
  }
  /** Creates or replaces an object. */
  put(object: object): void {
    this.give({ type: 'put', object: object as KubeObject })
  }
  delete(object: object): void {
    this.give({ type: 'delete', object: object as KubeObject })
  }
  /** The next binding is refused with these words. */
  failBinding(error: string): void {
    this.give({ type: 'fail-binding', error })
  }
  /** The next deletion is refused with these words. */
  failDeletion(error: string): void {
    this.give({ type: 'fail-deletion', error })
  }
  /** Lets seconds pass. */
  run(seconds: number): void {
    this.simulation.run({ time: (this.simulation.now + seconds * 1_000_000) as Time })
  }
  private get state(): TestState {
    return this.simulation.state(ROOMS.apiserver) as TestState
  }
  get writes(): readonly TestWrite[] {
    return this.state.writes
  }
  /** Where pods were bound, in order. */
  get bindings(): readonly string[] {
    return this.writes.flatMap(w => (w.path.endsWith('/binding') ? [`${w.body.metadata.name} ${w.body.target.name}`] : []))
  }
  /** Events: reason and note, in order. */
  get events(): readonly string[] {
    return this.writes.flatMap(w =>
      w.method === 'POST' && w.path.endsWith('/events') ? [`${w.body.reason}: ${w.body.note}`] : [],
    )
  }
  /** Place in the trace of the first request of that kind for an object. */
  seqOf(reason: string, name: string): number {
    const found = [...this.simulation.trace.entries()].find(
      e => e.reason === reason && (e.args as { name?: string }).name === name,
    )
    return found?.seq ?? -1
  }
  /** A pod as it is stored. */
  pod(name: string): KubeObject | undefined {
    return this.state.objects.get(`Pod/default/${name}`)
  }
}
