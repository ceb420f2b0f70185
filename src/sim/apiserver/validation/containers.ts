// Models validateContainers, validateInitContainers and validateContainerCommon in pkg/apis/core/validation/validation.go.
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import { dns1123LabelErrors, portNameErrors, portNumberErrors } from '../../api/names'
import type { Container, PodSpec } from '../../api/types'
import { enumErrors } from './enums'
import { envErrors, envFromErrors } from './env'
import { descendingPath, noBacksteps } from './paths'
import { handlerErrors, probeErrors } from './probes'
import { resourceErrors } from './resources'
import { containerSecurityErrors } from './security'
import { isRepeated } from './volumes'

type Volumes = PodSpec['volumes']

/** Containers that have been found good. */
const good = new WeakSet<object>()

/** A container that was made of a good one by adding what is known to be good (a mount). */
export function alsoGood<T extends Container>(container: T, from: Container): T {
  if (good.has(from)) good.add(container)
  return container
}

const NONE: readonly FieldError[] = Object.freeze([])

/** All that is wrong with a pod's containers. `volumes` are those that can be mounted. */
export function containerErrors(spec: PodSpec, path: string, volumes: Volumes): readonly FieldError[] {
  const { containers, initContainers } = spec
  const errors: FieldError[] = []
  if (!containers || containers.length === 0) errors.push(required(`${path}.containers`))
  else {
    containers.forEach((container, i) => {
      const field = `${path}.containers[${i}]`
      const isTaken = isRepeated(containers, i, 'name')
      errors.push(...oneContainer(container, field, spec, volumes, { isTaken, lives: true }))
    })
    errors.push(...hostPortErrors(containers, `${path}.containers`))
  }
  initContainers?.forEach((container, i) => {
    const { name } = container
    const isKnown = isRepeated(initContainers, i, 'name') || containers?.some(other => other.name === name) === true
    const lives = (container as { restartPolicy?: string }).restartPolicy === 'Always'
    const field = `${path}.initContainers[${i}]`
    errors.push(...oneContainer(container, field, spec, volumes, { isTaken: isKnown && name !== '', lives }))
    errors.push(...hostPortErrors([container], `${path}.initContainers`))
  })
  return errors
}

/** What a container that looks into a running pod has none of, in Go's order (allowedEphemeralContainerFields). */
const NOT_EPHEMERAL = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
]
const EPHEMERAL = 'cannot be set for an Ephemeral Container'

/** validateEphemeralContainers. `volumes` are those that can be mounted. */
export function ephemeralErrors(spec: PodSpec, path: string, volumes: Volumes): readonly FieldError[] {
  const all = (spec.ephemeralContainers ?? []) as readonly (Container & { readonly targetContainerName?: string })[]
  const others = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name)
  return all.flatMap((container, i) => {
    const at = `${path}.ephemeralContainers[${i}]`
    const { name, image = '', targetContainerName: target } = container
    const errors = common(container, at, spec, mountErrors(container, at, volumes))
    if (image.trim().length !== image.length)
      errors.push(invalid(`${at}.image`, image, 'must not have leading or trailing whitespace'))
    if (others.includes(name) || isRepeated(all, i, 'name')) errors.push(duplicate(`${at}.name`, name))
    if (target && !others.includes(target))
      errors.push({ type: 'FieldValueNotFound', field: `${at}.targetContainerName`, value: target, detail: '' })
    const fields = container as unknown as Readonly<Record<string, unknown>>
    for (const field of NOT_EPHEMERAL) if (isSaid(fields[field])) errors.push(forbidden(`${at}.${field}`, EPHEMERAL))
    container.volumeMounts?.forEach(({ subPath, subPathExpr }, j) => {
      if (subPath) errors.push(forbidden(`${at}.volumeMounts[${j}].subPath`, EPHEMERAL))
      if (subPathExpr) errors.push(forbidden(`${at}.volumeMounts[${j}].subPathExpr`, EPHEMERAL))
    })
    return errors
  })
}

/** Whether a field is more than Go's zero of it. */
const isSaid = (value: unknown): boolean =>
  value !== undefined && value !== null && (typeof value !== 'object' || Object.keys(value).length > 0)

/** One container. One that comes before the others and does not stay (`lives` is false) has no probes and no hooks. */
function oneContainer(
  container: Container,
  field: string,
  spec: PodSpec,
  volumes: Volumes,
  { isTaken, lives }: { readonly isTaken: boolean; readonly lives: boolean },
): readonly FieldError[] {
  const mounts = mountErrors(container, field, volumes)
  if (mounts.length === 0 && good.has(container) && !isTaken) return NONE
  const errors = common(container, field, spec, mounts)
  if (isTaken) errors.push(duplicate(`${field}.name`, container.name))
  errors.push(...(lives ? lifeErrors(container, field, spec) : lifelessErrors(container, field)))
  if (errors.length === 0 && !dependsOnSpec(container)) good.add(container)
  return errors
}

/** Whether what is right in a container is so only with the rest of its pod. */
const dependsOnSpec = ({ lifecycle, volumeDevices, securityContext, ...container }: Container): boolean =>
  lifecycle !== undefined ||
  volumeDevices !== undefined ||
  'resizePolicy' in container ||
  (securityContext !== undefined && 'procMount' in securityContext)

const lifelessErrors = (container: Container, field: string): FieldError[] =>
  (['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    .filter(name => container[name])
    .map(name => forbidden(`${field}.${name}`, 'may not be set for init containers without restartPolicy=Always'))

/** Hooks and probes. */
function lifeErrors(container: Container, field: string, { terminationGracePeriodSeconds: grace }: PodSpec): FieldError[] {
  const { lifecycle } = container
  const errors: FieldError[] = []
  if (lifecycle?.postStart) errors.push(...handlerErrors(lifecycle.postStart, `${field}.lifecycle.postStart`, grace))
  if (lifecycle?.preStop) errors.push(...handlerErrors(lifecycle.preStop, `${field}.lifecycle.preStop`, grace))
  for (const kind of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    const probe = container[kind]
    if (probe) errors.push(...probeErrors(probe, `${field}.${kind}`, kind))
  }
  return errors
}

const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError']
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']

/** validateContainerCommon */
function common(container: Container, field: string, spec: PodSpec, mounts: readonly FieldError[]): FieldError[] {
  const errors: FieldError[] = []
  if (!container.name) errors.push(required(`${field}.name`))
  else for (const why of dns1123LabelErrors(container.name)) errors.push(invalid(`${field}.name`, container.name, why))
  if (!container.image) errors.push(required(`${field}.image`))
  const { terminationMessagePolicy, imagePullPolicy, resources } = container
  if (terminationMessagePolicy !== undefined)
    errors.push(...enumErrors(terminationMessagePolicy, MESSAGE_POLICIES, `${field}.terminationMessagePolicy`))
  errors.push(...portErrors(container, `${field}.ports`), ...envErrors(container, `${field}.env`))
  errors.push(...envFromErrors(container, `${field}.envFrom`), ...mounts, ...deviceErrors(container, field, spec.volumes))
  if (imagePullPolicy !== undefined) errors.push(...enumErrors(imagePullPolicy, PULL_POLICIES, `${field}.imagePullPolicy`))
  errors.push(...resourceErrors(resources, `${field}.resources`), ...resizeErrors(container, spec, `${field}.resizePolicy`))
  const hostUsers = (spec as { hostUsers?: boolean }).hostUsers !== false
  errors.push(...containerSecurityErrors(container.securityContext, `${field}.securityContext`, hostUsers))
  return errors
}

/** validateContainerPorts */
function portErrors({ ports }: Container, field: string): readonly FieldError[] {
  if (!ports || ports.length === 0) return NONE
  const errors: FieldError[] = []
  const names = new Set<string>()
  ports.forEach((port, i) => {
    const at = `${field}[${i}]`
    if (port.name) {
      const wrong = portNameErrors(port.name)
      for (const why of wrong) errors.push(invalid(`${at}.name`, port.name, why))
      if (wrong.length === 0 && names.has(port.name)) errors.push(duplicate(`${at}.name`, port.name))
      if (wrong.length === 0) names.add(port.name)
    }
    if (!port.containerPort) errors.push(required(`${at}.containerPort`))
    else
      for (const why of portNumberErrors(port.containerPort)) errors.push(invalid(`${at}.containerPort`, port.containerPort, why))
    if (port.hostPort)
      for (const why of portNumberErrors(port.hostPort)) errors.push(invalid(`${at}.hostPort`, port.hostPort, why))
    errors.push(...enumErrors(port.protocol, ['SCTP', 'TCP', 'UDP'], `${at}.protocol`))
  })
  return errors
}

/** AccumulateUniqueHostPorts */
function hostPortErrors(containers: readonly Container[], field: string): readonly FieldError[] {
  let errors: FieldError[] | undefined
  let seen: Set<string> | undefined
  for (const [i, { ports = [] }] of containers.entries())
    for (const [j, { protocol, hostIP = '', hostPort }] of ports.entries()) {
      if (!hostPort) continue
      const text = `${protocol}/${hostIP}/${hostPort}`
      seen ??= new Set()
      if (seen.has(text)) {
        errors ??= []
        errors.push(duplicate(`${field}[${i}].ports[${j}].hostPort`, text))
      }
      seen.add(text)
    }
  return errors ?? NONE
}

/** ValidateVolumeMounts, where paths within volumes are said without their index, as upstream does. */
function mountErrors(container: Container, path: string, volumes: Volumes): readonly FieldError[] {
  const { volumeMounts, volumeDevices } = container
  if (!volumeMounts || volumeMounts.length === 0) return NONE
  const errors: FieldError[] = []
  const field = `${path}.volumeMounts`
  volumeMounts.forEach((mount, i) => {
    const at = `${field}[${i}]`
    const { name, mountPath, subPath, subPathExpr, mountPropagation } = mount
    const volume = volumes?.find(other => other.name === name)
    if (!name) errors.push(required(`${at}.name`))
    if (!volume) errors.push({ type: 'FieldValueNotFound', field: `${at}.name`, value: name ?? '', detail: '' })
    if (!mountPath) errors.push(required(`${at}.mountPath`))
    if (isRepeated(volumeMounts, i, 'mountPath')) errors.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'))
    if (volumeDevices?.some(device => device.name === name))
      errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeDevices'))
    if (volumeDevices?.some(device => device.devicePath === mountPath))
      errors.push(invalid(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'))
    if (subPath) errors.push(...descendingPath(subPath, `${field}.subPath`))
    if (subPathExpr) {
      if (subPath) errors.push(invalid(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'))
      errors.push(...descendingPath(subPathExpr, `${field}.subPathExpr`))
    }
    if (mountPropagation !== undefined)
      errors.push(...propagationErrors(mountPropagation, container, `${field}.mountPropagation`))
  })
  return errors
}

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None']

/** validateMountPropagation */
function propagationErrors(mode: string, container: Container, field: string): readonly FieldError[] {
  if (!PROPAGATIONS.includes(mode)) return [notSupported(field, mode, PROPAGATIONS)]
  return mode === 'Bidirectional' && !container.securityContext?.privileged
    ? [forbidden(field, 'Bidirectional mount propagation is available only to privileged containers')]
    : NONE
}

/** ValidateVolumeDevices */
function deviceErrors({ volumeDevices, volumeMounts }: Container, path: string, volumes: Volumes): readonly FieldError[] {
  if (!volumeDevices || volumeDevices.length === 0) return NONE
  const errors: FieldError[] = []
  volumeDevices.forEach((device, i) => {
    const at = `${path}.volumeDevices[${i}]`
    const { name, devicePath } = device
    const volume = volumes?.find(other => other.name === name)
    if (!name) errors.push(required(`${at}.name`))
    else if (isRepeated(volumeDevices, i, 'name')) errors.push(invalid(`${at}.name`, name, 'must be unique'))
    if (volume && !volume.persistentVolumeClaim && !volume.ephemeral)
      errors.push(
        invalid(`${at}.name`, name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'),
      )
    if (!volume) errors.push({ type: 'FieldValueNotFound', field: `${at}.name`, value: name ?? '', detail: '' })
    if (!devicePath) errors.push(required(`${at}.devicePath`))
    if (isRepeated(volumeDevices, i, 'devicePath')) errors.push(invalid(`${at}.devicePath`, devicePath, 'must be unique'))
    if (devicePath && noBacksteps(devicePath, '').length > 0)
      errors.push(invalid(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')"))
    if (volumeMounts?.some(mount => mount.name === name))
      errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeMounts'))
    if (volumeMounts?.some(mount => mount.mountPath === devicePath))
      errors.push(invalid(`${at}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts'))
  })
  return errors
}

interface ResizePolicy {
  readonly resourceName?: string
  readonly restartPolicy?: string
}

/** validateResizePolicy */
function resizeErrors(container: Container, { restartPolicy }: PodSpec, field: string): readonly FieldError[] {
  const { resizePolicy } = container as { resizePolicy?: readonly ResizePolicy[] }
  if (!resizePolicy) return NONE
  return resizePolicy.flatMap((policy, i) => {
    const errors: FieldError[] = []
    if (isRepeated(resizePolicy, i, 'resourceName')) errors.push(duplicate(`${field}[${i}]`, policy.resourceName))
    errors.push(...enumErrors(policy.resourceName, ['cpu', 'memory'], field))
    errors.push(...enumErrors(policy.restartPolicy, ['NotRequired', 'RestartContainer'], field))
    if (restartPolicy === 'Never' && policy.restartPolicy !== 'NotRequired')
      errors.push(invalid(field, policy.restartPolicy ?? '', "must be 'NotRequired' when `restartPolicy` is 'Never'"))
    return errors
  })
}
