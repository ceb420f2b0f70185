import { describe, expect, test } from 'vitest'
import {
  APISERVER,
  controllerRoom,
  housesOf,
  type LayoutInput,
  LEAST,
  layoutStage,
  lookAt,
  type Rect,
  type StageLayout,
  wholeOf,
  worldFor,
} from './layout'
import { controllerSlots } from './layout-controllers'
import { houseOf, routeOf, standIn } from './routes'

const PARTS = [
  'deployment',
  'replicaset',
  'endpointslice',
  'garbage-collector',
  'node-lifecycle',
  'job',
  'cronjob',
  'namespace',
  'ttl',
]

/** Screens of stages: large, usual, small, with a dock open, presenting. */
const SCREENS = [
  [1440, 716, false],
  [1440, 716, true],
  [1064, 716, false],
  [1280, 536, false],
  [1280, 536, true],
  [900, 536, false],
  [1024, 560, false],
  [390, 420, false],
  [1920, 900, false],
  [2560, 1240, true],
] as const

function layouts(): { name: string; layout: StageLayout; input: LayoutInput }[] {
  return SCREENS.flatMap(([width, height, large]) =>
    [
      [1, false],
      [3, false],
      [5, false],
      [40, false],
      [1, true],
      [3, true],
      [5, true],
    ].map(([number, metricsServer]) => {
      const count = Number(number)
      const world = worldFor(width, height, large)
      const nodes = Array.from({ length: count }, (_, i) => `node-${i + 1}`)
      const input = {
        width: world.width,
        height: world.height,
        large,
        controllers: PARTS,
        nodes,
        metricsServer: metricsServer === true,
      }
      return {
        name: `${width}×${height}${large ? ' presenting' : ''}, ${count} nodes${metricsServer ? ' and a metrics server' : ''}`,
        layout: layoutStage(input),
        input,
      }
    }),
  )
}

const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
const inside = (a: Rect, b: Rect): boolean =>
  a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width + 0.01 && a.y + a.height <= b.y + b.height + 0.01

/** The houses of a stage: what stands directly on it. */
const houses = (layout: StageLayout): Rect[] => [...housesOf(layout), ...(layout.legend ? [layout.legend] : [])]
/** The rooms within each house. */
const furniture = (layout: StageLayout): { house: Rect; rooms: Rect[] }[] => [
  { house: layout.controllerManager, rooms: [layout.controllers.informers, ...layout.controllers.rooms.map(({ rect }) => rect)] },
  { house: layout.spine.rect, rooms: [...Object.values(layout.spine.stages), layout.spine.watchCache] },
  ...layout.nodes.map(({ rect, kubelet, kubeProxy, runtime, network }) => ({
    house: rect,
    rooms: [kubelet, kubeProxy, runtime, network],
  })),
]

describe.each(layouts())('the stage at $name', ({ layout, input }) => {
  test('houses neither overlap nor leave the stage', () => {
    const all = houses(layout)
    const stage = { x: 0, y: 0, width: input.width, height: input.height }
    for (const [i, a] of all.entries()) {
      expect(inside(a, stage)).toBe(true)
      for (const b of all.slice(i + 1)) expect(overlap(a, b)).toBe(false)
    }
  })

  test('rooms lie within their house and do not overlap', () => {
    for (const { house, rooms } of furniture(layout)) {
      for (const [i, a] of rooms.entries()) {
        expect(inside(a, house)).toBe(true)
        expect(Math.min(a.width, a.height)).toBeGreaterThan(18)
        for (const b of rooms.slice(i + 1)) expect(overlap(a, b)).toBe(false)
      }
    }
  })

  test('every wire to the apiserver is straight, has a height of its own, and ends at both its rooms', () => {
    const heights = { left: [] as number[], right: [] as number[] }
    expect([...layout.wires.values()].filter(({ to }) => to === APISERVER).length).toBeGreaterThan(4)
    for (const wire of layout.wires.values()) {
      if (wire.to !== APISERVER) continue
      const [a, b] = [wire.points[0], wire.points[1]]
      const [room, spine] = [layout.rooms.get(wire.from), layout.spine.rect]
      expect(wire.points).toHaveLength(2)
      expect(a?.y).toBe(b?.y)
      expect(room && a && a.y > room.y && a.y < room.y + room.height).toBe(true)
      expect(b && b.y > spine.y && b.y < spine.y + spine.height).toBe(true)
      heights[(a?.x ?? 0) < (b?.x ?? 0) ? 'left' : 'right'].push(a?.y ?? 0)
    }
    for (const side of Object.values(heights)) {
      const sorted = side.toSorted((a, b) => a - b)
      sorted.forEach((y, i) => {
        if (i > 0) expect(y - (sorted[i - 1] ?? 0)).toBeGreaterThanOrEqual(22)
      })
    }
  })

  test('no wire crosses a house that is not its own', () => {
    for (const wire of layout.wires.values()) {
      const own = [houseOf(wire.from), houseOf(wire.to)]
      const others = houses(layout).filter(rect => !own.some(room => houseRect(layout, room) === rect))
      wire.points.forEach((b, i) => {
        const a = wire.points[i - 1]
        if (!a) return
        const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)]
        const line = { x, y, width: Math.abs(a.x - b.x) + 0.01, height: Math.abs(a.y - b.y) + 0.01 }
        for (const rect of others) expect(overlap(line, rect)).toBe(false)
      })
    }
  })

  test('there is room for a label between the spine and its clients', () => {
    const left = layout.spine.rect.x - (layout.kubectl.x + layout.kubectl.width)
    const right = (layout.nodes[0]?.rect.x ?? 0) - (layout.spine.rect.x + layout.spine.rect.width)
    expect(Math.min(left, right)).toBeGreaterThanOrEqual(130)
  })

  test('every node has a place: a house, or the house of the rest', () => {
    for (const name of input.nodes) expect(standIn(layout, `kubelet/${name}` as never)).toBeDefined()
    const packet = { from: 'kubelet/node-1', to: 'apiserver', kind: 'request' } as never
    expect(routeOf(layout, packet)).toBeDefined()
  })
})

function houseRect(layout: StageLayout, room: string): Rect | undefined {
  const node = layout.nodes.find(({ name }) => `node/${name}` === room)
  if (node) return node.rect
  const named: Record<string, Rect | undefined> = {
    kubectl: layout.kubectl,
    scheduler: layout.scheduler,
    'controller-manager': layout.controllerManager,
    apiserver: layout.spine.rect,
    etcd: layout.etcd,
    nodes: layout.restRect,
    'metrics-server': layout.metricsServer,
  }
  return named[room]
}

test('a controller that does not fit has no room, and its house stands in', () => {
  const controllers = Array.from({ length: 30 }, (_, i) => `controller-${i}`)
  const layout = layoutStage({ width: 1280, height: 536, large: false, controllers, nodes: ['node-1'] })
  const { controllerManager, spine } = layout
  const slots = controllerSlots(controllerManager.y, spine.rect.y + spine.rect.height - 10, false)
  expect(layout.controllers.rooms).toHaveLength(slots)
  expect(slots).toBeGreaterThanOrEqual(4)
  expect(standIn(layout, controllerRoom('controller-29'))).toBe('controller-manager')
})

test('a stage that is too small zooms out, a very large one zooms in, the usual ones are drawn pixel by pixel', () => {
  expect(worldFor(820, 880, false).zoom).toBeCloseTo(820 / LEAST.width)
  expect(worldFor(844, 160, false).zoom).toBeCloseTo(160 / LEAST.height)
  expect(worldFor(1280, 536, false).zoom).toBe(1)
  expect(worldFor(1440, 716, false).zoom).toBe(1)
  expect(worldFor(2880, 1480, false).zoom).toBeCloseTo(2)
})

test('a narrow stage shows a part of the world at a size that can be read, with the room that acts whole, and can show all of it', () => {
  const [width, height] = [390, 540]
  const world = worldFor(width, height, false)
  expect(world.isPart).toBe(true)
  expect(world.zoom).toBeGreaterThan(0.75)
  expect(world.height * world.zoom).toBeCloseTo(height)
  const layout = layoutStage({ width: world.width, height: world.height, large: false, controllers: PARTS, nodes: ['node-1'] })
  for (const rect of [
    layout.kubectl,
    layout.controllerManager,
    layout.spine.rect,
    layout.scheduler,
    ...layout.nodes.map(n => n.kubelet),
  ]) {
    const x = lookAt(world, width, rect)
    expect(rect.x * world.zoom + x).toBeGreaterThanOrEqual(0)
    expect((rect.x + rect.width) * world.zoom + x).toBeLessThanOrEqual(width)
    expect(world.width * world.zoom + x).toBeGreaterThanOrEqual(width - 1)
  }
  const whole = wholeOf(world, width, height)
  expect(whole.x).toBeGreaterThanOrEqual(0)
  expect(whole.x + world.width * whole.zoom).toBeLessThanOrEqual(width + 1e-9)
  expect(worldFor(1280, 536, false).isPart).toBe(false)
})
