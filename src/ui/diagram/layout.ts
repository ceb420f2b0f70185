/**
 * Where everything on the stage stands, as data: a pure function of the stage's size and of which rooms there are. The apiserver is
 * a spine in the middle; its clients stand left and right of it, each with one straight wire of its own height; etcd lies at its
 * foot. Nothing here knows React.
 */
import type { RoomId } from '../session/types'
import { type ControllerRooms, placeControllerManager } from './layout-controllers'
import { placeMetricsServer, wiresOfMetricsServer } from './layout-metrics'
import { type NodeHouse, placeNodes } from './layout-nodes'

export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A line that messages travel on. `from` and `to` are rooms, a client first; `a` and `b` their ends. */
export interface Wire {
  readonly id: string
  readonly from: RoomId
  readonly to: RoomId
  readonly points: readonly Point[]
  /** A standing watch runs on it: drawn dashed at rest. */
  readonly watches: boolean
  /** Drawn only while something travels on it. */
  readonly hidden: boolean
}
export interface Point {
  readonly x: number
  readonly y: number
}

/** What the layout depends on. Sizes in world pixels. */
export interface LayoutInput {
  readonly width: number
  readonly height: number
  /** Controllers that have a room, in the order of the house. */
  readonly controllers: readonly string[]
  readonly nodes: readonly string[]
  /** The trace has named a metrics server. */
  readonly metricsServer?: boolean
  /** The presenter look: larger type needs taller rows. */
  readonly large: boolean
}

/** The stages of the apiserver's pipeline that are drawn, from top to bottom. */
export const PIPELINE = [
  'authentication',
  'authorization',
  'decoding',
  'mutating',
  'validation',
  'validating',
  'storage',
] as const
export type PipelineStage = (typeof PIPELINE)[number]

export interface Spine {
  readonly rect: Rect
  readonly stages: Readonly<Record<PipelineStage, Rect>>
  readonly watchCache: Rect
  /** Where requests walk down: x of the rails beside the stages. */
  readonly leftRail: number
  readonly rightRail: number
}

export interface StageLayout {
  readonly width: number
  readonly height: number
  readonly kubectl: Rect
  readonly scheduler: Rect
  readonly controllerManager: Rect
  readonly controllers: ControllerRooms
  /** What the shapes of messages mean, where there is room to say it. */
  readonly legend: Rect | undefined
  readonly spine: Spine
  readonly etcd: Rect
  /** Over the nodes, once there is one. */
  readonly metricsServer: Rect | undefined
  readonly nodes: readonly NodeHouse[]
  /** Nodes that have no house of their own, and the house that they share. */
  readonly rest: readonly string[]
  readonly restRect: Rect | undefined
  /** Every room that can be an end of a message. */
  readonly rooms: ReadonlyMap<RoomId, Rect>
  readonly wires: ReadonlyMap<string, Wire>
}

/** The world is never laid out smaller than this; a smaller stage zooms out. */
export const LEAST = { width: 1030, height: 524 } as const
const LEAST_LARGE = { width: 1190, height: 560 } as const
/** Beyond this, a larger stage zooms in. */
const USUAL = { width: 1440, height: 740 } as const

/** A world is never stretched beyond this, however long and narrow the screen: it is centred then. */
const MOST = { width: 1900, height: 900 } as const

export interface World {
  readonly zoom: number
  readonly width: number
  readonly height: number
  /** Screen pixels from the stage's corner to the world's. */
  readonly x: number
  readonly y: number
  /** It is wider than the stage, which shows a part of it. */
  readonly isPart: boolean
}

/** A stage that is so narrow that its words could not be read at less than this zoom shows a part of the world at the other. */
const [UNREADABLE, READABLE] = [0.65, 0.8]

/** How a stage of so many screen pixels is shown: the zoom, and the world's size and place at it. */
export function worldFor(width: number, height: number, large: boolean): World {
  const least = large ? LEAST_LARGE : LEAST
  const shrink = Math.min(1, width / least.width, height / least.height)
  const grow = Math.max(1, Math.min(width / USUAL.width, height / USUAL.height))
  const part = Math.min(READABLE, height / least.height)
  const isPart = shrink < UNREADABLE && part > shrink
  const zoom = isPart ? part : shrink < 1 ? shrink : grow
  const world = {
    width: isPart ? least.width : Math.min(MOST.width, width / zoom),
    height: Math.min(MOST.height, height / zoom),
  }
  const x = isPart ? 0 : (width - world.width * zoom) / 2
  return { zoom, ...world, x, y: (height - world.height * zoom) / 2, isPart }
}

/** Where a world of which a stage of so many screen pixels shows a part is put, so that a room is in the middle, or as near as it can be. */
export function lookAt({ zoom, width: world }: World, width: number, { x, width: own }: Rect): number {
  const middle = width / 2 - (x + own / 2) * zoom
  return Math.round(Math.min(0, Math.max(width - world * zoom, middle)))
}

/** Where a whole world is put on a stage of so many screen pixels. */
export function wholeOf({ width: across, height: down }: World, width: number, height: number): Viewport {
  const zoom = Math.min(width / across, height / down)
  return { zoom, x: (width - across * zoom) / 2, y: (height - down * zoom) / 2 }
}

/** A place and a zoom, as React Flow has them. */
export interface Viewport {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

const ROOM = (text: string): RoomId => text as RoomId
export const KUBECTL = ROOM('kubectl')
export const APISERVER = ROOM('apiserver')
export const ETCD = ROOM('etcd')
export const SCHEDULER = ROOM('scheduler')
export const CONTROLLER_MANAGER = ROOM('controller-manager')
export const METRICS_SERVER = ROOM('metrics-server')
/** A controller's room. */
export const controllerRoom = (part: string): RoomId => ROOM(`controller-manager/${part}`)
/** A room of a node. */
export const nodeRoom = (kind: 'node' | 'kubelet' | 'kube-proxy' | 'runtime' | 'network', node: string): RoomId =>
  ROOM(`${kind}/${node}`)
/** The house that nodes share which have none of their own. */
export const REST = ROOM('nodes')

interface Columns {
  readonly margin: number
  readonly left: { readonly x: number; readonly width: number }
  readonly spine: { readonly x: number; readonly width: number }
  readonly right: { readonly x: number; readonly width: number }
}

/** Five bands from left to right: clients, wires, the spine, wires, nodes. What is left over is shared out. */
function columns(width: number, large: boolean): Columns {
  const margin = 20
  /** Right of the nodes runs the pod network. */
  const gutter = 14
  const least = {
    left: 244,
    gapLeft: large ? 196 : 156,
    spine: large ? 212 : 190,
    gapRight: large ? 184 : 150,
    right: large ? 256 : 236,
  }
  const extra = Math.max(0, width - 2 * margin - gutter - Object.values(least).reduce((sum, w) => sum + w, 0))
  const share = (base: number, part: number, most: number) => Math.round(base + Math.min(extra * part, most))
  const left = share(least.left, 0.12, 76)
  const spine = share(least.spine, 0.06, 46)
  const gapLeft = share(least.gapLeft, 0.17, 120)
  const gapRight = share(least.gapRight, 0.17, 120)
  const spineX = margin + left + gapLeft
  const rightX = spineX + spine + gapRight
  return {
    margin,
    left: { x: margin, width: left },
    spine: { x: spineX, width: spine },
    right: { x: rightX, width: Math.round(width - margin - gutter - rightX) },
  }
}

/** Lays the stage out. */
export function layoutStage(input: LayoutInput): StageLayout {
  const { width, height, large } = input
  const roomy = height >= 640
  const cols = columns(width, large)
  const top = roomy ? 22 : 14
  const bottom = height - top
  const etcdHeight = roomy ? 66 : large ? 64 : 58
  const spine = placeSpine(
    { x: cols.spine.x, y: top, width: cols.spine.width, height: bottom - etcdHeight - (roomy ? 30 : 24) - top },
    large,
  )
  const foot = spine.rect.y + spine.rect.height
  const reach = Math.round(
    Math.min(cols.spine.x - cols.left.x - cols.left.width, cols.right.x - cols.spine.x - cols.spine.width) * 0.86,
  )
  const etcd = { x: cols.spine.x - reach, y: bottom - etcdHeight, width: cols.spine.width + 2 * reach, height: etcdHeight }

  const gap = roomy ? 20 : 12
  const kubectlHeight = Math.round((roomy ? (height >= 700 ? 188 : 156) : 118) * (large ? 1.06 : 1))
  const schedulerHeight = Math.round((roomy ? 104 : 92) * (large ? 1.14 : 1))
  const kubectl = { ...cols.left, y: top, height: kubectlHeight }
  const scheduler = { ...cols.left, y: top + kubectlHeight + gap, height: schedulerHeight }
  const houseTop = scheduler.y + schedulerHeight + gap
  const legendHeight = roomy ? 44 : 0
  const legend = roomy ? { ...cols.left, y: bottom - legendHeight + 6, height: legendHeight - 6 } : undefined
  const controllerManager = { ...cols.left, y: houseTop, height: bottom - legendHeight - houseTop }
  const controllers = placeControllerManager(controllerManager, input.controllers, foot - 10, large)
  const column = { ...cols.right, y: top, height: bottom - top }
  const metricsServer = input.metricsServer ? placeMetricsServer(column, large) : undefined
  const { houses, rest, restRect } = placeNodes(column, input.nodes, foot - 8, large, metricsServer?.height)

  const base = {
    legend,
    width,
    height,
    kubectl,
    scheduler,
    controllerManager,
    controllers,
    spine,
    etcd,
    metricsServer,
    nodes: houses,
    rest,
    restRect,
  }
  return { ...base, rooms: roomsOf(base), wires: wiresOf(base) }
}

/** The houses: what stands directly on the stage. */
export const housesOf = (layout: Placed): readonly Rect[] => [
  layout.kubectl,
  layout.scheduler,
  layout.controllerManager,
  layout.spine.rect,
  layout.etcd,
  ...(layout.metricsServer ? [layout.metricsServer] : []),
  ...layout.nodes.map(node => node.rect),
  ...(layout.restRect ? [layout.restRect] : []),
]

function placeSpine(rect: Rect, large: boolean): Spine {
  const title = large ? 40 : 36
  const inset = 22
  const cacheLeast = 134
  const pitch = Math.min(large ? 44 : 40, (rect.height - title - cacheLeast - 12) / PIPELINE.length)
  const chip = Math.min(pitch - 7, 34)
  const x = rect.x + inset
  const width = rect.width - 2 * inset
  const stages = Object.fromEntries(
    PIPELINE.map((stage, i) => [stage, { x, y: rect.y + title + i * pitch, width, height: chip }]),
  ) as unknown as Record<PipelineStage, Rect>
  const cacheTop = rect.y + title + PIPELINE.length * pitch + 6
  const watchCache = { x: rect.x + 8, y: cacheTop, width: rect.width - 16, height: rect.y + rect.height - 12 - cacheTop }
  return { rect, stages, watchCache, leftRail: rect.x + inset / 2, rightRail: rect.x + rect.width - inset / 2 }
}

export type Placed = Omit<StageLayout, 'rooms' | 'wires'>

function roomsOf(stage: Placed): ReadonlyMap<RoomId, Rect> {
  const rooms = new Map<RoomId, Rect>([
    [KUBECTL, stage.kubectl],
    [APISERVER, stage.spine.rect],
    [ETCD, stage.etcd],
    [SCHEDULER, stage.scheduler],
    [CONTROLLER_MANAGER, stage.controllers.informers],
  ])
  if (stage.metricsServer) rooms.set(METRICS_SERVER, stage.metricsServer)
  for (const { part, rect } of stage.controllers.rooms) rooms.set(controllerRoom(part), rect)
  for (const house of stage.nodes) {
    rooms.set(nodeRoom('node', house.name), house.rect)
    rooms.set(nodeRoom('kubelet', house.name), house.kubelet)
    rooms.set(nodeRoom('kube-proxy', house.name), house.kubeProxy)
    rooms.set(nodeRoom('runtime', house.name), house.runtime)
    rooms.set(nodeRoom('network', house.name), house.network)
  }
  if (stage.restRect) rooms.set(REST, stage.restRect)
  return rooms
}

const right = (rect: Rect): number => rect.x + rect.width
const bottomOf = (rect: Rect): number => rect.y + rect.height
const middle = (rect: Rect): number => rect.y + rect.height / 2
const centre = (rect: Rect): number => rect.x + rect.width / 2

function wiresOf(stage: Placed): ReadonlyMap<string, Wire> {
  const wires = new Map<string, Wire>()
  const add = (from: RoomId, to: RoomId, points: readonly Point[], how: { watches?: boolean; hidden?: boolean } = {}) => {
    const id = wireId(from, to)
    wires.set(id, { id, from, to, points, watches: how.watches ?? false, hidden: how.hidden ?? false })
  }
  const spine = stage.spine.rect
  const fromLeft = (room: RoomId, rect: Rect, how: { watches?: boolean; hidden?: boolean }, y = middle(rect)) =>
    add(
      room,
      APISERVER,
      [
        { x: right(rect), y },
        { x: spine.x, y },
      ],
      how,
    )
  const fromRight = (room: RoomId, rect: Rect, y: number) =>
    add(
      room,
      APISERVER,
      [
        { x: rect.x, y },
        { x: right(spine), y },
      ],
      { watches: true },
    )

  fromLeft(KUBECTL, stage.kubectl, {})
  fromLeft(SCHEDULER, stage.scheduler, { watches: true })
  fromLeft(CONTROLLER_MANAGER, stage.controllers.informers, { watches: true })
  for (const { part, rect } of stage.controllers.rooms) fromLeft(controllerRoom(part), rect, { hidden: true })
  add(APISERVER, ETCD, [
    { x: centre(spine), y: bottomOf(spine) },
    { x: centre(spine), y: stage.etcd.y },
  ])
  if (stage.metricsServer) {
    fromRight(METRICS_SERVER, stage.metricsServer, middle(stage.metricsServer))
    for (const { node, points } of wiresOfMetricsServer(stage.metricsServer, stage))
      add(METRICS_SERVER, node === undefined ? REST : nodeRoom('kubelet', node), points)
  }
  for (const house of stage.nodes) addHouse(house, add, fromRight)
  if (stage.restRect) fromRight(REST, stage.restRect, Math.min(middle(stage.restRect), bottomOf(spine) - 8))
  return wires
}

function addHouse(
  house: NodeHouse,
  add: (from: RoomId, to: RoomId, points: readonly Point[], how?: { watches?: boolean; hidden?: boolean }) => void,
  fromRight: (room: RoomId, rect: Rect, y: number) => void,
): void {
  const { name, kubelet, kubeProxy, runtime, network } = house
  fromRight(nodeRoom('kubelet', name), kubelet, house.kubeletWire)
  fromRight(nodeRoom('kube-proxy', name), kubeProxy, house.kubeProxyWire)
  const y = middle(kubelet)
  add(nodeRoom('kubelet', name), nodeRoom('runtime', name), [
    { x: right(kubelet), y },
    { x: runtime.x, y },
  ])
  const down = (from: Rect, x: number) => [
    { x, y: bottomOf(from) },
    { x, y: network.y },
  ]
  add(nodeRoom('runtime', name), nodeRoom('network', name), down(runtime, centre(runtime)))
  add(nodeRoom('kube-proxy', name), nodeRoom('network', name), down(kubeProxy, centre(kubeProxy)))
}

/** The wire between two rooms, whoever speaks. */
export const wireId = (from: RoomId, to: RoomId): string => `${from}→${to}`
