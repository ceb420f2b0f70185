// Models k8s.io/kubectl/pkg/cmd/drain/drain.go and pkg/drain
import { mustResource } from '../../api/kinds'
import type { HttpResponse } from '../../api/messages'
import { controllerOf } from '../../api/owners'
import type { KubeObject, Pod, Status } from '../../api/types'
import { sleep } from '../../client/effects'
import { readList } from '../builder'
import { type Command, flag, refused } from '../command'
import { nextAnswer, send, wakeAfter } from '../concurrently'
import { type DryRun, dryRunOf, dryRunQuery } from '../dry-run'
import { CommandFailed, fail, failWithAll, isNotFound, type KubectlError, wordsOf } from '../errors'
import { CHUNK_SIZE, DRY_RUN, SELECTOR } from '../flags'
import { goDuration } from '../go-duration'
import { printChanged } from '../output'
import { getObject, requestOn, requestPath } from '../requests'
import { ask, count, duration, err, isOn, type KubectlState, now, out, type Run, type Session, text } from '../session'
import { chosenNodes, setUnschedulable } from './cordon'

/** An eviction that a budget forbids is tried again after this. */
const RETRY_MS = 5000
/** How often pods are looked at until they are gone. */
const POLL_MS = 1000

function* run(s: Session): Run {
  const dryRun = dryRunOf(s)
  const nodes = yield* chosenNodes(s, 'drain NODE')
  yield* setUnschedulable(s, nodes, true, dryRun)
  const fatal: KubectlError[] = []
  const remaining: string[] = []
  for (const node of nodes) {
    const { name } = node.metadata
    try {
      yield* drainNode(s, name, dryRun)
      yield* printChanged(s, mustResource('v1', 'Node'), node, 'drained', dryRun)
    } catch (problem) {
      if (!(problem instanceof CommandFailed)) throw problem
      yield* err(
        s,
        `error: unable to drain node ${JSON.stringify(name)} due to error: ${wordsOf(problem.why)}, continuing command...\n`,
      )
      fatal.push(problem.why)
      remaining.push(name)
    }
  }
  if (remaining.length > 0)
    yield* err(s, `There are pending nodes to be drained:\n${remaining.map(name => ` ${name}\n`).join('')}`)
  failWithAll(fatal)
}

function* drainNode(s: Session, node: string, dryRun: DryRun): Run {
  const { pods, warnings } = yield* podsToEvict(s, node)
  if (warnings !== '') yield* err(s, `Warning: ${warnings}\n`)
  if (dryRun === 'client') {
    for (const { metadata } of pods) yield* out(s, `evicting pod ${metadata.namespace}/${metadata.name} (dry run)\n`)
    return
  }
  if (pods.length === 0) return
  if (isOn(s, 'disable-eviction')) return yield* deleteAll(s, pods, dryRun)
  yield* ask(s, requestPath('/api/v1'))
  yield* evictAll(s, pods, dryRun)
}

/** What becomes of a pod when its node is drained. */
type Verdict = { readonly evict: boolean; readonly warning?: string } | { readonly error: string }

/** The pods of a node that have to go; those that must not end the drain of the node. */
function* podsToEvict(s: Session, node: string): Run<{ readonly pods: readonly Pod[]; readonly warnings: string }> {
  const lists = yield* readList(
    s,
    mustResource('v1', 'Pod'),
    { selector: text(s, 'pod-selector'), fieldSelector: `spec.nodeName=${node}`, namespace: undefined },
    { chunk: count(s, 'chunk-size') },
  )
  failWithAll(lists.errors)
  const pods: Pod[] = []
  const errors = new Map<string, string[]>()
  const warnings = new Map<string, string[]>()
  const note = (map: Map<string, string[]>, key: string, pod: Pod) =>
    map.set(key, [...(map.get(key) ?? []), `${pod.metadata.namespace}/${pod.metadata.name}`])
  for (const pod of lists.bodies.flatMap(body => (body as { items: Pod[] }).items)) {
    const verdict = yield* judge(s, pod)
    if ('error' in verdict) note(errors, verdict.error, pod)
    else {
      if (verdict.warning !== undefined) note(warnings, verdict.warning, pod)
      if (verdict.evict) pods.push(pod)
    }
  }
  failWithAll([...errors].map(([why, names]) => ({ kind: 'text', text: `cannot delete ${why}: ${names.join(', ')}` })))
  return { pods, warnings: [...warnings].map(([why, names]) => `${why}: ${names.join(', ')}`).join('; ') }
}

/** The filters of pkg/drain/filters.go in their order; the last warning counts. */
function* judge(s: Session, pod: Pod): Run<Verdict> {
  const finished = pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed'
  const owner = controllerOf(pod)
  if (owner?.kind === 'DaemonSet' && !finished) {
    const response = yield* ask<KubeObject | Status>(
      s,
      getObject(mustResource('apps/v1', 'DaemonSet'), pod.metadata.namespace, owner.name),
    )
    if (response.code >= 300) {
      const status = response.body as Status
      return isNotFound(status) && isOn(s, 'force')
        ? { evict: true, warning: status.message ?? '' }
        : { error: status.message ?? '' }
    }
    if (!isOn(s, 'ignore-daemonsets')) return { error: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' }
    return { evict: false, warning: 'ignoring DaemonSet-managed Pods' }
  }
  if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return { evict: false }
  const local = !finished && (pod.spec.volumes ?? []).some(volume => volume.emptyDir !== undefined)
  if (local && !isOn(s, 'delete-emptydir-data'))
    return { error: 'Pods with local storage (use --delete-emptydir-data to override)' }
  if (!finished && !owner)
    return isOn(s, 'force')
      ? { evict: true, warning: 'deleting Pods that declare no controller' }
      : { error: 'Pods that declare no controller (use --force to override)' }
  return { evict: true, ...(local && { warning: 'deleting Pods with local storage' }) }
}

/** A pod that is being evicted, in a goroutine of its own: asked for, then looked at until it is gone. */
interface Evicting {
  readonly pod: Pod
  readonly accepted: boolean
  /** Virtual µs at which it is its turn again; undefined while its request is under way. */
  readonly due: number | undefined
  readonly request?: number
}

/** Until when all must be gone (virtual µs), and what is said of what is not. */
interface Limit {
  readonly at: number
  readonly words: string
}

/** What all of them share. */
interface Draining {
  readonly limit: Limit
  readonly dryRun: DryRun
  /** Notes an error; the pod that it is about is done. */
  readonly failed: (text: string) => undefined
}

function limitOf(s: Session, began: number): Limit {
  const ms = duration(s, 'timeout')
  return {
    at: ms > 0 ? began + ms * 1000 : Number.POSITIVE_INFINITY,
    words: `global timeout reached: ${goDuration(ms)}`,
  }
}

/** Evicts all at once, each for itself: what a budget forbids is tried again, what was evicted is looked at until it is gone. */
function* evictAll(s: Session, pods: readonly Pod[], dryRun: DryRun): Run {
  const errors: KubectlError[] = []
  const began = yield* now()
  const draining: Draining = {
    limit: limitOf(s, began),
    dryRun,
    failed: text => void errors.push({ kind: 'text', text }),
  }
  let left: readonly Evicting[] = pods.map(pod => ({ pod, accepted: false, due: began }))
  let came: HttpResponse | undefined
  do {
    const turned: Evicting[] = []
    for (const one of left) {
      const isAnswered = came !== undefined && one.request === came.id
      const next = isAnswered ? yield* answered(s, one, came as HttpResponse, draining) : one
      // who pauses goes on when a pause ends, and not before
      const goesOn = next && (isAnswered ? next.accepted && !one.accepted : came === undefined)
      const then = goesOn ? yield* turn(s, next, draining) : next
      if (then) turned.push(then)
    }
    left = turned
    if (left.length > 0) came = yield* nextAnswer()
  } while (left.length > 0)
  failWithAll(errors)
}

/** What a pod's goroutine does when it is its turn; undefined when it is done. */
function* turn(s: Session, one: Evicting, { limit, dryRun, failed }: Draining): Run<Evicting | undefined> {
  const at = yield* now()
  if (one.due === undefined || one.due > at) return one
  const { pod, accepted } = one
  const { name, namespace } = pod.metadata
  if (accepted) return { pod, accepted, due: undefined, request: yield* send(s, getObject(PODS(), namespace, name)) }
  yield* out(s, `evicting pod ${namespace}/${name}${dryRun === 'server' ? ' (server dry run)' : ''}\n`)
  if (at >= limit.at) return failed(`error when evicting pods/${shown(pod)}: ${limit.words}`)
  return { pod, accepted, due: undefined, request: yield* send(s, eviction(s, pod, dryRun)) }
}

/** What becomes of a pod with an answer; undefined when it is done. */
function* answered(s: Session, { pod, accepted }: Evicting, answer: HttpResponse, draining: Draining): Run<Evicting | undefined> {
  const { dryRun, failed } = draining
  const at = yield* now()
  const { message = '' } = answer.body as Status
  if (accepted) return yield* looked(s, pod, answer, draining)
  if (answer.code === 404) return undefined
  if (answer.code < 300) return dryRun === 'none' ? { pod, accepted: true, due: at } : undefined
  if (answer.code !== 429) return failed(`error when evicting pods/${shown(pod)}: ${message}`)
  yield* err(s, `error when evicting pods/${shown(pod)} (will retry after 5s): ${message}\n`)
  yield* wakeAfter(s, RETRY_MS)
  return { pod, accepted, due: at + RETRY_MS * 1000 }
}

/** An evicted pod was looked at. */
function* looked(s: Session, pod: Pod, answer: HttpResponse, { limit, failed }: Draining): Run<Evicting | undefined> {
  const at = yield* now()
  const { name, namespace, uid } = pod.metadata
  const waiting = `error when waiting for pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)} to terminate: `
  if (answer.code >= 300 && answer.code !== 404) return failed(waiting + (answer.body as Status).message)
  if (answer.code === 404 || (answer.body as KubeObject).metadata.uid !== uid) {
    yield* printChanged(s, PODS(), pod as unknown as KubeObject, 'evicted')
    return undefined
  }
  if (at >= limit.at) return failed(waiting + limit.words)
  yield* wakeAfter(s, POLL_MS)
  return { pod, accepted: true, due: at + POLL_MS * 1000 }
}

const PODS = () => mustResource('v1', 'Pod')

/** `--disable-eviction`: deletes one after the other, whatever budgets say, and waits until all are gone. */
function* deleteAll(s: Session, pods: readonly Pod[], dryRun: DryRun): Run {
  const resource = mustResource('v1', 'Pod')
  const grace = count(s, 'grace-period')
  const limit = limitOf(s, yield* now())
  for (const { metadata } of pods) {
    const body = {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      ...(grace >= 0 && { gracePeriodSeconds: grace }),
      ...dryRunQueryOf(dryRun),
    }
    const target = { namespace: metadata.namespace, name: metadata.name }
    const answer = yield* ask<Status>(s, requestOn('delete', 'DELETE', resource, target, { body }))
    if (answer.code >= 300 && !isNotFound(answer.body)) failWithAll([{ kind: 'status', status: answer.body }])
  }
  if (dryRun !== 'none') return
  for (let left = pods; ; ) {
    const still: Pod[] = []
    for (const pod of left) {
      const answer = yield* ask<KubeObject | Status>(s, getObject(resource, pod.metadata.namespace, pod.metadata.name))
      if (answer.code < 300 && (answer.body as KubeObject).metadata.uid === pod.metadata.uid) still.push(pod)
      else if (answer.code >= 300 && answer.code !== 404) failWithAll([{ kind: 'status', status: answer.body as Status }])
      else yield* printChanged(s, resource, pod as unknown as KubeObject, 'deleted')
    }
    left = still
    if (left.length === 0) return
    if ((yield* now()) >= limit.at) fail(limit.words)
    yield* sleep<KubectlState>(POLL_MS)
  }
}

const shown = ({ metadata }: Pod): string => `${JSON.stringify(metadata.name)} -n ${JSON.stringify(metadata.namespace)}`

function eviction(s: Session, pod: Pod, dryRun: DryRun) {
  const grace = count(s, 'grace-period')
  const { name, namespace } = pod.metadata
  const deleteOptions = { ...(grace >= 0 && { gracePeriodSeconds: grace }), ...dryRunQueryOf(dryRun) }
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions }
  return requestOn('create', 'POST', mustResource('v1', 'Pod'), { namespace, name, subresource: 'eviction' }, { body })
}
const dryRunQueryOf = (dryRun: DryRun) => (dryRunQuery(dryRun).dryRun === undefined ? {} : { dryRun: ['All'] })

export const drainCommand: Command = {
  name: 'drain',
  use: 'drain NODE',
  short: 'Drain node in preparation for maintenance',
  long: 'Drain node in preparation for maintenance.\n\n The node is marked unschedulable, then its pods are evicted, which respects disruption budgets. Pods of a daemon set stay; they, pods without a controller and pods with local data stop the drain unless flags allow it.',
  examples: [
    '# Drain node "foo", even if there are pods not managed by a controller on it',
    'kubectl drain foo --force',
    '',
    '# Drain node "foo" with a grace period of 15 minutes',
    'kubectl drain foo --grace-period=900',
  ],
  flags: [
    ...refused('skip-wait-for-delete-timeout:int'),
    flag.bool(
      'disable-eviction',
      'Force drain to use delete, even if eviction is supported. This will bypass checking PodDisruptionBudgets, use with caution.',
    ),
    CHUNK_SIZE,
    flag.bool(
      'delete-emptydir-data',
      'Continue even if there are pods using emptyDir (local data that will be deleted when the node is drained).',
    ),
    flag.bool('force', 'Continue even if there are pods that do not declare a controller.'),
    flag.int(
      'grace-period',
      'Period of time in seconds given to each pod to terminate gracefully. If negative, the default value specified in the pod will be used.',
      { value: -1 },
    ),
    flag.bool('ignore-daemonsets', 'Ignore DaemonSet-managed pods.'),
    flag.string('pod-selector', 'Label selector to filter pods on the node'),
    SELECTOR,
    flag.duration('timeout', 'The length of time to wait before giving up, zero means infinite'),
    DRY_RUN,
  ],
  arguments: 'resource',
  kind: 'nodes',
  run,
}
