// Models ValidateSecurityContext and validatePodSpecSecurityContext in pkg/apis/core/validation/validation.go.
import { duplicate, type FieldError, forbidden, invalid, notSupported, required, tooLong } from '../../api/field-error'
import type { Container, PodSpec } from '../../api/types'
import { toInternal } from '../internal-types/print'
import { optionalEnumErrors } from './enums'
import { descendingPath } from './paths'

type OfContainer = NonNullable<Container['securityContext']>
type OfPod = NonNullable<PodSpec['securityContext']>

const NONE: readonly FieldError[] = Object.freeze([])
const MOST_ID = 2 ** 31 - 1

/** IsValidUserID and IsValidGroupID */
const idErrors = (id: number | undefined, field: string): FieldError[] =>
  id !== undefined && (id < 0 || id > MOST_ID) ? [invalid(field, id, `must be between 0 and ${MOST_ID}, inclusive`)] : []

const PROFILES = ['Localhost', 'RuntimeDefault', 'Unconfined']

interface Profile {
  readonly type?: string
  readonly localhostProfile?: string
}

/** validateSeccompProfileField */
function seccompErrors(profile: Profile | undefined, field: string): FieldError[] {
  if (!profile) return []
  const { type = '', localhostProfile } = profile
  const errors: FieldError[] = []
  if (type === '') errors.push(required(`${field}.type`, 'type is required when seccompProfile is set'))
  else if (!PROFILES.includes(type)) errors.push(notSupported(`${field}.type`, type, PROFILES))
  if (type === 'Localhost') {
    if (localhostProfile === undefined)
      errors.push(required(`${field}.localhostProfile`, 'must be set when seccomp type is Localhost'))
    else errors.push(...descendingPath(localhostProfile, `${field}.localhostProfile`))
  } else if (localhostProfile !== undefined)
    errors.push(
      invalid(`${field}.localhostProfile`, toInternal('Profile', profile), 'can only be set when seccomp type is Localhost'),
    )
  return errors
}

const LONGEST_PROFILE = 4095

/** ValidateAppArmorProfileField */
function appArmorErrors(profile: Profile | undefined, path: string): FieldError[] {
  if (!profile) return []
  const { type = '', localhostProfile: name } = profile
  const field = `${path}.localhostProfile`
  if (type === '') return [required(`${path}.type`, 'type is required when appArmorProfile is set')]
  if (!PROFILES.includes(type)) return [notSupported(`${path}.type`, type, PROFILES)]
  if (type !== 'Localhost')
    return name === undefined ? [] : [invalid(field, name, 'can only be set when AppArmor type is Localhost')]
  const missing = required(field, 'must be set when AppArmor type is Localhost')
  if (name === undefined) return [missing]
  const errors: FieldError[] = []
  if (name.trim() !== name) errors.push(invalid(field, name, 'must not be padded with whitespace'))
  else if (name === '') errors.push(missing)
  if (name.length > LONGEST_PROFILE) errors.push(tooLong(field, '', LONGEST_PROFILE))
  return errors
}

/** What is wrong with a container's security context. */
export function containerSecurityErrors(
  context: OfContainer | undefined,
  field: string,
  hostUsers: boolean,
): readonly FieldError[] {
  if (!context) return NONE
  const { procMount } = context as { procMount?: string }
  const errors = [...idErrors(context.runAsUser, `${field}.runAsUser`), ...idErrors(context.runAsGroup, `${field}.runAsGroup`)]
  if (procMount !== undefined && procMount !== 'Default' && procMount !== 'Unmasked')
    errors.push(notSupported(`${field}.procMount`, procMount, ['Default', 'Unmasked']))
  if (hostUsers && procMount === 'Unmasked')
    errors.push(invalid(`${field}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`'))
  errors.push(...seccompErrors(context.seccompProfile, `${field}.seccompProfile`))
  if (context.allowPrivilegeEscalation === false) {
    const cannot = (what: string) =>
      invalid(field, toInternal('SecurityContext', context), `cannot set \`allowPrivilegeEscalation\` to false and ${what}`)
    if (context.privileged) errors.push(cannot('`privileged` to true'))
    for (const capability of context.capabilities?.add ?? [])
      if (capability === 'CAP_SYS_ADMIN') errors.push(cannot('`capabilities.Add` CAP_SYS_ADMIN'))
  }
  errors.push(...appArmorErrors((context as { appArmorProfile?: Profile }).appArmorProfile, `${field}.appArmorProfile`))
  return errors
}

const SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const SYSCTL = `^(${SEGMENT}[\\./])*${SEGMENT}$`
const SYSCTL_RE = new RegExp(SYSCTL)
const LONGEST_SYSCTL = 253

/** validateSysctls */
function sysctlErrors({ sysctls = [] }: OfPod, { hostNetwork, hostIPC }: PodSpec, field: string): FieldError[] {
  const seen = new Set<string>()
  return sysctls.flatMap(({ name }, i) => {
    const at = `${field}[${i}].name`
    const errors: FieldError[] = []
    if (!name) errors.push(required(at))
    else if (name.length > LONGEST_SYSCTL || !SYSCTL_RE.test(name))
      errors.push(invalid(at, name, `must have at most ${LONGEST_SYSCTL} characters and match regex ${SYSCTL}`))
    else if (seen.has(name)) errors.push(duplicate(at, name))
    if (hostNetwork && name.startsWith('net.')) errors.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"))
    else if (hostIPC && /^(kernel\.(shm|msg|sem)|fs\.mqueue\.)/.test(name))
      errors.push(invalid(at, name, "may not be specified when 'hostIPC' is true"))
    seen.add(name)
    return errors
  })
}

/** Whether a context is the empty one that defaulting gives to pods. */
function saysNothing(context: OfPod, { shareProcessNamespace }: PodSpec): boolean {
  for (const _ in context) return false
  return !shareProcessNamespace
}

/** What is wrong with a pod's security context. */
export function podSecurityErrors(spec: PodSpec, field: string): readonly FieldError[] {
  const { securityContext: context } = spec
  if (!context || saysNothing(context, spec)) return NONE
  const { supplementalGroupsPolicy, seLinuxChangePolicy, appArmorProfile } = context as {
    supplementalGroupsPolicy?: string
    seLinuxChangePolicy?: string
    appArmorProfile?: Profile
  }
  const errors = [
    ...idErrors(context.fsGroup, `${field}.fsGroup`),
    ...idErrors(context.runAsUser, `${field}.runAsUser`),
    ...idErrors(context.runAsGroup, `${field}.runAsGroup`),
    ...(context.supplementalGroups ?? []).flatMap((id, i) => idErrors(id, `${field}.supplementalGroups[${i}]`)),
  ]
  if (spec.shareProcessNamespace && spec.hostPID)
    errors.push(invalid(`${field}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled'))
  errors.push(...sysctlErrors(context, spec, `${field}.sysctls`))
  errors.push(...optionalEnumErrors(context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], `${field}.fsGroupChangePolicy`))
  errors.push(...seccompErrors(context.seccompProfile, `${field}.seccompProfile`))
  errors.push(...appArmorErrors(appArmorProfile, `${field}.appArmorProfile`))
  errors.push(...optionalEnumErrors(supplementalGroupsPolicy, ['Merge', 'Strict'], `${field}.supplementalGroupsPolicy`))
  errors.push(...optionalEnumErrors(seLinuxChangePolicy, ['MountOption', 'Recursive'], `${field}.seLinuxChangePolicy`))
  return errors
}

/** validateHostUsers: users of their own go with nothing else of the host's. */
export function hostUsersErrors(spec: PodSpec, field: string): readonly FieldError[] {
  if ((spec as { hostUsers?: boolean }).hostUsers !== false) return NONE
  const why = 'when `pod.Spec.HostUsers` is false'
  return [
    ...(spec.hostNetwork ? [forbidden(`${field}.hostNetwork`, why)] : []),
    ...(spec.hostPID ? [forbidden(`${field}.HostPID`, why)] : []),
    ...(spec.hostIPC ? [forbidden(`${field}.HostIPC`, why)] : []),
  ]
}
