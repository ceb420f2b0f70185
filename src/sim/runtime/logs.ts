// Models the log file of a container (containerd internal/cri/io/logger.go), which the kubelet reads: each line with its time.
import type { ContainerConfig, CriLogLine } from '../api/cri'
import { nextWriteOf, runScript } from './shell'
import type { RuntimeContainer } from './state'
import { aroundProgram } from './surroundings'

const SHELL = /(^|\/)(ba|da|a)?sh$/
/** Programs that are told by their command line what to write. */
const ALONE = new Set(['echo', 'date', 'env', 'printenv', 'cat', 'ls', 'hostname', 'printf', 'seq'])

/** The script that a container runs; undefined when its program is not one that is known to write something. */
function scriptOf({ command, args }: ContainerConfig): string | undefined {
  const [name = '', ...rest] = [...command, ...args]
  if (SHELL.test(name)) return rest.includes('-c') ? rest[rest.indexOf('-c') + 1] : undefined
  const program = name.slice(name.lastIndexOf('/') + 1)
  return ALONE.has(program) ? [program, ...rest.map(word => `'${word.replaceAll("'", "'\\''")}'`)].join(' ') : undefined
}

/** All that a container has written up to now. A program that is not simulated has written nothing. */
export function logOf(container: RuntimeContainer, now: number): readonly CriLogLine[] {
  const { config, status, program } = container
  const { state, startedAt, finishedAt } = status
  const script = scriptOf(config)
  if (script === undefined || state === 'created' || program.missing !== undefined) return []
  const until = state === 'exited' ? finishedAt : now
  return runScript(script, startedAt, until - startedAt, aroundProgram(container)).map(({ at, text }) => ({
    at: startedAt + at,
    text,
  }))
}

/** When a running container writes its next line (virtual µs); undefined when it writes no more, or is not known to. */
export function nextLineAt(container: RuntimeContainer, now: number): number | undefined {
  const { config, status, program } = container
  const script = scriptOf(config)
  if (script === undefined || program.missing !== undefined) return undefined
  const at = nextWriteOf(script, status.startedAt, now - status.startedAt, aroundProgram(container))
  return at === undefined ? undefined : status.startedAt + at
}
