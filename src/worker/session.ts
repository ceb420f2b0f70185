/**
 * What the worker keeps: the history, and for each branch its fold and its beats; the cursor and the depth. Pure of Comlink and of
 * the clock, so that tests drive it in Node.
 */
import type { KubectlInterrupt, KubectlMessage } from '../sim/api/kubectl'
import { ROOMS } from '../sim/api/rooms'
import type { Node } from '../sim/api/types'
import { cloneState } from '../sim/kernel/clone'
import { type BranchId, type CommandLog, History } from '../sim/kernel/history'
import { type SimulationConfig, SimulationError } from '../sim/kernel/simulation'
import { type Command, type Message, roomId, type Seq, type Time } from '../sim/kernel/types'
import type { KubectlState } from '../sim/kubectl/session'
import { BeatIndex } from '../view/beats'
import { clusterView, type ViewTools } from '../view/cluster-view'
import { type FoldState, foldEntry, newFold } from '../view/fold'
import { sceneOf } from '../view/scene'
import type { Beat, Depth } from '../view/types'
import { finderOf, isAwaited } from './awaited'
import type { BranchInfo, ChapterMark, Failure, Frame, UserCommand } from './protocol'

/** Entries between copies of the fold. */
const FOLD_SPACING = 8192

/** A branch as the stage reads it. */
interface BranchTrack {
  readonly beats: BeatIndex
  /** Copies of the fold along the way, in order. */
  readonly folds: FoldState[]
  /** The fold at the last place that was asked for. */
  current: FoldState
}

/** How long a run may go on before it must give way: deliveries a slice. */
const SLICE = 4000
/** A command's run ends here even if it is not settled: entries. */
const LIMIT = 2_000_000
/** A command that never settles is given so much virtual time (µs) … */
const PATIENCE = 15 * 60 * 1_000_000
/** … and what comes later than this after all else is not waited for, but offered as "skip to". */
const LULL = 30 * 1_000_000
export class Session {
  private history: History
  private readonly tracks = new Map<BranchId, BranchTrack>()
  private branch = 0 as BranchId
  private cursor: Seq
  private depth: Depth = 'story'
  /** The cluster as it was switched on: position 0. */
  private baseline: Seq
  private failure: Failure | undefined
  private commandId = 0
  /** A run under way: until when, in virtual time. */
  private until: Time | undefined

  /** Boots and runs until the cluster is settled (a few hundred milliseconds of CPU at most). */
  constructor(
    config: SimulationConfig,
    private readonly tools: ViewTools,
    log?: CommandLog,
  ) {
    this.history = new History(log ? { ...config, seed: log.seed } : config)
    this.history.run(this.branch, { settled: true })
    this.baseline = this.simulation.trace.length as Seq
    this.cursor = this.baseline
    if (log) this.replay(log)
  }

  /** Gives the commands of a log at their places, then stands at the end. */
  private replay(log: CommandLog): void {
    for (const { at, deliveries, command } of log.commands) {
      this.history.run(this.branch, { deliveries: deliveries - this.simulation.deliveries })
      this.simulation.pass(at)
      this.history.command(this.branch, command)
      const { id } = command.message as KubectlMessage
      if (typeof id === 'number') this.commandId = Math.max(this.commandId, id)
    }
    this.until = (this.simulation.now + PATIENCE) as Time
    this.finish()
    this.cursor = this.simulation.trace.length as Seq
  }

  get simulation() {
    return this.history.branch(this.branch).simulation
  }
  get place(): { readonly branch: BranchId; readonly cursor: Seq; readonly depth: Depth } {
    return { branch: this.branch, cursor: this.cursor, depth: this.depth }
  }
  get running(): boolean {
    return this.until !== undefined
  }
  get log(): CommandLog {
    return this.history.log(this.branch)
  }
  /** A run of its own at the cursor: what the rooms hold then. */
  simulationAt(seq: Seq) {
    return this.history.at(this.branch, seq)
  }

  private track(): BranchTrack {
    let track = this.tracks.get(this.branch)
    if (!track) {
      track = { beats: new BeatIndex(this.simulation.trace, this.baseline), folds: [newFold()], current: newFold() }
      this.tracks.set(this.branch, track)
    }
    track.beats.update()
    return track
  }

  get beats(): BeatIndex {
    return this.track().beats
  }

  /** The fold of the entries up to `seq`; to read, not to keep. */
  foldAt(seq: Seq): FoldState {
    const track = this.track()
    if (track.current.seq > seq) {
      let from = track.folds[0] as FoldState
      for (const fold of track.folds) if (fold.seq <= seq) from = fold
      track.current = cloneState(from)
    }
    const { trace } = this.simulation
    while (track.current.seq < seq) {
      foldEntry(track.current, trace.entry((track.current.seq + 1) as Seq))
      const last = track.folds[track.folds.length - 1] as FoldState
      if (track.current.seq - last.seq >= FOLD_SPACING) track.folds.push(cloneState(track.current))
    }
    return track.current
  }

  /** Gives a command at the cursor; in the past it forks. The run that follows is taken on by `work`. */
  command(command: UserCommand): { forked?: BranchId; from: Seq } {
    this.finish()
    const forked = this.forkIfPast()
    const from = this.simulation.trace.length as Seq
    this.history.command(this.branch, this.kernelCommand(command))
    this.until = (this.simulation.now + PATIENCE) as Time
    return { from, ...(forked !== undefined && { forked }) }
  }

  private forkIfPast(): BranchId | undefined {
    if (this.cursor >= this.simulation.trace.length) return undefined
    const fork = this.history.fork(this.branch, this.cursor)
    this.branch = fork.id
    this.cursor = fork.simulation.trace.length as Seq
    return fork.id
  }

  private kernelCommand(command: UserCommand): Command {
    switch (command.type) {
      case 'kubectl': {
        const { line, stdin, opened, files } = command
        const message: KubectlMessage = {
          type: 'kubectl',
          id: ++this.commandId,
          line,
          ...(stdin !== undefined && { stdin }),
          ...(opened !== undefined && { opened }),
          ...(files && { files }),
        }
        return { to: ROOMS.kubectl, message, text: line }
      }
      case 'interrupt': {
        const id = [...(this.simulation.state(ROOMS.kubectl) as KubectlState).running.keys()].at(-1) ?? this.commandId
        const message: KubectlInterrupt = { type: 'kubectl.interrupt', id }
        return { to: ROOMS.kubectl, message, text: '^C' }
      }
      case 'stop':
      case 'start': {
        const { type, room } = command
        return { to: room, message: { type: type === 'stop' ? 'stop' : 'boot' }, text: `${type} ${room}` }
      }
      case 'traffic':
        return {
          to: roomId(command.from),
          message: { type: 'user.traffic', to: command.to } as Message,
          text: `request to ${command.to}`,
        }
    }
  }

  /** A slice of the run that a command began; true while there is more to do. */
  work(): boolean {
    if (this.until === undefined) return false
    const { simulation } = this
    const finds = finderOf(this.log.commands, () => this.readyNodes())
    const limit = Math.min(this.until, simulation.now + LULL) as Time
    try {
      this.history.run(this.branch, { settled: true, time: limit, deliveries: SLICE })
      const found = simulation.settled ? simulation.nextLiveAt(finds) : undefined
      if (found !== undefined && found <= limit) this.history.run(this.branch, { time: found, deliveries: SLICE })
    } catch (error) {
      this.failure = failureOf(error)
      this.until = undefined
      return false
    }
    const next = simulation.nextLiveAt(finds)
    if (next === undefined || next - simulation.now > LULL || simulation.now >= this.until || simulation.trace.length > LIMIT)
      this.until = undefined
    return this.until !== undefined
  }

  /** Runs a command's run to its end. */
  finish(): void {
    while (this.work());
  }

  /** What waits beyond comes: runs on from the end until it is settled again. */
  skip(): void {
    this.finish()
    const next = this.nextAt()
    if (next === undefined) return
    const shown = this.beats.count('internals')
    this.until = (next + PATIENCE) as Time
    this.history.run(this.branch, { time: next })
    // Housekeeping until then belongs to what has been shown: the next step is what comes of its own accord.
    this.cursor = this.beats.endOf('internals', shown)
  }

  /** When something other than housekeeping comes of its own accord, or housekeeping that people wait for. */
  private nextAt(): Time | undefined {
    const finds = finderOf(this.log.commands, () => this.readyNodes())
    return this.simulation.nextLiveAt(message => isAwaited(message) || finds(message))
  }

  /** Nodes that count as ready at the end of the branch. */
  private readyNodes(): ReadonlySet<string> {
    const ready = new Set<string>()
    for (const { object } of this.foldAt(this.simulation.trace.length as Seq).objects.values()) {
      if (object.kind !== 'Node') continue
      const { status, metadata } = object as Node
      if (status.conditions?.some(c => c.type === 'Ready' && c.status === 'True')) ready.add(metadata.name)
    }
    return ready
  }

  step(by: number): void {
    const { beats } = this
    const count = beats.count(this.depth)
    const n = beats.ended(this.depth, this.cursor)
    // Back from the middle of a beat is back to its begin.
    const from = by < 0 && this.shownBeat()?.isUnderWay ? n + 1 : n
    this.moveTo(Math.max(0, Math.min(count, from + by)))
  }

  /** The beat that ends at the cursor; where the cursor stands in the middle of one, that one up to there. Undefined at the begin. */
  shownBeat(): Beat | undefined {
    const { beats, depth, cursor } = this
    const n = beats.ended(depth, cursor)
    const held = beats.holding(depth, cursor)
    if (held === n) return n > 0 ? beats.beat(depth, n) : undefined
    const { chapter, since, lead, ...beat } = beats.beat(depth, held)
    const isLed = lead <= cursor
    return {
      ...beat,
      to: cursor,
      until: this.simulation.trace.entry(cursor).at,
      lead: isLed ? lead : beat.from,
      ...(isLed && chapter && { chapter }),
      ...(isLed && since !== undefined && { since }),
      isUnderWay: true,
    }
  }

  seek(to: { readonly position: number } | { readonly seq: Seq }): void {
    const { beats } = this
    this.moveTo(
      'position' in to ? Math.max(0, Math.min(beats.count(this.depth), to.position)) : beats.holding(this.depth, to.seq),
    )
  }

  private moveTo(position: number): void {
    this.cursor = this.beats.endOf(this.depth, position)
  }

  /** Moves to the end of the branch. */
  toEnd(): void {
    this.cursor = this.simulation.trace.length as Seq
  }

  setDepth(depth: Depth): void {
    this.depth = depth
  }

  switchBranch(id: BranchId): void {
    this.finish()
    const { fork } = this.history.branch(id)
    const shared = fork?.at ?? this.history.branch(this.branch).fork?.at ?? this.baseline
    this.branch = id
    this.cursor = Math.min(this.cursor, shared, this.simulation.trace.length) as Seq
  }

  /** True if what happened since `from` wrote nothing: a command that only reads. */
  readOnlySince(from: Seq): boolean {
    for (const e of this.simulation.trace.entries((from + 1) as Seq)) {
      if (e.housekeeping) continue
      const args = e.args as unknown as Record<string, unknown>
      if (e.reason === 'http.request' && e.room === 'kubectl' && !['get', 'list', 'watch'].includes(String(args.verb)))
        return false
      if (e.reason === 'user.command' && !String(args.to).startsWith('kubectl')) return false
      // a request that travels into a Pod is there to be watched
      if (e.reason === 'forward.data') return false
    }
    return true
  }

  /** All that the stage shows at the cursor. */
  frame(): Frame {
    const { simulation, depth } = this
    const { beats } = this.track()
    const positions = beats.positions(this.cursor)
    const shown = this.shownBeat()
    const fold = this.foldAt(this.cursor)
    const isAtEnd = this.until === undefined && this.cursor === simulation.trace.length
    const next = isAtEnd ? this.nextAt() : undefined
    return {
      branch: this.branch,
      branches: this.history.branches.map(b => branchInfo(b)),
      now: this.cursor === simulation.trace.length ? simulation.now : fold.at,
      cursor: this.cursor,
      length: simulation.trace.length,
      end: simulation.now,
      settled: simulation.settled,
      running: this.running,
      ...(next !== undefined && { next }),
      depth,
      positions,
      chapters: this.marks(beats),
      ...(shown && { scene: sceneOf(shown, depth, seq => simulation.trace.entry(seq)) }),
      view: clusterView(fold, this.tools),
      terminal: fold.terminal.slice(),
      goesOn: [...fold.commands.values()],
      ...(this.failure && { failure: this.failure }),
    }
  }

  /** Chapters on the scrubber: how many beats of the depth lie before each. */
  private marks(beats: BeatIndex): ChapterMark[] {
    const commands = new Map(beats.commands.map(c => [beats.holding('story', c.seq), c.text]))
    return beats.chapters().map(({ from, kind }, i) => {
      const command = commands.get(i + 1)
      return {
        position: Math.max(0, beats.holding(this.depth, from) - 1),
        chapter: kind,
        ...(command !== undefined && { command }),
      }
    })
  }
}

function branchInfo(b: {
  id: BranchId
  fork?: { parent: BranchId; at: Seq }
  commands: readonly { command: Command }[]
  simulation: { trace: { length: number } }
}): BranchInfo {
  return {
    id: b.id,
    ...(b.fork && { parent: b.fork.parent, at: b.fork.at }),
    commands: b.commands.map(c => c.command.text),
    length: b.simulation.trace.length,
  }
}

/** What broke, in words. */
export function failureOf(error: unknown): Failure {
  if (error instanceof SimulationError)
    return { message: error.message, seq: error.seq, room: error.room, ...(error.stack && { stack: causeStack(error) }) }
  if (error instanceof Error) return { message: error.message, ...(error.stack && { stack: error.stack }) }
  return { message: String(error) }
}

const causeStack = (error: Error): string =>
  error.cause instanceof Error ? `${error.stack}\ncaused by ${error.cause.stack}` : (error.stack ?? '')
