/** What a running command has and can do: its flags and arguments, its output, its requests. */
import type { HttpResponse, StreamChunk } from '../api/messages'
import type { Schema } from '../api/schema'
import type { Status } from '../api/types'
import { type ClientProcedure, call, perform } from '../client/effects'
import type { RequestSpec } from '../client/http'
import type { ClientState, ClientWorld } from '../client/room'
import type { TimerId } from '../kernel/types'
import type { FlagValues } from './command'
import { failWith } from './errors'
import { goDuration } from './go-duration'
import type { Listener, LocalConnection } from './local-ports'
import { durationMs } from './parse'

/** State of the room: the processes that run, and what kubectl keeps on disk between them (`~/.kube/cache`). */
export interface KubectlState extends ClientState {
  /** Procedure of each running command, by the command's id. */
  readonly running: Map<number, number>
  /** When discovery was fetched (virtual µs); it is fetched again after six hours, or when a name is not in it. */
  discovered: number | undefined
  /** The namespace of the context (`~/.kube/config`), empty where it has none. */
  contextNamespace: string
  /** Paths of OpenAPI documents that have been fetched. */
  readonly documents: Set<string>
  /** Timers of the commands that wait with a timeout, by the command's id. */
  readonly deadlines: Map<number, TimerId>
  /** Commands whose timeout is over. */
  readonly expired: Set<number>
  /** Pieces of streams that have come while their command did something else, by the command's id. */
  readonly chunks: Map<number, StreamChunk[]>
  /** Commands that wait for a piece. */
  readonly streaming: Set<number>
  /** Ports of this machine that lead into Pods. */
  listeners: readonly Listener[]
  /** Connections to them that wait for what comes back, and how many a forward has had, by its command's id. */
  connections: LocalConnection[]
  readonly connected: Map<number, number>
  /** Temporary files that commands have left, by path. */
  readonly files: Map<string, string>
}
export type KubectlWorld = ClientWorld<KubectlState>
/** A procedure of kubectl. */
export type Run<Result = void> = ClientProcedure<KubectlState, Result>

/** One process. Made anew whenever the command's procedure is run again, so it may remember what it said. */
export interface Session {
  readonly id: number
  /** The command's full name: `kubectl rollout status`. */
  readonly path: string
  readonly args: readonly string[]
  /** How many arguments stood before `--`; -1 where there was none. */
  readonly dash: number
  readonly flags: FlagValues
  readonly stdin: string | undefined
  /** What the editor showed to whoever saved `stdin`. */
  readonly opened: string | undefined
  readonly files: Readonly<Record<string, string>>
  readonly namespace: string
  /** `--namespace` was given: what a file says otherwise is an error. */
  readonly namespaceSet: boolean
  readonly user: string | undefined
  readonly groups: readonly string[] | undefined
  readonly impersonate: string | undefined
  readonly impersonateGroups: readonly string[]
  /** What the kinds are made of, for patches and `explain`. */
  readonly schema: Schema
  readonly warned: Set<string>
  /** How many YAML documents its printer has printed. */
  printed: number
}

export const text = (s: Session, name: string): string => {
  const value = s.flags.values[name]
  return typeof value === 'string' ? value : ''
}
export const isOn = (s: Session, name: string): boolean => s.flags.values[name] === true
export const count = (s: Session, name: string): number => {
  const value = s.flags.values[name]
  return typeof value === 'number' ? value : 0
}
export const list = (s: Session, name: string): readonly string[] => {
  const value = s.flags.values[name]
  return Array.isArray(value) ? value : []
}
export const changed = (s: Session, name: string): boolean => s.flags.changed.has(name)
/** Milliseconds of a duration flag. */
export const duration = (s: Session, name: string): number => durationMs(text(s, name)) ?? 0

function* print(s: Session, stream: 'stdout' | 'stderr', what: string): Run {
  if (what === '') return
  yield* perform<KubectlState, void>(({ context }) => {
    context.note('kubectl.output', { id: s.id, stream, text: what })
  })
}
/** Prints to stdout. */
export const out = (s: Session, what: string): Run => print(s, 'stdout', what)
/** Prints to stderr. */
export const err = (s: Session, what: string): Run => print(s, 'stderr', what)

/** Virtual time in microseconds. */
export function* now(): Run<number> {
  return yield* perform<KubectlState, number>(({ context }) => context.now)
}

/** An integer in [0, below), of the room's own random stream. */
export function* chance(below: number): Run<number> {
  return yield* perform<KubectlState, number>(({ context }) => Math.floor(context.random() * below))
}

/** `key=value` flags by key; keys are written small, as names of headers are read. */
function extraOf(pairs: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const extra: Record<string, string[]> = {}
  for (const pair of pairs) {
    const [key = '', ...value] = pair.split('=')
    const values = extra[key.toLowerCase()] ?? []
    extra[key.toLowerCase()] = [...values, value.join('=')]
  }
  return extra
}

/** Milliseconds of `--request-timeout`; 0 for no limit. */
export function requestTimeoutMs(s: Session): number {
  const given = text(s, 'request-timeout')
  return /^\d+$/.test(given) ? Number(given) * 1000 : (durationMs(given) ?? 0)
}

/** `--request-timeout` goes with every request as client-go writes it, but those that have a time of their own. */
function inTime(s: Session, spec: RequestSpec): RequestSpec {
  const ms = requestTimeoutMs(s)
  if (ms === 0 || spec.query?.timeout !== undefined) return spec
  return { ...spec, query: { ...spec.query, timeout: goDuration(ms) } }
}

/** A request under the command's credential. */
export const signed = (s: Session, spec: RequestSpec): RequestSpec => ({
  ...inTime(s, spec),
  ...(s.user !== undefined && { user: s.user }),
  ...(s.groups !== undefined && { groups: s.groups }),
  ...(s.impersonate !== undefined && { impersonateUser: s.impersonate }),
  ...(s.impersonateGroups.length > 0 && { impersonateGroups: s.impersonateGroups }),
  ...(text(s, 'as-uid') !== '' && { impersonateUid: text(s, 'as-uid') }),
  ...(list(s, 'as-user-extra').length > 0 && { impersonateExtra: extraOf(list(s, 'as-user-extra')) }),
})

/** Prints a warning, once. */
export function* warn(s: Session, warning: string): Run {
  if (s.warned.has(warning)) return
  s.warned.add(warning)
  yield* err(s, `Warning: ${warning}\n`)
}

/** Sends a request and waits for its answer, whatever it is; prints its warnings, each once. */
export function* ask<Body = unknown>(s: Session, spec: RequestSpec): Run<HttpResponse<Body>> {
  const response = yield* call<KubectlState, Body>(signed(s, spec))
  for (const warning of response.warnings ?? []) yield* warn(s, warning)
  return response
}

/** Sends a request; a refusal ends the command with the apiserver's words (after `before`). */
export function* demand<Body>(s: Session, spec: RequestSpec, before?: string): Run<Body> {
  const response = yield* ask<Body | Status>(s, spec)
  if (response.code >= 300) failWith({ kind: 'status', status: response.body as Status, ...(before !== undefined && { before }) })
  return response.body as Body
}
