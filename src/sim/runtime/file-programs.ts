/** Small programs over files: cat, ls, test, touch, mkdir, rm, tee. */
import type { Said } from './applets'
import { condition } from './conditions'
import { type Files, unknown } from './shell-files'

export function cat(files: Files, args: readonly string[], stdin: string): Said {
  if (args.some(arg => /^-./.test(arg))) return unknown()
  if (args.length === 0) return { out: stdin }
  let out = ''
  let err = ''
  for (const path of args) {
    const text = path === '-' ? stdin : files.contents(path)
    if (text === undefined) err += `cat: can't open '${path}': No such file or directory\n`
    else out += text
  }
  return { out, err, status: err === '' ? 0 : 1 }
}

export function ls(files: Files, args: readonly string[]): Said {
  const flags = args.filter(arg => /^-./.test(arg)).join('')
  if (/[^-a1A]/.test(flags)) return unknown()
  const paths = args.filter(arg => !/^-./.test(arg))
  if (paths.length !== 1) return unknown()
  const path = paths[0] as string
  const names = files.inside(path)
  if (names) {
    const all = flags.includes('a') ? ['.', '..', ...names] : names
    return {
      out: all
        .filter(name => flags.includes('a') || !name.startsWith('.'))
        .map(name => `${name}\n`)
        .join(''),
    }
  }
  if (files.found(path) === undefined) return { err: `ls: ${path}: No such file or directory\n`, status: 1 }
  return { out: `${path}\n` }
}

export function test(files: Files, args: readonly string[]): Said {
  const holds = condition(args, {
    isThere: path => files.inside(path) !== undefined || files.found(path) !== undefined,
    isFolder: path => files.written.get(path) === '' || files.isFolder(path),
    contents: path => files.found(path),
  })
  return { status: (holds ?? unknown()) ? 0 : 1 }
}

/** `touch`, `mkdir` or `rm`; a person's (`strict`) is told what is not there, and refused where that is not known. */
export function change(files: Files, name: string, args: readonly string[], strict: boolean): Said {
  const paths = args.filter(arg => !arg.startsWith('-'))
  const isForced = args.some(arg => /^-\w*[fp]/.test(arg))
  let err = ''
  for (const path of paths)
    if (name === 'touch') touch(files, path, strict)
    else if (name === 'mkdir') err += makeFolder(files, path, strict && !isForced)
    else err += remove(files, path, strict && !isForced)
  return { err, status: err === '' ? 0 : 1 }
}

/** What a file says stays: where nobody knows it, nobody knows it afterwards. */
function touch(files: Files, path: string, strict: boolean): void {
  if (!strict || files.isKnown(path)) files.put(path, files.known(path) ?? '')
}

function makeFolder(files: Files, path: string, mustBeNew: boolean): string {
  if (mustBeNew && (files.found(path) !== undefined || files.isFolder(path)))
    return `mkdir: can't create directory '${path}': File exists\n`
  files.put(path, files.written.get(path) ?? '')
  return ''
}

function remove(files: Files, path: string, mustBeThere: boolean): string {
  if (mustBeThere && files.found(path) === undefined) return `rm: can't remove '${path}': No such file or directory\n`
  for (const file of files.written.keys()) if (file === path || file.startsWith(`${path}/`)) files.written.delete(file)
  files.removed.add(path)
  return ''
}

export function tee(files: Files, args: readonly string[], stdin: string): Said {
  for (const path of args.filter(arg => arg !== '-a'))
    files.put(path, (args.includes('-a') ? (files.found(path) ?? '') : '') + stdin)
  return { out: stdin }
}
