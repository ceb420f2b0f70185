// Models k8s.io/kubectl/pkg/cmd/logs/logs.go and polymorphichelpers/logsforobject.go
import { mustResource } from '../../api/kinds'
import { labelSelector, mapSelector } from '../../api/selectors'
import type { Container, KubeList, KubeObject, Pod, Status } from '../../api/types'
import { readAll } from '../builder'
import { type Command, flag, refused } from '../command'
import { resourceOf } from '../discovery'
import { fail, failWith, isNotFound, type KubectlError, usageError, wordsOf } from '../errors'
import { SELECTOR } from '../flags'
import { listObjects, requestOn } from '../requests'
import { ask, changed, count, demand, duration, err, isOn, out, type Run, type Session, text } from '../session'

const USAGE =
  "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command"
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

function* run(s: Session): Run {
  const [target, inline, more] = s.args
  const selector = text(s, 'selector')
  if (more !== undefined || (target === undefined && selector === '')) usageError(s.path, USAGE)
  if (s.args.length === 1 && selector !== '') usageError(s.path, 'only a selector (-l) or a POD name is allowed')
  const container = inline ?? text(s, 'container')
  checkTime(text(s, 'since-time'))
  const pods = target === undefined ? yield* podsBySelector(s, selector) : yield* podsOf(s, target)
  check(s, container)
  if (isOn(s, 'follow')) fail('logs --follow is not simulated here: ask again to see what is new')
  for (const pod of pods) for (const name of yield* containersOf(s, pod, container)) yield* printLog(s, pod, name)
}

function check(s: Session, container: string): void {
  if (text(s, 'since-time') !== '' && duration(s, 'since') !== 0)
    fail('at most one of `sinceTime` or `sinceSeconds` may be specified')
  if (isOn(s, 'all-containers') && container !== '')
    fail(`--all-containers=true should not be specified with container name ${container}`)
  if (changed(s, 'container') && s.args.length === 2) fail('only one of -c or an inline [CONTAINER] arg is allowed')
  if (count(s, 'limit-bytes') < 0) fail('--limit-bytes must be greater than 0')
  if (duration(s, 'since') < 0) fail('--since must be greater than 0')
  if (count(s, 'tail') < -1) fail('--tail must be greater than or equal to -1')
}

const TIME_PARTS = ['2006', '-', '01', '-', '02', 'T', '15', ':', '04', ':', '05', 'Z07:00']

/** Go's words for a time that is none. */
function checkTime(given: string): void {
  let rest = given
  for (const part of given === '' ? [] : TIME_PARTS) {
    const shape =
      part === '2006'
        ? /^\d{4}/
        : /^\d\d$/.test(part)
          ? /^\d\d(\.\d+)?/
          : part.length === 1
            ? new RegExp(`^${part}`)
            : /^(Z|[-+]\d\d:\d\d)$/
    const found = shape.exec(rest)
    if (!found)
      fail(
        `parsing time ${JSON.stringify(given)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(part)}`,
      )
    rest = rest.slice(found[0].length)
  }
}

const podsResource = () => mustResource('v1', 'Pod')

function* podsBySelector(s: Session, selector: string): Run<readonly Pod[]> {
  const chosen = { kind: 'lists', resources: [podsResource()], selector, fieldSelector: '', namespace: s.namespace } as const
  const { infos, errors } = yield* readAll(s, chosen)
  failForLogs(s, errors)
  if (infos.length === 0) yield* err(s, `No resources found in ${s.namespace} namespace.\n`)
  return infos.map(info => info.object as unknown as Pod)
}

function failForLogs(s: Session, [error]: readonly KubectlError[]): void {
  if (!error) return
  if (error.kind !== 'status' || !isNotFound(error.status)) failWith(error)
  fail(`error from server (NotFound): ${wordsOf(error)} in namespace ${JSON.stringify(s.namespace)}`)
}

/** A pod by its name, or the pods of what runs some: the first of them unless all are asked for. */
function* podsOf(s: Session, target: string): Run<readonly Pod[]> {
  const [type, name, more] = target.includes('/') ? target.split('/') : ['pods', target]
  if (more !== undefined) fail('arguments in resource/name form may not have more than one slash')
  if (!type || !name) return fail('arguments in resource/name form must have a single resource and name')
  const resource = yield* resourceOf(s, type)
  const info = { resource, namespace: resource.namespaced ? s.namespace : undefined, name }
  const found = yield* readAll(s, { kind: 'named', items: [info] })
  failForLogs(s, found.errors)
  const object = found.infos[0]?.object as KubeObject
  if (resource.kind === 'Pod') return [object as unknown as Pod]
  const selector = selectorOf(object, resource.kind)
  const list = yield* demand<KubeList>(s, listObjects(podsResource(), s.namespace, { query: { labelSelector: selector } }))
  const pods = [...(list.items as unknown as readonly Pod[])].sort(byLogging)
  const [first] = pods
  if (!first) return fail('timed out waiting for the condition')
  if (isOn(s, 'all-pods')) return pods
  if (pods.length > 1) yield* err(s, `Found ${pods.length} pods, using pod/${first.metadata.name}\n`)
  return [first]
}

function selectorOf({ spec }: KubeObject, kind: string): string {
  if (kind === 'ReplicationController' || kind === 'Service') {
    if (!spec.selector || Object.keys(spec.selector).length === 0)
      return fail(`cannot get the logs from *v1.${kind}: invalid service, selector is not set`)
    return mapSelector(spec.selector).text
  }
  if (!spec?.selector) return fail(`cannot get the logs from *v1.${kind}: selector for *v1.${kind} not implemented`)
  return labelSelector(spec.selector).text
}

const isReady = (pod: Pod): boolean =>
  pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false

/** podutils.ByLogging: what runs before what waits, ready ones first, then the one that is ready or there for the shortest time. */
function byLogging(a: Pod, b: Pod): number {
  const assigned = Number(Boolean(b.spec.nodeName)) - Number(Boolean(a.spec.nodeName))
  if (assigned !== 0) return assigned
  const ready = Number(isReady(b)) - Number(isReady(a))
  if (ready !== 0) return ready
  const [x, y] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '']
  return x === y ? (a.metadata.name < b.metadata.name ? -1 : 1) : x < y ? -1 : 1
}

function* containersOf(s: Session, pod: Pod, wanted: string): Run<readonly string[]> {
  const { initContainers = [], containers, ephemeralContainers = [] } = pod.spec
  const names = [...containers, ...initContainers, ...(ephemeralContainers as readonly Container[])].map(({ name }) => name)
  if (isOn(s, 'all-containers')) return [...initContainers, ...containers, ...ephemeralContainers].map(({ name }) => name)
  let name = wanted
  const preset = pod.metadata.annotations?.[DEFAULT_CONTAINER] ?? ''
  if (name === '' && preset !== '') {
    if (names.includes(preset)) name = preset
    else yield* err(s, `Default container name ${JSON.stringify(preset)} not found in pod ${pod.metadata.name}\n`)
  }
  const list = [
    ...containers.map(c => c.name),
    ...initContainers.map(c => `${c.name} (init)`),
    ...ephemeralContainers.map(c => `${c.name} (ephem)`),
  ].join(', ')
  if (name === '') {
    name = containers[0]?.name ?? ''
    if (names.length > 1 && !isOn(s, 'all-pods')) yield* err(s, `Defaulted container ${JSON.stringify(name)} out of: ${list}\n`)
  }
  if (!names.includes(name)) return fail(`container ${name} is not valid for pod ${pod.metadata.name} out of: ${list}`)
  return [name]
}

function* printLog(s: Session, pod: Pod, container: string): Run {
  const since = duration(s, 'since')
  const tail = changed(s, 'tail') ? count(s, 'tail') : text(s, 'selector') !== '' ? 10 : -1
  const query = {
    container,
    ...(count(s, 'limit-bytes') > 0 && { limitBytes: String(count(s, 'limit-bytes')) }),
    ...(isOn(s, 'previous') && { previous: 'true' }),
    ...(since > 0 && { sinceSeconds: String(Math.round(since / 1000)) }),
    ...(text(s, 'since-time') !== '' && { sinceTime: text(s, 'since-time') }),
    ...(tail >= 0 && { tailLines: String(tail) }),
    ...(isOn(s, 'timestamps') && { timestamps: 'true' }),
  }
  const { name, namespace } = pod.metadata
  const response = yield* ask<string | Status>(
    s,
    requestOn('get', 'GET', podsResource(), { namespace: namespace ?? s.namespace, name, subresource: 'log' }, { query }),
  )
  if (response.code >= 300) {
    if (isOn(s, 'ignore-errors')) return yield* err(s, `error: ${(response.body as Status).message}\n`)
    failWith({ kind: 'status', status: response.body as Status })
  }
  const lines = typeof response.body === 'string' ? response.body : ''
  const prefix = isOn(s, 'prefix') || isOn(s, 'all-pods') ? `[pod/${name}/${container}] ` : ''
  yield* out(s, prefix === '' ? lines : lines.replace(/^(?=.)/gm, prefix))
}

export const logsCommand: Command = {
  name: 'logs',
  use: 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]',
  short: 'Print the logs for a container in a pod',
  long: 'Print the logs for a container in a pod or specified resource. If the pod has only one container, the container name is optional.',
  examples: [
    '# Return snapshot logs from pod nginx with only one container',
    'kubectl logs nginx',
    '',
    '# Return the logs of the instance of a container that ended last',
    'kubectl logs -p -c ruby web-1',
    '',
    '# Display only the most recent 20 lines of output in pod nginx',
    'kubectl logs --tail=20 nginx',
    '',
    '# Return the logs of a pod of a job',
    'kubectl logs job/hello',
  ],
  flags: [
    ...refused('insecure-skip-tls-verify-backend:bool max-log-requests:int pod-running-timeout:duration'),
    flag.bool('all-containers', "Get all containers' logs in the pod(s)."),
    flag.bool('all-pods', 'Get logs from all pod(s). Sets prefix to true.'),
    flag.string('container', 'Print the logs of this container', { short: 'c' }),
    flag.bool('follow', 'Specify if the logs should be streamed.', { short: 'f', hidden: true }),
    flag.bool('ignore-errors', 'If watching / following pod logs, allow for any errors that occur to be non-fatal'),
    flag.int('limit-bytes', 'Maximum bytes of logs to return. Defaults to no limit.'),
    flag.bool('prefix', 'Prefix each log line with the log source (pod name and container name)'),
    flag.bool('previous', 'If true, print the logs for the previous instance of the container in a pod if it exists.', {
      short: 'p',
    }),
    SELECTOR,
    flag.duration(
      'since',
      'Only return logs newer than a relative duration like 5s, 2m, or 3h. Defaults to all logs. Only one of since-time / since may be used.',
    ),
    flag.string(
      'since-time',
      'Only return logs after a specific date (RFC3339). Defaults to all logs. Only one of since-time / since may be used.',
    ),
    flag.int(
      'tail',
      'Lines of recent log file to display. Defaults to -1 with no selector, showing all log lines otherwise 10, if a selector is provided.',
      { value: -1 },
    ),
    flag.bool('timestamps', 'Include timestamps on each line in the log output'),
  ],
  arguments: 'resource',
  kind: 'pods',
  run,
}
