// Models plugin/pkg/auth/authorizer/node/node_authorizer.go: a kubelet reads what its own pods need, and nothing else of that kind.
import { claimNames } from '../../api/claim-names'
import type { Pod, PolicyRule } from '../../api/types'
import type { Reader } from '../state'
import rbacData from './data/rbac.json'
import { podsOn, runs } from './graph'
import { type Action, ruleAllows } from './rbac'

/** What is not divided up by node (NodeRules in plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go; the role system:node has the same). */
const NODE_RULES: readonly PolicyRule[] = rbacData.ClusterRole.find(({ name }) => name === 'system:node')?.rules ?? []

const READS = new Set(['get', 'list', 'watch'])
const CHANGES = new Set(['update', 'patch'])
const OWN_OBJECT = new Set(['get', 'create', 'update', 'patch', 'delete'])
const LEASES = 'kube-node-lease'

/** Undefined: allowed. Otherwise this authorizer has no opinion, and says this ('': nothing). */
type Opinion = string | undefined

/** What the node authorizer says to a node's request. */
export function nodeDenial(objects: Reader, node: string, action: Action): Opinion {
  const { resource, group, verb, name = '' } = action
  switch (group === '' ? resource : `${resource}.${group}`) {
    case 'secrets':
    case 'configmaps':
      return readsNamespaced(objects, node, action)
    case 'persistentvolumeclaims':
    case 'persistentvolumes':
    case 'volumeattachments.storage.k8s.io':
    case 'resourceclaims.resource.k8s.io':
    case 'serviceaccounts':
      return gets(objects, node, action)
    case 'persistentvolumeclaims/status':
      return CHANGES.has(verb) ? related(objects, node, action) : 'can only get/update/patch this type'
    case 'serviceaccounts/token':
      if (verb !== 'create' || name === '') return 'can only create tokens for individual service accounts'
      return related(objects, node, action)
    case 'leases.coordination.k8s.io':
      return lease(node, action)
    case 'csinodes.storage.k8s.io':
      if (!OWN_OBJECT.has(verb)) return 'can only get, create, update, patch, or delete a CSINode'
      return verb === 'create' || name === node ? undefined : 'can only access CSINode with the same name as the requesting node'
    case 'nodes':
      return nodes(node, action)
    case 'nodes/status':
    case 'pods/status':
      return CHANGES.has(verb) ? undefined : ''
    case 'pods':
      return pods(objects, node, action)
    case 'pods/eviction':
      return verb === 'create' ? undefined : ''
    default:
      return nodeRulesAllow(action) ? undefined : ''
  }
}

const nodeRulesAllow = (action: Action): boolean => NODE_RULES.some(rule => ruleAllows(rule, action))

/** authorizeReadNamespacedObject */
function readsNamespaced(objects: Reader, node: string, action: Action): Opinion {
  if (!READS.has(action.verb)) return 'can only read resources of this type'
  if (!action.namespace) return 'can only read namespaced object of this type'
  return related(objects, node, action)
}

/** authorizeGet */
const gets = (objects: Reader, node: string, action: Action): Opinion =>
  action.verb === 'get' ? related(objects, node, action) : 'can only get individual resources of this type'

/** authorizeLease: of a create, nobody knows the name here; NodeRestriction does. */
function lease(node: string, { verb, namespace, name }: Action): Opinion {
  if (!OWN_OBJECT.has(verb)) return 'can only get, create, update, patch, or delete a node lease'
  if (namespace !== LEASES) return `can only access leases in the "${LEASES}" system namespace`
  return verb === 'create' || name === node ? undefined : 'can only access node lease with the same name as the requesting node'
}

/** authorizeNode: by the name, so that a kubelet may look for its node before there is one. */
function nodes(node: string, { verb, name }: Action): Opinion {
  if (verb === 'create' || CHANGES.has(verb)) return undefined
  if (!READS.has(verb)) return ''
  if (name === node) return undefined
  return name
    ? `node '${node}' cannot read '${name}', only its own Node object`
    : `node '${node}' cannot read all nodes, only its own Node object`
}

/** authorizePod */
function pods(objects: Reader, node: string, action: Action): Opinion {
  const { verb, name, fieldSelector } = action
  switch (verb) {
    case 'get':
      return related(objects, node, action)
    case 'list':
    case 'watch':
      if (fieldSelector !== undefined && selectsNode(fieldSelector, node)) return undefined
      return name ? related(objects, node, action) : 'can only list/watch pods with spec.nodeName field selector'
    case 'create':
    case 'delete':
      return undefined
    default:
      return ''
  }
}

const selectsNode = (selector: string, node: string): boolean => {
  const terms = selector.split(',')
  return terms.includes(`spec.nodeName=${node}`) || terms.includes(`spec.nodeName==${node}`)
}

/** Whether the graph leads from that object to the node. */
function related(objects: Reader, node: string, { resource, namespace = '', name = '' }: Action): Opinion {
  if (name === '') return 'No Object name found'
  return isRelated(objects, node, resource, namespace, name)
    ? undefined
    : `no relationship found between node '${node}' and this object`
}

function isRelated(objects: Reader, node: string, resource: string, namespace: string, name: string): boolean {
  switch (resource) {
    case 'pods':
      return runs(objects.graph(), node, namespace, name)
    case 'secrets':
    case 'configmaps':
      return somePod(objects, node, namespace, pod => refersTo(pod, resource, name))
    case 'persistentvolumeclaims':
    case 'persistentvolumeclaims/status':
      return somePod(objects, node, namespace, pod => claimNames(pod).includes(name))
    case 'persistentvolumes': {
      const claim = objects.get('persistentvolumes', undefined, name)?.spec?.claimRef
      return claim !== undefined && somePod(objects, node, claim.namespace, pod => claimNames(pod).includes(claim.name))
    }
    case 'serviceaccounts':
    case 'serviceaccounts/token':
      return somePod(objects, node, namespace, pod => pod.spec.serviceAccountName === name)
    case 'volumeattachments':
      return objects.get('volumeattachments.storage.k8s.io', undefined, name)?.spec?.nodeName === node
    default:
      return false
  }
}

const MIRROR = 'kubernetes.io/config.mirror'

/** A mirror Pod leads to nothing else: no kubelet may give itself a way to an object. */
function somePod(objects: Reader, node: string, namespace: string, does: (pod: Pod) => boolean): boolean {
  for (const pod of podsOn(objects.graph(), node))
    if (pod.metadata.namespace === namespace && pod.metadata.annotations?.[MIRROR] === undefined && does(pod)) return true
  return false
}

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
