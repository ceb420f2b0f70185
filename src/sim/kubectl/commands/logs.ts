// Models k8s.io/kubectl/pkg/cmd/logs/logs.go and polymorphichelpers/logsforobject.go
import type { Container, KubeObject, Pod, Status } from '../../api/types'
import type { RequestSpec } from '../../client/http'
import { readAll } from '../builder'
import { type Command, flag } from '../command'
import { resourceOf } from '../discovery'
import { fail, failWith, isNotFound, type KubectlError, usageError, wordsOf } from '../errors'
import { SELECTOR } from '../flags'
import { podSelectorOf, podsResource, podsThatMatch } from '../pods-of'
import { requestOn } from '../requests'
import { ask, changed, count, duration, err, isOn, out, type Run, type Session, text } from '../session'
import { nextChunk, openStream } from '../streams'

const USAGE =
  "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command"
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

function* run(s: Session): Run {
  const [target, inline, more] = s.args
  const selector = text(s, 'selector')
  if (more !== undefined || (target === undefined && selector === '')) usageError(s.path, USAGE)
  if (s.args.length === 1 && selector !== '') usageError(s.path, 'only a selector (-l) or a POD name is allowed')
  const container = inline ?? text(s, 'container')
  if (duration(s, 'pod-running-timeout') <= 0) fail('--pod-running-timeout must be higher than zero')
  checkTime(text(s, 'since-time'))
  const pods = target === undefined ? yield* podsBySelector(s, selector) : yield* podsOf(s, target)
  check(s, container)
  const sources: Source[] = []
  for (const pod of pods) for (const name of yield* containersOf(s, pod, container)) sources.push({ pod, container: name })
  if (isOn(s, 'follow')) return yield* followLogs(s, sources)
  for (const source of sources) yield* printLog(s, source)
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
  const kind = resource.kind
  const selector = podSelectorOf({ ...object, kind }, why => `cannot get the logs from *v1.${kind}: ${why}`)
  const namespace = object.metadata.namespace ?? s.namespace
  const timeout = duration(s, 'pod-running-timeout')
  const pods = yield* podsThatMatch(s, namespace, selector, timeout)
  if (pods.length > 1) {
    if (isOn(s, 'all-pods')) return yield* podsThatMatch(s, namespace, selector, timeout)
    yield* err(s, `Found ${pods.length} pods, using pod/${pods[0]?.metadata.name}\n`)
  }
  return pods.slice(0, 1)
}

export function* containersOf(s: Session, pod: Pod, wanted: string, quiet = false): Run<readonly string[]> {
  const { initContainers = [], containers, ephemeralContainers = [] } = pod.spec
  const names = [...containers, ...initContainers, ...(ephemeralContainers as readonly Container[])].map(({ name }) => name)
  if (isOn(s, 'all-containers')) return [...initContainers, ...containers, ...ephemeralContainers].map(({ name }) => name)
  let name = wanted
  const preset = pod.metadata.annotations?.[DEFAULT_CONTAINER] ?? ''
  if (name === '' && preset !== '') {
    if (names.includes(preset)) name = preset
    else if (!quiet) yield* err(s, `Default container name ${JSON.stringify(preset)} not found in pod ${pod.metadata.name}\n`)
  }
  const list = [
    ...containers.map(c => c.name),
    ...initContainers.map(c => `${c.name} (init)`),
    ...ephemeralContainers.map(c => `${c.name} (ephem)`),
  ].join(', ')
  if (name === '') {
    name = containers[0]?.name ?? ''
    if (names.length > 1 && !isOn(s, 'all-pods') && !quiet)
      yield* err(s, `Defaulted container ${JSON.stringify(name)} out of: ${list}\n`)
  }
  if (!names.includes(name)) return fail(`container ${name} is not valid for pod ${pod.metadata.name} out of: ${list}`)
  return [name]
}

/** A container whose log is asked for. */
interface Source {
  readonly pod: Pod
  readonly container: string
}

/** The request for a log (GetLogs of client-go). */
function logRequest(s: Session, { pod, container }: Source): RequestSpec {
  const since = duration(s, 'since')
  const tail = changed(s, 'tail') ? count(s, 'tail') : text(s, 'selector') !== '' ? 10 : -1
  const query = {
    container,
    ...(isOn(s, 'follow') && { follow: 'true' }),
    ...(isOn(s, 'insecure-skip-tls-verify-backend') && { insecureSkipTLSVerifyBackend: 'true' }),
    ...(count(s, 'limit-bytes') > 0 && { limitBytes: String(count(s, 'limit-bytes')) }),
    ...(isOn(s, 'previous') && { previous: 'true' }),
    ...(since > 0 && { sinceSeconds: String(Math.round(since / 1000)) }),
    ...(text(s, 'since-time') !== '' && { sinceTime: text(s, 'since-time') }),
    ...(tail >= 0 && { tailLines: String(tail) }),
    ...(isOn(s, 'timestamps') && { timestamps: 'true' }),
  }
  const { name, namespace } = pod.metadata
  return requestOn('get', 'GET', podsResource(), { namespace: namespace ?? s.namespace, name, subresource: 'log' }, { query })
}

/** Prints lines of a log, with where they come from if that is asked for. */
function printLines(s: Session, { pod, container }: Source, lines: string): Run {
  const prefix = isOn(s, 'prefix') || isOn(s, 'all-pods') ? `[pod/${pod.metadata.name}/${container}] ` : ''
  return out(s, prefix === '' ? lines : lines.replace(/^(?=.|\n)/gm, prefix))
}

/** A log that can't be had ends the command, unless it is to go on. */
function* failedLog(s: Session, status: Status): Run {
  if (!isOn(s, 'ignore-errors')) failWith({ kind: 'status', status })
  yield* out(s, `error: ${status.message}\n`)
}

function* printLog(s: Session, source: Source): Run {
  const response = yield* ask<string | Status>(s, logRequest(s, source))
  if (response.code >= 300) return yield* failedLog(s, response.body as Status)
  yield* printLines(s, source, typeof response.body === 'string' ? response.body : '')
}

/** Prints logs and what is written to them, until their containers have ended. */
function* followLogs(s: Session, sources: readonly Source[]): Run {
  const most = count(s, 'max-log-requests')
  if (sources.length > 1 && sources.length > most)
    fail(
      `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${most}, use --max-log-requests to increase the limit`,
    )
  const open = new Map<number, Source>()
  for (const source of sources) {
    const opened = yield* openStream(s, logRequest(s, source))
    if ('refused' in opened) {
      yield* failedLog(s, opened.refused)
      continue
    }
    yield* printLines(s, source, opened.text)
    if (opened.goesOn) open.set(opened.stream, source)
  }
  while (open.size > 0) {
    const chunk = yield* nextChunk(s)
    const source = open.get(chunk.id)
    if (source) yield* printLines(s, source, chunk.text)
    if (chunk.broken) fail('unexpected EOF')
    if (chunk.last) open.delete(chunk.id)
  }
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
    '# Follow the log of the container ruby in pod web-1',
    'kubectl logs -f -c ruby web-1',
    '',
    '# Display only the most recent 20 lines of output in pod nginx',
    'kubectl logs --tail=20 nginx',
    '',
    '# Return the logs of a pod of a job',
    'kubectl logs job/hello',
  ],
  flags: [
    flag.bool('all-containers', "Get all containers' logs in the pod(s)."),
    flag.bool('all-pods', 'Get logs from all pod(s). Sets prefix to true.'),
    flag.string('container', 'Print the logs of this container', { short: 'c' }),
    flag.bool('follow', 'Specify if the logs should be streamed.', { short: 'f' }),
    flag.bool('ignore-errors', 'If watching / following pod logs, allow for any errors that occur to be non-fatal'),
    flag.bool('insecure-skip-tls-verify-backend', 'Skip verifying the identity of the kubelet that logs are requested from.'),
    flag.int('limit-bytes', 'Maximum bytes of logs to return. Defaults to no limit.'),
    flag.int('max-log-requests', 'Specify maximum number of concurrent logs to follow when using by a selector. Defaults to 5.', {
      value: 5,
    }),
    flag.duration(
      'pod-running-timeout',
      'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
      { value: '20s' },
    ),
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
