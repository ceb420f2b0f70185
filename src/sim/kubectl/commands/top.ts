// Models k8s.io/kubectl/pkg/cmd/top and pkg/metricsutil: what nodes and pods use, as the metrics API says.
import { mustResource } from '../../api/kinds'
import { milliOf, unitsOf } from '../../api/quantity'
import { parseTime } from '../../api/time'
import type { KubeList, KubeObject } from '../../api/types'
import type { RequestSpec } from '../../client/http'
import { type Command, type Flag, flag } from '../command'
import { fail, usageError } from '../errors'
import { ALL_NAMESPACES, FIELD_SELECTOR, SELECTOR } from '../flags'
import { goDuration } from '../go-duration'
import { layOut, TABLE_TABS } from '../print/tabwriter'
import { getObject, listObjects, requestPath } from '../requests'
import { demand, err, isOn, now, out, type Run, type Session, text } from '../session'

const GROUP = 'metrics.k8s.io'
const VERSION = 'v1beta1'
type Resources = Readonly<Record<string, string>>
interface Container {
  readonly name: string
  readonly usage: Resources
}
interface NodeMetrics extends KubeObject {
  readonly usage: Resources
}
interface PodMetrics extends KubeObject {
  readonly containers: readonly Container[]
}

/** A line of the table: what is measured by its names. */
interface Used {
  readonly cpuMilli: number
  readonly memory: number
}
const usedOf = (usage: Resources): Used => ({ cpuMilli: milliOf(usage.cpu), memory: unitsOf(usage.memory) })
const sumOf = (all: readonly Used[]): Used => ({
  cpuMilli: all.reduce((sum, u) => sum + u.cpuMilli, 0),
  memory: all.reduce((sum, u) => sum + u.memory, 0),
})
const MI = 1024 * 1024
const cpuText = ({ cpuMilli }: Used): string => `${cpuMilli}m`
const memoryText = ({ memory }: Used): string => `${Math.floor(memory / MI)}Mi`

/** The order of lines: the largest first by what is asked for, else by name. */
function compare(sortBy: string, a: { used: Used; key: string }, b: { used: Used; key: string }): number {
  const by = sortBy === 'cpu' ? b.used.cpuMilli - a.used.cpuMilli : sortBy === 'memory' ? b.used.memory - a.used.memory : 0
  return by !== 0 ? by : a.key < b.key ? -1 : a.key > b.key ? 1 : 0
}

/** Every value is followed by a tab, so the last column is padded, too. */
const table = (rows: readonly (readonly string[])[]): string =>
  layOut(rows.map(row => `${row.map(cell => `${cell}\t`).join('')}\n`).join(''), TABLE_TABS)

function metricsRequest(resource: 'nodes' | 'pods', namespace: string | undefined, name: string, query: Resources): RequestSpec {
  const space = namespace ? `/namespaces/${namespace}` : ''
  return {
    method: 'GET',
    path: `/apis/${GROUP}/${VERSION}${space}/${resource}${name && `/${name}`}`,
    query,
    info: { verb: name ? 'get' : 'list', group: GROUP, resource, ...(namespace && { namespace }), ...(name && { name }) },
  }
}

/** What every `top` does first: its flags, and whether there is a metrics API at all. */
function* begin(s: Session): Run<string> {
  if (s.args.length > 1) usageError(s.path, s.path.endsWith('pod') ? POD_USE : NODE_USE)
  const [name = ''] = s.args
  const sortBy = text(s, 'sort-by')
  if (!['', 'cpu', 'memory'].includes(sortBy)) fail('--sort-by accepts only cpu or memory')
  if (name !== '' && (text(s, 'selector') !== '' || text(s, 'field-selector') !== ''))
    fail('only one of NAME or selector can be provided')
  yield* demand(s, requestPath('/api'))
  const served = yield* demand<{ items?: readonly KubeObject[]; groups?: readonly Group[] }>(s, requestPath('/apis'))
  if (!served.groups?.some(group => group.name === GROUP && group.versions.some(v => v.version === VERSION)))
    fail('Metrics API not available')
  return name
}
interface Group {
  readonly name: string
  readonly versions: readonly { readonly version: string }[]
}

function* itemsOf<T extends KubeObject>(s: Session, spec: RequestSpec): Run<readonly T[]> {
  if (spec.info.verb === 'get') return [yield* demand<T>(s, spec)]
  return (yield* demand<KubeList<T>>(s, spec)).items
}

function* topNode(s: Session): Run {
  const name = yield* begin(s)
  const selector = text(s, 'selector')
  const query: Resources = selector === '' ? {} : { labelSelector: selector }
  const metrics = yield* itemsOf<NodeMetrics>(s, metricsRequest('nodes', undefined, name, query))
  if (metrics.length === 0) fail('metrics not available yet')
  const resource = mustResource('v1', 'Node')
  const nodes = yield* itemsOf(s, name ? getObject(resource, undefined, name) : listObjects(resource, undefined, { query }))
  const of = isOn(s, 'show-capacity') ? 'capacity' : 'allocatable'
  const available = new Map(nodes.map(({ metadata, status }) => [metadata.name, usedOf(status?.[of] ?? {})]))
  const lines = metrics.map(({ metadata, usage }) => ({ key: metadata.name, used: usedOf(usage) }))
  const rows = lines
    .sort((a, b) => compare(text(s, 'sort-by'), a, b))
    .map(({ key, used }) => {
      const whole = available.get(key)
      available.delete(key)
      return [
        key,
        cpuText(used),
        ...(whole ? [percent(used.cpuMilli, whole.cpuMilli)] : []),
        memoryText(used),
        ...(whole ? [percent(used.memory, whole.memory)] : []),
      ]
    })
  const unknown = [...available.keys()].sort().map(key => [key, ...new Array<string>(4).fill('<unknown>')])
  const header = isOn(s, 'no-headers') ? [] : [['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)']]
  yield* out(s, table([...header, ...rows, ...unknown]))
}
const percent = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.trunc((part / whole) * 100)}%`

function* topPod(s: Session): Run {
  const name = yield* begin(s)
  const everywhere = isOn(s, 'all-namespaces')
  const [selector, fields] = [text(s, 'selector'), text(s, 'field-selector')]
  const query: Resources = { ...(selector && { labelSelector: selector }), ...(fields && { fieldSelector: fields }) }
  const namespace = everywhere ? undefined : s.namespace
  const metrics = yield* itemsOf<PodMetrics>(s, metricsRequest('pods', namespace, name, query))
  if (metrics.length === 0) {
    yield* verifyEmpty(s, namespace, query)
    return yield* err(s, everywhere ? 'No resources found\n' : `No resources found in ${s.namespace} namespace.\n`)
  }
  const sortBy = text(s, 'sort-by')
  const pods = metrics.map(({ metadata, containers }) => {
    const own = containers.map(c => ({ key: c.name, used: usedOf(c.usage) }))
    const key = everywhere && sortBy === '' ? `${metadata.namespace}/${metadata.name}` : metadata.name
    return { key, metadata, own: own.sort((a, b) => compare(sortBy, a, b)), used: sumOf(own.map(c => c.used)) }
  })
  pods.sort((a, b) => compare(sortBy, a, b))
  const byContainer = isOn(s, 'containers')
  const rows = pods.flatMap(({ metadata, own, used }) => {
    const space = everywhere ? [metadata.namespace ?? ''] : []
    if (!byContainer) return [[...space, metadata.name, cpuText(used), memoryText(used)]]
    return own.map(c => [...space, metadata.name, c.key, cpuText(c.used), memoryText(c.used)])
  })
  const header = [...(everywhere ? ['NAMESPACE'] : []), ...(byContainer ? ['POD'] : []), 'NAME', 'CPU(cores)', 'MEMORY(bytes)']
  const noHeaders = isOn(s, 'no-headers')
  const sum = isOn(s, 'sum') ? sumRows(sumOf(pods.map(pod => pod.used)), noHeaders ? 3 : header.length) : []
  yield* out(s, table([...(noHeaders ? [] : [header]), ...rows, ...sum]))
}

/** printPodResourcesSum: a line, and the sum under it. */
const sumRows = (used: Used, columns: number): readonly (readonly string[])[] => [
  [...new Array<string>(columns - 2).fill(''), '________', '________'],
  [...new Array<string>(columns - 3).fill(''), '', cpuText(used), memoryText(used)],
]

/** Pods without metrics are no wonder while they are young. */
const PATIENCE_US = 120 * 1e6

/** verifyEmptyMetrics: no pods, pods that should have metrics by now, or pods too young. */
function* verifyEmpty(s: Session, namespace: string | undefined, query: Resources): Run {
  const pods = yield* itemsOf(s, listObjects(mustResource('v1', 'Pod'), namespace, { query }))
  if (pods.length === 0) return
  const at = yield* now()
  for (const { metadata } of pods) {
    const age = at - (parseTime(metadata.creationTimestamp ?? '') ?? at)
    if (age > PATIENCE_US)
      fail(`Metrics not available for pod ${metadata.namespace}/${metadata.name}, age: ${goDuration(age / 1000)}`)
  }
  fail('metrics not available yet')
}

const NODE_USE = 'node [NAME | -l label]'
const POD_USE = 'pod [NAME | -l label]'

const topOf = (name: 'node' | 'pod', aliases: readonly string[], use: string, kind: string, flags: readonly Flag[]): Command => ({
  name,
  aliases,
  use,
  short: `Display resource (CPU/memory) usage of ${kind}`,
  long: `Display resource (CPU/memory) usage of ${kind}.\n\n The metrics come from a metrics server, which a cluster need not have.`,
  flags: [
    ...flags,
    flag.bool('no-headers', 'If present, print output without headers'),
    SELECTOR,
    flag.bool('show-swap', 'Print node resources related to swap memory.', { refused: true }),
    flag.bool('use-protocol-buffers', 'Enables using protocol-buffers to access Metrics API.', { value: true }),
    flag.string('sort-by', "If non-empty, sort list using specified field. The field can be either 'cpu' or 'memory'."),
  ],
  arguments: 'resource',
  kind,
  run: name === 'node' ? topNode : topPod,
})

export const topCommand: Command = {
  name: 'top',
  use: 'top [flags]',
  short: 'Display resource (CPU/memory) usage',
  long: 'Display resource (CPU/memory) usage.\n\n The metrics come from a metrics server, which a cluster need not have.',
  commands: [
    topOf('node', ['nodes', 'no'], NODE_USE, 'nodes', [
      flag.bool('show-capacity', 'Print node resources based on Capacity instead of Allocatable(default) of the nodes.'),
    ]),
    topOf('pod', ['pods', 'po'], POD_USE, 'pods', [
      ALL_NAMESPACES,
      flag.bool('containers', 'If present, print usage of containers within a pod.'),
      FIELD_SELECTOR,
      flag.bool('sum', 'Print the sum of the resource usage'),
    ]),
  ],
}
