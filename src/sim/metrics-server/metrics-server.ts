// Models sigs.k8s.io/metrics-server: asks every kubelet each fifteen seconds, and serves metrics.k8s.io/v1beta1 behind the apiserver.
import type { ProxiedRequest, ProxiedResponse } from '../api/aggregation'
import type { KubeletRequest, KubeletResponse } from '../api/kubelet-api'
import { controllerUser, nodeRoom, ROOMS } from '../api/rooms'
import type { ClientState, ClientWorld } from '../client/room'
import { clientRoom } from '../client/room'
import type { Message, Room } from '../kernel/types'
import { answerRequest } from './answers'
import { readScrape, type Scrape } from './points'
import './reasons'

/** --metric-resolution */
const RESOLUTION_MS = 15_000
const PATH = '/metrics/resource'
const TICK = { type: 'metrics.tick' } as const

/** What two scrapes of a node said. Replaced, never changed. */
export interface NodePoints {
  readonly last: Scrape
  readonly before: Scrape | undefined
}
export interface MetricsState extends ClientState {
  nextScrape: number
  /** Nodes that have been asked, by the id of the request. */
  readonly asked: Map<number, string>
  readonly nodes: Map<string, NodePoints>
}
export type MetricsWorld = ClientWorld<MetricsState>

/** The room `metrics-server`. */
export const createMetricsServer = (): Room<MetricsState> =>
  clientRoom<MetricsState>({
    id: ROOMS.metricsServer,
    user: controllerUser('metrics-server'),
    own: () => ({ nextScrape: 1, asked: new Map(), nodes: new Map() }),
    informers: { nodes: { resource: 'nodes' }, pods: { resource: 'pods' } },
    bootInformers: ['nodes', 'pods'],
    procedures: {},
    boot: ({ context }) => void context.after(RESOLUTION_MS, TICK, { housekeeping: true }),
    receive,
  })

function receive(world: MetricsWorld, message: Message): void {
  switch (message.type) {
    case 'metrics.tick':
      scrape(world)
      return
    case 'kubelet.response':
      scraped(world, message as KubeletResponse)
      return
    case 'aggregator.request':
      respond(world, message as ProxiedRequest)
      return
  }
}

/** Asks the kubelet of every node. Who did not answer the last time is asked again, and what it said before is forgotten. */
function scrape(world: MetricsWorld): void {
  const { state, context } = world
  const nodes = [...(state.informers.get('nodes')?.store.objects.keys() ?? [])]
  for (const node of state.asked.values()) state.nodes.delete(node)
  for (const node of state.nodes.keys()) if (!nodes.includes(node)) state.nodes.delete(node)
  state.asked.clear()
  for (const node of nodes) {
    const id = state.nextScrape++
    state.asked.set(id, node)
    const request: KubeletRequest = { type: 'kubelet.request', id, method: 'GET', path: PATH, query: NONE }
    context.send(nodeRoom('kubelet', node), request, 'metrics.scrape', { id, path: PATH })
  }
  context.after(RESOLUTION_MS, TICK, { housekeeping: true })
}
const NONE: Readonly<Record<string, string>> = Object.freeze({})

function scraped({ state }: MetricsWorld, { id, code, body }: KubeletResponse): void {
  const node = state.asked.get(id)
  state.asked.delete(id)
  if (node === undefined || code !== 200) return
  state.nodes.set(node, Object.freeze({ last: readScrape(body), before: state.nodes.get(node)?.last }))
}

function respond(world: MetricsWorld, request: ProxiedRequest): void {
  const { id, path } = request
  const { code, body } = answerRequest(world, request)
  const response: ProxiedResponse = { type: 'aggregator.response', id, code, body }
  world.context.send(ROOMS.apiserver, response, 'aggregator.response', { id, code, path })
}
