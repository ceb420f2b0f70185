// Models pkg/apis/core/v1/defaults.go (but for pods), and the defaults.go of the smaller groups.
import type { KubeObject } from '../../api/types'
import type { Default } from './types'

const NOTHING = Object.freeze({})
const NO_BALANCER = Object.freeze({ loadBalancer: NOTHING })

interface Port {
  readonly protocol?: string
  readonly port: number
  readonly targetPort?: number | string
}

/** SetDefaults_Service */
const service: Default = object => {
  const { spec } = object
  const type = spec?.type || 'ClusterIP'
  const outside = type === 'NodePort' || type === 'LoadBalancer'
  const full = {
    ...spec,
    ...(spec?.ports && {
      ports: (spec.ports as Port[]).map(p => ({
        ...p,
        protocol: p.protocol || 'TCP',
        targetPort: p.targetPort === undefined || p.targetPort === '' ? p.port : p.targetPort,
      })),
    }),
    type,
    sessionAffinity: spec?.sessionAffinity || 'None',
    ...(spec?.sessionAffinity === 'ClientIP' && {
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800, ...spec.sessionAffinityConfig?.clientIP } },
    }),
    ...(type !== 'ExternalName' && { internalTrafficPolicy: spec?.internalTrafficPolicy || 'Cluster' }),
    ...((outside || spec?.externalIPs?.length > 0) && { externalTrafficPolicy: spec?.externalTrafficPolicy || 'Cluster' }),
    ...(type === 'LoadBalancer' && { allocateLoadBalancerNodePorts: spec?.allocateLoadBalancerNodePorts ?? true }),
  }
  return { ...object, spec: full, status: object.status ?? NO_BALANCER }
}

/** SetDefaults_Namespace: its name is a label of it. */
const namespace: Default = object => {
  const { name, labels } = object.metadata
  const metadata =
    !name || labels?.['kubernetes.io/metadata.name'] === name
      ? object.metadata
      : { ...object.metadata, labels: { ...labels, 'kubernetes.io/metadata.name': name } }
  return {
    ...object,
    metadata,
    spec: object.spec ?? NOTHING,
    status: object.status?.phase ? object.status : { ...object.status, phase: 'Active' },
  }
}

const secret: Default = object => (object.type ? object : { ...object, type: 'Opaque' })

/** SetDefaults_Endpoints */
const endpoints: Default = object => {
  type Subset = { ports?: Port[] }
  const needs = (object.subsets as Subset[] | undefined)?.some(s => s.ports?.some(p => !p.protocol))
  if (!needs) return object
  return {
    ...object,
    subsets: (object.subsets as Subset[]).map(s => ({
      ...s,
      ...(s.ports && { ports: s.ports.map(p => ({ ...p, protocol: p.protocol || 'TCP' })) }),
    })),
  }
}

/** SetDefaults_EndpointPort of discovery/v1 */
const endpointSlice: Default = object => {
  type SlicePort = { name?: string; protocol?: string }
  const ports = object.ports as SlicePort[] | null | undefined
  if (!ports?.some(p => p.name === undefined || !p.protocol)) return object
  return { ...object, ports: ports.map(p => ({ ...p, name: p.name ?? '', protocol: p.protocol || 'TCP' })) }
}

/** SetDefaults_Node: what is not said to be allocatable is what there is. */
const node: Default = object => {
  const { spec = NOTHING, status = NOTHING } = object
  const allocatable = status.allocatable ?? status.capacity
  return spec === object.spec && allocatable === object.status?.allocatable && object.status
    ? object
    : { ...object, spec, status: { ...status, ...(allocatable && { allocatable }) } }
}

/** Go writes a value that nobody has given as 0. */
const priorityClass: Default = object =>
  object.preemptionPolicy && object.value !== undefined
    ? object
    : { ...object, value: object.value ?? 0, preemptionPolicy: object.preemptionPolicy || 'PreemptLowerPriority' }

const persistentVolume: Default = object => ({
  ...object,
  spec: {
    ...object.spec,
    persistentVolumeReclaimPolicy: object.spec?.persistentVolumeReclaimPolicy || 'Retain',
    volumeMode: object.spec?.volumeMode ?? 'Filesystem',
    ...(object.spec?.hostPath && { hostPath: { ...object.spec.hostPath, type: object.spec.hostPath.type ?? '' } }),
  },
  status: object.status?.phase ? object.status : { phase: 'Pending' },
})
const persistentVolumeClaim: Default = object => ({
  ...object,
  spec: { ...object.spec, volumeMode: object.spec?.volumeMode ?? 'Filesystem' },
  status: object.status?.phase ? object.status : { phase: 'Pending' },
})

const storageClass: Default = object => ({
  ...object,
  reclaimPolicy: object.reclaimPolicy ?? 'Delete',
  volumeBindingMode: object.volumeBindingMode ?? 'Immediate',
})

/** SetDefaults_CSIDriver */
const csiDriver: Default = object => ({
  ...object,
  spec: {
    ...object.spec,
    attachRequired: object.spec?.attachRequired ?? true,
    podInfoOnMount: object.spec?.podInfoOnMount ?? false,
    storageCapacity: object.spec?.storageCapacity ?? false,
    fsGroupPolicy: object.spec?.fsGroupPolicy ?? 'ReadWriteOnceWithFSType',
    volumeLifecycleModes: object.spec?.volumeLifecycleModes?.length > 0 ? object.spec.volumeLifecycleModes : ['Persistent'],
    requiresRepublish: object.spec?.requiresRepublish ?? false,
    seLinuxMount: object.spec?.seLinuxMount ?? false,
  },
})

/** SetDefaults_IngressClass: parameters are one object's of the cluster. */
const ingressClass: Default = object => {
  const { parameters } = object.spec ?? {}
  if (!parameters || parameters.scope) return object
  return { ...object, spec: { ...object.spec, parameters: { ...parameters, scope: 'Cluster' } } }
}

/** SetDefaults_RoleBinding: the API groups of subjects and roles. */
const RBAC = 'rbac.authorization.k8s.io'
const binding: Default = object => ({
  ...object,
  ...(object.subjects && {
    subjects: (object.subjects as { kind: string; apiGroup?: string }[]).map(s =>
      s.apiGroup || s.kind === 'ServiceAccount' ? s : { ...s, apiGroup: RBAC },
    ),
  }),
  ...(object.roleRef && { roleRef: { ...object.roleRef, apiGroup: object.roleRef.apiGroup || RBAC } }),
})

const withStatus =
  (status: unknown): Default =>
  object =>
    object.status === undefined ? { ...object, status } : object

/** SetDefaults_Ingress is nothing; its status is there from the start. */
const ingress = withStatus(NO_BALANCER)

/** SetDefaults_NetworkPolicy and SetDefaults_NetworkPolicyPort: what a policy is about is told by its rules. */
const networkPolicy: Default = object => {
  const { spec } = object
  if (!spec) return object
  type PolicyRule = { readonly ports?: readonly { readonly protocol?: string }[] }
  const withProtocols = (rule: PolicyRule): PolicyRule =>
    rule?.ports ? { ...rule, ports: rule.ports.map(port => ({ ...port, protocol: port.protocol ?? 'TCP' })) } : rule
  const types: readonly string[] = spec.policyTypes ?? []
  return {
    ...object,
    spec: {
      ...spec,
      ...(spec.ingress && { ingress: (spec.ingress as PolicyRule[]).map(withProtocols) }),
      ...(spec.egress && { egress: (spec.egress as PolicyRule[]).map(withProtocols) }),
      policyTypes: types.length > 0 ? types : spec.egress?.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'],
    },
  }
}

/** GenerateHPAScaleUpRules, …ScaleDownRules: an autoscaler that says anything of its behavior has rules for both directions. */
const UP_RULES = Object.freeze({
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
})
const DOWN_RULES = Object.freeze({ selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] })

/** SetDefaults_HorizontalPodAutoscaler of autoscaling/v2 */
const autoscaler: Default = object => ({
  ...object,
  spec: {
    ...object.spec,
    minReplicas: object.spec?.minReplicas ?? 1,
    metrics:
      object.spec?.metrics?.length > 0
        ? object.spec.metrics
        : [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
    ...(object.spec?.behavior && {
      behavior: {
        scaleUp: { ...UP_RULES, ...object.spec.behavior.scaleUp },
        scaleDown: { ...DOWN_RULES, ...object.spec.behavior.scaleDown },
      },
    }),
  },
  status: object.status ?? { desiredReplicas: 0, currentMetrics: null },
})

/** SetDefaults_LimitRangeItem: a container's default is its maximum, and its default request its default, or its minimum. */
const limitRange: Default = (object: KubeObject) => {
  type Item = Record<'max' | 'min' | 'default' | 'defaultRequest', Record<string, string> | undefined> & { type: string }
  const limits = (object.spec?.limits as Item[] | undefined)?.map(item => {
    if (item.type !== 'Container') return item
    const full = { ...item.max, ...item.default }
    const request = { ...item.min, ...full, ...item.defaultRequest }
    const some = (map: Record<string, string>): boolean => Object.keys(map).length > 0
    return { ...item, ...(some(full) && { default: full }), ...(some(request) && { defaultRequest: request }) }
  })
  return limits ? { ...object, spec: { ...object.spec, limits } } : object
}

/** By kind. */
export const CORE_DEFAULTS: Readonly<Record<string, Default>> = {
  'v1 Service': service,
  'v1 Namespace': namespace,
  'v1 Secret': secret,
  'v1 Endpoints': endpoints,
  'v1 Node': node,
  'v1 PersistentVolume': persistentVolume,
  'v1 PersistentVolumeClaim': persistentVolumeClaim,
  'v1 LimitRange': limitRange,
  'v1 ResourceQuota': object => withStatus(NOTHING)(object.spec ? object : { ...object, spec: NOTHING }),
  'discovery.k8s.io/v1 EndpointSlice': endpointSlice,
  'scheduling.k8s.io/v1 PriorityClass': priorityClass,
  'storage.k8s.io/v1 StorageClass': storageClass,
  'storage.k8s.io/v1 CSIDriver': csiDriver,
  'networking.k8s.io/v1 Ingress': ingress,
  'networking.k8s.io/v1 IngressClass': ingressClass,
  'networking.k8s.io/v1 NetworkPolicy': networkPolicy,
  'networking.k8s.io/v1 ServiceCIDR': withStatus(NOTHING),
  'autoscaling/v2 HorizontalPodAutoscaler': autoscaler,
  'rbac.authorization.k8s.io/v1 RoleBinding': binding,
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding': binding,
}
