// Models the statistics that containerd reads from cgroups (internal/cri/server/container_stats_list.go): what programs use.
import type { ContainerLoad, ContainerStats } from '../api/cri'
import { parseReference } from './images'
import type { RuntimeContainer, RuntimeState } from './state'

/** What an idle program uses: CPU in thousandths of a core, memory in bytes. */
interface Idle {
  readonly cpuMilli: number
  readonly memory: number
}

const MI = 1024 * 1024
const SERVER: Idle = { cpuMilli: 0.1, memory: 12 * MI }
/** A program that only waits. */
const WAITING: Idle = { cpuMilli: 0.01, memory: 0.5 * MI }

/** As such programs are seen on a real node when nobody asks them for anything. Others count as a small server. */
const IDLE: Readonly<Record<string, Idle>> = {
  'library/nginx': { cpuMilli: 0.02, memory: 6 * MI },
  'library/httpd': { cpuMilli: 0.1, memory: 9 * MI },
  'library/redis': { cpuMilli: 1.6, memory: 4 * MI },
  'library/postgres': { cpuMilli: 0.7, memory: 28 * MI },
  'library/mysql': { cpuMilli: 6, memory: 360 * MI },
  'e2e-test-images/agnhost': { cpuMilli: 0.1, memory: 8 * MI },
  pause: WAITING,
}

function idleOf({ config, program }: RuntimeContainer): Idle {
  if (program.listens?.length === 0) return WAITING
  return IDLE[parseReference(config.image)?.repository ?? ''] ?? SERVER
}

/** The CPU time that a container has used, and up to when that is counted. Replaced, never changed. */
export interface CpuTime {
  /** Core-nanoseconds. */
  readonly nanoseconds: number
  /** Virtual µs. */
  readonly at: number
}

/**
 * ListContainerStats: what the running containers have used. A program is idle, unless the user says that it has something to do: that load
 * is taken to have been there since the last time that anybody asked.
 */
export function containerStats(state: RuntimeState, loads: readonly ContainerLoad[], time: number): readonly ContainerStats[] {
  // in whole milliseconds, as its time is told: a rate is then exact
  const now = Math.floor(time / 1000) * 1000
  const byContainer = new Map(loads.map(load => [`${load.podUid}/${load.container}`, load]))
  const stats: ContainerStats[] = []
  for (const [id, container] of state.containers) {
    const { status } = container
    if (status.state !== 'running') continue
    const idle = idleOf(container)
    const load = byContainer.get(`${status.podUid}/${status.name}`)
    const before = state.cpu.get(id) ?? { nanoseconds: 0, at: status.startedAt }
    const milli = Math.max(idle.cpuMilli, load?.cpuMilli ?? 0)
    // a millicore for a microsecond is a nanosecond of a core
    const nanoseconds = before.nanoseconds + milli * Math.max(0, now - before.at)
    state.cpu.set(id, Object.freeze({ nanoseconds, at: now }))
    const memory = Math.round(Math.max(idle.memory, load?.memory ?? 0))
    stats.push(
      Object.freeze({ podUid: status.podUid, name: status.name, at: now, cpuNanoseconds: Math.round(nanoseconds), memory }),
    )
  }
  for (const id of state.cpu.keys()) if (!state.containers.has(id)) state.cpu.delete(id)
  return Object.freeze(stats)
}
