// Models containerd internal/cri/server/container_execsync.go: what a command does in a container, as far as programs are known.
import type { Mount } from '../api/cri'
import type { Reply } from '../api/fetch'
import { logOf } from './logs'
import { type Executed, execute, sceneOf } from './shell'
import type { RuntimeContainer } from './state'
import {
  aroundProgram,
  entriesIn,
  isFolderIn,
  isMissingIn,
  lookIn,
  missingError,
  refusalIn,
  variablesOf,
  voiceOf,
} from './surroundings'
import { has } from './userlands'

const SHELL = /(^|\/)(ba|da|a)?sh$/

/** The script of a command line that is a shell's. */
function scriptIn(words: readonly string[]): string | undefined {
  const [name = '', ...rest] = words
  const at = rest.findIndex(word => /^-[a-z]*c$/.test(word))
  return SHELL.test(name) && at >= 0 ? rest[at + 1] : undefined
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** What the script of a container's program has made of files by now. */
export function sceneIn(container: RuntimeContainer, now: number): ReturnType<typeof sceneOf> | undefined {
  const { config, status } = container
  const script = scriptIn([...config.command, ...config.args])
  return script === undefined ? undefined : sceneOf(script, now - status.startedAt, aroundProgram(container))
}

/** A command as somebody asks for it to be run. */
export interface Command {
  readonly words: readonly string[]
  readonly stdin?: string
  /** A person has asked for it, who may not know what is in the image; the author of a probe or a hook does. */
  readonly typed?: boolean
  /** What is in the container's volumes by now. */
  readonly mounts?: readonly Mount[]
}

/** What is mounted into a container, where a subPath stays as it was. */
const mountsNow = ({ config }: RuntimeContainer, mounts: readonly Mount[] | undefined): readonly Mount[] => {
  const made = config.mounts ?? []
  return mounts ? mounts.map(mount => (mount.stays && made.find(each => each.path === mount.path)) || mount) : made
}

/** What a container's files hold: those that commands in it wrote, its own script, and the kubelet. */
export function filesIn(container: RuntimeContainer, mounts: readonly Mount[], now: number): ReturnType<typeof lookIn> {
  const scene = sceneIn(container, now)
  const { config } = container
  const script = scriptIn([...config.command, ...config.args]) ?? ''
  const look = lookIn(container, mounts, path => {
    const own = container.files?.[path]
    return own !== undefined ? own : scene?.files.get(path)
  })
  // a path that its script is going to make is not there yet
  return path => {
    const text = look(path)
    return text === 'unknown' && isMadeBy(script, path) ? undefined : text
  }
}

/** Whether a script makes a file at a path, sooner or later. */
function isMadeBy(script: string, path: string): boolean {
  for (let at = script.indexOf(path); at >= 0; at = script.indexOf(path, at + 1))
    if (
      /(>|\btouch|\bmkdir( -p)?|\btee( -a)?) *["']?$/.test(script.slice(0, at)) &&
      !/^[\w/.-]/.test(script.slice(at + path.length))
    )
      return true
  return false
}

/** Names in a folder that a container's own processes have made. */
function madeIn(container: RuntimeContainer, path: string, now: number): readonly string[] {
  const { files = {} } = container
  const folder = path === '/' ? '/' : `${path}/`
  const paths = new Set([...(sceneIn(container, now)?.files.keys() ?? []), ...Object.keys(files)])
  const inside = [...paths].filter(each => each.startsWith(folder) && files[each] !== null)
  return [...new Set(inside.map(each => each.slice(folder.length).split('/')[0] as string))]
}

/** Names in a folder by now, without what commands have removed. */
function namesIn(container: RuntimeContainer, mounts: readonly Mount[], path: string, now: number): ReturnType<typeof entriesIn> {
  const made = madeIn(container, path, now)
  const names = entriesIn(container, mounts, path)
  if (names === 'unknown') return names
  if (names === undefined && made.length === 0) return undefined
  const folder = path === '/' ? '/' : `${path}/`
  return [...new Set([...(names ?? []), ...made])].filter(name => container.files?.[folder + name] !== null)
}

const NOT_KNOWN: Executed = Object.freeze({ known: false, exitCode: 0, stdout: '', stderr: '', us: 0, files: Object.freeze({}) })

/** Runs a command in a container, over the answers that its connections have had so far. */
export function executeIn(container: RuntimeContainer, command: Command, now: number, replies: readonly Reply[] = []): Executed {
  const { config, userland } = container
  const { words, stdin } = command
  const mounts = mountsNow(container, command.mounts)
  const [name = '', ...rest] = words
  const isShell = SHELL.test(name) && rest.length === 0
  const inner = isShell ? (stdin ?? '') : scriptIn(words)
  const { variables, isWhole } = variablesOf(container)
  const { workingDir = userland.workingDir } = config
  const doubts = command.typed === true
  // its own command shows that there is a shell
  if (doubts && inner !== undefined && has(userland, name) === undefined && config.command[0] !== name) return NOT_KNOWN
  return execute(inner ?? [name, ...rest.map(quoted)].join(' '), now, {
    environment: variables,
    isWhole,
    inShell: inner !== undefined,
    ...voiceOf(container, inner === undefined ? 'sh' : name, doubts),
    ...(workingDir !== undefined && { workingDir }),
    look: filesIn(container, mounts, now),
    entries: path => namesIn(container, mounts, path, now),
    isFolder: path => isFolderIn(container, mounts, path),
    refusal: path => refusalIn(container, mounts, path),
    ...(!isShell && { stdin: stdin ?? '' }),
    replies,
    has: program => (isMissingIn(container, program) ? false : has(userland, program)),
    doubts,
  })
}

/** Why a command can't be started; undefined where it can, or nobody knows. */
export function startError(container: RuntimeContainer, [name = '']: readonly string[]): string | undefined {
  if (!isMissingIn(container, name)) return undefined
  const runc = `OCI runtime exec failed: exec failed: ${missingError(name)}`
  return `failed to exec in container: failed to start exec ${JSON.stringify(container.status.id)}: ${runc}`
}

/** Whether the script of a container's program has something listen on a port by now. */
export const servesOn = (container: RuntimeContainer, port: number, now: number): boolean =>
  sceneIn(container, now)?.servers.has(port) === true

/** A message is no longer than that; of a log, so many lines at most. */
const MESSAGE_LIMIT = 4096
const LOG_LIMIT = 2048
const LOG_LINES = 80

/** What a container says of its end: in the file that it has for that, or, if it failed, with the last lines of its log. */
export function terminationMessage(container: RuntimeContainer, exitCode: number, now: number): string {
  const { terminationMessage: where } = container.config
  if (!where) return ''
  const text = container.files?.[where.path] ?? sceneIn(container, now)?.files.get(where.path) ?? ''
  if (text !== '' || !where.orLog || exitCode === 0) return text.slice(0, MESSAGE_LIMIT)
  const lines = logOf(container, now).slice(-LOG_LINES)
  return lines
    .map(line => `${line.text}\n`)
    .join('')
    .slice(-LOG_LIMIT)
}
