/** Variables of a shell: those that its programs see, and its own. */
import type { Said } from './applets'
import type { Around } from './shell'
import { unknown } from './shell-files'

/** What a shell sets by itself, or what is another one at each time: nobody knows. */
const ITS_OWN = /^(PPID|RANDOM|UID|EUID|IFS|OPTIND|PS[1-4]|LINENO|SECONDS|BASH.*|_)$/

export class Variables {
  private readonly exported = new Map<string, string>()
  private readonly own = new Map<string, string>()
  /** There are no others than these. */
  private readonly isWhole: boolean

  constructor(private readonly around: Pick<Around, 'environment' | 'isWhole' | 'inShell'>) {
    for (const [name, value] of around.environment ?? []) this.exported.set(name, value)
    if (around.inShell && !this.exported.has('SHLVL')) this.exported.set('SHLVL', '1')
    this.isWhole = around.isWhole !== false
  }

  /** A variable's value; undefined where it has none; ends the run where an image may have set it. */
  get(name: string): string | undefined {
    const value = this.known(name)
    return value === undefined && (!this.isWhole || ITS_OWN.test(name)) ? unknown() : value
  }

  /** The same, where a variable that nobody knows of is taken not to be there. */
  known(name: string): string | undefined {
    return this.own.get(name) ?? this.exported.get(name)
  }

  copy(): Variables {
    const copy = new Variables(this.around)
    for (const [name, value] of this.exported) copy.exported.set(name, value)
    for (const [name, value] of this.own) copy.own.set(name, value)
    return copy
  }

  set(name: string, value: string): void {
    if (this.exported.has(name)) this.exported.set(name, value)
    else this.own.set(name, value)
  }

  /** The directory of a shell. */
  enter(folder: string | undefined): void {
    if (folder !== undefined) this.exported.set('PWD', folder)
  }

  export(args: readonly string[]): Said {
    for (const arg of args) {
      if (arg.startsWith('-')) return unknown()
      const [name = '', ...value] = arg.split('=')
      this.exported.set(name, arg.includes('=') ? value.join('=') : (this.own.get(name) ?? this.exported.get(name) ?? ''))
    }
    return {}
  }

  unset(args: readonly string[]): Said {
    for (const name of args) {
      if (name.startsWith('-') || !this.isWhole) return unknown()
      this.own.delete(name)
      this.exported.delete(name)
    }
    return {}
  }

  /** `env` and `printenv`. */
  print(program: 'env' | 'printenv', args: readonly string[]): Said {
    if (this.around.environment === undefined || args.some(arg => arg.startsWith('-'))) return unknown()
    if (args.length === 0 && this.isWhole)
      return { out: [...this.exported].map(([name, value]) => `${name}=${value}\n`).join('') }
    if (program === 'env' || args.length === 0) return unknown()
    const values = args.map(arg => this.exported.get(arg) ?? (this.isWhole ? undefined : unknown()))
    return {
      out: values.map(value => (value === undefined ? '' : `${value}\n`)).join(''),
      status: values.includes(undefined) ? 1 : 0,
    }
  }
}
