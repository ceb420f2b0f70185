/**
 * Models plugin/pkg/auth/authorizer/node/graph.go and graph_populator.go: which Pods a node runs, as an informer of the apiserver's own tells the
 * node authorizer. It hears of a binding when the watch cache does, but a moment passes until its handler has drawn the edge.
 */
import type { KubeObject, Pod } from '../../api/types'
import { hash32, randomOf } from '../../kernel/random'
import { StateMap } from '../../kernel/state-map'
import type { Time } from '../../kernel/types'
import type { CacheEvent } from '../watch-cache/cacher'

/** A change that the informer's handler has not seen yet. Frozen. */
export interface Coming {
  readonly at: Time
  readonly pod: Pod
  readonly gone: boolean
}

/** The graph. A Pod's other edges, to what it refers to, are read off its spec: they never change once it is bound. */
export interface NodeGraph {
  /** Edges from Pods to nodes: by node, then by the Pod's namespace and name. */
  readonly pods: Map<string, Map<string, Pod>>
  /** What is on its way, in order. */
  coming: Coming[]
}

/** A graph without edges. */
export const newGraph = (): NodeGraph => ({ pods: new Map(), coming: [] })

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`

/** Whether that Pod is known to run on that node. */
export const runs = ({ pods }: NodeGraph, node: string, namespace: string, name: string): boolean =>
  pods.get(node)?.has(`${namespace}/${name}`) ?? false

const NONE: ReadonlyMap<string, Pod> = new Map()

/** The Pods that are known to run on a node. */
export const podsOn = ({ pods }: NodeGraph, node: string): Iterable<Pod> => (pods.get(node) ?? NONE).values()

/** Draws the edge of a Pod that has a node (AddPod). */
export function addPod({ pods }: NodeGraph, pod: KubeObject): void {
  const node: string | undefined = pod.spec?.nodeName
  if (!node) return
  let there = pods.get(node)
  if (!there) {
    there = new StateMap()
    pods.set(node, there)
  }
  there.set(keyOf(pod), pod as Pod)
}

/**
 * What the informer's stream says of a Pod. Only what binds it, or takes it away, changes the graph (updatePod, deletePod). Streams keep
 * their order, so who comes behind a late one is late too.
 */
export function hear(graph: NodeGraph, { type, object, previous }: CacheEvent, now: Time): void {
  const node: string | undefined = object.spec?.nodeName
  if (!node) return
  const gone = type === 'DELETED'
  if (!gone && previous?.spec?.nodeName === node && previous.metadata.uid === object.metadata.uid) return
  catchUp(graph, now)
  const before = graph.coming.at(-1)?.at ?? 0
  const at = Math.max(before, now + lag(chanceOf(object, gone))) as Time
  graph.coming.push(Object.freeze({ at, pod: object as Pod, gone }))
}

/** Chance without a stream of its own: nobody else's draws depend on it. */
const chanceOf = ({ metadata }: KubeObject, gone: boolean): number =>
  randomOf(hash32(metadata.uid ?? metadata.name), gone ? 1 : 0)

/** How long the graph is behind the watch cache, in µs: the loopback connection is one within the machine. */
const lag = (chance: number): number => Math.round(250 + 250 * chance)

/** Draws what has come by now. */
export function catchUp(graph: NodeGraph, now: Time): void {
  const { coming } = graph
  let seen = 0
  while (seen < coming.length && (coming[seen] as Coming).at <= now) {
    const { pod, gone } = coming[seen++] as Coming
    if (gone) graph.pods.get(pod.spec.nodeName ?? '')?.delete(keyOf(pod))
    else addPod(graph, pod)
  }
  if (seen > 0) graph.coming = seen === coming.length ? [] : coming.slice(seen)
}
