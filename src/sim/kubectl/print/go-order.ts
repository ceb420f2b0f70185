/**
 * In which order Go's structs have their fields, which is the order in which encoding/json writes them: what kubectl prints with
 * `-o json` of objects that it has as structs (those that it makes itself). From k8s.io/api; only structs that such objects are made of.
 */
import type { StructType } from '../../api/schema'

/** By the struct's name. What is not named comes after what is, by the alphabet. */
const ORDER: Readonly<Record<string, string>> = {
  ObjectMeta:
    'name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp deletionGracePeriodSeconds labels annotations ownerReferences finalizers managedFields',
  OwnerReference: 'apiVersion kind name uid controller blockOwnerDeletion',
  ManagedFieldsEntry: 'manager operation apiVersion time fieldsType fieldsV1 subresource',
  LabelSelector: 'matchLabels matchExpressions',
  LabelSelectorRequirement: 'key operator values',
  DeploymentSpec: 'replicas selector template strategy minReadySeconds revisionHistoryLimit paused progressDeadlineSeconds',
  DeploymentStrategy: 'type rollingUpdate',
  RollingUpdateDeployment: 'maxUnavailable maxSurge',
  DeploymentStatus:
    'observedGeneration replicas updatedReplicas readyReplicas availableReplicas unavailableReplicas terminatingReplicas conditions collisionCount',
  DeploymentCondition: 'type status lastUpdateTime lastTransitionTime reason message',
  DaemonSetSpec: 'selector template updateStrategy minReadySeconds revisionHistoryLimit',
  DaemonSetUpdateStrategy: 'type rollingUpdate',
  DaemonSetStatus:
    'currentNumberScheduled numberMisscheduled desiredNumberScheduled numberReady observedGeneration updatedNumberScheduled numberAvailable numberUnavailable collisionCount conditions',
  StatefulSetSpec:
    'replicas selector template volumeClaimTemplates serviceName podManagementPolicy updateStrategy revisionHistoryLimit minReadySeconds persistentVolumeClaimRetentionPolicy ordinals',
  StatefulSetUpdateStrategy: 'type rollingUpdate',
  StatefulSetStatus:
    'observedGeneration replicas readyReplicas currentReplicas updatedReplicas currentRevision updateRevision collisionCount conditions availableReplicas',
  ReplicaSetSpec: 'replicas minReadySeconds selector template',
  ReplicaSetStatus:
    'replicas fullyLabeledReplicas readyReplicas availableReplicas terminatingReplicas observedGeneration conditions',
  JobSpec:
    'parallelism completions activeDeadlineSeconds podFailurePolicy successPolicy backoffLimit backoffLimitPerIndex maxFailedIndexes selector manualSelector template ttlSecondsAfterFinished completionMode suspend podReplacementPolicy managedBy',
  JobTemplateSpec: 'metadata spec',
  JobStatus:
    'conditions startTime completionTime active succeeded failed terminating completedIndexes failedIndexes uncountedTerminatedPods ready',
  CronJobSpec:
    'schedule timeZone startingDeadlineSeconds concurrencyPolicy suspend jobTemplate successfulJobsHistoryLimit failedJobsHistoryLimit',
  CronJobStatus: 'active lastScheduleTime lastSuccessfulTime',
  PodTemplateSpec: 'metadata spec',
  PodSpec:
    'volumes initContainers containers ephemeralContainers restartPolicy terminationGracePeriodSeconds activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName serviceAccount automountServiceAccountToken nodeName hostNetwork hostPID hostIPC shareProcessNamespace securityContext imagePullSecrets hostname subdomain affinity schedulerName tolerations hostAliases priorityClassName priority dnsConfig readinessGates runtimeClassName enableServiceLinks preemptionPolicy overhead topologySpreadConstraints setHostnameAsFQDN os hostUsers schedulingGates resourceClaims resources hostnameOverride',
  PodStatus:
    'observedGeneration phase conditions message reason nominatedNodeName hostIP hostIPs podIP podIPs startTime initContainerStatuses containerStatuses qosClass ephemeralContainerStatuses resize resourceClaimStatuses',
  Container:
    'name image command args workingDir ports envFrom env resources resizePolicy restartPolicy restartPolicyRules volumeMounts volumeDevices livenessProbe readinessProbe startupProbe lifecycle terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce tty',
  ContainerPort: 'name hostPort containerPort protocol hostIP',
  EnvVar: 'name value valueFrom',
  EnvVarSource: 'fieldRef resourceFieldRef configMapKeyRef secretKeyRef fileKeyRef',
  ObjectFieldSelector: 'apiVersion fieldPath',
  ResourceFieldSelector: 'containerName resource divisor',
  ConfigMapKeySelector: 'name key optional',
  SecretKeySelector: 'name key optional',
  EnvFromSource: 'prefix configMapRef secretRef',
  ResourceRequirements: 'limits requests claims',
  Probe:
    'exec httpGet tcpSocket grpc initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold terminationGracePeriodSeconds',
  HTTPGetAction: 'path port host scheme httpHeaders',
  SecurityContext:
    'capabilities privileged seLinuxOptions windowsOptions runAsUser runAsGroup runAsNonRoot readOnlyRootFilesystem allowPrivilegeEscalation procMount seccompProfile appArmorProfile',
  Volume: 'name hostPath emptyDir secret nfs persistentVolumeClaim downwardAPI configMap projected csi ephemeral image',
  VolumeMount: 'name readOnly recursiveReadOnly mountPath subPath mountPropagation subPathExpr',
  SecretVolumeSource: 'secretName items defaultMode optional',
  ConfigMapVolumeSource: 'name items defaultMode optional',
  ProjectedVolumeSource: 'sources defaultMode',
  KeyToPath: 'key path mode',
  Toleration: 'key operator value effect tolerationSeconds',
  ServiceSpec:
    'ports selector clusterIP clusterIPs type externalIPs sessionAffinity loadBalancerIP loadBalancerSourceRanges externalName externalTrafficPolicy healthCheckNodePort publishNotReadyAddresses sessionAffinityConfig ipFamilies ipFamilyPolicy allocateLoadBalancerNodePorts loadBalancerClass internalTrafficPolicy trafficDistribution',
  ServicePort: 'name protocol appProtocol port targetPort nodePort',
  ServiceStatus: 'loadBalancer conditions',
  ConfigMap: 'kind apiVersion metadata immutable data binaryData',
  Secret: 'kind apiVersion metadata immutable data stringData type',
  ServiceAccount: 'kind apiVersion metadata secrets imagePullSecrets automountServiceAccountToken',
  ResourceQuotaSpec: 'hard scopes scopeSelector',
  ResourceQuotaStatus: 'hard used',
  Role: 'kind apiVersion metadata rules',
  ClusterRole: 'kind apiVersion metadata rules aggregationRule',
  PolicyRule: 'verbs apiGroups resources resourceNames nonResourceURLs',
  RoleBinding: 'kind apiVersion metadata subjects roleRef',
  ClusterRoleBinding: 'kind apiVersion metadata subjects roleRef',
  Subject: 'kind apiGroup name namespace',
  RoleRef: 'apiGroup kind name',
  IngressSpec: 'ingressClassName defaultBackend tls rules',
  IngressRule: 'host http',
  IngressTLS: 'hosts secretName',
  HTTPIngressPath: 'path pathType backend',
  IngressBackend: 'service resource',
  IngressServiceBackend: 'name port',
  ServiceBackendPort: 'name number',
  PodDisruptionBudgetSpec: 'minAvailable selector maxUnavailable unhealthyPodEvictionPolicy',
  PodDisruptionBudgetStatus:
    'observedGeneration disruptedPods disruptionsAllowed currentHealthy desiredHealthy expectedPods conditions',
  PriorityClass: 'kind apiVersion metadata value globalDefault description preemptionPolicy',
  HorizontalPodAutoscalerSpec: 'scaleTargetRef minReplicas maxReplicas metrics behavior',
  HorizontalPodAutoscalerStatus: 'observedGeneration lastScaleTime currentReplicas desiredReplicas currentMetrics conditions',
  CrossVersionObjectReference: 'kind name apiVersion',
  MetricSpec: 'type object pods resource containerResource external',
  ResourceMetricSource: 'name target',
  MetricTarget: 'type value averageValue averageUtilization',
  TokenRequestSpec: 'audiences expirationSeconds boundObjectRef',
  TokenRequestStatus: 'token expirationTimestamp',
  BoundObjectReference: 'kind apiVersion name uid',
  UserInfo: 'username uid groups extra',
  Taint: 'key value effect timeAdded',
}

/** Every kind begins so. */
const KIND = ['kind', 'apiVersion', 'metadata', 'spec', 'status']

const ranks = new Map<string, ReadonlyMap<string, number>>()

function ranksOf(type: StructType): ReadonlyMap<string, number> {
  let known = ranks.get(type.name)
  if (!known) {
    const names = ORDER[type.name]?.split(' ') ?? (type.fields.has('metadata') ? KIND : [])
    known = new Map(names.map((name, at) => [name, at]))
    ranks.set(type.name, known)
  }
  return known
}

/** Sorts the fields of a struct as Go has them. */
export function inGoOrder(type: StructType): (a: string, b: string) => number {
  const rank = ranksOf(type)
  const of = (name: string): number => rank.get(name) ?? rank.size
  return (a, b) => of(a) - of(b) || (a < b ? -1 : 1)
}
