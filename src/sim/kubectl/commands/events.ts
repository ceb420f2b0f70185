// Models k8s.io/kubectl/pkg/cmd/events
import { mustResource } from '../../api/kinds'
import { ageOf, parseTime } from '../../api/time'
import type { Event, KubeObject, Status } from '../../api/types'
import { nextEvent, openWatch } from '../../client/effects'
import type { Time } from '../../kernel/types'
import { readList, withKind } from '../builder'
import { type Command, flag } from '../command'
import { mappedResource } from '../discovery'
import { fail, failWith, failWithAll } from '../errors'
import { ALL_NAMESPACES, ALLOW_MISSING, CHUNK_SIZE, output, SHOW_MANAGED, TEMPLATE } from '../flags'
import { goSort } from '../go-sort'
import { formatObject, formatOf } from '../output'
import { layOut, TABLE_TABS } from '../print/tabwriter'
import { requestOn } from '../requests'
import { count, err, isOn, type KubectlState, list, now, out, type Run, type Session, signed, text } from '../session'

function* run(s: Session): Run {
  const format = formatOf(s)
  const types = list(s, 'types').map(type => type.toLowerCase())
  const fieldSelector = yield* forSelector(s)
  if (types.some(type => type !== 'normal' && type !== 'warning')) fail('valid --types are Normal or Warning')
  const resource = mustResource('v1', 'Event')
  const namespace = isOn(s, 'all-namespaces') ? undefined : s.namespace
  const wanted = (event: Event) => types.length === 0 || types.includes((event.type ?? '').toLowerCase())
  if (isOn(s, 'watch')) return yield* watch(s, namespace, fieldSelector, wanted)
  const { bodies, errors } = yield* readList(
    s,
    resource,
    { selector: '', fieldSelector, namespace },
    { chunk: count(s, 'chunk-size'), subject: 'events' },
  )
  failWithAll(errors)
  const found = bodies.flatMap(body => (body as { items: KubeObject[] }).items).map(item => withKind(item, resource))
  const events = goSort(
    found.filter(event => wanted(event as unknown as Event)),
    (a, b) => timeOf(a as unknown as Event) < timeOf(b as unknown as Event),
  )
  if (events.length === 0)
    return yield* err(s, namespace === undefined ? 'No events found.\n' : `No events found in ${namespace} namespace.\n`)
  if (format.name !== '') return yield* out(s, formatObject(s, { ...EVENT_LIST, items: events }, format))
  const at = (yield* now()) as Time
  yield* out(s, table(s, events as unknown as readonly Event[], at, !isOn(s, 'no-headers'), []))
}

const EVENT_LIST = { apiVersion: 'v1', kind: 'EventList', metadata: {} }

/** When it came last, in virtual µs. */
const timeOf = ({ series, lastTimestamp, eventTime }: Event): number =>
  parseTime(String(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? '')) ?? Number.NEGATIVE_INFINITY

/** `--for=pod/web` */
function* forSelector(s: Session): Run<string> {
  const target = text(s, 'for')
  if (target === '') return ''
  const [type, name, more] = target.split('/')
  if (!type || !name || more !== undefined) return fail('--for must be in resource/name form')
  const { kind, apiVersion } = yield* mappedResource(s, type)
  return `involvedObject.kind=${kind},involvedObject.apiVersion=${apiVersion},involvedObject.name=${name}`
}

function table(s: Session, events: readonly Event[], at: Time, headers: boolean, widths: number[]): string {
  const everywhere = isOn(s, 'all-namespaces')
  const rows = events.map(event => [
    ...(everywhere ? [event.metadata.namespace ?? ''] : []),
    interval(event, at),
    event.type ?? '',
    event.reason ?? '',
    `${event.involvedObject.kind}/${event.involvedObject.name}`,
    (event.message ?? '').trim(),
  ])
  const head = [...(everywhere ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']
  return layOut((headers ? [head, ...rows] : rows).map(row => `${row.join('\t')}\n`).join(''), TABLE_TABS, widths)
}

const age = (timestamp: unknown, at: Time): string => (timestamp ? ageOf(String(timestamp), at) : '<unknown>')

function interval({ series, count, firstTimestamp, lastTimestamp, eventTime }: Event, at: Time): string {
  const first = age(eventTime ?? firstTimestamp, at)
  if (series) return `${age(series.lastObservedTime, at)} (x${series.count} over ${first})`
  return (count ?? 0) > 1 ? `${age(lastTimestamp, at)} (x${count} over ${first})` : first
}

function* watch(s: Session, namespace: string | undefined, fieldSelector: string, wanted: (event: Event) => boolean): Run {
  const query = { ...(fieldSelector !== '' && { fieldSelector }), limit: String(count(s, 'chunk-size')), watch: 'true' }
  const { stream, response } = yield* openWatch<KubectlState>(
    signed(s, requestOn('watch', 'GET', mustResource('v1', 'Event'), { namespace }, { query })),
  )
  if (response.code >= 300) failWith({ kind: 'status', status: response.body as Status })
  const widths: number[] = []
  let headers = !isOn(s, 'no-headers')
  for (;;) {
    const told = yield* nextEvent<KubectlState>(stream)
    if (told.event === 'END') return
    const { event, object } = told
    if (event === 'ERROR') failWith({ kind: 'status', status: object as Status })
    const one = object as unknown as Event
    if (event === 'DELETED' || event === 'BOOKMARK' || !wanted(one)) continue
    yield* out(s, table(s, [one], (yield* now()) as Time, headers, widths))
    headers = false
  }
}

export const eventsCommand: Command = {
  name: 'events',
  use: 'events [(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]',
  short: 'List events',
  long: 'Display events.\n\n Prints a table of the most important information about events. You can request events for a namespace, for all namespaces, or filtered to only those pertaining to a specified resource.',
  examples: [
    '# List recent events in the default namespace',
    'kubectl events',
    '',
    '# List recent events for the specified pod, then wait for more events',
    'kubectl events --for pod/web-pod-13je7 --watch',
    '',
    '# List recent only events of type Warning',
    'kubectl events --types=Warning',
  ],
  flags: [
    CHUNK_SIZE,
    ALL_NAMESPACES,
    ALLOW_MISSING,
    flag.string('for', 'Filter events to only those pertaining to the specified resource.'),
    flag.bool('no-headers', "When using the default output format, don't print headers."),
    output(),
    SHOW_MANAGED,
    TEMPLATE,
    flag.slice('types', 'Output only events of given types.'),
    flag.bool('watch', 'After listing the requested events, watch for more events.', { short: 'w' }),
  ],
  arguments: 'none',
  run,
}
