/** What a script finds of files, and what it makes of them. */
import type { Around } from './shell'

/** What a file holds; undefined where there is none. */
export type Look = (path: string) => string | undefined | 'unknown'

/** Why a run is over before its script is: it has exited, all that was asked for is known, it waits for an answer, or what comes is not known. */
export class Ended extends Error {
  constructor(readonly how: 'exited' | 'enough' | 'asks' | 'unknown') {
    super()
  }
}

/** Ends a run where nobody knows what comes. */
export function unknown(): never {
  throw new Ended('unknown')
}

/** Files as a run sees them: its own first, then those around it. */
export class Files {
  /** What it has made of files, by path (a directory says nothing), and what it has removed. */
  readonly written = new Map<string, string>()
  readonly removed = new Set<string>()

  constructor(private readonly around: Pick<Around, 'look' | 'entries' | 'stdin'>) {}

  put(path: string, text: string): void {
    this.removed.delete(path)
    this.written.set(path, text)
  }

  /** What a file holds; undefined where there is none; ends the run where that is not known. */
  found(path: string): string | undefined {
    if (this.removed.has(path)) return undefined
    const own = this.written.get(path)
    if (own !== undefined) return own
    const text = this.around.look ? this.around.look(path) : 'unknown'
    if (text === 'unknown') return unknown()
    return text
  }

  /** The same of a file that has to be there. */
  contents(path: string): string | undefined {
    return path === '-' || path === '/dev/stdin' ? (this.around.stdin ?? '') : path === '/dev/null' ? '' : this.found(path)
  }

  /** Names in a directory that are known. */
  inside(path: string): readonly string[] | undefined {
    const folder = path.replace(/\/+$/, '')
    const own = [...this.written.keys()].filter(file => file.startsWith(`${folder}/`))
    const others = this.around.entries?.(folder || '/')
    if (others === 'unknown') return unknown()
    if (others === undefined && own.length === 0) return undefined
    const names = [...own.map(file => file.slice(folder.length + 1).split('/')[0] ?? ''), ...(others ?? [])]
    const there = [...new Set(names)].filter(name => !this.removed.has(`${folder}/${name}`))
    return there.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  }

  /** Whether a path is known to be a directory. */
  isFolder(path: string): boolean {
    return path === '/' || this.inside(path) !== undefined
  }

  /** Whether it is known what a file holds, or that there is none. */
  isKnown(path: string): boolean {
    const { look } = this.around
    return this.removed.has(path) || this.written.has(path) || (look !== undefined && look(path) !== 'unknown')
  }

  /** Contents, as far as they are known. */
  known(path: string): string | undefined {
    const text = this.written.get(path) ?? (this.removed.has(path) ? undefined : this.around.look?.(path))
    return text === 'unknown' ? undefined : text
  }
}
