// Models containerd internal/cri/server/container_execsync.go, and what a program answers to who asks over HTTP: as far as programs are known.
import type { ContainerConfig, Mount } from '../api/cri'
import type { Reply } from '../api/fetch'
import { parseReference } from './images'
import { logOf } from './logs'
import { type Executed, execute, sceneOf } from './shell'
import type { RuntimeContainer } from './state'
import { aroundProgram, entriesIn, isMissingIn, isNowhere, lookIn, missingError, variablesOf } from './surroundings'

const SHELL = /(^|\/)(ba|da|a)?sh$/

/** The script of a command line that is a shell's. */
function scriptIn(words: readonly string[]): string | undefined {
  const [name = '', ...rest] = words
  const at = rest.findIndex(word => /^-[a-z]*c$/.test(word))
  return SHELL.test(name) && at >= 0 ? rest[at + 1] : undefined
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

const repositoryOf = ({ image }: ContainerConfig): string => parseReference(image)?.repository ?? ''

/** What the script of a container's program has made of files by now. */
function sceneIn({ config, status }: RuntimeContainer, now: number): ReturnType<typeof sceneOf> | undefined {
  const script = scriptIn([...config.command, ...config.args])
  return script === undefined ? undefined : sceneOf(script, now - status.startedAt, aroundProgram(config))
}

/** A command as somebody asks for it to be run. */
export interface Command {
  readonly words: readonly string[]
  readonly stdin?: string
  /** What is in the container's volumes by now. */
  readonly mounts?: readonly Mount[]
}

/** What is mounted into a container, where a subPath stays as it was. */
const mountsNow = ({ config }: RuntimeContainer, mounts: readonly Mount[] | undefined): readonly Mount[] => {
  const made = config.mounts ?? []
  return mounts ? mounts.map(mount => (mount.stays && made.find(each => each.path === mount.path)) || mount) : made
}

/** What a container's files hold: those that commands in it wrote, its own script, and the kubelet. */
function filesIn(container: RuntimeContainer, mounts: readonly Mount[], now: number): ReturnType<typeof lookIn> {
  const scene = sceneIn(container, now)
  const program = [...container.config.command, ...container.config.args].join(' ')
  const look = lookIn(mounts, path => {
    const own = container.files?.[path]
    return own !== undefined ? own : scene?.files.get(path)
  })
  // a path that its program is told of and has not made is not there yet
  return path => {
    const text = look(path)
    return text === 'unknown' && (program.includes(path) || isNowhere(container.config, path)) ? undefined : text
  }
}

/** Names in a folder that a container's own processes have made. */
function madeIn(container: RuntimeContainer, folder: string, now: number): readonly string[] {
  const { files = {} } = container
  const paths = new Set([...(sceneIn(container, now)?.files.keys() ?? []), ...Object.keys(files)])
  const inside = [...paths].filter(path => path.startsWith(`${folder}/`) && files[path] !== null)
  return [...new Set(inside.map(path => path.slice(folder.length + 1).split('/')[0] as string))]
}

/** Runs a command in a container, over the answers that its connections have had so far. */
export function executeIn(container: RuntimeContainer, command: Command, now: number, replies: readonly Reply[] = []): Executed {
  const { config } = container
  const { words, stdin } = command
  const mounts = mountsNow(container, command.mounts)
  const [name = '', ...rest] = words
  const isShell = SHELL.test(name) && rest.length === 0
  const script = isShell ? (stdin ?? '') : (scriptIn(words) ?? [name, ...rest.map(quoted)].join(' '))
  return execute(script, now, {
    environment: variablesOf(config),
    look: filesIn(container, mounts, now),
    entries: path => {
      const made = madeIn(container, path, now)
      const names = entriesIn(mounts, path)
      if (names === 'unknown' && !isNowhere(config, path)) return 'unknown'
      return names === undefined && made.length === 0 ? undefined : [...(names === 'unknown' ? [] : (names ?? [])), ...made]
    },
    ...(!isShell && { stdin: stdin ?? '' }),
    replies,
    isMissing: program => isMissingIn(config, program),
  })
}

/** Why a command can't be started; undefined where it can. */
export function startError({ config, status }: RuntimeContainer, [name = '']: readonly string[]): string | undefined {
  if (!isMissingIn(config, name)) return undefined
  const runc = `OCI runtime exec failed: exec failed: ${missingError(name)}`
  return `failed to exec in container: failed to start exec ${JSON.stringify(status.id)}: ${runc}`
}

/** Whether the script of a container's program has something listen on a port by now. */
export const servesOn = (container: RuntimeContainer, port: number, now: number): boolean =>
  sceneIn(container, now)?.servers.has(port) === true

/** Where images that serve files have them, and what they have of their own. Their pages are no more than their first lines here. */
const ROOTS: Readonly<Record<string, readonly [root: string, page: string]>> = {
  'library/nginx': ['/usr/share/nginx/html', '<h1>Welcome to nginx!</h1>\n'],
  'library/httpd': ['/usr/local/apache2/htdocs', '<html><body><h1>It works!</h1></body></html>\n'],
}

interface HttpAnswer {
  readonly status: number
  /** Absent: nobody knows the page. */
  readonly body?: string
}

/** How a container answers a GET; a program that is not known is taken to find everything. */
export const httpAnswer = (container: RuntimeContainer, port: number, path: string, now: number): HttpAnswer =>
  knownAnswer(container, port, path, now) ?? { status: 200 }

/** How a container is known to answer a GET: by the files that it serves, or as its image does. */
export function knownAnswer(container: RuntimeContainer, port: number, path: string, now: number): HttpAnswer | undefined {
  const scene = sceneIn(container, now)
  const served = scene?.servers.get(port)
  const { config, status } = container
  const [asked = '/'] = path.split('?')
  const file = asked.endsWith('/') ? `${asked}index.html` : asked
  const repository = repositoryOf(config)
  const [root, page] = served !== undefined ? [served] : (ROOTS[repository] ?? [])
  if (root !== undefined) {
    const own = filesIn(container, config.mounts ?? [], now)(`${root}${file}`)
    const isMounted = config.mounts?.some(mount => mount.path === root)
    const text = own !== 'unknown' ? own : isMounted ? 'unknown' : file === '/index.html' ? page : undefined
    if (text === 'unknown') return { status: 200 }
    return text === undefined ? { status: 404 } : { status: 200, body: text }
  }
  const words = [...config.command, ...config.args]
  if (repository === 'e2e-test-images/agnhost') {
    // agnhost's `liveness` is well for its first ten seconds
    if (words.includes('liveness')) return { status: now - status.startedAt > 10_000_000 ? 500 : 200 }
    if (words.includes('serve-hostname') || asked === '/hostname') return { status: 200, body: config.hostname }
  }
  return undefined
}

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
