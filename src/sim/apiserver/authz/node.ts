// Models plugin/pkg/auth/authorizer/node/node_authorizer.go: a kubelet reads what its own pods need, and nothing else of that kind.
import type { Pod } from '../../api/types'
import type { Reader } from '../state'
import type { Action } from './rbac'

const READS = new Set(['get', 'list', 'watch'])

/** Whether the graph lets that node do it; undefined: not this authorizer's business (the role system:node says). */
export function nodeAllows(graph: Reader, node: string, action: Action): boolean | undefined {
  const { resource, verb, namespace = '', name = '' } = action
  switch (resource) {
    case 'secrets':
    case 'configmaps':
      return READS.has(verb) && name !== '' && refers(graph, node, namespace, pod => refersTo(pod, resource, name))
    case 'persistentvolumeclaims':
      return verb === 'get' && refers(graph, node, namespace, pod => claims(pod).includes(name))
    case 'persistentvolumes': {
      const claim = graph.get('persistentvolumes', undefined, name)?.spec?.claimRef
      return verb === 'get' && refers(graph, node, claim?.namespace ?? '', pod => claims(pod).includes(claim?.name ?? ''))
    }
    case 'serviceaccounts/token':
      return verb === 'create' && refers(graph, node, namespace, pod => pod.spec.serviceAccountName === name)
    case 'pods':
      if (verb === 'create' || verb === 'delete') return true
      if (verb !== 'get' || name === '') return READS.has(verb)
      return (graph.get('pods', namespace, name)?.spec?.nodeName ?? node) === node
    case 'pods/status':
      return verb === 'patch' || verb === 'update'
    case 'nodes':
    case 'nodes/status':
      return verb !== 'delete' && verb !== 'deletecollection'
    default:
      return OWN[resource]?.has(verb)
  }
}

/** What kubelets may do without a graph (NodeRules in plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go, in short). */
const OWN: Readonly<Record<string, ReadonlySet<string>>> = {
  csinodes: new Set(['get', 'create', 'update', 'patch', 'delete']),
  leases: new Set(['get', 'create', 'update', 'patch', 'delete']),
  events: new Set(['create', 'update', 'patch']),
  services: READS,
  runtimeclasses: READS,
  csidrivers: READS,
  resourceslices: READS,
}

function refers(graph: Reader, node: string, namespace: string, does: (pod: Pod) => boolean): boolean {
  for (const pod of graph.podsOf(node)) if (pod.metadata.namespace === namespace && does(pod as Pod)) return true
  return false
}

const claims = (pod: Pod): string[] =>
  (pod.spec.volumes ?? []).map(v => v.persistentVolumeClaim?.claimName ?? (v.ephemeral ? `${pod.metadata.name}-${v.name}` : ''))

function refersTo({ spec }: Pod, resource: 'secrets' | 'configmaps', name: string): boolean {
  const secret = resource === 'secrets'
  if (secret && spec.imagePullSecrets?.some(ref => ref.name === name)) return true
  for (const volume of spec.volumes ?? []) {
    if ((secret ? volume.secret?.secretName : volume.configMap?.name) === name) return true
    if (volume.projected?.sources?.some(source => (secret ? source.secret?.name : source.configMap?.name) === name)) return true
  }
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    if (container.envFrom?.some(from => (secret ? from.secretRef : from.configMapRef)?.name === name)) return true
    if (container.env?.some(env => (secret ? env.valueFrom?.secretKeyRef : env.valueFrom?.configMapKeyRef)?.name === name))
      return true
  }
  return false
}
