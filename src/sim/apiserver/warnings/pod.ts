// Models pkg/api/pod/warnings.go and pkg/api/node/util.go: what is odd in a pod's spec, but accepted.
import { canonicalQuantity, milliOf } from '../../api/quantity'
import type { Container, KubeObject, PodSpec } from '../../api/types'
import { ephemeralClaimWarnings } from './storage'

type Metadata = { readonly annotations?: Readonly<Record<string, string>> }

/** Labels of nodes that have other names by now. */
const DEPRECATED_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}

const DEPRECATED_ANNOTATIONS: readonly (readonly [string, string])[] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
]

/** Volume plugins that are gone, or going. */
const DEPRECATED_VOLUMES: Readonly<Record<string, string>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
}

/** How upstream names the field in its words, where that is not the field's name. */
const VOLUME_FIELDS: Readonly<Record<string, string>> = { storageos: 'storageOS' }

/** Warnings about a pod's spec and metadata; `path` is empty for a pod, else ends with a dot: `spec.template.`. */
export function podWarnings(spec: PodSpec, metadata: Metadata, path: string): string[] {
  const at = (field: string): string => `${path}spec.${field}`
  const annotations = metadata.annotations ?? {}
  const annotation = (key: string): string => `${path}metadata.annotations[${key}]`
  const warnings = [...nodeWarnings(spec, at), ...spreadWarnings(spec, at)]
  for (const [key, message] of DEPRECATED_ANNOTATIONS) if (key in annotations) warnings.push(`${annotation(key)}: ${message}`)
  warnings.push(...volumeWarnings(spec, at), ...duplicateWarnings(spec, at))
  warnings.push(...fractions(spec.overhead, at('overhead')))
  const seccomp = 'non-functional in v1.27+; use the "seccompProfile" field instead'
  if (!spec.securityContext?.seccompProfile && SECCOMP_POD in annotations) warnings.push(`${annotation(SECCOMP_POD)}: ${seccomp}`)
  const containers = containersOf(spec, at)
  for (const [container, field] of containers) {
    const key = `container.seccomp.security.alpha.kubernetes.io/${container.name}`
    if (!container.securityContext?.seccompProfile && key in annotations) warnings.push(`${annotation(key)}: ${seccomp}`)
    const armor = `container.apparmor.security.beta.kubernetes.io/${container.name}`
    const hasProfile = spec.securityContext?.appArmorProfile ?? container.securityContext?.appArmorProfile
    if (path !== '' && !hasProfile && armor in annotations)
      warnings.push(`${annotation(armor)}: deprecated since v1.30; use the "appArmorProfile" field instead`)
    warnings.push(...containerWarnings(container, field))
  }
  warnings.push(...portWarnings(containers))
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0)
    warnings.push(`${at('terminationGracePeriodSeconds')}: must be >= 0; negative values are invalid and will be treated as 1`)
  return [...warnings, ...affinityWarnings(spec, at)]
}

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod'

type At = (field: string) => string
type Placed = readonly (readonly [container: Container, field: string])[]

/** All containers with their paths, init containers first, as VisitContainersWithPath goes. */
function containersOf({ initContainers = [], containers, ephemeralContainers = [] }: PodSpec, at: At): Placed {
  const placed = (list: readonly unknown[], field: string): Placed =>
    list.map((container, i) => [container as Container, at(`${field}[${i}]`)])
  return [
    ...placed(initContainers, 'initContainers'),
    ...placed(containers ?? [], 'containers'),
    ...placed(ephemeralContainers, 'ephemeralContainers'),
  ]
}

interface Term {
  readonly matchExpressions?: readonly { readonly key: string }[]
}

/** Deprecated labels in a node selector term. */
export const termWarnings = ({ matchExpressions = [] }: Term, field: string): string[] =>
  matchExpressions.flatMap(({ key }, i) =>
    Object.hasOwn(DEPRECATED_LABELS, key) ? [`${field}.matchExpressions[${i}].key: ${key} is ${DEPRECATED_LABELS[key]}`] : [],
  )

function nodeWarnings({ nodeSelector = {}, affinity }: PodSpec, at: At): string[] {
  const labels = Object.keys(nodeSelector).sort()
  const {
    requiredDuringSchedulingIgnoredDuringExecution: required,
    preferredDuringSchedulingIgnoredDuringExecution: preferred = [],
  } = affinity?.nodeAffinity ?? {}
  const base = at('affinity.nodeAffinity')
  return [
    ...labels.flatMap(key =>
      Object.hasOwn(DEPRECATED_LABELS, key) ? [`${at(`nodeSelector[${key}]`)}: ${DEPRECATED_LABELS[key]}`] : [],
    ),
    ...(required?.nodeSelectorTerms ?? []).flatMap((term, i) =>
      termWarnings(term, `${base}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${i}]`),
    ),
    ...preferred.flatMap(({ preference }, i) =>
      termWarnings(preference ?? {}, `${base}.preferredDuringSchedulingIgnoredDuringExecution[${i}].preference`),
    ),
  ]
}

const MATCHES_NONE = 'a null labelSelector results in matching no pod'

function spreadWarnings({ topologySpreadConstraints = [] }: PodSpec, at: At): string[] {
  return topologySpreadConstraints.flatMap(({ topologyKey, labelSelector }, i) => {
    const field = at(`topologySpreadConstraints[${i}]`)
    return [
      ...(Object.hasOwn(DEPRECATED_LABELS, topologyKey)
        ? [`${field}.topologyKey: ${topologyKey} is ${DEPRECATED_LABELS[topologyKey]}`]
        : []),
      ...(labelSelector ? [] : [`${field}.labelSelector: ${MATCHES_NONE}`]),
    ]
  })
}

function affinityWarnings({ affinity }: PodSpec, at: At): string[] {
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap(kind => {
    const {
      requiredDuringSchedulingIgnoredDuringExecution: required = [],
      preferredDuringSchedulingIgnoredDuringExecution: preferred = [],
    } = affinity?.[kind] ?? {}
    const base = at(`affinity.${kind}`)
    return [
      ...required.flatMap(({ labelSelector }, i) =>
        labelSelector ? [] : [`${base}.requiredDuringSchedulingIgnoredDuringExecution[${i}].labelSelector: ${MATCHES_NONE}`],
      ),
      ...preferred.flatMap(({ podAffinityTerm }, i) =>
        podAffinityTerm?.labelSelector
          ? []
          : [`${base}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm.labelSelector: ${MATCHES_NONE}`],
      ),
    ]
  })
}

function volumeWarnings({ volumes = [] }: PodSpec, at: At): string[] {
  const warnings = volumes.flatMap((volume, i) => {
    const field = at(`volumes[${i}]`)
    const old = Object.keys(DEPRECATED_VOLUMES).filter(kind => kind in volume)
    return [
      ...old.map(kind => `${field}.${VOLUME_FIELDS[kind] ?? kind}: ${DEPRECATED_VOLUMES[kind]}`),
      ...ephemeralClaimWarnings(volume as KubeObject['spec'], field),
    ]
  })
  return [...warnings, ...projectedWarnings(volumes, at)]
}

/** Files of a projected volume that a token's file hides. */
function projectedWarnings(volumes: NonNullable<PodSpec['volumes']>, at: At): string[] {
  const tokens = new Set(volumes.flatMap(v => v.projected?.sources?.flatMap(s => s.serviceAccountToken?.path ?? []) ?? []))
  if (tokens.size === 0) return []
  const said = (field: string, path: string): string[] =>
    tokens.has(path) ? [`${field}: has duplicated path with ServiceAccountToken ${JSON.stringify(path)}`] : []
  return volumes.flatMap((volume, i) =>
    (volume.projected?.sources ?? []).flatMap(({ configMap, secret, downwardAPI }) => {
      const base = at(`volumes[${i}].projected.sources`)
      return [
        ...(configMap?.items ?? []).flatMap(({ path }, j) => said(`${base}.configMap[${j}]`, path)),
        ...(secret?.items ?? []).flatMap(({ path }, j) => said(`${base}.secrets[${j}]`, path)),
        ...(downwardAPI?.items ?? []).flatMap(({ path }, j) => said(`${base}.downwardAPI[${j}]`, path)),
      ]
    }),
  )
}

function duplicateWarnings({ hostAliases = [], imagePullSecrets = [] }: PodSpec, at: At): string[] {
  const warnings: string[] = []
  hostAliases.forEach(({ ip }, i) => {
    if (hostAliases.findIndex(other => other.ip === ip) < i)
      warnings.push(`${at(`hostAliases[${i}].ip`)}: duplicate ip ${JSON.stringify(ip)}`)
  })
  imagePullSecrets.forEach(({ name = '' }, i) => {
    if (imagePullSecrets.findIndex(other => (other.name ?? '') === name) < i)
      warnings.push(`${at(`imagePullSecrets[${i}].name`)}: duplicate name ${JSON.stringify(name)}`)
  })
  imagePullSecrets.forEach(({ name }, i) => {
    if (!name) warnings.push(`${at(`imagePullSecrets[${i}].name`)}: invalid empty name ""`)
  })
  return warnings
}

/** Amounts of memory and disk that are no whole bytes. */
export function fractions(amounts: Readonly<Record<string, string>> | undefined, field: string, of = BYTES): string[] {
  return of.flatMap(name => {
    const text = amounts?.[name]
    if (text === undefined || Number.isInteger(milliOf(text) / 1000)) return []
    return [
      `${field}[${name}]: fractional byte value ${JSON.stringify(canonicalQuantity(text) ?? text)} is invalid, must be an integer`,
    ]
  })
}
const BYTES = ['memory', 'ephemeral-storage']

function containerWarnings({ resources = {}, env = [] }: Container, field: string): string[] {
  const { limits, requests } = resources
  const warnings = BYTES.flatMap(name => [
    ...fractions(limits, `${field}.resources.limits`, [name]),
    ...fractions(requests, `${field}.resources.requests`, [name]),
  ])
  env.forEach(({ name, value = '', valueFrom }, i) => {
    if (env.findIndex(other => other.name === name) === i) return
    const reference = `$(${name})`
    if (valueFrom || value === reference || !value.includes(reference))
      warnings.push(
        `${field}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
      )
  })
  return warnings
}

/** Ports of all containers that get into each other's way. */
function portWarnings(containers: Placed): string[] {
  const warnings: string[] = []
  const known = new Map<string, { readonly field: string; readonly hostIP: string; readonly hostPort: number }[]>()
  for (const [{ ports = [] }, field] of containers)
    ports.forEach(({ name = '', hostIP = '', hostPort = 0, containerPort, protocol = '' }, i) => {
      const here = `${field}.ports[${i}]`
      if (hostIP !== '' && hostPort === 0)
        warnings.push(
          `${here}: hostIP set without hostPort: {Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`,
        )
      const key = `${containerPort}/${protocol}`
      const others = known.get(key) ?? []
      for (const other of others) {
        const oneIsOpen = (hostIP === '') !== (other.hostIP === '')
        if (hostIP === other.hostIP && hostPort === other.hostPort)
          warnings.push(`${here}: duplicate port definition with ${other.field}`)
        else if (hostPort === 0 || other.hostPort === 0) warnings.push(`${here}: overlapping port definition with ${other.field}`)
        else if (hostPort === other.hostPort && oneIsOpen)
          warnings.push(`${here}: dangerously ambiguous port definition with ${other.field}`)
      }
      known.set(key, [...others, { field: here, hostIP, hostPort }])
    })
  return warnings
}
