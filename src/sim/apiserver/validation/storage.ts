// Models the validation of volumes and claims in pkg/apis/core/validation/validation.go, and pkg/apis/storage/validation.
import { semanticEqual } from '../../api/deep'
import { type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import { dns1123SubdomainErrors, qualifiedNameErrors } from '../../api/names'
import { canonicalQuantity, milliOf, parseQuantity } from '../../api/quantity'
import { OLD_CLASS } from '../../api/storage'
import type { KubeObject } from '../../api/types'
import { internalDiff, toInternal } from '../internal-types/print'
import { optionalEnumErrors } from './enums'
import { hostPathErrors, nfsErrors, noBacksteps } from './paths'
import { nodeTermErrors, selectorErrors } from './placement'
import { classNameErrors } from './resources'

const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const VOLUME_MODES = ['Block', 'Filesystem']

function modeErrors(modes: readonly string[], field: string): FieldError[] {
  const errors = modes.filter(mode => !MODES.includes(mode)).map(mode => notSupported(field, mode, MODES))
  const isAlone = modes.every(mode => mode === 'ReadWriteOncePod')
  return !isAlone && modes.includes('ReadWriteOncePod')
    ? [...errors, forbidden(field, 'may not use ReadWriteOncePod with other access modes')]
    : errors
}

/** ValidatePositiveQuantityValue. What is no quantity has been refused when it was decoded. */
function sizeErrors(amount: string, field: string): FieldError[] {
  if (!parseQuantity(amount).value) return []
  return milliOf(amount) <= 0 ? [invalid(field, canonicalQuantity(amount), 'must be greater than zero')] : []
}

/** ValidatePersistentVolumeClaim, beside its metadata. */
export const validateClaim = ({ spec = {} }: KubeObject): readonly FieldError[] => claimSpecErrors(spec, 'spec')

/** ValidatePersistentVolumeClaimSpec: of a claim, or of a volume that has its own. */
export function claimSpecErrors(spec: KubeObject['spec'], field: string): FieldError[] {
  const { accessModes = [], resources, selector, storageClassName, volumeMode, dataSource, dataSourceRef } = spec ?? {}
  const errors: FieldError[] = []
  if (accessModes.length === 0) errors.push(required(`${field}.accessModes`, 'at least 1 access mode is required'))
  if (selector) errors.push(...selectorErrors(selector, `${field}.selector`))
  errors.push(...modeErrors(accessModes, `${field}.accessModes`))
  const storage: string | undefined = resources?.requests?.storage
  if (storage === undefined) errors.push(required(`${field}.resources[storage]`))
  else errors.push(...sizeErrors(storage, `${field}.resources[storage]`))
  if (storageClassName) errors.push(...classNameErrors(storageClassName, `${field}.storageClassName`))
  errors.push(...optionalEnumErrors(volumeMode, VOLUME_MODES, `${field}.volumeMode`))
  for (const [name, source] of Object.entries({ dataSource, dataSourceRef }))
    if (source) errors.push(...sourceErrors(source, `${field}.${name}`))
  return errors
}

interface DataSource {
  readonly apiGroup?: string
  readonly kind?: string
  readonly name?: string
}

/** validateDataSource */
function sourceErrors({ apiGroup = '', kind, name }: DataSource, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (!name) errors.push(required(`${field}.name`))
  if (!kind) errors.push(required(`${field}.kind`))
  if (apiGroup === '' && kind !== 'PersistentVolumeClaim')
    errors.push(invalid(field, kind ?? '', "must be 'PersistentVolumeClaim' when referencing the default apiGroup"))
  if (apiGroup !== '')
    for (const why of dns1123SubdomainErrors(apiGroup)) errors.push(invalid(`${field}.apiGroup`, apiGroup, why))
  return errors
}

/** ValidatePersistentVolumeClaimUpdate: a claim stays what it asks for, but for the size of a bound one. */
export function validateClaimUpdate(claim: KubeObject, old: KubeObject): readonly FieldError[] {
  if (claim.spec === old.spec) return []
  const isBound = claim.status?.phase === 'Bound'
  const errors: FieldError[] = []
  const [now, before] = [comparable(claim, old, isBound), beforeOf(claim, old)]
  if (!semanticEqual(now, before)) {
    const print = (spec: object): object => toInternal('PersistentVolumeClaimSpec', spec)
    errors.push(forbidden('spec', `${IMMUTABLE}\n${internalDiff(print(before), print(now))}`))
  }
  const size = milliOf(claim.spec?.resources?.requests?.storage)
  // it may shrink again to what it has not yet grown beyond
  if (size < milliOf(old.spec?.resources?.requests?.storage) && size <= milliOf(old.status?.capacity?.storage))
    errors.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'))
  if (claim.spec?.volumeMode !== old.spec?.volumeMode)
    errors.push(invalid('volumeMode', claim.spec?.volumeMode ?? null, 'field is immutable'))
  if (old.spec?.volumeAttributesClassName !== undefined && !claim.spec?.volumeAttributesClassName) {
    const to = claim.spec?.volumeAttributesClassName === undefined ? 'nil' : 'an empty string'
    errors.push(forbidden('spec.volumeAttributesClassName', `update from non-nil value to ${to} is forbidden`))
  }
  return errors
}
const IMMUTABLE = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'

type Fields = Record<string, unknown>

/** The old spec with what a claim may be given once: the name of its volume. */
const beforeOf = ({ spec }: KubeObject, { spec: before }: KubeObject): Fields =>
  before?.volumeName || spec?.volumeName === undefined ? before : { ...before, volumeName: spec.volumeName }

/** The new spec without what may change: what is to be compared with the old one. */
function comparable({ spec }: KubeObject, { spec: before, metadata }: KubeObject, isBound: boolean): Fields {
  const same: Fields = { ...spec }
  const keep = (name: string) => {
    if (before?.[name] === undefined) delete same[name]
    else same[name] = before[name]
  }
  // a claim gets the default class once
  if (before?.storageClassName === undefined && !metadata.annotations?.[OLD_CLASS]) keep('storageClassName')
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

/** What is asked of where a volume comes from. */
const CHECKS: Readonly<Record<string, (source: Source, field: string, spec: KubeObject['spec']) => readonly FieldError[]>> = {
  hostPath: (source, field) => hostPathErrors(source, field),
  nfs: nfsErrors,
  local: ({ path }, field, { nodeAffinity }) => [
    ...(path ? noBacksteps(path, `${field}.path`) : [required(`${field}.path`)]),
    ...(nodeAffinity?.required ? [] : [required('spec.nodeAffinity', 'Local volume requires node affinity')]),
  ],
  csi: ({ driver, volumeHandle }, field) => [
    ...(driver ? [] : [required(`${field}.driver`)]),
    ...(volumeHandle ? [] : [required(`${field}.volumeHandle`)]),
  ],
}
interface Source {
  readonly path?: string
  readonly server?: string
  readonly driver?: string
  readonly volumeHandle?: string
}

const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain']

/** ValidatePersistentVolumeSpec */
export function validateVolume({ spec = {} }: KubeObject): FieldError[] {
  const { accessModes = [], capacity, persistentVolumeReclaimPolicy: policy, hostPath } = spec
  const errors = accessModes.length > 0 ? modeErrors(accessModes, 'spec.accessModes') : [required('spec.accessModes')]
  const names = Object.keys(capacity ?? {})
  if (names.length === 0) errors.push(required('spec.capacity'))
  if (!capacity?.storage || names.length > 1) errors.push(notSupported('spec.capacity', capacity ?? null, ['storage']))
  for (const name of names) errors.push(...sizeErrors(capacity[name], `spec.capacity[${name}]`))
  if (policy) errors.push(...optionalEnumErrors(policy, RECLAIM_POLICIES, 'spec.persistentVolumeReclaimPolicy'))
  errors.push(...affinityErrors(spec.nodeAffinity))
  const [source, ...others] = SOURCES.filter(name => spec[name] !== undefined)
  if (source) errors.push(...(CHECKS[source]?.(spec[source], `spec.${source}`, spec) ?? []))
  else errors.push(required('spec', 'must specify a volume type'))
  for (const other of others) errors.push(forbidden(`spec.${other}`, 'may not specify more than 1 volume type'))
  if (hostPath?.path === '/' && policy === 'Recycle')
    errors.push(forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'"))
  if (spec.storageClassName) errors.push(...classNameErrors(spec.storageClassName, 'spec.storageClassName'))
  return [...errors, ...optionalEnumErrors(spec.volumeMode, VOLUME_MODES, 'spec.volumeMode')]
}

type NodeTerms = { readonly nodeSelectorTerms?: readonly Parameters<typeof nodeTermErrors>[0][] }

/** validateVolumeNodeAffinity */
function affinityErrors(affinity: { readonly required?: NodeTerms } | undefined): readonly FieldError[] {
  if (!affinity) return []
  if (!affinity.required) return [required('spec.nodeAffinity.required', 'must specify required node constraints')]
  const terms = affinity.required.nodeSelectorTerms ?? []
  const field = 'spec.nodeAffinity.required.nodeSelectorTerms'
  if (terms.length === 0) return [required(field, 'must have at least one node selector term')]
  return terms.flatMap((term, i) => nodeTermErrors(term, `${field}[${i}]`, true))
}

/** ValidatePersistentVolumeUpdate: a volume comes from where it came from, and stays where it is. */
export function validateVolumeUpdate({ spec = {} }: KubeObject, { spec: old = {} }: KubeObject): readonly FieldError[] {
  if (spec === old) return []
  const errors: FieldError[] = []
  const now = withoutNewSecret(spec, old)
  if (SOURCES.some(name => !semanticEqual(now[name], old[name]))) {
    const print = (of: object): object => toInternal('PersistentVolumeSource', of)
    const diff = internalDiff(print(old), print(now))
    errors.push(forbidden('spec.persistentvolumesource', `spec.persistentvolumesource is immutable after creation\n${diff}`))
  }
  if (spec.volumeMode !== old.volumeMode) errors.push(invalid('volumeMode', spec.volumeMode ?? null, 'field is immutable'))
  if (old.nodeAffinity && !semanticEqual(spec.nodeAffinity, old.nodeAffinity)) {
    const shown = spec.nodeAffinity ? toInternal('VolumeNodeAffinity', spec.nodeAffinity) : null
    errors.push(invalid('nodeAffinity', shown, 'field is immutable'))
  }
  return errors
}

/** A CSI volume may be given the secret for its growth later. */
function withoutNewSecret(spec: KubeObject['spec'], { csi: old }: KubeObject['spec']): KubeObject['spec'] {
  if (!old || old.controllerExpandSecretRef || !spec.csi?.controllerExpandSecretRef) return spec
  const { controllerExpandSecretRef: _, ...csi } = spec.csi
  return { ...spec, csi }
}

/** ValidateStorageClass */
export function validateStorageClass({ provisioner, reclaimPolicy, volumeBindingMode }: KubeObject): FieldError[] {
  const errors: FieldError[] = []
  if (!provisioner) errors.push(required('provisioner'))
  else
    for (const why of qualifiedNameErrors(String(provisioner).toLowerCase()))
      errors.push(invalid('provisioner', provisioner, why))
  errors.push(...optionalEnumErrors(reclaimPolicy, ['Delete', 'Retain'], 'reclaimPolicy'))
  return [...errors, ...optionalEnumErrors(volumeBindingMode, ['Immediate', 'WaitForFirstConsumer'], 'volumeBindingMode')]
}

/** ValidateStorageClassUpdate: volumes that there are have been made as it says. */
export function validateStorageClassUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const errors = ['parameters', 'provisioner', 'reclaimPolicy'].flatMap(field =>
    semanticEqual(object[field], old[field]) ? [] : [forbidden(field, `updates to ${field} are forbidden.`)],
  )
  if (object.volumeBindingMode !== old.volumeBindingMode)
    errors.push(invalid('volumeBindingMode', object.volumeBindingMode ?? null, 'field is immutable'))
  return errors
}
