/**
 * What the OpenAPI document does not say of Go's structs: what their JSON leaves out (`omitempty` on values, not on pointers) and
 * what it writes as null. From k8s.io/api and from the recorded bodies. By struct, since kinds share them.
 */

type Table = Readonly<Record<string, readonly string[]>>

/** Times that are values and lists without omitempty: null when there is nothing. */
export const NULLABLE: Table = {
  'core.v1.PodCondition': ['lastProbeTime'],
  'core.v1.ContainerStateRunning': ['startedAt'],
  'core.v1.ContainerStateTerminated': ['startedAt', 'finishedAt'],
  'core.v1.Event': ['firstTimestamp', 'lastTimestamp', 'eventTime'],
  'events.v1.Event': ['eventTime', 'deprecatedFirstTimestamp', 'deprecatedLastTimestamp'],
  'discovery.v1.EndpointSlice': ['endpoints', 'ports'],
  'storage.v1.CSINodeSpec': ['drivers'],
  'autoscaling.v2.HorizontalPodAutoscalerStatus': ['currentMetrics'],
  'authentication.v1.TokenRequestSpec': ['audiences'],
  'authentication.v1.TokenRequestStatus': ['expirationTimestamp'],
  'rbac.v1.Role': ['rules'],
  'rbac.v1.ClusterRole': ['rules'],
}

/** Numbers and booleans that are values: 0 and false are left out. */
export const DROP_ZERO: Table = {
  'meta.v1.ObjectMeta': ['generation'],
  'meta.v1.ListMeta': ['remainingItemCount'],
  'core.v1.PodSpec': ['hostNetwork', 'hostPID', 'hostIPC'],
  'core.v1.PodStatus': ['observedGeneration'],
  'core.v1.PodCondition': ['observedGeneration'],
  'core.v1.Container': ['stdin', 'stdinOnce', 'tty'],
  'core.v1.EphemeralContainer': ['stdin', 'stdinOnce', 'tty'],
  'core.v1.ContainerPort': ['hostPort'],
  'core.v1.ContainerStateTerminated': ['signal'],
  'core.v1.VolumeMount': ['readOnly'],
  'core.v1.VolumeMountStatus': ['readOnly'],
  'core.v1.PersistentVolumeClaimVolumeSource': ['readOnly'],
  'core.v1.Probe': ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'],
  'core.v1.NodeSpec': ['unschedulable'],
  'core.v1.Event': ['count'],
  'core.v1.ServicePort': ['nodePort'],
  'core.v1.ServiceSpec': ['publishNotReadyAddresses', 'healthCheckNodePort'],
  'core.v1.ReplicationControllerSpec': ['minReadySeconds'],
  'core.v1.ReplicationControllerStatus': ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
  'apps.v1.DeploymentSpec': ['minReadySeconds', 'paused'],
  'apps.v1.DeploymentStatus': [
    'observedGeneration',
    'replicas',
    'updatedReplicas',
    'readyReplicas',
    'availableReplicas',
    'unavailableReplicas',
  ],
  'apps.v1.ReplicaSetSpec': ['minReadySeconds'],
  'apps.v1.ReplicaSetStatus': ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
  'apps.v1.StatefulSetSpec': ['minReadySeconds'],
  'apps.v1.StatefulSetStatus': ['observedGeneration', 'readyReplicas', 'currentReplicas', 'updatedReplicas'],
  'apps.v1.StatefulSetOrdinals': ['start'],
  'apps.v1.DaemonSetSpec': ['minReadySeconds'],
  'apps.v1.DaemonSetStatus': ['observedGeneration', 'updatedNumberScheduled', 'numberAvailable', 'numberUnavailable'],
  'batch.v1.JobStatus': ['active', 'succeeded', 'failed'],
  'policy.v1.PodDisruptionBudgetStatus': ['observedGeneration'],
  'autoscaling.v1.ScaleSpec': ['replicas'],
  'autoscaling.v2.HorizontalPodAutoscalerStatus': ['currentReplicas'],
}

/** Strings that are pointers, or have no omitempty, though they are optional: the empty one is kept. */
export const KEEP_EMPTY: Table = {
  'authentication.v1.TokenRequestStatus': ['token'],
  'core.v1.Event': ['reportingComponent', 'reportingInstance'],
  'core.v1.HostPathVolumeSource': ['type'],
  'core.v1.NodeRuntimeHandler': ['name'],
  'core.v1.PersistentVolumeClaimSpec': ['storageClassName', 'volumeAttributesClassName'],
  'core.v1.PodSpec': ['hostnameOverride', 'runtimeClassName'],
  'core.v1.ServicePort': ['appProtocol'],
  'discovery.v1.EndpointPort': ['name', 'appProtocol'],
  'networking.v1.IngressSpec': ['ingressClassName'],
  'coordination.v1.LeaseSpec': ['holderIdentity', 'preferredHolder'],
}
