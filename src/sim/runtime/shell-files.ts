/** What a script finds of files, and what it makes of them. */
import type { Problem } from './complaints'
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

/** Stands for what a directory says, where one was made. */
export const FOLDER = '\u0000/'

/** What is at a path. */
type Thing = { readonly is: 'file'; readonly text: string } | { readonly is: 'folder' | 'nothing' | 'unknown' }
const is = (what: 'folder' | 'nothing' | 'unknown'): Thing => ({ is: what })

/** Files as a run sees them: its own first, then those around it. Paths may be relative, unless nobody knows where it runs. */
export class Files {
  /** What it has made of files, by path, and what it has removed. */
  readonly written = new Map<string, string>()
  readonly removed = new Set<string>()
  /** The directory that it is in. */
  folder: string | undefined

  constructor(
    private readonly around: Pick<Around, 'look' | 'entries' | 'stdin' | 'isFolder' | 'refusal' | 'workingDir' | 'strict'>,
  ) {
    this.folder = around.workingDir
  }

  /** A path from the root on. */
  at(path: string): string {
    if (!path.startsWith('/') && this.folder === undefined) return unknown()
    const parts: string[] = []
    for (const part of (path.startsWith('/') ? path : `${this.folder}/${path}`).split('/'))
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    return `/${parts.join('/')}`
  }

  /** What is at a path, as far as that is known. */
  private thing(path: string): Thing {
    const own = this.written.get(path)
    if (own !== undefined) return own === FOLDER ? is('folder') : { is: 'file', text: own }
    for (const other of this.written.keys()) if (other.startsWith(`${path === '/' ? '' : path}/`)) return is('folder')
    if (this.isRemoved(path)) return is('nothing')
    const { look, isFolder, entries } = this.around
    const text = look ? look(path) : 'unknown'
    if (text === FOLDER) return is('folder')
    if (text !== undefined && text !== 'unknown') return { is: 'file', text }
    if (path === '/' || path === '/tmp' || isFolder?.(path) || Array.isArray(entries?.(path))) return is('folder')
    return text === undefined ? is('nothing') : is('unknown')
  }

  private isRemoved(path: string): boolean {
    for (let at = path; at !== ''; at = at.replace(/\/[^/]*$/, '')) if (this.removed.has(at)) return true
    return false
  }

  put(path: string, text: string): void {
    const at = this.at(path)
    this.removed.delete(at)
    this.written.set(at, text)
  }

  /** What a file holds, or what is wrong with it; ends the run where that is not known. */
  read(path: string): string | { readonly problem: Problem } {
    if (path === '-' || path === '/dev/stdin') return this.around.stdin ?? ''
    if (path === '/dev/null') return ''
    const thing = this.thing(this.at(path))
    if (thing.is === 'file') return thing.text
    if (thing.is === 'unknown') return unknown()
    return { problem: thing.is === 'folder' ? 'Is a directory' : 'No such file or directory' }
  }

  /** What is there; ends the run where that is not known. */
  what(path: string): 'file' | 'folder' | 'nothing' {
    return this.whatKnown(path) ?? unknown()
  }

  /** What is there, if anybody knows. */
  whatKnown(path: string): 'file' | 'folder' | 'nothing' | undefined {
    const thing = this.thing(this.at(path))
    return thing.is === 'unknown' ? undefined : thing.is
  }

  /** Takes away what is there, with all that is in it. */
  drop(path: string): void {
    const at = this.at(path)
    for (const file of this.written.keys()) if (file === at || file.startsWith(`${at}/`)) this.written.delete(file)
    this.removed.add(at)
  }

  /** Why nothing can be made or changed there; ends a person's run where that is not known, while a program is taken to know what it does. */
  refusal(path: string): Problem | undefined {
    const at = this.at(path)
    const parent = this.whatKnown(at.replace(/\/[^/]*$/, '') || '/')
    if (parent === 'nothing') return 'No such file or directory'
    const why = parent === undefined ? 'unknown' : this.around.refusal?.(at)
    return why !== 'unknown' ? why : this.around.strict ? unknown() : undefined
  }

  /** The same, where the directories on the way are made if they have to be. */
  refusalOnTheWay(path: string): Problem | undefined {
    let at = this.at(path)
    for (let up = at; up !== ''; up = up.replace(/\/[^/]*$/, '')) if (this.whatKnown(up) === 'nothing') at = up
    return this.refusal(at)
  }

  /** Names in a directory; undefined where there is none; ends the run where they are not known. */
  inside(path: string): readonly string[] | undefined {
    const at = this.at(path)
    const start = at === '/' ? '/' : `${at}/`
    const own = [...this.written.keys()].filter(file => file.startsWith(start))
    const others = this.isRemoved(at) ? undefined : this.around.entries?.(at)
    if (others === 'unknown' || (others === undefined && !this.around.entries && own.length === 0)) return unknown()
    if (others === undefined && own.length === 0)
      return this.written.get(at) === FOLDER || this.thing(at).is === 'folder' ? [] : undefined
    const names = [...own.map(file => file.slice(start.length).split('/')[0] ?? ''), ...(others ?? [])]
    const there = [...new Set(names)].filter(
      name =>
        this.written.has(start + name) ||
        own.some(file => file.startsWith(`${start}${name}/`)) ||
        !this.removed.has(start + name),
    )
    return there.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  }

  /** Contents to add to, as far as they are known. */
  known(path: string): string | undefined {
    const thing = this.thing(this.at(path))
    return thing.is === 'file' ? thing.text : undefined
  }
}
