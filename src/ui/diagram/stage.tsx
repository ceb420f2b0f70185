/** The stage: the cluster's rooms and wires on React Flow, the messages over them. */
import { useEffect, useMemo, useRef, useState } from 'react'
import { type Edge, type Node, ReactFlow, ReactFlowProvider, useReactFlow } from 'reactflow'
import { stageState } from '../session/playback'
import { useSession } from '../session/session'
import type { BeatScene, Frame, RoomId } from '../session/types'
import { useT } from '../shared/i18n'
import { useLook } from '../shared/preferences'
import { chooseControllers } from './controllers'
import { flightsOf, NO_FLIGHTS } from './flights'
import { Labels, Legend, PacketList } from './labels'
import {
  APISERVER,
  CONTROLLER_MANAGER,
  ETCD,
  KUBECTL,
  layoutStage,
  lookAt,
  METRICS_SERVER,
  nodeRoom,
  REST,
  type Rect,
  SCHEDULER,
  type StageLayout,
  type Viewport,
  wholeOf,
  worldFor,
} from './layout'
import { controllerSlots } from './layout-controllers'
import { litBy } from './lit'
import { ApiserverNode } from './nodes/apiserver/apiserver'
import { ControllerManagerNode } from './nodes/controller-manager/controller-manager'
import { EtcdNode } from './nodes/etcd/etcd'
import { KubectlNode } from './nodes/kubectl/kubectl'
import { MetricsServerNode } from './nodes/metrics-server/metrics-server'
import { MoreNodes } from './nodes/more-nodes/more-nodes'
import { SchedulerNode } from './nodes/scheduler/scheduler'
import { WorkerNode } from './nodes/worker-node/worker-node'
import { Packets } from './packets'
import { hasMetricsServer, houseOf, standIn } from './routes'
import styles from './stage.module.css'
import { useStage } from './stage-state'
import { useArrivals } from './use-arrivals'
import { WireEdge } from './wire'
import { ZoomControls } from './zoom-controls'

const NODE_TYPES = {
  kubectl: KubectlNode,
  apiserver: ApiserverNode,
  etcd: EtcdNode,
  scheduler: SchedulerNode,
  controllerManager: ControllerManagerNode,
  node: WorkerNode,
  moreNodes: MoreNodes,
  metricsServer: MetricsServerNode,
}
const EDGE_TYPES = { wire: WireEdge }

export function Stage() {
  const frame = useSession(state => state.frame)
  const playing = useSession(state => state.playing)
  return (
    <ReactFlowProvider>
      <div className={styles.stage} data-testid="stage" data-state={stageState(frame, playing)}>
        {frame && <ClusterMap frame={frame} />}
      </div>
    </ReactFlowProvider>
  )
}

function ClusterMap({ frame }: { readonly frame: Frame }) {
  const t = useT()
  const box = useRef<HTMLDivElement>(null)
  const size = useSize(box)
  const { scene } = frame
  const stage = useStageLayout(frame, scene, size)
  useArrivals(frame, scene)
  const layout = stage?.layout
  const lit = useMemo(() => (scene && layout ? litBy(scene, layout) : undefined), [scene, layout])
  useEffect(() => useStage.setState({ layout, scene, lit }), [layout, scene, lit])
  useFlights(layout, scene)
  const nodes = useMemo(() => (layout ? nodesOf(layout) : []), [layout])
  const edges = useMemo(() => (layout ? edgesOf(layout) : []), [layout])
  return (
    <section className={styles.map} ref={box} aria-label={t('stage.label')}>
      {layout && stage && (
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          defaultViewport={stage.viewport}
          minZoom={0.25}
          maxZoom={3}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          zoomOnDoubleClick={false}
          disableKeyboardA11y
          attributionPosition="bottom-left"
        >
          <FitViewport viewport={stage.viewport} />
          <Packets layout={layout} />
          <Labels layout={layout} />
          <Legend layout={layout} />
          <PacketList scene={scene} />
          <ZoomControls viewport={stage.viewport} whole={stage.whole} />
        </ReactFlow>
      )}
    </section>
  )
}

/** Works the flights out once the page shows the new scene: for thousands of messages that takes a frame of its own. */
function useFlights(layout: StageLayout | undefined, scene: BeatScene | undefined): void {
  useEffect(() => {
    useStage.setState({ flights: NO_FLIGHTS })
    if (!layout || !scene) return
    const timer = setTimeout(() => useStage.setState({ flights: flightsOf(layout, scene.packets, scene.duration) }))
    return () => clearTimeout(timer)
  }, [layout, scene])
}

/** A new layout is shown whole. */
function FitViewport({ viewport }: { readonly viewport: Viewport }) {
  const { setViewport } = useReactFlow()
  useEffect(() => void setViewport(viewport), [viewport, setViewport])
  return null
}

/** The size of an element in screen pixels. */
function useSize(box: { readonly current: HTMLElement | null }): { readonly width: number; readonly height: number } | undefined {
  const [size, setSize] = useState<{ width: number; height: number }>()
  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }))
    observer.observe(element)
    return () => observer.disconnect()
  }, [box])
  return size
}

/** Lays the stage out anew when its size, its nodes, its controllers or the look change; not at every step. */
function useStageLayout(
  frame: Frame,
  scene: BeatScene | undefined,
  size: { readonly width: number; readonly height: number } | undefined,
): { readonly layout: StageLayout; readonly viewport: Viewport; readonly whole: Viewport } | undefined {
  const large = useLook() === 'presenter'
  const had = useRef<readonly string[]>([])
  const nodes = frame.view.nodes.map(node => node.name).join()
  const world = size && size.width > 0 && size.height > 0 ? worldFor(size.width, size.height, large) : undefined
  const inScene = new Set(
    (scene?.rooms ?? []).filter(room => houseOf(room) === CONTROLLER_MANAGER).flatMap(room => room.split('/')[1] ?? []),
  )
  const metricsServer = hasMetricsServer(frame.view, scene)
  const slots = world ? slotsFor(world, large) : 0
  const chosen = chooseControllers(frame.view.controllers, inScene, had.current, slots).join()
  had.current = chosen.split(',')
  const { width, height, zoom, y } = world ?? NO_WORLD
  const layout = useMemo(() => {
    const list = (names: string) => (names === '' ? [] : names.split(','))
    if (width === 0) return undefined
    return layoutStage({ width, height, large, controllers: list(chosen), nodes: list(nodes), metricsServer })
  }, [width, height, large, chosen, nodes, metricsServer])
  const x = world?.isPart && size && layout ? lookAt(world, size.width, leadOf(layout, scene)) : (world?.x ?? 0)
  const viewport = useMemo(() => ({ x, y, zoom }), [x, y, zoom])
  if (!layout || !world || !size) return undefined
  return { layout, viewport, whole: world.isPart ? wholeOf(world, size.width, size.height) : viewport }
}

const NO_WORLD = { width: 0, height: 0, zoom: 1, y: 0 }

/** The room that a scene is about; where a person acts, the one that hears of it, and the person's where nothing is told. */
function leadOf(layout: StageLayout, scene: BeatScene | undefined): Rect {
  const lead = scene?.lead
  const room = lead && (standIn(layout, lead.room) ?? standIn(layout, String(lead.args.to) as RoomId))
  return (room && layout.rooms.get(room)) ?? layout.kubectl
}

/** How many controllers have room on a stage of this size. */
function slotsFor({ width, height }: { readonly width: number; readonly height: number }, large: boolean): number {
  const { controllerManager, spine } = layoutStage({ width, height, large, controllers: [], nodes: [] })
  return controllerSlots(controllerManager.y, spine.rect.y + spine.rect.height - 10, large)
}

function nodesOf(layout: StageLayout): Node[] {
  const node = (id: string, type: keyof typeof NODE_TYPES, { x, y, width, height }: Rect): Node => ({
    id,
    type,
    position: { x, y },
    width,
    height,
    data: {},
  })
  return [
    node(KUBECTL, 'kubectl', layout.kubectl),
    node(SCHEDULER, 'scheduler', layout.scheduler),
    node(CONTROLLER_MANAGER, 'controllerManager', layout.controllerManager),
    node(APISERVER, 'apiserver', layout.spine.rect),
    node(ETCD, 'etcd', layout.etcd),
    ...(layout.metricsServer ? [node(METRICS_SERVER, 'metricsServer', layout.metricsServer)] : []),
    ...layout.nodes.map(house => node(nodeRoom('node', house.name), 'node', house.rect)),
    ...(layout.restRect ? [node(REST, 'moreNodes', layout.restRect)] : []),
  ]
}

/** Wires within a house are drawn by the house. */
function edgesOf(layout: StageLayout): Edge[] {
  return [...layout.wires.values()]
    .filter(wire => wire.from === APISERVER || wire.to === APISERVER || wire.from === METRICS_SERVER)
    .map(wire => ({ id: wire.id, type: 'wire', source: houseOf(wire.from), target: houseOf(wire.to), zIndex: 1 }))
}
