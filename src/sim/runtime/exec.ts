// Models containerd internal/cri/server/container_execsync.go, and what a program answers to who asks over HTTP: as far as programs are known.
import type { ContainerConfig } from '../api/cri'
import { parseReference } from './images'
import { logOf } from './logs'
import { type Executed, execute, sceneOf } from './shell'
import type { RuntimeContainer } from './state'

const SHELL = /(^|\/)(ba|da|a)?sh$/

/** The script of a command line that is a shell's. */
function scriptIn(words: readonly string[]): string | undefined {
  const [name = '', ...rest] = words
  return SHELL.test(name) && rest.includes('-c') ? rest[rest.indexOf('-c') + 1] : undefined
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

const repositoryOf = ({ image }: ContainerConfig): string => parseReference(image)?.repository ?? ''

/** What the script of a container's program has made of files by now. */
function sceneIn({ config, status }: RuntimeContainer, now: number): ReturnType<typeof sceneOf> | undefined {
  const script = scriptIn([...config.command, ...config.args])
  return script === undefined ? undefined : sceneOf(script, now - status.startedAt)
}

/** Runs a command in a container. Files are known that its program or earlier commands wrote, and that nobody else puts things into /tmp. */
export function executeIn(container: RuntimeContainer, command: readonly string[], now: number): Executed {
  const scene = sceneIn(container, now)
  const program = [...container.config.command, ...container.config.args].join(' ')
  const script = scriptIn(command) ?? [command[0] ?? '', ...command.slice(1).map(quoted)].join(' ')
  return execute(script, path => {
    const text = container.files?.[path] ?? scene?.files.get(path)
    if (text !== undefined) return text
    return path.startsWith('/tmp/') || program.includes(path) ? undefined : 'unknown'
  })
}

/** Whether the script of a container's program has something listen on a port by now. */
export const servesOn = (container: RuntimeContainer, port: number, now: number): boolean =>
  sceneIn(container, now)?.servers.has(port) === true

/** How a container answers a GET: by the files that it serves, or as its image is known to; any other program finds everything. */
export function httpStatus(container: RuntimeContainer, port: number, path: string, now: number): number {
  const scene = sceneIn(container, now)
  const root = scene?.servers.get(port)
  const [file = '/'] = path.split('?')
  if (root !== undefined) return scene?.files.has(`${root}${file === '/' ? '/index.html' : file}`) ? 200 : 404
  const { config, status } = container
  const repository = repositoryOf(config)
  if (repository === 'library/nginx' || repository === 'library/httpd') return /^\/(index\.html)?$/.test(file) ? 200 : 404
  // agnhost's `liveness` is well for its first ten seconds
  if (repository === 'e2e-test-images/agnhost' && [...config.command, ...config.args].includes('liveness'))
    return now - status.startedAt > 10_000_000 ? 500 : 200
  return 200
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
