/** Which object an entry, a key of etcd or a reference speaks of, as the session selects it. */
import { kindOf, pluralOf, resourceOf } from '../../content/captions'
import type { Selection } from '../session/session'
import type { StageEntry } from '../session/types'

export type ObjectSelection = Extract<Selection, { kind: 'object' }>

/** Plurals by API group; those of the core group are left out. */
const GROUPED: Readonly<Record<string, readonly string[]>> = {
  'admissionregistration.k8s.io': [
    'mutatingadmissionpolicies',
    'mutatingadmissionpolicybindings',
    'mutatingwebhookconfigurations',
    'validatingadmissionpolicies',
    'validatingadmissionpolicybindings',
    'validatingwebhookconfigurations',
  ],
  apps: ['controllerrevisions', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  autoscaling: ['horizontalpodautoscalers'],
  batch: ['cronjobs', 'jobs'],
  'apiregistration.k8s.io': ['apiservices'],
  'apiextensions.k8s.io': ['customresourcedefinitions'],
  'certificates.k8s.io': ['certificatesigningrequests'],
  'coordination.k8s.io': ['leases'],
  'discovery.k8s.io': ['endpointslices'],
  'flowcontrol.apiserver.k8s.io': ['flowschemas', 'prioritylevelconfigurations'],
  'networking.k8s.io': ['ingressclasses', 'ingresses', 'ipaddresses', 'networkpolicies', 'servicecidrs'],
  'node.k8s.io': ['runtimeclasses'],
  policy: ['poddisruptionbudgets'],
  'rbac.authorization.k8s.io': ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles'],
  'resource.k8s.io': ['deviceclasses', 'resourceclaims', 'resourceclaimtemplates', 'resourceslices'],
  'scheduling.k8s.io': ['priorityclasses'],
  'storage.k8s.io': [
    'csidrivers',
    'csinodes',
    'csistoragecapacities',
    'storageclasses',
    'volumeattachments',
    'volumeattributesclasses',
  ],
}
const GROUP_OF = new Map(Object.entries(GROUPED).flatMap(([group, plurals]) => plurals.map(plural => [plural, group] as const)))
/** Prefixes of etcd keys that are not the plural. */
const PREFIXES: Readonly<Record<string, string>> = {
  controllers: 'replicationcontrollers',
  'services/endpoints': 'endpoints',
  'services/specs': 'services',
  minions: 'nodes',
  ingress: 'ingresses',
  'apiextensions.k8s.io/customresourcedefinitions': 'customresourcedefinitions',
  'apiregistration.k8s.io/apiservices': 'apiservices',
}

/** A plural with its group: `pods`, `deployments.apps`. */
export function qualifiedResource(resource: string): string {
  const plural = pluralOf(resource)
  const group = GROUP_OF.get(plural)
  return group === undefined ? plural : `${plural}.${group}`
}

const objectAt = (resource: string, namespace: string | undefined, name: string): ObjectSelection => ({
  kind: 'object',
  resource: qualifiedResource(resource),
  key: namespace ? `${namespace}/${name}` : name,
})

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** The object that an entry is about, if it is about one. */
export function objectOfEntry({ reason, args }: Pick<StageEntry, 'reason' | 'args'>): ObjectSelection | undefined {
  const resource = text(args.resource)
  const name = text(args.name)
  if (resource && name && kindOf(resource) !== resource) return objectAt(resource, text(args.namespace), name)
  const pod = text(args.pod)
  if (pod?.includes('/')) return { kind: 'object', resource: 'pods', key: pod }
  const key = text(args.key)
  return key && reason.startsWith('etcd.') ? objectOfKey(key) : undefined
}

/** The object under a key of etcd: `/registry/pods/default/web-1`. */
export function objectOfKey(etcdKey: string): ObjectSelection | undefined {
  const path = /^\/registry\/(.+)$/.exec(etcdKey)?.[1]
  if (!path) return undefined
  const odd = Object.keys(PREFIXES).find(prefix => path.startsWith(`${prefix}/`))
  const prefix = odd ?? path.slice(0, path.indexOf('/'))
  const resource = PREFIXES[prefix] ?? prefix
  const key = path.slice(prefix.length + 1)
  if (key === '' || key.endsWith('/') || kindOf(resource) === resource) return undefined
  return { kind: 'object', resource: qualifiedResource(resource), key }
}

/** The object that a reference names, such as an owner: `ReplicaSet`, `web-7d876db474`. */
export function objectOfReference(kind: string, name: string, namespace?: string): ObjectSelection | undefined {
  const resource = resourceOf(kind)
  return resource === undefined ? undefined : objectAt(resource, namespace, name)
}

/** An object's kind and key, for people: `Pod web-1`, `Pod kube-system/dns`. */
export const objectLabel = ({ resource, key }: ObjectSelection): string =>
  `${kindOf(resource)} ${key.startsWith('default/') ? key.slice('default/'.length) : key}`
