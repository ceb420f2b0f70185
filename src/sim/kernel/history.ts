/**
 * The time machine: branches of one run, each a log of commands and a trace; snapshots along the way; seek = nearest snapshot
 * and replay. A command given in the past forks a branch and keeps the old future.
 */
import { Simulation, type SimulationConfig, type Snapshot, type Until } from './simulation'
import type { Brand, Command, Seq, Time } from './types'

export type BranchId = Brand<number, 'BranchId'>

/** A command with its place: the time, and how many deliveries had been handled (time alone would replay wrongly at ties). */
export interface LoggedCommand {
  readonly at: Time
  readonly deliveries: number
  readonly command: Command
}

/** All that is needed to make a branch again, given the same rooms. */
export interface CommandLog {
  readonly seed: number
  readonly commands: readonly LoggedCommand[]
}

export interface Branch {
  readonly id: BranchId
  /** Where it left its parent: it shares the entries up to and including `at`. */
  readonly fork?: { readonly parent: BranchId; readonly at: Seq }
  readonly commands: readonly LoggedCommand[]
  /** The run at the end of the branch. */
  readonly simulation: Simulation
}

interface MutableBranch extends Branch {
  commands: LoggedCommand[]
  snapshots: Snapshot[]
  /** Entries between snapshots; doubles when there are too many. */
  spacing: number
}

/** Entries between snapshots at first: some 30 ms of replay. */
const SPACING = 2048
/** At most so many snapshots a branch; then every other one is dropped. */
const SNAPSHOTS = 72
/** A snapshot of so many places is worth an entry more before the next one: so that a large cluster does not copy itself all the time. */
const PLACES = 16

export class History {
  private readonly all: MutableBranch[] = []

  constructor(private readonly config: SimulationConfig) {
    this.add(Simulation.boot(config), [], [])
  }

  get branches(): readonly Branch[] {
    return this.all
  }

  branch(id: BranchId): Branch {
    return this.mutable(id)
  }

  private mutable(id: BranchId): MutableBranch {
    const branch = this.all[id]
    if (branch === undefined) throw new RangeError(`there is no branch ${id}`)
    return branch
  }

  private add(
    simulation: Simulation,
    commands: LoggedCommand[],
    snapshots: Snapshot[],
    fork?: Branch['fork'],
    spacing = SPACING,
  ): MutableBranch {
    const branch = { id: this.all.length as BranchId, simulation, commands, snapshots, spacing, ...(fork && { fork }) }
    if (snapshots.length === 0) snapshots.push(simulation.snapshot())
    this.all.push(branch)
    return branch
  }

  /** Runs the end of a branch on, taking snapshots along the way. */
  run(id: BranchId, until: Until): void {
    const branch = this.mutable(id)
    const { simulation } = branch
    const end = until.deliveries === undefined ? Number.POSITIVE_INFINITY : simulation.deliveries + until.deliveries
    for (;;) {
      const last = branch.snapshots[branch.snapshots.length - 1] as Snapshot
      const due = last.entries + Math.max(branch.spacing, Math.floor(last.size / PLACES))
      const before = simulation.deliveries
      simulation.run({ ...until, deliveries: end - before, entries: Math.min(due, until.entries ?? due) })
      if (simulation.trace.length < due) return
      branch.snapshots.push(simulation.snapshot())
      thin(branch)
      if (until.entries !== undefined && simulation.trace.length >= until.entries) return
    }
  }

  /** A command at the end of a branch. */
  command(id: BranchId, command: Command): Seq {
    const branch = this.mutable(id)
    branch.commands.push({ at: branch.simulation.now, deliveries: branch.simulation.deliveries, command })
    return branch.simulation.command(command)
  }

  /**
   * A run of its own that stands at the end of the delivery which wrote entry `seq` (so its trace may be a little longer);
   * running it on gives what the branch gave, up to the next command.
   */
  at(id: BranchId, seq: Seq): Simulation {
    const branch = this.mutable(id)
    if (seq < 1 || seq > branch.simulation.trace.length)
      throw new RangeError(`the trace has no entry ${seq}: it has ${branch.simulation.trace.length}`)
    const from = nearest(branch.snapshots, seq)
    const run = Simulation.restore(this.config, branch.simulation.trace, from)
    replay(run, branch.commands, { entries: seq })
    return run
  }

  /** A new branch that leaves another one after entry `seq`, with the commands up to there. */
  fork(id: BranchId, seq: Seq): Branch {
    const parent = this.mutable(id)
    const run = this.at(id, seq)
    const commands = parent.commands.slice(0, run.commands)
    const snapshots = parent.snapshots.filter(s => s.entries <= run.trace.length && s.deliveries <= run.deliveries)
    return this.add(run, commands, snapshots, { parent: id, at: run.trace.length as Seq }, parent.spacing)
  }

  /** What a branch can be made again from. */
  log(id: BranchId): CommandLog {
    return { seed: this.config.seed, commands: this.mutable(id).commands.slice() }
  }

  /** Makes a history again from a log, up to the last command; run it on from there. */
  static replay(config: SimulationConfig, log: CommandLog): History {
    const history = new History({ ...config, seed: log.seed })
    const id = 0 as BranchId
    for (const { at, deliveries, command } of log.commands) {
      history.run(id, { deliveries: deliveries - history.branch(id).simulation.deliveries })
      history.branch(id).simulation.pass(at)
      history.command(id, command)
    }
    return history
  }
}

/** Runs on, giving the commands of a log at their places. */
function replay(run: Simulation, commands: readonly LoggedCommand[], until: { readonly entries: number }): void {
  for (const logged of commands.slice(run.commands)) {
    run.run({ entries: until.entries, deliveries: logged.deliveries - run.deliveries })
    if (run.trace.length >= until.entries) return
    run.pass(logged.at)
    run.command(logged.command)
    if (run.trace.length >= until.entries) return
  }
  run.run({ entries: until.entries })
}

/** The last snapshot that does not lie beyond `seq`: one at exactly `seq` stands at the end of its delivery, too. */
function nearest(snapshots: readonly Snapshot[], seq: Seq): Snapshot {
  let low = 0
  let high = snapshots.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((snapshots[middle] as Snapshot).entries <= seq) low = middle
    else high = middle - 1
  }
  return snapshots[low] as Snapshot
}

function thin(branch: MutableBranch): void {
  if (branch.snapshots.length <= SNAPSHOTS) return
  branch.snapshots = branch.snapshots.filter((_, i) => i % 2 === 0)
  branch.spacing *= 2
}
