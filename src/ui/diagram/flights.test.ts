import { describe, expect, test } from 'vitest'
import type { Packet } from '../session/types'
import { packetOf } from '../testing/fixture'
import { flightsOf, flyingAt, isPassing, momentFor, passagesOf, STAYS } from './flights'
import { layoutStage, PIPELINE } from './layout'
import { pointAt, routeOf, seen, stagesOf, WALK } from './routes'

const layout = layoutStage({ width: 1280, height: 640, large: false, controllers: ['deployment'], nodes: ['node-1', 'node-2'] })
const DURATION = 1000

/** Who is under way, by seq, and where. */
function flying(packets: readonly Packet[], time: number, duration = DURATION) {
  const flights = flightsOf(layout, packets, duration)
  const { count, flight, x, y } = flyingAt(flights, time, momentFor(flights))
  return Array.from({ length: count }, (_, i) => ({
    seq: flights.packets[flight[i] as number]?.seq as number,
    x: x[i] as number,
    y: y[i] as number,
  }))
}

describe('who is under way', () => {
  const packet = packetOf(1, 'etcd', 'apiserver', 'etcd', 'txn put', 100)

  test('is a function of the moment', () => {
    const there = flying([packet], 350)
    expect(there).toEqual(flying([packet], 350))
    const [from, to] = routeOf(layout, packet)?.points ?? []
    expect(there[0]?.y).toBeCloseTo(((from?.y ?? 0) + (to?.y ?? 0)) / 2)
  })

  test('before it leaves and after it has arrived it is nowhere', () => {
    expect(flying([packet], 99)).toEqual([])
    expect(flying([packet], 600)).toEqual([])
  })

  test('a flight too short for the eye is stretched within its beat', () => {
    const quick = { ...packet, start: 690, end: 700 }
    expect(flying([quick], 500, 700)).toHaveLength(1)
    expect(flying([quick], 700, 700)).toHaveLength(0)
  })

  test('of many, those are found that each one’s own times say, at every moment', () => {
    const packets = Array.from({ length: 300 }, (_, i) => {
      const start = (i * 379) % 900
      const kind = i % 3 === 0 ? 'request' : i % 3 === 1 ? 'watch' : 'local'
      const rooms = { request: ['kubelet/node-1', 'apiserver'], watch: ['apiserver', 'scheduler'], local: ['a', 'b'] }[kind]
      return { ...packetOf(i + 1, kind, rooms[0] as string, rooms[1] as string, 'GET pods', start), end: start + (i % 7) * 90 }
    })
    for (let time = 0; time <= DURATION; time += 13) {
      const expected = packets.flatMap(each => {
        const route = routeOf(layout, each)
        const { start, end } = seen(each, DURATION)
        return route && start <= time && time < end
          ? [{ seq: each.seq as number, ...pointAt(route, (time - start) / (end - start)) }]
          : []
      })
      expect(flying(packets, time).sort((a, b) => a.seq - b.seq)).toEqual(expected)
    }
  })
})

test('a stage of the pipeline is lit while a request is seen in it, and between requests that follow each other closely', () => {
  const requests = ['GET pods', 'POST pods', 'PATCH nodes'].flatMap((label, i) =>
    [0, 120, 600].map((start, j) =>
      packetOf(10 * i + j + 1, 'request', j === 1 ? 'kubelet/node-2' : 'kubectl', 'apiserver', label, start),
    ),
  )
  const flights = flightsOf(layout, requests, 2000)
  const passages = passagesOf(layout, flights)
  const moment = momentFor(flights)
  const hasBegunToWalk = (i: number, time: number) => {
    const [start, end] = [flights.start[i] as number, flights.end[i] as number]
    return (time - start) / (end - start) >= WALK
  }
  const { leftRail, rightRail, stages } = layout.spine
  let seenIn = 0
  const last = new Map<string, number>()
  for (let time = 0.5; time < 2000; time += 7) {
    const { count, flight, x, y } = flyingAt(flights, time, moment)
    for (const stage of PIPELINE) {
      const within = Array.from({ length: count }, (_, i) => i).some(
        i =>
          stagesOf(flights.packets[flight[i] as number] as Packet).includes(stage) &&
          hasBegunToWalk(flight[i] as number, time) &&
          (x[i] as number) >= leftRail &&
          (x[i] as number) <= rightRail &&
          (y[i] as number) >= stages[stage].y - 6 &&
          (y[i] as number) <= stages[stage].y + stages[stage].height + 2,
      )
      if (within) {
        seenIn++
        last.set(stage, time)
      }
      const lit = isPassing(passages[stage], time)
      expect(lit || !within, `${stage} at ${time}`).toBe(true)
      expect(!lit || time - (last.get(stage) ?? 0) <= STAYS + 7, `${stage} at ${time}`).toBe(true)
    }
  }
  expect(seenIn).toBeGreaterThan(100)
})
