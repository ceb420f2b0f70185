/** What a message's body tells a caption: the name of what is created, the node of a binding, the reason of an Event, replicas, a state. */
import type { Seq, TraceEntry } from '../sim/kernel/types'

type Facts = Record<string, string | number>
type Tree = { readonly [key: string]: Tree | undefined }
type Text = string | number | undefined

/** A value deep in a body; undefined where the way does not lead so far. */
function at(body: unknown, ...path: readonly string[]): Text {
  let value = body as Tree | undefined
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = value[key]
  }
  return typeof value === 'string' || typeof value === 'number' ? value : undefined
}

const told = (facts: Readonly<Record<string, Text>>): Facts =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined && value !== '')) as Facts

/** Facts of the message that an entry carries; of an answer or a walk down the pipeline, those of its request. */
export function bodyFacts(e: TraceEntry, entry: (seq: Seq) => TraceEntry): Facts {
  const args = e.args as unknown as Readonly<Record<string, unknown>>
  if (e.reason === 'watch.event') return told({ state: stateOf((e.message as { object?: unknown } | undefined)?.object) })
  const request =
    e.reason === 'http.request'
      ? e
      : typeof args.request === 'number' && args.request > 0
        ? entry(args.request as Seq)
        : undefined
  if (request?.reason !== 'http.request') return {}
  const { path, body, query } = (request.message ?? {}) as {
    path?: string
    body?: unknown
    query?: Readonly<Record<string, string>>
  }
  const resource = String(args.resource)
  const name = args.name === undefined && args.verb === 'create' ? nameOf(body) : undefined
  return told({
    path,
    name,
    node: resource === 'pods/binding' ? at(body, 'target', 'name') : undefined,
    event: resource === 'events' ? at(body, 'reason') : undefined,
    replicas: at(body, 'spec', 'replicas'),
    selector: query?.fieldSelector ?? query?.labelSelector,
    dryRun: query?.dryRun,
    ...(resource === 'nodes' && taintsOf(body)),
    state: stateOf(body),
  })
}

/** The taints that a patch of a node says; where it takes the last one off, `untainted`. */
function taintsOf(body: unknown): Readonly<Record<string, Text>> {
  const taints = (body as { spec?: { taints?: readonly { key: string; effect: string }[] | null } } | undefined)?.spec?.taints
  if (taints === null) return { untainted: 1 }
  return { taints: taints?.map(({ key, effect }) => `${key}:${effect}`).join(', ') }
}

/** The name of what is created; where the apiserver will make one up, what it begins with. */
function nameOf(body: unknown): Text {
  const generateName = at(body, 'metadata', 'generateName')
  return at(body, 'metadata', 'name') ?? (generateName && `${generateName}…`)
}

/** An object's state in a word: a Pod's node and phase, how many replicas are ready. */
function stateOf(object: unknown): Text {
  const spec = at(object, 'spec', 'replicas')
  const replicas = at(object, 'status', 'replicas')
  if (spec !== undefined || replicas !== undefined) return `${at(object, 'status', 'readyReplicas') ?? 0}/${spec ?? replicas}`
  if (at(object, 'metadata', 'deletionTimestamp') !== undefined) return 'Terminating'
  const phase = at(object, 'status', 'phase')
  const node = at(object, 'spec', 'nodeName')
  return [node, phase].filter(Boolean).join(', ') || undefined
}

/** How many replicas the object wanted that made an entry happen, and how many it lacked: that of the nearest watch event among its causes. */
export function wantedReplicas(e: TraceEntry, entry: (seq: Seq) => TraceEntry): Facts {
  let current = e
  for (let steps = 0; steps < 40; steps++) {
    if (current.reason === 'watch.event') {
      const { object } = (current.message ?? {}) as { object?: unknown }
      const wanted = at(object, 'spec', 'replicas')
      return typeof wanted === 'number' ? { wanted, lacking: wanted - Number(at(object, 'status', 'replicas') ?? 0) } : {}
    }
    const cause = typeof current.cause === 'number' ? current.cause : current.cause[0]
    if (!cause) return {}
    current = entry(cause)
  }
  return {}
}
