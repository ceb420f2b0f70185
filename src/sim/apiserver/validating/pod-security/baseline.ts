// Models k8s.io/pod-security-admission/policy: the checks of the level baseline, in upstream's order (by their ids).
import type { Container, ObjectMeta, PodSpec } from '../../../api/types'

/** Why a check says no: what is wrong, and where. */
export interface Violation {
  readonly reason: string
  readonly detail: string
}
export type Check = (spec: PodSpec, metadata: Partial<ObjectMeta>) => Violation | undefined

/** All containers, those that begin first. */
export const containersOf = ({ initContainers = [], containers, ephemeralContainers = [] }: PodSpec): readonly Container[] => [
  ...initContainers,
  ...containers,
  ...(ephemeralContainers as readonly Container[]),
]

export const quoted = (names: readonly string[]): string => names.map(name => JSON.stringify(name)).join(', ')
/** `container "a"`, `containers "a", "b"` */
export const named = (kind: string, names: readonly string[]): string =>
  `${kind}${names.length === 1 ? '' : 's'} ${quoted(names)}`
export const unique = (texts: readonly string[]): string[] => [...new Set(texts)].sort()

/** Names of the containers that something is true of. */
export const those = (spec: PodSpec, is: (container: Container) => unknown): string[] =>
  containersOf(spec).flatMap(container => (is(container) ? [container.name] : []))

const DEFAULT_CAPABILITIES: ReadonlySet<string> = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(' '),
)

export const capabilitiesBaseline: Check = spec => {
  const isMore = (name: string): boolean => !DEFAULT_CAPABILITIES.has(name)
  const bad = those(spec, c => c.securityContext?.capabilities?.add?.some(isMore))
  const added = unique(containersOf(spec).flatMap(c => c.securityContext?.capabilities?.add?.filter(isMore) ?? []))
  if (bad.length === 0) return undefined
  const detail = `${named('container', bad)} must not include ${quoted(added)} in securityContext.capabilities.add`
  return { reason: 'non-default capabilities', detail }
}

const hostNamespaces: Check = spec => {
  const used = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter(field => spec[field])
  return used.length === 0 ? undefined : { reason: 'host namespaces', detail: used.map(field => `${field}=true`).join(', ') }
}

export const hostPathVolumes: Check = ({ volumes = [] }) => {
  const names = volumes.filter(volume => volume.hostPath).map(volume => volume.name)
  return names.length === 0 ? undefined : { reason: 'hostPath volumes', detail: named('volume', names) }
}

const hostPorts: Check = spec => {
  const bad = those(spec, c => c.ports?.some(port => port.hostPort))
  if (bad.length === 0) return undefined
  const ports = unique(containersOf(spec).flatMap(c => (c.ports ?? []).flatMap(p => (p.hostPort ? [String(p.hostPort)] : []))))
  const uses = bad.length === 1 ? 'uses' : 'use'
  return {
    reason: 'hostPort',
    detail: `${named('container', bad)} ${uses} hostPort${ports.length === 1 ? '' : 's'} ${ports.join(', ')}`,
  }
}

const privileged: Check = spec => {
  const bad = those(spec, c => c.securityContext?.privileged)
  return bad.length === 0
    ? undefined
    : { reason: 'privileged', detail: `${named('container', bad)} must not set securityContext.privileged=true` }
}

const procMount: Check = spec => {
  const isOther = (c: Container): boolean => !['', 'Default'].includes(c.securityContext?.procMount ?? '')
  const bad = those(spec, isOther)
  if (bad.length === 0) return undefined
  const kinds = unique(
    containersOf(spec)
      .filter(isOther)
      .map(c => c.securityContext?.procMount ?? ''),
  )
  return { reason: 'procMount', detail: `${named('container', bad)} must not set securityContext.procMount to ${quoted(kinds)}` }
}

const SELINUX_TYPES: ReadonlySet<string> = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
])

const seLinuxOptions: Check = spec => {
  const wrong: string[] = []
  const setters: string[] = []
  const look = (options: NonNullable<PodSpec['securityContext']>['seLinuxOptions'], setter: string): void => {
    const found = [
      ...(SELINUX_TYPES.has(options?.type ?? '') ? [] : [`type ${JSON.stringify(options?.type)}`]),
      ...(options?.user ? ['user may not be set'] : []),
      ...(options?.role ? ['role may not be set'] : []),
    ]
    if (found.length > 0) setters.push(setter)
    wrong.push(...found)
  }
  look(spec.securityContext?.seLinuxOptions, 'pod')
  for (const c of containersOf(spec)) look(c.securityContext?.seLinuxOptions, `container ${JSON.stringify(c.name)}`)
  if (wrong.length === 0) return undefined
  const detail = `${setters.join(' and ')} set forbidden securityContext.seLinuxOptions: ${[...new Set(wrong)].join('; ')}`
  return { reason: 'seLinuxOptions', detail }
}

const isUnconfined = (of: { seccompProfile?: { type: string } } | undefined): boolean => of?.seccompProfile?.type === 'Unconfined'

/** What pod and containers say outright about seccomp that they may not. */
export function unconfined(spec: PodSpec): readonly string[] {
  const bad = those(spec, c => isUnconfined(c.securityContext))
  const setters = [...(isUnconfined(spec.securityContext) ? ['pod'] : []), ...(bad.length > 0 ? [named('container', bad)] : [])]
  return setters.map(setter => `${setter} must not set securityContext.seccompProfile.type to "Unconfined"`)
}

export const seccompBaseline: Check = spec => {
  const wrong = unconfined(spec)
  return wrong.length === 0 ? undefined : { reason: 'seccompProfile', detail: wrong.join('; ') }
}

const SYSCTLS: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  ...'ip_local_port_range ip_unprivileged_port_start tcp_syncookies ping_group_range ip_local_reserved_ports'
    .split(' ')
    .map(s => `net.ipv4.${s}`),
  ...'tcp_keepalive_time tcp_fin_timeout tcp_keepalive_intvl tcp_keepalive_probes tcp_rmem tcp_wmem'
    .split(' ')
    .map(s => `net.ipv4.${s}`),
])

const sysctls: Check = ({ securityContext }) => {
  const bad = (securityContext?.sysctls ?? []).map(each => each.name).filter(name => !SYSCTLS.has(name))
  return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') }
}

const windowsHostProcess: Check = spec => {
  const bad = those(spec, c => c.securityContext?.windowsOptions?.hostProcess)
  const setters = [
    ...(spec.securityContext?.windowsOptions?.hostProcess ? ['pod'] : []),
    ...(bad.length > 0 ? [named('container', bad)] : []),
  ]
  if (setters.length === 0) return undefined
  return {
    reason: 'hostProcess',
    detail: `${setters.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true`,
  }
}

/** Checks that the level restricted makes stricter have a name of their own: it leaves these out. */
export const BASELINE_ONLY: readonly Check[] = [capabilitiesBaseline, hostPathVolumes, seccompBaseline]

export const BASELINE: readonly Check[] = [
  capabilitiesBaseline,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  privileged,
  procMount,
  seLinuxOptions,
  seccompBaseline,
  sysctls,
  windowsHostProcess,
]
