import { describe, expect, test } from 'vitest'
import type { Packet } from '../session/types'
import { packetOf } from '../testing/fixture'
import { layoutStage } from './layout'
import { arrivals, pointAt, type Route, routeOf } from './routes'

const layout = layoutStage({ width: 1280, height: 640, large: false, controllers: ['deployment'], nodes: ['node-1', 'node-2'] })
const route = (packet: Packet): Route => {
  const found = routeOf(layout, packet)
  if (!found) throw new Error('no route')
  return found
}

describe('the way of a message', () => {
  test('a request begins at its client and walks down the pipeline to storage', () => {
    const way = route(packetOf(1, 'request', 'kubectl', 'apiserver', '', 0))
    const { kubectl, spine } = layout
    expect(pointAt(way, 0)).toEqual({ x: kubectl.x + kubectl.width, y: kubectl.y + kubectl.height / 2 })
    expect(pointAt(way, 1)).toEqual({ x: spine.leftRail, y: spine.stages.storage.y + spine.stages.storage.height / 2 })
  })

  test('an answer goes the wire back', () => {
    const way = route(packetOf(1, 'response', 'apiserver', 'kubectl', '', 0))
    expect(pointAt(way, 0).x).toBe(layout.spine.rect.x)
    expect(pointAt(way, 1).x).toBe(layout.kubectl.x + layout.kubectl.width)
  })

  test('a watch event leaves the watch cache and ends at its watcher, on the right as on the left', () => {
    const { spine, nodes } = layout
    const way = route(packetOf(1, 'watch', 'apiserver', 'kubelet/node-2', '', 0))
    expect(pointAt(way, 0)).toEqual({ x: spine.rightRail, y: spine.watchCache.y + spine.watchCache.height / 2 })
    expect(pointAt(way, 1)).toEqual({ x: nodes[1]?.rect.x === undefined ? 0 : nodes[1].kubelet.x, y: nodes[1]?.kubeletWire })
    const left = route(packetOf(2, 'watch', 'apiserver', 'controller-manager', '', 0))
    expect(pointAt(left, 1).x).toBe(layout.controllers.informers.x + layout.controllers.informers.width)
  })

  test('a controller writes under its own name, on its own wire', () => {
    expect(route(packetOf(1, 'request', 'controller-manager/deployment', 'apiserver', '', 0)).wire).toBe(
      'controller-manager/deployment→apiserver',
    )
  })

  test('traffic between nodes runs beside the nodes, not through them', () => {
    const way = route(packetOf(1, 'traffic', 'network/node-1', 'network/node-2', '', 0))
    const node = layout.nodes[0]?.rect
    expect(Math.max(...way.points.map(({ x }) => x))).toBeGreaterThan(node ? node.x + node.width : 0)
    expect(Math.max(...way.points.map(({ x }) => x))).toBeLessThanOrEqual(layout.width)
  })

  test('what stays within one room has no way', () => {
    expect(routeOf(layout, packetOf(1, 'local', 'runtime/node-9', 'network/node-9', '', 0))).toBeUndefined()
  })
})

describe('when a message is there', () => {
  const packet = packetOf(1, 'etcd', 'apiserver', 'etcd', 'txn put', 100)
  test('a house shows its new state when its last message has arrived', () => {
    const times = arrivals([packet, packetOf(2, 'watch', 'apiserver', 'kubelet/node-1', '', 400)], 1000)
    expect(times.get('etcd' as never)).toBe(600)
    expect(times.get('node/node-1' as never)).toBe(900)
  })
})
