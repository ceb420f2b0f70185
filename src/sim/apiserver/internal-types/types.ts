/**
 * The apiserver's internal types, as far as its words show them. Models pkg/apis/core/types.go (and apps, batch and policy beside it):
 * objects there have no names for JSON, so what is printed of them has Go's names, in the order of declaration, and with all that is not set.
 *
 * A type is a line of fields. After a field's name stands what it is: nothing for a string, `#` for a number, `!` for a truth value,
 * `$` for a quantity, `?` for what may be missing (a pointer, a list, a map), `?Type` for what may be missing of another type, or for a
 * list of it, `.Type` for a struct within the struct, `{` for a map of quantities. `+Type` is embedded: its fields are this type's own.
 * `=name` is the field's name in the API where it is not Go's in lower camel case.
 */
const TYPES = {
  PodSpec: `Volumes?Volume InitContainers?Container Containers?Container EphemeralContainers?EphemeralContainer RestartPolicy
    TerminationGracePeriodSeconds? ActiveDeadlineSeconds? DNSPolicy NodeSelector? ServiceAccountName AutomountServiceAccountToken? NodeName
    SecurityContext?PodSecurityContext ImagePullSecrets?LocalObjectReference Hostname Subdomain SetHostnameAsFQDN? Affinity?Affinity
    SchedulerName Tolerations?Toleration HostAliases?HostAlias PriorityClassName Priority? PreemptionPolicy? DNSConfig?PodDNSConfig
    ReadinessGates?PodReadinessGate RuntimeClassName? Overhead{ EnableServiceLinks? TopologySpreadConstraints?TopologySpreadConstraint
    OS?Named SchedulingGates?Named ResourceClaims?PodResourceClaim Resources?ResourceRequirements HostnameOverride?
    SchedulingGroup?PodSchedulingGroup`,
  PodSecurityContext: `HostNetwork! HostPID! HostIPC! ShareProcessNamespace? HostUsers? SELinuxOptions?SELinuxOptions
    WindowsOptions?WindowsOptions RunAsUser? RunAsGroup? RunAsNonRoot? SupplementalGroups? SupplementalGroupsPolicy? FSGroup?
    FSGroupChangePolicy? Sysctls?NameValue SeccompProfile?Profile AppArmorProfile?Profile SELinuxChangePolicy?`,
  Container: `Name Image Command? Args? WorkingDir Ports?ContainerPort EnvFrom?EnvFromSource Env?EnvVar Resources.ResourceRequirements
    ResizePolicy?ContainerResizePolicy RestartPolicy? RestartPolicyRules?ContainerRestartRule VolumeMounts?VolumeMount
    VolumeDevices?VolumeDevice LivenessProbe?Probe ReadinessProbe?Probe StartupProbe?Probe Lifecycle?Lifecycle TerminationMessagePath
    TerminationMessagePolicy ImagePullPolicy SecurityContext?SecurityContext Stdin! StdinOnce! TTY!`,
  EphemeralContainer: '+Container TargetContainerName',
  ContainerPort: 'Name HostPort# ContainerPort# Protocol HostIP',
  EnvFromSource: 'Prefix ConfigMapRef?OptionalName SecretRef?OptionalName',
  EnvVar: 'Name Value ValueFrom?EnvVarSource',
  EnvVarSource: `FieldRef?ObjectFieldSelector ResourceFieldRef?ResourceFieldSelector ConfigMapKeyRef?KeySelector SecretKeyRef?KeySelector
    FileKeyRef?FileKeySelector`,
  ObjectFieldSelector: 'APIVersion FieldPath',
  ResourceFieldSelector: 'ContainerName Resource Divisor$',
  KeySelector: 'Name Key Optional?',
  FileKeySelector: 'VolumeName Path Key Optional?',
  OptionalName: 'Name Optional?',
  Named: 'Name',
  LocalObjectReference: 'Name',
  NameValue: 'Name Value',
  ResourceRequirements: 'Limits{ Requests{ Claims?ResourceClaim',
  ResourceClaim: 'Name Request',
  ContainerResizePolicy: 'ResourceName RestartPolicy',
  ContainerRestartRule: 'Action ExitCodes?ContainerRestartRuleOnExitCodes',
  ContainerRestartRuleOnExitCodes: 'Operator Values?',
  VolumeMount: 'Name ReadOnly! RecursiveReadOnly? MountPath SubPath MountPropagation? SubPathExpr',
  VolumeDevice: 'Name DevicePath',
  Probe: `Exec?ExecAction HTTPGet?HTTPGetAction TCPSocket?TCPSocketAction GRPC?GRPCAction InitialDelaySeconds# TimeoutSeconds#
    PeriodSeconds# SuccessThreshold# FailureThreshold# TerminationGracePeriodSeconds?`,
  Lifecycle: 'PostStart?LifecycleHandler PreStop?LifecycleHandler StopSignal?',
  LifecycleHandler: 'Exec?ExecAction HTTPGet?HTTPGetAction TCPSocket?TCPSocketAction Sleep?SleepAction',
  ExecAction: 'Command?',
  HTTPGetAction: 'Path Port# Host Scheme HTTPHeaders?NameValue',
  TCPSocketAction: 'Port# Host',
  GRPCAction: 'Port# Service?',
  SleepAction: 'Seconds#',
  SecurityContext: `Capabilities?Capabilities Privileged? SELinuxOptions?SELinuxOptions WindowsOptions?WindowsOptions RunAsUser? RunAsGroup?
    RunAsNonRoot? ReadOnlyRootFilesystem? AllowPrivilegeEscalation? ProcMount? SeccompProfile?Profile AppArmorProfile?Profile`,
  Capabilities: 'Add? Drop?',
  SELinuxOptions: 'User Role Type Level',
  WindowsOptions: 'GMSACredentialSpecName? GMSACredentialSpec? RunAsUserName? HostProcess?',
  Profile: 'Type LocalhostProfile?',
  Volume: 'Name +VolumeSource',
  VolumeSource: `HostPath?HostPathVolumeSource EmptyDir?EmptyDirVolumeSource GCEPersistentDisk? AWSElasticBlockStore? GitRepo?
    Secret?SecretVolumeSource NFS?NFSVolumeSource ISCSI? Glusterfs? PersistentVolumeClaim?PersistentVolumeClaimVolumeSource RBD? Quobyte?
    FlexVolume? Cinder? CephFS?=cephfs Flocker? DownwardAPI?DownwardAPIVolumeSource FC? AzureFile? ConfigMap?ConfigMapVolumeSource
    VsphereVolume? AzureDisk? PhotonPersistentDisk? Projected?ProjectedVolumeSource PortworxVolume? ScaleIO? StorageOS?=storageos
    CSI?CSIVolumeSource Ephemeral?EphemeralVolumeSource Image?ImageVolumeSource`,
  PersistentVolumeSource: `GCEPersistentDisk? AWSElasticBlockStore? HostPath?HostPathVolumeSource Glusterfs? NFS?NFSVolumeSource RBD?
    Quobyte? ISCSI? FlexVolume? Cinder? CephFS?=cephfs FC? Flocker? AzureFile? VsphereVolume? AzureDisk? PhotonPersistentDisk?
    PortworxVolume? ScaleIO? Local?LocalVolumeSource StorageOS?=storageos CSI?CSIPersistentVolumeSource`,
  HostPathVolumeSource: 'Path Type?',
  EmptyDirVolumeSource: 'Medium SizeLimit?',
  SecretVolumeSource: 'SecretName Items?KeyToPath DefaultMode? Optional?',
  ConfigMapVolumeSource: 'Name Items?KeyToPath DefaultMode? Optional?',
  KeyToPath: 'Key Path Mode?',
  NFSVolumeSource: 'Server Path ReadOnly!',
  PersistentVolumeClaimVolumeSource: 'ClaimName ReadOnly!',
  DownwardAPIVolumeSource: 'Items?DownwardAPIVolumeFile DefaultMode?',
  DownwardAPIVolumeFile: 'Path FieldRef?ObjectFieldSelector ResourceFieldRef?ResourceFieldSelector Mode?',
  ProjectedVolumeSource: 'Sources?VolumeProjection DefaultMode?',
  VolumeProjection: `Secret?ProjectedKeys DownwardAPI?DownwardAPIProjection ConfigMap?ProjectedKeys
    ServiceAccountToken?ServiceAccountTokenProjection ClusterTrustBundle? PodCertificate?`,
  ProjectedKeys: 'Name Items?KeyToPath Optional?',
  DownwardAPIProjection: 'Items?DownwardAPIVolumeFile',
  ServiceAccountTokenProjection: 'Audience ExpirationSeconds# Path',
  CSIVolumeSource: 'Driver ReadOnly? FSType? VolumeAttributes? NodePublishSecretRef?LocalObjectReference',
  EphemeralVolumeSource: 'VolumeClaimTemplate?PersistentVolumeClaimTemplate',
  PersistentVolumeClaimTemplate: '+ObjectMeta Spec.PersistentVolumeClaimSpec',
  ImageVolumeSource: 'Reference PullPolicy',
  LocalVolumeSource: 'Path FSType?',
  CSIPersistentVolumeSource: `Driver VolumeHandle ReadOnly! FSType VolumeAttributes? ControllerPublishSecretRef?SecretReference
    NodeStageSecretRef?SecretReference NodePublishSecretRef?SecretReference ControllerExpandSecretRef?SecretReference
    NodeExpandSecretRef?SecretReference`,
  SecretReference: 'Name Namespace',
  PersistentVolumeClaimSpec: `AccessModes? Selector?LabelSelector Resources.VolumeResourceRequirements VolumeName StorageClassName? VolumeMode?
    DataSource?TypedLocalObjectReference DataSourceRef?TypedObjectReference VolumeAttributesClassName?`,
  VolumeResourceRequirements: 'Limits{ Requests{',
  TypedLocalObjectReference: 'APIGroup? Kind Name',
  TypedObjectReference: 'APIGroup? Kind Name Namespace?',
  VolumeNodeAffinity: 'Required?NodeSelector',
  PodDisruptionBudgetSpec: 'MinAvailable? Selector?LabelSelector MaxUnavailable? UnhealthyPodEvictionPolicy?',
  Affinity: 'NodeAffinity?NodeAffinity PodAffinity?PodAffinity PodAntiAffinity?PodAffinity',
  NodeAffinity: `RequiredDuringSchedulingIgnoredDuringExecution?NodeSelector
    PreferredDuringSchedulingIgnoredDuringExecution?PreferredSchedulingTerm`,
  NodeSelector: 'NodeSelectorTerms?NodeSelectorTerm',
  NodeSelectorTerm: 'MatchExpressions?NodeSelectorRequirement MatchFields?NodeSelectorRequirement',
  NodeSelectorRequirement: 'Key Operator Values?',
  PreferredSchedulingTerm: 'Weight# Preference.NodeSelectorTerm',
  PodAffinity: `RequiredDuringSchedulingIgnoredDuringExecution?PodAffinityTerm
    PreferredDuringSchedulingIgnoredDuringExecution?WeightedPodAffinityTerm`,
  WeightedPodAffinityTerm: 'Weight# PodAffinityTerm.PodAffinityTerm',
  PodAffinityTerm: `LabelSelector?LabelSelector Namespaces? TopologyKey NamespaceSelector?LabelSelector MatchLabelKeys?
    MismatchLabelKeys?`,
  Toleration: 'Key Operator Value Effect TolerationSeconds?',
  Taint: 'Key Value Effect TimeAdded?',
  HostAlias: 'IP Hostnames?',
  PodDNSConfig: 'Nameservers? Searches? Options?PodDNSConfigOption',
  PodDNSConfigOption: 'Name Value?',
  PodReadinessGate: 'ConditionType',
  TopologySpreadConstraint: `MaxSkew# TopologyKey WhenUnsatisfiable LabelSelector?LabelSelector MinDomains? NodeAffinityPolicy?
    NodeTaintsPolicy? MatchLabelKeys?`,
  PodResourceClaim: 'Name ResourceClaimName? ResourceClaimTemplateName?',
  PodSchedulingGroup: 'PodGroupName?',
  RoleRef: 'APIGroup Kind Name',
  ServicePort: 'Name Protocol AppProtocol? Port# TargetPort# NodePort#',
  DeploymentStrategy: 'Type RollingUpdate?RollingUpdate',
  RollingUpdate: 'MaxUnavailable# MaxSurge#',
  StatefulSetUpdateStrategy: 'Type RollingUpdate?RollingUpdateStatefulSetStrategy',
  RollingUpdateStatefulSetStrategy: 'Partition# MaxUnavailable?',
  PodFailurePolicy: 'Rules?PodFailurePolicyRule',
  PodFailurePolicyRule: `Action OnExitCodes?PodFailurePolicyOnExitCodesRequirement
    OnPodConditions?PodFailurePolicyOnPodConditionsPattern`,
  PodFailurePolicyOnExitCodesRequirement: 'ContainerName? Operator Values?',
  PodFailurePolicyOnPodConditionsPattern: 'Type Status',
  SuccessPolicy: 'Rules?SuccessPolicyRule',
  SuccessPolicyRule: 'SucceededIndexes? SucceededCount?',
} as const

/** Types that have names for JSON inside, too, and leave out what is empty: those of metav1. */
const TAGGED = {
  LabelSelector: 'matchLabels matchExpressions?LabelSelectorRequirement',
  LabelSelectorRequirement: 'key operator values',
  ObjectMeta: 'name generateName namespace labels annotations ownerReferences finalizers',
} as const

/** The name of a type. */
export type InternalType = keyof typeof TYPES | keyof typeof TAGGED

/** How a field's value is printed where there is none, and where there is one. */
export type Sort = 'string' | 'number' | 'truth' | 'quantity' | 'optional' | 'struct' | 'quantities'

/** A field: by its name in Go, and in the API. */
export interface InternalField {
  readonly go: string
  readonly json: string
  readonly sort: Sort
  /** The type of what is in it, where that has one. */
  readonly type?: string
}

const SORTS: Readonly<Record<string, Sort>> = {
  '': 'string',
  '#': 'number',
  '!': 'truth',
  $: 'quantity',
  '?': 'optional',
  '.': 'struct',
  '{': 'quantities',
}

const known = new Map<string, readonly InternalField[]>()

/** The fields of a type, read from its line when they are first needed. */
export function fieldsOf(type: string): readonly InternalField[] {
  let fields = known.get(type)
  if (!fields) {
    fields = read(type)
    known.set(type, fields)
  }
  return fields
}

function read(type: string): readonly InternalField[] {
  const tagged = TAGGED[type as keyof typeof TAGGED]
  const line = tagged ?? TYPES[type as keyof typeof TYPES]
  return line.split(/\s+/).flatMap((text): readonly InternalField[] => {
    if (text.startsWith('+')) return fieldsOf(text.slice(1))
    const [, go = '', mark = '', of = '', json = lowerCamel(go)] = /^(\w+)([#!$?.{]?)(\w*)(?:=(\w+))?$/.exec(text) ?? []
    return [{ go, json, sort: tagged ? 'optional' : (SORTS[mark] ?? 'string'), ...(of && { type: of }) }]
  })
}

/** Whether a field has a name for JSON, and is left out while it is empty. */
export const isTagged = (field: InternalField): boolean => field.go === field.json

/** `HTTPGet` is httpGet, `DNSPolicy` dnsPolicy, `OS` os. */
function lowerCamel(name: string): string {
  const [capitals = ''] = /^[A-Z]+/.exec(name) ?? []
  const isOneWord = capitals.length < 2 || capitals.length === name.length
  const head = isOneWord ? capitals.length : capitals.length - 1
  return name.slice(0, head).toLowerCase() + name.slice(head)
}
