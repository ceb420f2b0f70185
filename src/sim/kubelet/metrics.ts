// Models pkg/kubelet/metrics/collectors/resource_metrics.go: GET /metrics/resource, in the text format of Prometheus.
import type { ContainerLoad, ContainerStats } from '../api/cri'
import { milliOf, parseQuantity, unitsOf } from '../api/quantity'
import { unixMilliseconds } from '../api/time'
import type { Container, Pod } from '../api/types'
import { perform } from '../client/effects'
import type { Time } from '../kernel/types'
import { type CriAnswer, cri } from './cri-client'
import { nodeCpu } from './node-cpu'
import type { KubeletProcedure, KubeletState, KubeletWorld } from './state'

/**
 * Annotations of a Pod by which a user says what its programs do, as nothing else here could: `kubestage.io/cpu: 300m` and
 * `kubestage.io/memory: 64Mi` for the whole Pod (spread evenly over its containers), `kubestage.io/cpu.web: 200m` for one container.
 * No Kubernetes has them.
 */
const CPU = 'kubestage.io/cpu'
const MEMORY = 'kubestage.io/memory'

/** What the node's own processes use: kubelet, runtime and system, at rest. CPU in thousandths of a core, memory in bytes. */
const SYSTEM = { cpuMilli: 40, memory: 450 * 1024 * 1024 }

/** What the annotations of a pod say of its containers. Nothing uses more than its limit. */
export function loadsOf({ metadata, spec }: Pod): readonly ContainerLoad[] {
  const annotations = metadata.annotations ?? {}
  if (!Object.keys(annotations).some(key => key.startsWith('kubestage.io/'))) return []
  const count = spec.containers.length
  return spec.containers.map(container => {
    const said = (name: string, of: (text: string) => number): number | undefined => {
      const [own, whole] = [annotations[`${name}.${container.name}`], annotations[name]]
      if (isQuantity(own)) return of(own)
      return isQuantity(whole) ? of(whole) / count : undefined
    }
    const cpuMilli = capped(said(CPU, milliOf), container, 'cpu', milliOf)
    const memory = capped(said(MEMORY, unitsOf), container, 'memory', unitsOf)
    return {
      podUid: metadata.uid ?? '',
      container: container.name,
      ...(cpuMilli !== undefined && { cpuMilli }),
      ...(memory !== undefined && { memory }),
    }
  })
}

const isQuantity = (text: string | undefined): text is string => text !== undefined && parseQuantity(text).value !== undefined

function capped(
  load: number | undefined,
  { resources }: Container,
  name: string,
  of: (text: string) => number,
): number | undefined {
  const limit = resources?.limits?.[name]
  return load === undefined || limit === undefined ? load : Math.min(load, of(String(limit)))
}

/** The pods whose containers are counted, and what their users say of them. */
const podsHere = ({ state }: KubeletWorld): readonly Pod[] =>
  Object.freeze([...state.workers.values()].filter(({ phase }) => phase !== 'finished').map(({ pod }) => pod))

/** The metrics of the node's containers, pods, and of itself. */
export function* resourceMetrics(): KubeletProcedure<string> {
  const pods = yield* perform<KubeletState, readonly Pod[]>(podsHere)
  const loads = Object.freeze(pods.flatMap(loadsOf))
  const { stats = [] }: CriAnswer = yield* cri('', { method: 'ListContainerStats', loads })
  return yield* perform<KubeletState, string>(({ state, context }) => {
    state.nodeCpu = nodeCpu(state.nodeCpu, stats)
    return written(pods, stats, state.nodeCpu.ended, context.now)
  })
}

/** As text. CPU is counted from the start of each container, and for the node from its own, so that rates can be taken. */
function written(pods: readonly Pod[], stats: readonly ContainerStats[], ended: number, time: Time): string {
  const byUid = new Map(pods.map(pod => [pod.metadata.uid ?? '', pod.metadata]))
  const cpu: string[] = []
  const memory: string[] = []
  const now = Math.floor((stats[0]?.at ?? time) / 1000) * 1000
  const stamp = unixMilliseconds(now as Time)
  let [nanoseconds, bytes] = [now * SYSTEM.cpuMilli + ended, SYSTEM.memory]
  for (const { podUid, name, cpuNanoseconds, memory: used } of stats) {
    nanoseconds += cpuNanoseconds
    bytes += used
    const pod = byUid.get(podUid)
    if (!pod) continue
    const labels = `{container="${name}",namespace="${pod.namespace ?? ''}",pod="${pod.name}"}`
    cpu.push(`container_cpu_usage_seconds_total${labels} ${cpuNanoseconds / 1e9} ${stamp}`)
    memory.push(`container_memory_working_set_bytes${labels} ${used} ${stamp}`)
  }
  return [
    '# TYPE container_cpu_usage_seconds_total counter',
    ...cpu,
    '# TYPE container_memory_working_set_bytes gauge',
    ...memory,
    '# TYPE node_cpu_usage_seconds_total counter',
    `node_cpu_usage_seconds_total ${nanoseconds / 1e9} ${stamp}`,
    '# TYPE node_memory_working_set_bytes gauge',
    `node_memory_working_set_bytes ${bytes} ${stamp}`,
    '',
  ].join('\n')
}
