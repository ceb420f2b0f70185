// Models sigs.k8s.io/metrics-server/pkg/api/{node,pod}.go: NodeMetrics and PodMetrics, made when they are asked for.
import type { ProxiedRequest } from '../api/aggregation'
import { parseSelector } from '../api/selectors'
import { notFound } from '../api/status'
import { fromUnixSeconds, rfc3339 } from '../api/time'
import type { KubeList, KubeObject, Status } from '../api/types'
import type { MetricsState, MetricsWorld, NodePoints } from './metrics-server'
import { cpuQuantity, memoryQuantity, type Usage, usageOf, windowText } from './points'

const API_VERSION = 'metrics.k8s.io/v1beta1'

interface Answer {
  readonly code: number
  readonly body: KubeObject | KubeList | Status
}

/** The resources that are served, as discovery tells them. */
export const DISCOVERED = Object.freeze([
  Object.freeze({
    name: 'nodes',
    singularName: '',
    namespaced: false,
    kind: 'NodeMetrics',
    verbs: Object.freeze(['get', 'list']),
  }),
  Object.freeze({ name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: Object.freeze(['get', 'list']) }),
])

/** Answers one request that the apiserver hands on. */
export function answerRequest(world: MetricsWorld, request: ProxiedRequest): Answer {
  const { resource, verb, name, namespace, query } = request
  if (resource === '')
    return {
      code: 200,
      body: { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: API_VERSION, resources: DISCOVERED } as never,
    }
  const isPods = resource === 'pods'
  const metrics = (object: KubeObject): KubeObject | undefined => (isPods ? podMetrics : nodeMetrics)(world.state, object)
  const objects = [...(world.state.informers.peek(resource)?.store.objects.values() ?? [])]
  const found = objects.filter(({ metadata }) => !isPods || namespace === undefined || metadata.namespace === namespace)
  if (verb === 'get') {
    const object = found.find(({ metadata }) => metadata.name === name)
    const body = object && metrics(object)
    const plural = isPods ? 'podmetrics' : 'nodemetrics'
    const names = { group: 'metrics.k8s.io', plural, groupResource: `${plural}.metrics.k8s.io` }
    const missing = notFound(names, isPods ? `${namespace}/${name}` : (name ?? ''))
    return body ? { code: 200, body } : { code: 404, body: missing }
  }
  const items = found
    .filter(object => matches(object, query))
    .flatMap(object => metrics(object) ?? [])
    .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
  return {
    code: 200,
    body: { kind: isPods ? 'PodMetricsList' : 'NodeMetricsList', apiVersion: API_VERSION, metadata: {}, items } as never,
  }
}

const sortKey = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`

function matches({ metadata }: KubeObject, { labelSelector = '', fieldSelector = '' }: ProxiedRequest['query']): boolean {
  const fields = fieldSelector === '' ? [] : fieldSelector.split(',')
  const known: Readonly<Record<string, string | undefined>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
  }
  const fits = fields.every(field => {
    const [, name = '', operator = '', value = ''] = /^([^!=]+)(!=|==?)(.*)$/.exec(field) ?? []
    return (known[name] === value) === (operator !== '!=')
  })
  return fits && (labelSelector === '' || (parseSelector(labelSelector).value?.matches(metadata.labels) ?? false))
}

const stamped = (kind: string, { metadata }: KubeObject, { at, windowMs }: Usage) => {
  const { name, namespace, labels } = metadata
  const timestamp = rfc3339(fromUnixSeconds(Math.floor(at / 1000)))
  return {
    kind,
    apiVersion: API_VERSION,
    metadata: { name, ...(namespace && { namespace }), creationTimestamp: timestamp, ...(labels && { labels }) },
    timestamp,
    window: windowText(windowMs),
  }
}
const quantities = ({ cpu, memory }: Usage) => ({ cpu: cpuQuantity(cpu), memory: memoryQuantity(memory) })

function nodeMetrics(state: MetricsState, node: KubeObject): KubeObject | undefined {
  const points = state.nodes.get(node.metadata.name)
  const usage = usageOf(points?.last.node, points?.before?.node)
  return usage && ({ ...stamped('NodeMetrics', node, usage), usage: quantities(usage) } as KubeObject)
}

/** A pod has metrics when each of its containers has two points. */
function podMetrics(state: MetricsState, pod: KubeObject): KubeObject | undefined {
  const points: NodePoints | undefined = state.nodes.get(pod.spec?.nodeName ?? '')
  const key = `${pod.metadata.namespace}/${pod.metadata.name}`
  const before = points?.before?.pods.get(key)
  const usages = [...(points?.last.pods.get(key) ?? [])].map(([name, last]) => ({
    name,
    usage: usageOf(last, before?.get(name)),
  }))
  const whole = usages.flatMap(({ name, usage }) => (usage ? [{ name, usage }] : []))
  const [first] = whole
  if (!first || whole.length < usages.length) return undefined
  const containers = whole.map(({ name, usage }) => ({ name, usage: quantities(usage) }))
  return { ...stamped('PodMetrics', pod, first.usage), containers } as KubeObject
}
