/** Small programs over files: cat, ls, test, touch, mkdir, rm, tee. */
import type { Said } from './applets'
import { complaint, type Voice } from './complaints'
import { condition } from './conditions'
import { type Files, FOLDER, unknown } from './shell-files'

/** What several complaints come to. */
function joined(all: readonly Said[], out = ''): Said {
  return { out, err: all.map(({ err }) => err ?? '').join(''), status: Math.max(0, ...all.map(({ status }) => status ?? 0)) }
}

export function cat(files: Files, voice: Voice, args: readonly string[], stdin: string): Said {
  if (args.some(arg => /^-./.test(arg))) return unknown()
  if (args.length === 0) return { out: stdin }
  let out = ''
  const wrong: Said[] = []
  for (const path of args) {
    const text = path === '-' ? stdin : files.read(path)
    if (typeof text === 'string') out += text
    else wrong.push(complaint(voice, 'cat', path, text.problem))
  }
  return joined(wrong, out)
}

export function ls(files: Files, voice: Voice, args: readonly string[]): Said {
  const flags = args.filter(arg => /^-./.test(arg)).join('')
  if (/[^-a1A]/.test(flags)) return unknown()
  const paths = args.filter(arg => !/^-./.test(arg))
  if (paths.length > 1) return unknown()
  const [path = '.'] = paths
  const what = files.what(path)
  if (what === 'nothing') return complaint(voice, 'ls', path, 'No such file or directory')
  if (what === 'file') return { out: `${path}\n` }
  const names = files.inside(path) ?? []
  const hidden = flags.includes('a') || flags.includes('A')
  const all = flags.includes('a') ? ['.', '..', ...names] : names
  return {
    out: all
      .filter(name => hidden || !name.startsWith('.'))
      .map(name => `${name}\n`)
      .join(''),
  }
}

export function test(files: Files, args: readonly string[]): Said {
  const holds = condition(args, {
    isThere: path => files.what(path) !== 'nothing',
    isFolder: path => files.what(path) === 'folder',
    isFile: path => files.what(path) === 'file',
    isEmpty: path => files.what(path) === 'nothing' || files.read(path) === '',
  })
  return { status: (holds ?? unknown()) ? 0 : 1 }
}

/** `touch`, `mkdir` or `rm`: what is not as they need it is said where that is known. */
export function change(files: Files, voice: Voice, name: string, args: readonly string[], strict: boolean): Said {
  const flags = args.filter(arg => arg.startsWith('-')).join('')
  if (strict && !(name === 'touch' ? /^(-c)?$/ : name === 'mkdir' ? /^(-p)*$/ : /^(-[rRf]+)*$/).test(flags)) return unknown()
  const paths = args.filter(arg => !arg.startsWith('-'))
  const one = name === 'touch' ? touch : name === 'mkdir' ? makeFolder : remove
  return joined(paths.map(path => one(files, voice, path, flags, strict)))
}

type Change = (files: Files, voice: Voice, path: string, flags: string, strict: boolean) => Said

/** What a file says stays: where nobody knows it, nobody knows it afterwards. */
const touch: Change = (files, voice, path, _, strict) => {
  const problem = files.refusal(path)
  if (problem) return complaint(voice, 'touch', path, problem)
  const known = files.known(path)
  if (known !== undefined || !strict || files.whatKnown(path) === 'nothing') files.put(path, known ?? '')
  return {}
}

const makeFolder: Change = (files, voice, path, flags, strict) => {
  const isForced = flags.includes('p')
  if (strict) {
    const what = files.what(path)
    if (what === 'file' || (what === 'folder' && !isForced)) return complaint(voice, 'mkdir', path, 'File exists')
    if (what === 'folder') return {}
  }
  const problem = isForced ? files.refusalOnTheWay(path) : files.refusal(path)
  if (problem) return complaint(voice, 'mkdir', path, problem)
  files.put(path, FOLDER)
  return {}
}

const remove: Change = (files, voice, path, flags, strict) => {
  const isForced = flags.includes('f')
  const what = strict && !isForced ? files.what(path) : files.whatKnown(path)
  if (what === 'nothing' && strict) return isForced ? {} : complaint(voice, 'rm', path, 'No such file or directory')
  if (what === 'folder' && !/[rR]/.test(flags)) return complaint(voice, 'rm', path, 'Is a directory')
  const problem = what === 'nothing' || (what === undefined && !strict) ? undefined : files.refusal(path)
  if (problem && problem !== 'No such file or directory') return complaint(voice, 'rm', path, problem)
  files.drop(path)
  return {}
}

export function tee(files: Files, voice: Voice, args: readonly string[], stdin: string): Said {
  const wrong: Said[] = []
  for (const path of args.filter(arg => arg !== '-a')) {
    const problem = files.refusal(path)
    if (problem) wrong.push(complaint(voice, 'tee', path, problem))
    else files.put(path, (args.includes('-a') ? textBefore(files, path) : '') + stdin)
  }
  return joined(wrong, stdin)
}

/** What a file says before more is added to it. */
export function textBefore(files: Files, path: string): string {
  const text = files.read(path)
  return typeof text === 'string' ? text : ''
}
