/** Lets each house show its new state when its last message of the beat arrives, and marks what the beat changed. */
import { useEffect, useRef } from 'react'
import { stageTime, useClock } from '../session/clock'
import { useSession } from '../session/session'
import type { BeatScene, ClusterView, Frame, RoomId } from '../session/types'
import { useReducedMotion } from '../shared/preferences'
import { arrivals } from './routes'
import { useStage } from './stage-state'

/** Everything that has a mark of its own. What stays as it is from frame to frame is the same object. */
function* marked({ unbound, nodes, workloads, services }: ClusterView): Generator<readonly [string, unknown]> {
  for (const pod of unbound) yield [pod.key, pod]
  for (const node of nodes) for (const pod of node.pods) yield [pod.key, pod]
  for (const workload of workloads) yield [`${workload.kind} ${workload.key}`, workload]
  for (const service of services) yield [`Service ${service.key}`, service]
}

/** What is new or different in `view`. */
export function changes(before: ClusterView, view: ClusterView): ReadonlySet<string> {
  const old = new Map(marked(before))
  return new Set([...marked(view)].filter(([key, object]) => old.get(key) !== object).map(([key]) => key))
}

/** Follows the frames. */
export function useArrivals(frame: Frame, scene: BeatScene | undefined): void {
  const reduced = useReducedMotion()
  const last = useRef<{ frame: Frame; play: number }>(undefined)
  useEffect(() => {
    const { play } = useSession.getState()
    const previous = last.current
    if (previous?.frame === frame) return
    last.current = { frame, play }
    const stepped = previous !== undefined && previous.play !== play && previous.frame.branch === frame.branch
    const changed = stepped && scene ? changes(previous.frame.view, frame.view) : new Set<string>()
    if (!stepped || reduced || !scene) {
      useStage.setState({ view: frame.view, before: new Map(), changed })
      return
    }
    const times = arrivals(scene.packets, scene.duration)
    const before = new Map<RoomId, ClusterView>([...times.keys()].map(house => [house, previous.frame.view]))
    useStage.setState({ view: frame.view, before, changed })
    return follow(times, before)
  }, [frame, scene, reduced])
}

/**
 * Takes houses off the map as the stage clock passes their times, one a frame: drawing a house anew is most of what a frame has time
 * for. Once the clock is still, the rest follow at once. Returns how to stop.
 */
function follow(times: ReadonlyMap<RoomId, number>, before: ReadonlyMap<RoomId, ClusterView>): () => void {
  const waiting = [...before.keys()].sort((a, b) => (times.get(a) ?? 0) - (times.get(b) ?? 0))
  const show = (count: number) => {
    waiting.splice(0, count)
    useStage.setState({ before: new Map(waiting.flatMap(house => [[house, before.get(house) as ClusterView] as const])) })
  }
  const offTime = stageTime.on('change', time => {
    const next = waiting[0]
    if (next !== undefined && (times.get(next) ?? 0) <= time) show(1)
  })
  const offClock = useClock.subscribe(({ motion }) => motion === 'still' && waiting.length > 0 && show(waiting.length))
  return () => {
    offTime()
    offClock()
  }
}
