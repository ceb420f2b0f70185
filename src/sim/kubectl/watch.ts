// Models the watch of k8s.io/kubectl/pkg/cmd/get/get.go: prints what is there, then every change, until it is stopped.
import type { Resource } from '../api/kinds'
import { MEDIA } from '../api/messages'
import type { KubeList, KubeObject, Status, Table } from '../api/types'
import { closeWatch, openWatch } from '../client/effects'
import { isStatus, readInfo, readList, type Selected, withKind } from './builder'
import { fail, failWith, failWithAll, isNotFound, type KubectlError } from './errors'
import { nextEventInTime, setDeadline } from './follow'
import { type Format, formatObject } from './output'
import { printRows, type TableOptions } from './print/table'
import { requestOn } from './requests'
import { count, isOn, type KubectlState, list, out, type Run, requestTimeoutMs, type Session, signed } from './session'

export const TABLE_ACCEPT: string = MEDIA.table

/** How tables are printed for the flags of `get`. */
export function tableOptions(s: Session, resource: Resource, format: Format, withKinds: boolean): TableOptions {
  const { group, kind } = resource
  return {
    wide: format.name === 'wide',
    noHeaders: isOn(s, 'no-headers'),
    showLabels: isOn(s, 'show-labels'),
    labelColumns: list(s, 'label-columns'),
    withNamespace: isOn(s, 'all-namespaces') && resource.namespaced,
    ...((withKinds || isOn(s, 'show-kind')) && { kindPrefix: (group === '' ? kind : `${kind}.${group}`).toLowerCase() }),
  }
}

/** What the watch begins with. */
interface Start {
  readonly resource: Resource
  readonly namespace: string | undefined
  /** The name where a single object is followed: its watch begins with the object itself, which is not printed twice. */
  readonly name: string | undefined
  readonly selector: string
  readonly fieldSelector: string
  readonly resourceVersion: string
  readonly bodies: readonly unknown[]
}

/** Prints the selected and follows it; ends when the watch is closed, or with the process. */
export function* watch(s: Session, selected: Selected, format: Format): Run {
  const human = format.name === '' || format.name === 'wide'
  const start = selected.kind === 'named' ? yield* startObject(s, selected, human) : yield* startList(s, selected, human)
  if (!start) return
  const printer = printerOf(s, start.resource, format)
  if (!isOn(s, 'watch-only')) for (const body of start.bodies) yield* printer.print(body, 'ADDED')
  const fields = [start.fieldSelector, start.name === undefined ? '' : `metadata.name=${start.name}`]
    .filter(part => part !== '')
    .join(',')
  const query = {
    ...(fields && { fieldSelector: fields }),
    ...(start.selector && { labelSelector: start.selector }),
    resourceVersion: start.resourceVersion,
    watch: 'true',
  }
  const accept = human ? TABLE_ACCEPT : MEDIA.json
  const spec = requestOn('watch', 'GET', start.resource, { namespace: start.namespace }, { query, accept })
  const { stream, response } = yield* openWatch<KubectlState>(signed(s, spec))
  if (response.code >= 300) failWith({ kind: 'status', status: response.body as Status })
  yield* setDeadline(s, requestTimeoutMs(s))
  let skip = start.name !== undefined
  for (;;) {
    const event = yield* nextEventInTime(s, stream)
    // the apiserver's time limit, or the client's own for a request: the real one ends without a word, too
    if (!event) return yield* closeWatch<KubectlState>(stream)
    if (event.event === 'END') return
    if (event.event === 'ERROR') failWith({ kind: 'status', status: event.object as Status })
    if (event.event === 'BOOKMARK') continue
    if (!skip) yield* printer.print(event.object, event.event)
    skip = false
  }
}

const isIgnored = (s: Session, error: KubectlError): boolean =>
  isOn(s, 'ignore-not-found') && error.kind === 'status' && isNotFound(error.status)

function* startObject(s: Session, selected: Extract<Selected, { kind: 'named' }>, human: boolean): Run<Start | undefined> {
  const [item, more] = selected.items
  if (!item || more)
    return fail('watch is only supported on individual resources and resource collections - more than 1 resource was found')
  const found = yield* readInfo(s, item, human ? { accept: TABLE_ACCEPT } : {})
  if (isStatus(found)) {
    const error = { kind: 'status', status: found } as const
    return isIgnored(s, error) ? undefined : failWith(error)
  }
  return {
    resource: item.resource,
    namespace: item.namespace,
    name: item.name,
    selector: '',
    fieldSelector: '',
    resourceVersion: '0',
    bodies: [found.object],
  }
}

function* startList(s: Session, selected: Extract<Selected, { kind: 'lists' }>, human: boolean): Run<Start | undefined> {
  const [resource, more] = selected.resources
  if (!resource || more) return fail('you may only specify a single resource type')
  const answer = yield* readList(s, resource, selected, { chunk: count(s, 'chunk-size'), ...(human && { accept: TABLE_ACCEPT }) })
  failWithAll(answer.errors.filter(error => !isIgnored(s, error)))
  if (answer.errors.length > 0) return undefined
  const last = answer.bodies[answer.bodies.length - 1] as KubeList | undefined
  const bodies = human ? answer.bodies : answer.bodies.flatMap(body => (body as KubeList).items)
  return {
    resource,
    namespace: selected.namespace,
    name: undefined,
    selector: selected.selector,
    fieldSelector: selected.fieldSelector,
    resourceVersion: last?.metadata.resourceVersion ?? '0',
    bodies,
  }
}

/** Prints one thing after another, the headers once. */
function printerOf(s: Session, resource: Resource, format: Format): { readonly print: (body: unknown, event: string) => Run } {
  const options = tableOptions(s, resource, format, false)
  const widths: number[] = []
  const events = isOn(s, 'output-watch-events')
  let columns: Table['columnDefinitions'] = []
  let headed = false
  function* table(body: Table, event: string): Run {
    if (body.columnDefinitions?.length) columns = body.columnDefinitions
    if (body.rows.length === 0) return
    const full = events ? withEvent({ ...body, columnDefinitions: columns }, event) : { ...body, columnDefinitions: columns }
    const words = printRows(full, { ...options, noHeaders: headed || options.noHeaders === true }, widths)
    headed = true
    yield* out(s, words)
  }
  function* object(body: unknown, event: string): Run {
    const full = withKind(body as KubeObject, resource)
    yield* out(
      s,
      `${format.name === 'yaml' && headed ? '---\n' : ''}${formatObject(s, events ? ({ type: event, object: full } as unknown as KubeObject) : full, format)}`,
    )
    headed = true
  }
  return {
    print: (body, event) => (format.name === '' || format.name === 'wide' ? table(body as Table, event) : object(body, event)),
  }
}

/** A first column with the kind of the event. */
function withEvent(table: Table, event: string): Table {
  const column = { name: 'EVENT', type: 'string', format: '', description: '', priority: 0 } as const
  return {
    ...table,
    columnDefinitions: [column, ...table.columnDefinitions],
    rows: table.rows.map(row => ({ ...row, cells: [event, ...row.cells] })),
  }
}
