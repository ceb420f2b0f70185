// Models containerd internal/cri/server (container_create.go, container_start.go, container_stop.go, sandbox_run.go): what calls do to the state.
import type { ContainerConfig, CriContainer, PodSandboxConfig } from '../api/cri'
import type { RuntimeProfile } from '../api/node-profile'
import { BOOT_SECONDS } from '../api/time'
import { servesOn, terminationMessage } from './exec'
import { parseReference } from './images'
import { programOf } from './programs'
import type { RuntimeContainer, RuntimeState, Sandbox } from './state'
import { missingError } from './surroundings'
import { userlandOf } from './userlands'

/** 64 hex digits by chance, as containerd names things. */
export function randomId(random: () => number): string {
  let id = ''
  for (let i = 0; i < 8; i++)
    id += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  return id
}

/** Names of a fake runtime: told by what they are for. */
export const fakeSandboxId = ({ name, namespace, uid, attempt }: PodSandboxConfig): string =>
  `${name}_${namespace}_${uid}_${attempt}`

export function newSandbox(config: PodSandboxConfig, id: string, ip: string): Sandbox {
  return Object.freeze({ config, status: Object.freeze({ id, ready: true, ip, attempt: config.attempt }) })
}

/** A container that has not been started. */
export function newContainer(
  profile: RuntimeProfile,
  sandbox: Sandbox,
  config: ContainerConfig,
  imageRef: string,
  id: string,
  now: number,
): RuntimeContainer {
  const userland = userlandOf(config.image, profile.standIns)
  const program = Object.freeze(programOf(config, userland))
  const status: CriContainer = Object.freeze({
    id,
    podUid: sandbox.config.uid,
    sandbox: sandbox.status.id,
    name: config.name,
    image: config.image,
    resolvedImage: profile.fake ? config.image : (parseReference(config.image)?.name ?? config.image),
    imageRef: profile.fake ? config.image : imageRef,
    attempt: config.attempt,
    state: 'created',
    createdAt: now,
    startedAt: 0,
    finishedAt: 0,
    exitCode: 0,
    reason: '',
    ...(program.guessed && !profile.fake && { guessed: true }),
  })
  return Object.freeze({ config, userland, program, status })
}

/** The container runs. */
export function started(container: RuntimeContainer, now: number): RuntimeContainer {
  return Object.freeze({
    ...container,
    status: Object.freeze({ ...container.status, state: 'running' as const, startedAt: now }),
  })
}

/** A container whose program can't be started has ended before it began, in 1970. Models containerd's StartError. */
export function failedToStart(container: RuntimeContainer, now: number): RuntimeContainer {
  const message = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ${missingError(container.program.missing ?? '')}`
  const ended = { state: 'exited' as const, startedAt: EPOCH, finishedAt: now, exitCode: 128, reason: 'StartError', message }
  return Object.freeze({ ...container, status: Object.freeze({ ...container.status, ...ended }) })
}
const EPOCH = -BOOT_SECONDS * 1e6

/** The container's program has ended. */
export function exited(profile: RuntimeProfile, container: RuntimeContainer, exitCode: number, now: number): RuntimeContainer {
  const why = container.program.outOfMemory ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error'
  const reason = profile.fake ? '' : why
  const message = profile.fake ? '' : terminationMessage(container, exitCode, now)
  const end = { state: 'exited' as const, finishedAt: now, exitCode, reason, ...(message !== '' && { message }) }
  const status = Object.freeze({ ...container.status, ...end })
  return Object.freeze({ ...container, status })
}

const KILLED = 128 + 9

/** What SIGTERM, and SIGKILL when the time is over, do to a program: its exit code and when. */
export function stopOutcome(
  profile: RuntimeProfile,
  container: RuntimeContainer,
  timeoutSeconds: number,
): { readonly exitCode: number; readonly afterMs: number } {
  if (profile.fake) return { exitCode: 0, afterMs: 0 }
  const { onTerm } = container.program
  const timeoutMs = timeoutSeconds * 1000
  return onTerm && onTerm.afterMs <= timeoutMs ? onTerm : { exitCode: KILLED, afterMs: timeoutMs }
}

/** Whether a running container's program listens on a port. */
export function listensOn(container: RuntimeContainer, port: number, now: number): boolean {
  const { config, program, status } = container
  if (status.state !== 'running') return false
  if (program.listens?.length === 0 && servesOn(container, port, now)) return true
  if (program.listens) return program.listens.includes(port)
  return config.ports.length === 0 || config.ports.includes(port)
}

/** The container that answers at an address and port. */
export function listener(state: RuntimeState, ip: string, port: number, now: number): RuntimeContainer | undefined {
  const sandbox = state.addresses.get(ip)
  return sandbox === undefined ? undefined : listenerIn(state, sandbox, port, now)
}

/** The container of a sandbox that listens on a port. */
export function listenerIn(state: RuntimeState, sandbox: string, port: number, now: number): RuntimeContainer | undefined {
  for (const container of state.containers.values()) {
    if (container.status.sandbox === sandbox && listensOn(container, port, now)) return container
  }
  return undefined
}
