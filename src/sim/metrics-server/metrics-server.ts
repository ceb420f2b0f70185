// Models sigs.k8s.io/metrics-server: asks every kubelet each fifteen seconds, and serves metrics.k8s.io/v1beta1 behind the apiserver.
import type { ProcessMessage, ProxiedRequest, ProxiedResponse } from '../api/aggregation'
import type { KubeletRequest, KubeletResponse } from '../api/kubelet-api'
import { controllerUser, nodeRoom, ROOMS } from '../api/rooms'
import { startInformer, stopInformer } from '../client/informer'
import { type ClientState, type ClientWorld, clientRoom } from '../client/room'
import type { Message, Room, TimerId } from '../kernel/types'
import { answerRequest } from './answers'
import { readScrape, type Scrape } from './points'
import './reasons'

/** --metric-resolution */
const RESOLUTION_MS = 15_000
const PATH = '/metrics/resource'
const TICK = { type: 'metrics.tick' } as const
const WATCHED = ['nodes', 'pods'] as const

/** What two scrapes of a node said. Replaced, never changed. */
export interface NodePoints {
  readonly last: Scrape
  readonly before: Scrape | undefined
}
export interface MetricsState extends ClientState {
  /** The containers whose program it is; one that it has by itself is named `process`. Without any it does not run. */
  readonly processes: Set<string>
  nextScrape: number
  /** Nodes that have been asked, by the id of the request. */
  readonly asked: Map<number, string>
  readonly nodes: Map<string, NodePoints>
  tick: TimerId | undefined
}
export type MetricsWorld = ClientWorld<MetricsState>

/**
 * The room `metrics-server`. It runs from the beginning, as a process beside the control plane; or (`inContainer`) when a runtime says that
 * the program of its image has begun.
 */
export const createMetricsServer = (options: { readonly inContainer: boolean }): Room<MetricsState> =>
  clientRoom<MetricsState>({
    id: ROOMS.metricsServer,
    user: controllerUser('metrics-server'),
    own: () => ({ processes: new Set(), nextScrape: 1, asked: new Map(), nodes: new Map(), tick: undefined }),
    leaves: ({ nextScrape }) => ({ nextScrape }),
    informers: { nodes: { resource: 'nodes' }, pods: { resource: 'pods' } },
    bootInformers: [],
    procedures: {},
    boot: world => {
      if (!options.inContainer) begin(world, 'process')
    },
    receive,
  })

function receive(world: MetricsWorld, message: Message): void {
  switch (message.type) {
    case 'process': {
      const { container, running } = message as ProcessMessage
      if (running) begin(world, container)
      else end(world, container)
      return
    }
    case 'metrics.tick':
      scrape(world)
      return
    case 'kubelet.response':
      scraped(world, message as KubeletResponse)
      return
    case 'aggregator.request':
      // a process that does not run does not answer
      if (world.state.processes.size > 0) respond(world, message as ProxiedRequest)
      return
  }
}

function begin(world: MetricsWorld, process: string): void {
  const { processes } = world.state
  processes.add(process)
  if (processes.size > 1) return
  for (const name of WATCHED) startInformer(world, name)
  nextTick(world)
}

/** The last process of it is gone, and what it knew with it. */
function end(world: MetricsWorld, process: string): void {
  const { state, context } = world
  if (!state.processes.delete(process) || state.processes.size > 0) return
  for (const name of WATCHED) stopInformer(world, name)
  if (state.tick !== undefined) context.cancel(state.tick)
  state.tick = undefined
  state.asked.clear()
  state.nodes.clear()
}

function nextTick({ state, context }: MetricsWorld): void {
  state.tick = context.after(RESOLUTION_MS, TICK, { housekeeping: true })
}

/** Asks the kubelet of every node. Who did not answer the last time is asked again, and what it said before is forgotten. */
function scrape(world: MetricsWorld): void {
  const { state, context } = world
  const nodes = [...(state.informers.peek('nodes')?.store.objects.keys() ?? [])]
  for (const node of state.asked.values()) state.nodes.delete(node)
  for (const node of state.nodes.keys()) if (!nodes.includes(node)) state.nodes.delete(node)
  state.asked.clear()
  for (const node of nodes) {
    const id = state.nextScrape++
    state.asked.set(id, node)
    const request: KubeletRequest = { type: 'kubelet.request', id, method: 'GET', path: PATH, query: NONE }
    context.send(nodeRoom('kubelet', node), request, 'metrics.scrape', { id, path: PATH })
  }
  nextTick(world)
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
