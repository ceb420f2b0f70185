/**
 * What the UI and the worker say to each other: types only. The UI asks (through Comlink, see client.ts); the worker answers
 * and, while a run goes on, posts Frames.
 */
import type { BranchId, CommandLog } from '../sim/kernel/history'
import type { RoomId, Seq, Time } from '../sim/kernel/types'
import type { BeatScene, ClusterView, Depth, StageEntry, TerminalLine } from '../view/types'

export type { BranchId, CommandLog, RoomId, Seq, Time }

/** n beats of N have been shown. */
export interface Position {
  readonly n: number
  readonly count: number
}

export interface BranchInfo {
  readonly id: BranchId
  readonly parent?: BranchId
  /** Where it left its parent. */
  readonly at?: Seq
  /** Its commands, as they were typed, oldest first. */
  readonly commands: readonly string[]
  readonly length: number
}

/** A chapter on the scrubber: the position (at the current depth) at which it begins. */
export interface ChapterMark {
  readonly position: number
  readonly chapter: string
  /** The command that it belongs to begins here. */
  readonly command?: string
}

/** All that the stage shows at a cursor. Posted by the worker after each control call, and while a run goes on. */
export interface Frame {
  readonly branch: BranchId
  readonly branches: readonly BranchInfo[]
  /** Virtual time at the cursor. */
  readonly now: Time
  /** Entry up to which everything is folded. */
  readonly cursor: Seq
  /** Entries on the branch. */
  readonly length: number
  /** Virtual time of the branch's end. */
  readonly end: Time
  /** At the branch's end nothing waits but housekeeping. */
  readonly settled: boolean
  /** The simulation is still computing. */
  readonly running: boolean
  /** What waits beyond (a back-off, a schedule): offered as "skip to". */
  readonly next?: Time
  readonly depth: Depth
  readonly positions: Readonly<Record<Depth, Position>>
  readonly chapters: readonly ChapterMark[]
  /** The beat that ends at the cursor, or its part up to there, with what is needed to play it; undefined at the begin. */
  readonly scene?: BeatScene
  readonly view: ClusterView
  readonly terminal: readonly TerminalLine[]
  /** Commands that have not ended, as they were typed, oldest first: Ctrl-C stops the last. */
  readonly goesOn: readonly string[]
  /** The simulation broke: what happened. */
  readonly failure?: Failure
}

export interface Failure {
  readonly message: string
  readonly stack?: string
  readonly seq?: Seq
  readonly room?: RoomId
}

/** What a person can do to the cluster. */
export type UserCommand =
  | {
      readonly type: 'kubectl'
      readonly line: string
      readonly stdin?: string
      /** What the editor showed whose text `stdin` is, of a `kubectl edit`. */
      readonly opened?: string
      readonly files?: Readonly<Record<string, string>>
    }
  | { readonly type: 'interrupt' }
  /** A process ends, or begins anew. */
  | { readonly type: 'stop' | 'start'; readonly room: RoomId }
  | { readonly type: 'traffic'; readonly from: string; readonly to: string }

export interface CommandAnswer {
  readonly frame: Frame
  /** The command left the old future and made this branch. */
  readonly forked?: BranchId
  /** It only reads: the cursor went to its end. */
  readonly readOnly: boolean
}

/** An entry with everything about it. */
export interface EntryDetail {
  readonly entry: StageEntry
  /** The message that the hop carried, as YAML-able data (a request's method, path, query, headers, body). */
  readonly message?: unknown
  /** Of a request: its answer; of an answer: its request. */
  readonly counterpart?: { readonly entry: StageEntry; readonly message?: unknown }
  /** Virtual µs from request to answer. */
  readonly latency?: number
  /** From this entry back to the keystroke (or boot): each one's cause in turn. */
  readonly causes: readonly CauseLink[]
  /** What it led to, directly. */
  readonly effects: readonly StageEntry[]
}
export interface CauseLink {
  readonly entry: StageEntry
  /** Further causes beside the one that is followed. */
  readonly others: readonly Seq[]
}

export interface ObjectDetail {
  readonly key: string
  /** `pods`, `deployments.apps` */
  readonly resource: string
  readonly resourceVersion: string
  /** At the cursor; undefined when it does not exist (any more). */
  readonly yaml?: string
  /** Before the beat at the cursor; undefined when it did not exist. */
  readonly before?: string
  /** Its revisions up to the cursor: the entries that wrote them. */
  readonly revisions: readonly { readonly seq: Seq; readonly revision: number; readonly by: RoomId }[]
}

/** The inside of a room at the cursor, as titled tables and texts; the UI lays them out. */
export interface RoomDetail {
  readonly room: RoomId
  readonly sections: readonly RoomSection[]
  /** Its last entries up to the cursor, newest first. */
  readonly recent: readonly StageEntry[]
}
export interface RoomSection {
  /** A key of the UI's catalogue: `room.section.queue`. */
  readonly title: string
  readonly columns?: readonly string[]
  readonly rows?: readonly (readonly (string | number)[])[]
  readonly text?: string
  /** Objects that rows stand for, to be opened. */
  readonly keys?: readonly (string | undefined)[]
  /** Entries that rows stand for, to be opened. */
  readonly seqs?: readonly (Seq | undefined)[]
}

export interface ManifestProblem {
  /** From 1. */
  readonly line: number
  readonly column: number
  readonly message: string
  /** A warning: the manifest can be read, but what is meant is not what it says. Absent: an error. */
  readonly severity?: 'error' | 'warning'
}
export interface Completion {
  /** Where in the line the completed word begins. */
  readonly from: number
  readonly options: readonly { readonly label: string; readonly detail?: string }[]
}

export interface StartOptions {
  readonly seed?: number
  /** Plays a log of commands from the start. */
  readonly log?: CommandLog
}

/** The worker's surface. Every control call answers with the Frame that it led to. */
export interface KubestageWorker {
  /** Boots the cluster (again), runs until it is settled, and posts Frames to `post` from then on. */
  start(options: StartOptions, post: (frame: Frame) => void): Promise<Frame>
  /** At the cursor; in the past it forks a branch. */
  command(command: UserCommand): Promise<CommandAnswer>
  /** Moves by beats of the current depth. */
  step(by: number): Promise<Frame>
  /** To a position of the current depth, or to the beat that holds an entry. */
  seek(to: { readonly position: number } | { readonly seq: Seq }): Promise<Frame>
  setDepth(depth: Depth): Promise<Frame>
  switchBranch(id: BranchId): Promise<Frame>
  /** Lets what waits beyond come: runs to `next` and on until settled. */
  skip(): Promise<Frame>
  inspect(seq: Seq): Promise<EntryDetail>
  object(resource: string, key: string): Promise<ObjectDetail>
  room(id: RoomId): Promise<RoomDetail>
  /** Entries of the branch for the log and the ladder, at most 500. `around` the cursor by default. */
  entries(range?: { readonly from: Seq; readonly to: Seq }): Promise<readonly StageEntry[]>
  complete(line: string, cursor: number): Promise<Completion>
  check(manifest: string): Promise<readonly ManifestProblem[]>
  /** What a `kubectl edit` at the cursor would open its editor with; undefined where the line opens none. */
  edit(line: string): Promise<string | undefined>
  /** What the branch can be made again from. */
  log(): Promise<CommandLog>
  /** The trace's fingerprint, up to the cursor or the end. */
  hash(seq?: Seq): Promise<string>
}
