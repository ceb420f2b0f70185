/** Every message of a rich run has two places on the stage, and a way between them. */
import { beforeAll, describe, expect, test } from 'vitest'
import openapi from '../../sim/api/data/openapi.json'
import type { KubectlMessage } from '../../sim/api/kubectl'
import { milliOf, unitsOf } from '../../sim/api/quantity'
import { nodeRoom as addressOf, ROOMS } from '../../sim/api/rooms'
import { podStatus } from '../../sim/apiserver/printers/pods'
import { defaultCluster } from '../../sim/cluster'
import { Simulation } from '../../sim/kernel/simulation'
import type { Message, RoomId, Seq, Time } from '../../sim/kernel/types'
import { metricsServerObjects } from '../../sim/metrics-server/objects'
import { BeatIndex } from '../../view/beats'
import { clusterView } from '../../view/cluster-view'
import { foldEntry, newFold } from '../../view/fold'
import { sceneOf } from '../../view/scene'
import { type BeatScene, type ClusterView, DEPTHS, type Packet } from '../../view/types'
import { chooseControllers } from './controllers'
import { layoutStage, METRICS_SERVER, type StageLayout } from './layout'
import { litBy } from './lit'
import { hasMetricsServer, houseOf, routeOf, standIn } from './routes'

const tools = {
  podStatus: (pod: Parameters<typeof podStatus>[0]) => ({ status: podStatus(pod), ready: false }),
  milliCores: milliOf,
  bytes: unitsOf,
}

/** A Deployment, a Service and requests to it, logs, an autoscaler fed by a metrics server, and a node whose processes stop and start. */
class Run {
  readonly simulation: Simulation
  private next = 1
  constructor(metricsServer: 'process' | 'image') {
    this.simulation = Simulation.boot(defaultCluster({ openapi, metricsServer }))
    this.simulation.run({ settled: true })
  }
  kubectl(line: string, stdin?: string): void {
    const message: KubectlMessage = { type: 'kubectl', id: this.next++, line, ...(stdin !== undefined && { stdin }) }
    this.tell(ROOMS.kubectl, message, line)
  }
  tell(to: RoomId, message: Message, text: string): void {
    this.simulation.command({ to, message, text })
    this.simulation.run({ settled: true })
  }
  pass(seconds: number): void {
    this.simulation.run({ time: (this.simulation.now + seconds * 1e6) as Time })
  }
  play(): this {
    this.kubectl('create deployment web --image=nginx:1.27 --replicas=3')
    this.kubectl('set resources deployment web --requests=cpu=100m')
    this.kubectl('expose deployment web --port=80')
    this.tell(addressOf('network', 'node-1'), { type: 'user.traffic', to: 'web' } as Message, 'request to web')
    this.kubectl('logs deployment/web')
    this.pass(40)
    this.kubectl('autoscale deployment web --min=1 --max=6 --cpu=50%')
    this.kubectl('top pods')
    this.pass(20)
    for (const room of ['kubelet', 'kube-proxy'] as const)
      this.tell(addressOf(room, 'node-2'), { type: 'stop' } as Message, `${room} stops`)
    this.kubectl('scale deployment web --replicas=5')
    this.pass(60)
    for (const room of ['kubelet', 'kube-proxy'] as const)
      this.tell(addressOf(room, 'node-2'), { type: 'boot' } as Message, `${room} starts`)
    this.kubectl('create job once --image=busybox -- true')
    this.kubectl('get pods --as=joe')
    this.kubectl('delete deployment web')
    this.pass(40)
    return this
  }
}

/** What a metrics server's manifests bring: its Deployment, and the APIService that leads to it. */
function manifests(): string {
  const labels = { 'k8s-app': 'metrics-server' }
  const image = 'registry.k8s.io/metrics-server/metrics-server:v0.8.0'
  const metadata = { name: 'metrics-server', namespace: 'kube-system' }
  const spec = { serviceAccountName: 'metrics-server', containers: [{ name: 'metrics-server', image }] }
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  }
  const service = { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 443 }] } }
  const others = metricsServerObjects().filter(({ kind }) => kind !== 'Service' && kind !== 'Endpoints')
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...others, service, deployment] })
}

const layouts = new Map<string, StageLayout>()
/** The stage as it is laid out for a view and a scene. */
function layoutOf(view: ClusterView, scene: BeatScene | undefined): StageLayout {
  const inScene = new Set(
    (scene?.rooms ?? []).filter(room => houseOf(room) === ROOMS.controllerManager).flatMap(room => room.split('/')[1] ?? []),
  )
  const controllers = chooseControllers(view.controllers, inScene, [], 6)
  const metricsServer = hasMetricsServer(view, scene)
  const nodes = view.nodes.map(({ name }) => name)
  const key = `${controllers} ${nodes} ${metricsServer}`
  const layout = layouts.get(key) ?? layoutStage({ width: 1440, height: 716, large: false, controllers, nodes, metricsServer })
  layouts.set(key, layout)
  return layout
}

/** What is wrong with the way of a message on a stage. */
function faultOf(layout: StageLayout, packet: Packet): string | undefined {
  const [a, b] = [standIn(layout, packet.from), standIn(layout, packet.to)]
  if (!a || !b) return 'no place'
  if (a === b) return undefined
  const route = routeOf(layout, packet)
  const [first, last] = [route?.points[0], route?.points.at(-1)]
  if (!route || !first || !last) return 'no way'
  const isCrooked = route.points.some((point, i) => {
    const before = route.points[i - 1]
    return before !== undefined && before.x !== point.x && before.y !== point.y
  })
  if (isCrooked) return 'a way across houses'
  return isAt(layout, a, first) && isAt(layout, b, last) ? undefined : 'ends elsewhere'
}
const isAt = (layout: StageLayout, room: RoomId, { x, y }: { x: number; y: number }): boolean => {
  const rect = layout.rooms.get(room)
  return !!rect && x >= rect.x && x <= rect.x + rect.width && y >= rect.y && y <= rect.y + rect.height
}

describe.each(['process', 'image'] as const)('with a metrics server (%s)', metricsServer => {
  let simulation: Simulation
  let baseline: Seq
  beforeAll(() => {
    const run = new Run(metricsServer)
    baseline = run.simulation.trace.length as Seq
    if (metricsServer === 'image') run.kubectl('apply -f -', manifests())
    simulation = run.play().simulation
  })

  test.each(DEPTHS)('each message of each beat goes from one place on the stage to another: %s', depth => {
    const { trace } = simulation
    const beats = new BeatIndex(trace, baseline)
    beats.update()
    const fold = newFold()
    const faults = new Set<string>()
    const rooms = new Set<string>()
    let packets = 0
    for (let n = 1; n <= beats.count(depth); n++) {
      const beat = beats.beat(depth, n)
      const scene = sceneOf(beat, depth, seq => trace.entry(seq))
      while (fold.seq < beat.to) foldEntry(fold, trace.entry((fold.seq + 1) as Seq))
      if (scene.packets.length === 0) continue
      const layout = layoutOf(clusterView(fold, tools), scene)
      for (const packet of scene.packets) {
        packets++
        rooms.add(packet.from).add(packet.to)
        const fault = faultOf(layout, packet)
        if (fault) faults.add(`${packet.from} → ${packet.to} ${packet.kind} ${packet.label}: ${fault}`)
      }
      // what is written on a wire was said on it
      for (const { id, label } of litBy(scene, layout).wires.values()) {
        const wire = layout.wires.get(id)
        expect([wire?.from, wire?.to].toSorted()).toEqual([label.from, label.to].map(end => standIn(layout, end)).toSorted())
      }
    }
    expect([...faults]).toEqual([])
    expect(packets).toBeGreaterThan(500)
    expect(rooms).toContain(METRICS_SERVER)
  })

  test('whatever is said behind the scenes has two places, too', () => {
    const { trace } = simulation
    const fold = newFold()
    for (let seq = 1; seq <= trace.length; seq++) foldEntry(fold, trace.entry(seq as Seq))
    const layout = layoutOf(clusterView(fold, tools), undefined)
    const homeless = new Set<string>()
    let scrapes = 0
    for (let seq = 1; seq <= trace.length; seq++) {
      const { hop, room, reason } = trace.entry(seq as Seq)
      if (!hop) continue
      if (reason === 'metrics.scrape') scrapes++
      for (const end of [room, hop.to]) if (!standIn(layout, end)) homeless.add(`${reason}: ${end}`)
    }
    expect([...homeless]).toEqual([])
    expect(scrapes).toBeGreaterThan(6)
  })
})

test('a cluster without a metrics server has no house for one', () => {
  const { trace } = new Run('image').simulation
  const fold = newFold()
  for (let seq = 1; seq <= trace.length; seq++) foldEntry(fold, trace.entry(seq as Seq))
  expect(layoutOf(clusterView(fold, tools), undefined).rooms.has(METRICS_SERVER)).toBe(false)
})
