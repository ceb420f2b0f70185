// Models the validation of volumes and claims in pkg/apis/core/validation/validation.go, and pkg/apis/storage/validation.
import { semanticEqual } from '../../api/deep'
import { type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import { canonicalQuantity, milliOf, parseQuantity } from '../../api/quantity'
import type { KubeObject } from '../../api/types'

const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']

const modeErrors = (modes: readonly string[]): FieldError[] =>
  modes.filter(mode => !MODES.includes(mode)).map(mode => notSupported('spec.accessModes', mode, MODES))

const positive = (amount: string, field: string): FieldError[] =>
  parseQuantity(amount).value && milliOf(amount) <= 0
    ? [invalid(field, canonicalQuantity(amount), 'must be greater than zero')]
    : []

/** ValidatePersistentVolumeClaimSpec */
export function validateClaim({ spec }: KubeObject): FieldError[] {
  const { accessModes = [], resources } = spec ?? {}
  const errors =
    accessModes.length > 0 ? modeErrors(accessModes) : [required('spec.accessModes', 'at least 1 access mode is required')]
  const storage: string | undefined = resources?.requests?.storage
  return [
    ...errors,
    ...(storage === undefined ? [required('spec.resources[storage]')] : positive(storage, 'spec.resources[storage]')),
  ]
}

/**
 * ValidatePersistentVolumeClaimUpdate: a claim stays what it asks for, but for the size of a bound one. The diff that upstream appends is
 * left out.
 */
export function validateClaimUpdate(claim: KubeObject, old: KubeObject): FieldError[] {
  if (claim.spec === old.spec) return []
  const isBound = claim.status?.phase === 'Bound'
  const errors = semanticEqual(comparable(claim, old, isBound), old.spec) ? [] : [forbidden('spec', IMMUTABLE)]
  const size = milliOf(claim.spec?.resources?.requests?.storage)
  // it may shrink again to what it has not yet grown beyond
  if (size < milliOf(old.spec?.resources?.requests?.storage) && size <= milliOf(old.status?.capacity?.storage))
    errors.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'))
  return errors
}
const IMMUTABLE = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'

/** The new spec without what may change: what is to be compared with the old one. */
function comparable({ spec }: KubeObject, { spec: before, metadata }: KubeObject, isBound: boolean): object {
  const same: Record<string, unknown> = { ...spec }
  const keep = (name: string) => {
    if (before?.[name] === undefined) delete same[name]
    else same[name] = before[name]
  }
  // a claim is bound once, and gets the default class once
  if (!before?.volumeName) keep('volumeName')
  if (before?.storageClassName === undefined && !metadata.annotations?.['volume.beta.kubernetes.io/storage-class'])
    keep('storageClassName')
  if (isBound && spec?.volumeAttributesClassName !== undefined) keep('volumeAttributesClassName')
  if (isBound && spec?.resources?.requests)
    same.resources = {
      ...spec.resources,
      requests: { ...spec.resources.requests, storage: before?.resources?.requests?.storage },
    }
  return same
}

/** Where a volume can come from, in the order in which upstream looks. */
const SOURCES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flocker',
  'azureFile',
  'vsphereVolume',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'local',
  'storageos',
  'csi',
]

/** ValidatePersistentVolumeSpec */
export function validateVolume({ spec }: KubeObject): FieldError[] {
  const { accessModes = [], capacity, persistentVolumeReclaimPolicy: policy, hostPath } = spec ?? {}
  const errors = accessModes.length > 0 ? modeErrors(accessModes) : [required('spec.accessModes')]
  const names = Object.keys(capacity ?? {})
  if (names.length === 0) errors.push(required('spec.capacity'))
  if (!capacity?.storage || names.length > 1) errors.push(notSupported('spec.capacity', capacity, ['storage']))
  for (const name of names) errors.push(...positive(capacity[name], `spec.capacity[${name}]`))
  if (policy && !['Delete', 'Recycle', 'Retain'].includes(policy))
    errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, ['Delete', 'Recycle', 'Retain']))
  const sources = SOURCES.filter(source => spec?.[source] !== undefined)
  for (const other of sources.slice(1)) errors.push(forbidden(`spec.${other}`, 'may not specify more than 1 volume type'))
  if (sources[0] === 'hostPath' && !hostPath.path) errors.push(required('spec.hostPath.path'))
  if (sources.length === 0) errors.push(required('spec', 'must specify a volume type'))
  if (hostPath?.path === '/' && policy === 'Recycle')
    errors.push(forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'"))
  return errors
}

/** ValidateStorageClass */
export function validateStorageClass(object: KubeObject): FieldError[] {
  const { provisioner, reclaimPolicy, volumeBindingMode: mode } = object
  const errors = provisioner ? [] : [required('provisioner')]
  if (reclaimPolicy && !['Delete', 'Retain'].includes(String(reclaimPolicy)))
    errors.push(notSupported('reclaimPolicy', reclaimPolicy, ['Delete', 'Retain']))
  if (mode && !['Immediate', 'WaitForFirstConsumer'].includes(String(mode)))
    errors.push(notSupported('volumeBindingMode', mode, ['Immediate', 'WaitForFirstConsumer']))
  return errors
}

/** Keys that a Secret of a type has to have. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
}

/** What ValidateSecret says of a Secret's type. */
export function secretTypeErrors({ type, data, metadata }: KubeObject): FieldError[] {
  const has = (key: string): boolean => (data as Record<string, string> | undefined)?.[key] !== undefined
  if (type === 'kubernetes.io/basic-auth' && !has('username') && !has('password'))
    return [required('data[username]'), required('data[password]')]
  if (type === 'kubernetes.io/service-account-token' && !metadata.annotations?.['kubernetes.io/service-account.name'])
    return [required('metadata.annotations[kubernetes.io/service-account.name]')]
  return (KEYS[String(type)] ?? []).filter(key => !has(key)).map(key => required(`data[${key}]`))
}
