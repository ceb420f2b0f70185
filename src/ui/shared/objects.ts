/** Names of kinds, as the apiserver and kubectl write them. */

/** The resource of a kind, as the apiserver calls it. */
const RESOURCES: Readonly<Record<string, string>> = {
  Pod: 'pods',
  Service: 'services',
  Deployment: 'deployments.apps',
  ReplicaSet: 'replicasets.apps',
  StatefulSet: 'statefulsets.apps',
  DaemonSet: 'daemonsets.apps',
  ReplicationController: 'replicationcontrollers',
  Job: 'jobs.batch',
  CronJob: 'cronjobs.batch',
}

/** `Deployment` → `deployments.apps`; a kind that is not known is spelt as most are. */
export const resourceOf = (kind: string): string => RESOURCES[kind] ?? `${kind.toLowerCase()}s`

/** Short names of resources, as `kubectl api-resources` has them. */
export const SHORT_NAMES: Readonly<Record<string, string>> = {
  configmaps: 'cm',
  cronjobs: 'cj',
  customresourcedefinitions: 'crd',
  daemonsets: 'ds',
  deployments: 'deploy',
  endpoints: 'ep',
  events: 'ev',
  horizontalpodautoscalers: 'hpa',
  ingresses: 'ing',
  namespaces: 'ns',
  networkpolicies: 'netpol',
  nodes: 'no',
  persistentvolumeclaims: 'pvc',
  persistentvolumes: 'pv',
  poddisruptionbudgets: 'pdb',
  pods: 'po',
  replicasets: 'rs',
  replicationcontrollers: 'rc',
  resourcequotas: 'quota',
  serviceaccounts: 'sa',
  services: 'svc',
  statefulsets: 'sts',
  storageclasses: 'sc',
}

/** A kind by its resource's short name; one that has none by its own. */
export const shortOf = (kind: string): string => SHORT_NAMES[resourceOf(kind).split('.')[0] ?? ''] ?? kind.toLowerCase()
