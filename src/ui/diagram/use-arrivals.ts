/** Lets each house show its new state when its last message of the beat arrives, and marks what the beat changed. */
import { useEffect, useRef } from 'react'
import { stageTime, useClock } from '../session/clock'
import { useSession } from '../session/session'
import type { BeatScene, ClusterView, Frame, RoomId } from '../session/types'
import { useReducedMotion } from '../shared/preferences'
import { arrivals } from './routes'
import { useStage } from './stage-state'

/** Everything that has a mark of its own, with what the mark depends on. */
function fingerprints(view: ClusterView): Map<string, string> {
  const marks = new Map<string, string>()
  for (const pod of [...view.unbound, ...view.nodes.flatMap(node => node.pods)])
    marks.set(
      pod.key,
      `${pod.node} ${pod.status} ${pod.ready} ${pod.sandbox} ${pod.ip} ${pod.containers.map(c => c.state).join()}`,
    )
  for (const w of view.workloads) marks.set(`${w.kind} ${w.key}`, `${w.desired} ${w.current} ${w.ready}`)
  for (const s of view.services) marks.set(`Service ${s.key}`, `${s.clusterIP} ${s.endpoints}`)
  return marks
}

/** What is new or different in `view`. */
export function changes(before: ClusterView, view: ClusterView): ReadonlySet<string> {
  const old = fingerprints(before)
  return new Set([...fingerprints(view)].filter(([key, mark]) => old.get(key) !== mark).map(([key]) => key))
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

/** Takes houses off the map as the stage clock passes their times; returns how to stop. */
function follow(times: ReadonlyMap<RoomId, number>, before: ReadonlyMap<RoomId, ClusterView>): () => void {
  let waiting = before
  const release = (time: number) => {
    const left = [...waiting].filter(([house]) => (times.get(house) ?? 0) > time)
    if (left.length === waiting.size) return
    waiting = new Map(left)
    useStage.setState({ before: waiting })
  }
  const offTime = stageTime.on('change', release)
  const offClock = useClock.subscribe(({ motion }) => motion === 'still' && release(Number.POSITIVE_INFINITY))
  return () => {
    offTime()
    offClock()
  }
}
