// Models the parts of github.com/spf13/cobra and pflag that kubectl shows to its users, as data.
import type { Run, Session } from './session'

/** How a flag's value is read. Lists are split at commas (`slice`) or taken as they are (`array`). */
export type FlagType = 'string' | 'bool' | 'int' | 'duration' | 'slice' | 'array'

export interface Flag {
  readonly name: string
  /** One letter: `-n`. */
  readonly short?: string
  readonly type: FlagType
  /** Its value where it is not given; the type's zero where there is none. */
  readonly value?: string | boolean | number | readonly string[]
  /** Its value where it is given without one (pflag's NoOptDefVal). */
  readonly bare?: string
  readonly help: string
  readonly required?: boolean
  /** Not in help: what is deprecated, or has no effect here. */
  readonly hidden?: boolean
  /** What to do instead: said whenever it is given. */
  readonly deprecated?: string
  /** The real one has it, the simulation says that it has not. */
  readonly refused?: boolean
}

/** What a word of a command stands for, for completion. */
export type Argument = 'resource' | 'resources' | 'command' | 'none'

/** A command: one file in `commands/` exports one. */
export interface Command {
  readonly name: string
  readonly aliases?: readonly string[]
  /** Usage, without `kubectl` and the parents' names. */
  readonly use: string
  readonly short: string
  readonly long?: string
  /** Lines of the examples, as they stand in help. */
  readonly examples?: readonly string[]
  readonly flags?: readonly Flag[]
  readonly commands?: readonly Command[]
  /** It is refused, whatever flags it gets. */
  readonly anyFlags?: true
  /** What its arguments are; `resource` is a kind, then names. */
  readonly arguments?: Argument
  /** The first argument's kind where it is always the same (`nodes`). */
  readonly kind?: string
  /** After its first argument come ports of that. */
  readonly takesPorts?: true
  /** The kinds that can be named, where not all can. */
  readonly kinds?: readonly string[]
  readonly run?: (session: Session) => Run
  /** Where its help goes when it is called without a subcommand: most say it as an error. */
  readonly helpsOn?: 'stdout'
}

export const flag = {
  string: (name: string, help: string, more: Partial<Flag> = {}): Flag => ({ name, type: 'string', help, ...more }),
  bool: (name: string, help: string, more: Partial<Flag> = {}): Flag => ({ name, type: 'bool', help, ...more }),
  int: (name: string, help: string, more: Partial<Flag> = {}): Flag => ({ name, type: 'int', help, ...more }),
  duration: (name: string, help: string, more: Partial<Flag> = {}): Flag => ({ name, type: 'duration', help, ...more }),
  slice: (name: string, help: string, more: Partial<Flag> = {}): Flag => ({ name, type: 'slice', help, ...more }),
  array: (name: string, help: string, more: Partial<Flag> = {}): Flag => ({ name, type: 'array', help, ...more }),
}

/** Flags of the real one that are not simulated, as `name`, `name:type` or `n/name:type`, separated by blanks. */
export const refused = (specs: string): readonly Flag[] =>
  specs.split(' ').map(spec => {
    const [, short, name = '', type = 'string'] = /^(?:(\w)\/)?([^:]+)(?::(\w+))?$/.exec(spec) ?? []
    return { name, type: type as FlagType, help: '', refused: true, ...(short !== undefined && { short }) }
  })

/** Values of a command's flags, by name; `changed` are those that were given. */
export interface FlagValues {
  readonly values: Readonly<Record<string, FlagValue>>
  readonly changed: ReadonlySet<string>
}
export type FlagValue = string | boolean | number | readonly string[]
