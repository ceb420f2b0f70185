// Models pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer, and doBackOff: one container, from its image to its postStart hook.
import type { ContainerConfig, ServiceLink } from '../api/cri'
import { unitsOf } from '../api/quantity'
import { linkVariables } from '../api/service-links'
import type { Container, Pod } from '../api/types'
import { perform, sleep } from '../client/effects'
import { backOffLeft, nextBackOff } from './back-off'
import { lastOf, lostStatus } from './container-status'
import { cri } from './cri-client'
import { environmentOf, expanded, linksOf, type Variables } from './environment'
import { fieldPathOf, goDuration, recordPodEvent } from './events'
import { ensureImage } from './images'
import { killContainer } from './kill-container'
import { hostnameOf, mountsOf, readsFiles } from './mounts'
import { hookError, noteUnknown } from './probe'
import { environmentError } from './references'
import { nonRootError } from './security-context'
import { type KubeletProcedure, type KubeletWorld, type PodWorker, podKey, type StartFailure } from './state'

const workerOf = ({ state }: KubeletWorld, uid: string): PodWorker | undefined => state.workers.get(uid)

/** Notes why a container could not be started, or that it was (reason_cache.go). */
export function remember(world: KubeletWorld, uid: string, name: string, failure: StartFailure | undefined): void {
  const worker = workerOf(world, uid)
  if (!worker || (!failure && !worker.runtime.failures[name])) return
  const { [name]: _, ...others } = worker.runtime.failures
  worker.runtime = Object.freeze({
    ...worker.runtime,
    failures: Object.freeze(failure ? { ...others, [name]: failure } : others),
  })
}

export interface HeldBack {
  readonly ms: number
  readonly failure: StartFailure
}

/** A container that has ended waits longer with each time. Models doBackOff. */
export function crashBackOff(world: KubeletWorld, pod: Pod, container: Container): HeldBack | undefined {
  const worker = workerOf(world, pod.metadata.uid ?? '')
  const last = worker?.runtime.containers.findLast(c => c.name === container.name && c.state === 'exited')
  if (!worker || !last) return undefined
  const key = `container ${container.name}`
  const now = world.context.now
  const known = worker.backOffs[key]
  const ms = backOffLeft(known, last.finishedAt, now)
  if (ms <= 0) {
    worker.backOffs = { ...worker.backOffs, [key]: nextBackOff(known, last.finishedAt, now) }
    return undefined
  }
  const { name, namespace, uid } = pod.metadata
  const id = `${name}_${namespace}(${uid})`
  const message = `Back-off restarting failed container ${container.name} in pod ${id}`
  recordPodEvent(world, pod, { type: 'Warning', reason: 'BackOff', message }, fieldPathOf(pod, container.name))
  world.context.note('kubelet.backoff', { pod: podKey(pod), container: container.name, reason: 'CrashLoopBackOff', ms })
  const why = `back-off ${goDuration(known?.ms ?? 0)} restarting failed container=${container.name} pod=${id}`
  return Object.freeze({ ms, failure: Object.freeze({ reason: 'CrashLoopBackOff', message: why }) })
}

/** Image, create, start; an Event for each. Models kuberuntime_container.go startContainer. */
export function* startContainer(pod: Pod, container: Container): KubeletProcedure<StartFailure | undefined> {
  const uid = pod.metadata.uid ?? ''
  const path = fieldPathOf(pod, container.name)
  const missing = yield* ensureImage(pod, container)
  if (missing) return yield* failed(pod, path, missing, missing.reason)
  const plan = yield* perform(planContainer, pod, container)
  if ('wrong' in plan) return yield* failed(pod, path, { reason: 'CreateContainerConfigError', message: plan.wrong })
  const created = yield* cri(uid, {
    method: 'CreateContainer',
    sandbox: plan.sandbox,
    container: plan.config,
  })
  if (created.error !== undefined) return yield* failed(pod, path, { reason: 'CreateContainerError', message: created.error })
  yield* perform(recordPodEvent, pod, { type: 'Normal', reason: 'Created', message: 'Container created' }, path)
  const startedAs = yield* cri(uid, { method: 'StartContainer', container: created.container?.id ?? '' })
  if (startedAs.error !== undefined) return yield* failed(pod, path, { reason: 'RunContainerError', message: startedAs.error })
  yield* perform(started, pod, container, path, created.container?.guessed === true)
  return container.lifecycle?.postStart ? yield* afterPostStart(pod, container, created.container?.id ?? '') : undefined
}

function started(world: KubeletWorld, pod: Pod, { name }: Container, path: string, guessed: boolean): void {
  if (guessed) noteUnknown(world, pod, `containers.${name}.command`)
  remember(world, pod.metadata.uid ?? '', name, undefined)
  recordPodEvent(world, pod, { type: 'Normal', reason: 'Started', message: 'Container started' }, path)
  world.context.note('kubelet.pleg', { pod: podKey(pod), event: 'ContainerStarted', container: name })
}

function* failed(pod: Pod, path: string, failure: StartFailure, why = failure.message): KubeletProcedure<StartFailure> {
  yield* perform(recordPodEvent, pod, { type: 'Warning', reason: 'Failed', message: `Error: ${why}` }, path)
  return failure
}

/** Runs a container's postStart hook; where that fails, the container is killed. */
function* afterPostStart(pod: Pod, container: Container, id: string): KubeletProcedure<StartFailure | undefined> {
  const hook = container.lifecycle?.postStart
  const { real, ip } = yield* perform((world: KubeletWorld) =>
    Object.freeze({ real: world.state.profile.probes, ip: workerOf(world, pod.metadata.uid ?? '')?.runtime.sandbox?.ip ?? '' }),
  )
  if (!hook || !real) return undefined
  if (hook.sleep) {
    yield* sleep(hook.sleep.seconds * 1000)
    return undefined
  }
  const error = yield* hookError(hook, { pod, container, id, ip, timeoutSeconds: 0 }, 'postStart')
  if (error === undefined) return undefined
  const event = { type: 'Warning', reason: 'FailedPostStartHook', message: 'PostStartHook failed' } as const
  yield* perform(recordPodEvent, pod, event, fieldPathOf(pod, container.name))
  yield* killContainer(pod, container, { id, ip }, pod.spec.terminationGracePeriodSeconds ?? 30, 'FailedPostStartHook')
  return Object.freeze({ reason: 'PostStartHookError', message: error })
}

/** Where a container goes and what it is made of; or what is wrong with it. */
function planContainer(
  world: KubeletWorld,
  pod: Pod,
  container: Container,
): { readonly wrong: string } | { readonly sandbox: string; readonly config: ContainerConfig } {
  const wrong = environmentError(world, pod, container) ?? nonRootError(pod, container, world.state.profile.runtime.fake)
  if (wrong !== undefined) return Object.freeze({ wrong })
  const runtime = workerOf(world, pod.metadata.uid ?? '')?.runtime
  const last = runtime && lastOf(runtime, container.name)
  const attempt = last ? last.attempt + 1 : (lostStatus(pod, container.name)?.restartCount ?? 0)
  return Object.freeze({ sandbox: runtime?.sandbox?.id ?? '', config: configOf(world, pod, container, attempt) })
}

function configOf(world: KubeletWorld, pod: Pod, spec: Container, attempt: number): ContainerConfig {
  const { name, image = '', command = [], args = [], ports = [] } = spec
  // nobody runs anything in a container of a fake runtime
  const worker = world.state.profile.runtime.fake ? undefined : workerOf(world, pod.metadata.uid ?? '')
  const links = worker ? linksOf(world, pod) : NO_LINKS
  const environment = worker ? environmentOf(world, pod, spec, links) : NO_VARIABLES
  const known = (variable: string): string | undefined =>
    environment.find(([one]) => one === variable)?.[1] ?? linkVariables(links).find(([one]) => one === variable)?.[1]
  const path = spec.terminationMessagePath ?? '/dev/termination-log'
  const terminationMessage = { path, orLog: spec.terminationMessagePolicy === 'FallbackToLogsOnError' }
  const memory = spec.resources?.limits?.memory
  const user = spec.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser
  return Object.freeze({
    name,
    image,
    command: expandedAll(command, known),
    args: expandedAll(args, known),
    attempt,
    hostname: hostnameOf(pod),
    environment,
    links,
    ports: ports.map(p => p.containerPort),
    terminationMessage,
    ...(worker && readsFiles(spec) && { mounts: mountsOf(world, worker, spec) }),
    ...(spec.workingDir && { workingDir: spec.workingDir }),
    ...(user !== undefined && { user }),
    ...(spec.securityContext?.readOnlyRootFilesystem && { readOnlyRoot: true }),
    ...(memory !== undefined && { memoryLimit: unitsOf(String(memory)) }),
  })
}

const NO_LINKS: readonly ServiceLink[] = Object.freeze([])
const NO_VARIABLES: Variables = Object.freeze([])

/** `$(NAME)` in a command (ExpandContainerCommandOnlyStatic and its like). */
const expandedAll = (words: readonly string[], known: (name: string) => string | undefined): readonly string[] =>
  words.some(word => word.includes('$')) ? words.map(word => expanded(word, known)) : words
