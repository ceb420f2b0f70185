/** Kinds of resources, as their manifests say them: they are the same in every language. */

const KINDS: Readonly<Record<string, string>> = {
  apiservices: 'APIService',
  bindings: 'Binding',
  certificatesigningrequests: 'CertificateSigningRequest',
  clusterrolebindings: 'ClusterRoleBinding',
  clusterroles: 'ClusterRole',
  componentstatuses: 'ComponentStatus',
  configmaps: 'ConfigMap',
  controllerrevisions: 'ControllerRevision',
  cronjobs: 'CronJob',
  csidrivers: 'CSIDriver',
  csinodes: 'CSINode',
  csistoragecapacities: 'CSIStorageCapacity',
  customresourcedefinitions: 'CustomResourceDefinition',
  daemonsets: 'DaemonSet',
  deployments: 'Deployment',
  deviceclasses: 'DeviceClass',
  endpoints: 'Endpoints',
  endpointslices: 'EndpointSlice',
  events: 'Event',
  flowschemas: 'FlowSchema',
  horizontalpodautoscalers: 'HorizontalPodAutoscaler',
  ingressclasses: 'IngressClass',
  ingresses: 'Ingress',
  ipaddresses: 'IPAddress',
  jobs: 'Job',
  leases: 'Lease',
  limitranges: 'LimitRange',
  localsubjectaccessreviews: 'LocalSubjectAccessReview',
  mutatingadmissionpolicies: 'MutatingAdmissionPolicy',
  mutatingadmissionpolicybindings: 'MutatingAdmissionPolicyBinding',
  mutatingwebhookconfigurations: 'MutatingWebhookConfiguration',
  namespaces: 'Namespace',
  networkpolicies: 'NetworkPolicy',
  nodes: 'Node',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  persistentvolumes: 'PersistentVolume',
  poddisruptionbudgets: 'PodDisruptionBudget',
  pods: 'Pod',
  podtemplates: 'PodTemplate',
  priorityclasses: 'PriorityClass',
  prioritylevelconfigurations: 'PriorityLevelConfiguration',
  replicasets: 'ReplicaSet',
  replicationcontrollers: 'ReplicationController',
  resourceclaims: 'ResourceClaim',
  resourceclaimtemplates: 'ResourceClaimTemplate',
  resourcequotas: 'ResourceQuota',
  resourceslices: 'ResourceSlice',
  rolebindings: 'RoleBinding',
  roles: 'Role',
  runtimeclasses: 'RuntimeClass',
  secrets: 'Secret',
  selfsubjectaccessreviews: 'SelfSubjectAccessReview',
  selfsubjectreviews: 'SelfSubjectReview',
  selfsubjectrulesreviews: 'SelfSubjectRulesReview',
  serviceaccounts: 'ServiceAccount',
  servicecidrs: 'ServiceCIDR',
  services: 'Service',
  statefulsets: 'StatefulSet',
  storageclasses: 'StorageClass',
  subjectaccessreviews: 'SubjectAccessReview',
  tokenreviews: 'TokenReview',
  validatingadmissionpolicies: 'ValidatingAdmissionPolicy',
  validatingadmissionpolicybindings: 'ValidatingAdmissionPolicyBinding',
  validatingwebhookconfigurations: 'ValidatingWebhookConfiguration',
  volumeattachments: 'VolumeAttachment',
  volumeattributesclasses: 'VolumeAttributesClass',
}

/** `pods/status` without its subresource, `deployments.apps` without its group: the plural. */
export const pluralOf = (resource: string): string => /^[a-z]+/.exec(resource)?.[0] ?? resource
/** `status` of `pods/status`; empty where there is none. */
export const subresourceOf = (resource: string): string => (resource.startsWith('/') ? '' : (resource.split('/')[1] ?? ''))
/** The kind of a resource: `Pod` of `pods/status`. A resource that is not known stays as it is. */
export const kindOf = (resource: string): string => {
  const kind = KINDS[pluralOf(resource)] ?? resource
  return resource.endsWith(MEASURED) ? `${kind}Metrics` : kind
}
/** A metrics server has kinds of its own for the same plurals. */
const MEASURED = '.metrics.k8s.io'
/** The resource of a kind: `deployments` of `Deployment`. */
export const resourceOf = (kind: string): string | undefined => Object.keys(KINDS).find(plural => KINDS[plural] === kind)

/** Several of a kind, in English: `Pods`, `Ingresses`, `NetworkPolicies`. */
export function plural(kind: string): string {
  if (kind === 'Endpoints' || kind.endsWith('Metrics')) return kind
  if (kind.endsWith('s')) return `${kind}es`
  if (kind.endsWith('y')) return `${kind.slice(0, -1)}ies`
  return `${kind}s`
}

const CODES: Readonly<Record<number, string>> = {
  101: 'Switching Protocols',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  409: 'Conflict',
  410: 'Gone',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}
/** The words of an HTTP status code. */
export const codeWords = (code: number): string => CODES[code] ?? ''

const METHODS: Readonly<Record<string, string>> = {
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
}
/** What a verb is on the wire; list and watch, which are GETs, keep their names. */
export const methodOf = (verb: string): string => METHODS[verb] ?? verb.toUpperCase()
