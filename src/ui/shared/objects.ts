/** Names of kinds, as the apiserver and kubectl write them. */

/** The resource of a kind, as the apiserver calls it. */
const RESOURCES: Readonly<Record<string, string>> = {
  Pod: 'pods',
  Service: 'services',
  Deployment: 'deployments.apps',
  ReplicaSet: 'replicasets.apps',
  StatefulSet: 'statefulsets.apps',
  DaemonSet: 'daemonsets.apps',
  Job: 'jobs.batch',
  CronJob: 'cronjobs.batch',
}

/** `Deployment` → `deployments.apps`; a kind that is not known is spelt as most are. */
export const resourceOf = (kind: string): string => RESOURCES[kind] ?? `${kind.toLowerCase()}s`
