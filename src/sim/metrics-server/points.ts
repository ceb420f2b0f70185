// Models sigs.k8s.io/metrics-server/pkg/{scraper/client/resource/decode.go,storage}: what a scrape says, and what two of them say together.

/** Counters of one container or node, at one time. */
export interface Point {
  /** Unix milliseconds. */
  readonly at: number
  /** Core-seconds since the start. */
  readonly cpuSeconds: number
  readonly memory: number
}
/** Points of a scrape: the node's own, and those of containers by `namespace/pod` and container. */
export interface Scrape {
  readonly node: Point | undefined
  readonly pods: ReadonlyMap<string, ReadonlyMap<string, Point>>
}

const LINE = /^(\w+)(?:\{(.*)\})? (\S+) (\d+)$/
const LABEL = /(\w+)="([^"]*)"/g

/** Reads what a kubelet serves at /metrics/resource. A container without CPU time or memory makes its pod incomplete: that is left out. */
export function readScrape(text: string): Scrape {
  const node: Partial<Mutable> = {}
  const pods = new Map<string, Map<string, Partial<Mutable>>>()
  for (const line of text.split('\n')) {
    const [, name = '', labels = '', value = '', at = ''] = LINE.exec(line) ?? []
    if (name === 'node_cpu_usage_seconds_total') put(node, 'cpuSeconds', value, at)
    else if (name === 'node_memory_working_set_bytes') put(node, 'memory', value, at)
    else if (name === 'container_cpu_usage_seconds_total') put(containerIn(pods, labels), 'cpuSeconds', value, at)
    else if (name === 'container_memory_working_set_bytes') put(containerIn(pods, labels), 'memory', value, at)
  }
  const whole = new Map<string, ReadonlyMap<string, Point>>()
  for (const [pod, containers] of pods) {
    const points = [...containers].flatMap(([name, point]) => (isWhole(point) ? [[name, Object.freeze(point)] as const] : []))
    if (points.length === containers.size) whole.set(pod, new Map(points))
  }
  return Object.freeze({ node: isWhole(node) ? Object.freeze(node) : undefined, pods: whole })
}

type Mutable = { -readonly [Key in keyof Point]: Point[Key] }
function put(point: Partial<Mutable>, field: 'cpuSeconds' | 'memory', value: string, at: string): void {
  point[field] = Number(value)
  point.at = Number(at)
}
const isWhole = (point: Partial<Mutable>): point is Mutable => Boolean(point.cpuSeconds) && Boolean(point.memory)

function containerIn(pods: Map<string, Map<string, Partial<Mutable>>>, labels: string): Partial<Mutable> {
  const named = Object.fromEntries([...labels.matchAll(LABEL)].map(([, name, value]) => [name, value]))
  const key = `${named.namespace}/${named.pod}`
  const containers = pods.get(key) ?? new Map<string, Partial<Mutable>>()
  pods.set(key, containers)
  const point = containers.get(named.container ?? '') ?? {}
  containers.set(named.container ?? '', point)
  return point
}

/** Usage between two points. */
export interface Usage {
  /** Nanocores. */
  readonly cpu: number
  /** Bytes. */
  readonly memory: number
  /** Unix milliseconds of the later point, and how long after the earlier one. */
  readonly at: number
  readonly windowMs: number
}

/** resourceUsage: undefined while there is one point only, or when the counter began anew (the container was restarted). */
export function usageOf(last: Point | undefined, before: Point | undefined): Usage | undefined {
  if (!last || !before || last.at <= before.at || last.cpuSeconds < before.cpuSeconds) return undefined
  const windowMs = last.at - before.at
  const cpu = Math.round(((last.cpuSeconds - before.cpuSeconds) / (windowMs / 1000)) * 1e9)
  return { cpu, memory: last.memory, at: last.at, windowMs }
}

/** A quantity of nanocores, in its canonical form. */
export const cpuQuantity = (nanocores: number): string =>
  nanocores === 0
    ? '0'
    : nanocores % 1e9 === 0
      ? `${nanocores / 1e9}`
      : nanocores % 1e6 === 0
        ? `${nanocores / 1e6}m`
        : nanocores % 1e3 === 0
          ? `${nanocores / 1e3}u`
          : `${nanocores}n`
/** A quantity of bytes, in its canonical form. */
export function memoryQuantity(bytes: number): string {
  let value = bytes
  for (const suffix of ['', 'Ki', 'Mi', 'Gi', 'Ti']) {
    if (value === 0 || value % 1024 !== 0 || suffix === 'Ti') return `${value}${suffix}`
    value /= 1024
  }
  return `${bytes}`
}
/** A duration as metav1.Duration writes it: `15.012s`. */
export const windowText = (ms: number): string => `${ms / 1000}s`
