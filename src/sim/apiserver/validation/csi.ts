// Models pkg/apis/storage/validation/validation.go: what drivers of volumes say of themselves and of nodes, and attachments.
import { deepEqual, semanticEqual } from '../../api/deep'
import { duplicate, type FieldError, forbidden, invalid, notSupported, required, tooLong } from '../../api/field-error'
import { dns1123SubdomainErrors, qualifiedNameErrors } from '../../api/names'
import { canonicalQuantity, milliOf } from '../../api/quantity'
import type { KubeObject, LabelSelector } from '../../api/types'
import { optionalEnumErrors } from './enums'
import { selectorErrors } from './placement'

const NONE: readonly FieldError[] = Object.freeze([])
const POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType']
const LIFECYCLES = ['Persistent', 'Ephemeral']
const LEAST_PERIOD = 10
const LEAST_EXPIRATION = 600

/** validateCSIDriverSpec; what must be there has a default. */
export function validateDriver({ spec = {} }: KubeObject): readonly FieldError[] {
  const { fsGroupPolicy, tokenRequests = [], volumeLifecycleModes = [], nodeAllocatableUpdatePeriodSeconds: period } = spec
  const field = 'spec.nodeAllocatableUpdatePeriodSeconds'
  return [
    ...optionalEnumErrors(fsGroupPolicy, POLICIES, 'spec.fsGroupPolicy'),
    ...tokenErrors(tokenRequests),
    ...(volumeLifecycleModes as readonly string[])
      .filter(mode => !LIFECYCLES.includes(mode))
      .map(mode => notSupported('spec.volumeLifecycleModes', mode, LIFECYCLES)),
    ...(typeof period === 'number' && period < LEAST_PERIOD
      ? [invalid(field, period, 'must be greater than or equal to 10 seconds')]
      : NONE),
  ]
}

interface TokenRequest {
  readonly audience?: string
  readonly expirationSeconds?: number
}
function tokenErrors(requests: readonly TokenRequest[]): readonly FieldError[] {
  const audiences = new Set<string>()
  return requests.flatMap(({ audience = '', expirationSeconds: seconds }, i) => {
    const at = `spec.tokenRequests[${i}]`
    if (audiences.has(audience)) return [duplicate(`${at}.audience`, audience)]
    audiences.add(audience)
    if (typeof seconds !== 'number') return NONE
    const wrong = (why: string) => [invalid(`${at}.expirationSeconds`, seconds, `may not specify a duration ${why}`)]
    if (seconds < LEAST_EXPIRATION) return wrong('less than 10 minutes')
    return seconds > 2 ** 32 ? wrong('larger than 2^32 seconds') : NONE
  })
}

/** ValidateCSIDriverUpdate; the first field's name is upstream's. */
export function validateDriverUpdate({ spec = {} }: KubeObject, { spec: old = {} }: KubeObject): readonly FieldError[] {
  const fields = { attachRequired: 'spec.attachedRequired', volumeLifecycleModes: 'spec.volumeLifecycleModes' }
  return Object.entries(fields).flatMap(([name, field]) =>
    deepEqual(spec[name], old[name]) ? [] : [invalid(field, spec[name] ?? null, 'field is immutable')],
  )
}

interface NodeDriver {
  readonly name?: string
  readonly nodeID?: string
  readonly topologyKeys?: readonly string[]
  readonly allocatable?: { readonly count?: number }
}
const MOST_OF_ID = 256

/** ValidateCSINode, beside its metadata. */
export function validateNodeDrivers({ spec }: KubeObject): readonly FieldError[] {
  const drivers = (spec?.drivers ?? []) as readonly NodeDriver[]
  return drivers.flatMap(({ name = '', nodeID = '', topologyKeys = [], allocatable }, i) => {
    const at = `spec.drivers[${i}]`
    const errors = [...driverNameErrors(name, `${at}.name`)]
    if (nodeID === '') errors.push(required(`${at}.nodeID`))
    if (nodeID.length > MOST_OF_ID) errors.push(invalid(`${at}.nodeID`, nodeID, `must be ${MOST_OF_ID} characters or less`))
    if ((allocatable?.count ?? 0) < 0)
      errors.push(invalid(`${at}.allocatable.count`, allocatable?.count, 'must be greater than or equal to 0'))
    if (drivers.findIndex(other => (other.name ?? '') === name) < i) errors.push(duplicate(`${at}.name`, name))
    topologyKeys.forEach((key, j) => {
      if (key === '') errors.push(required(at))
      if (topologyKeys.indexOf(key) < j) errors.push(duplicate(at, key))
      errors.push(...qualifiedNameErrors(key).map(why => invalid(at, key, why)))
    })
    return errors
  })
}

const MOST_OF_DRIVER = 63

/** ValidateCSIDriverName of a volume's or a node's driver. */
function driverNameErrors(name: string, field: string): readonly FieldError[] {
  const empty = name === '' ? [required(field)] : []
  const long = name.length > MOST_OF_DRIVER ? [tooLong(field, '', MOST_OF_DRIVER)] : []
  return [...empty, ...long, ...dns1123SubdomainErrors(name.toLowerCase()).map(why => invalid(field, name, why))]
}

/** ValidateVolumeAttachment, beside its metadata; a volume within it is let pass. */
export function validateAttachment({ spec = {} }: KubeObject): readonly FieldError[] {
  const { attacher = '', source = {}, nodeName = '' } = spec
  const { persistentVolumeName: name, inlineVolumeSpec } = source
  const errors = attacher === '' ? [required('spec.attacher')] : []
  const one = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'
  if (!inlineVolumeSpec && name === undefined) errors.push(required('spec.source', one))
  else if (inlineVolumeSpec && name !== undefined) errors.push(forbidden('spec.source', one))
  else if (name === '') errors.push(required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName'))
  return [...errors, ...dns1123SubdomainErrors(nodeName).map(why => invalid('spec.nodeName', nodeName, why))]
}

/** ValidateVolumeAttachmentV1: what v1 asks of new ones besides. */
export function validateNewAttachment({ spec = {} }: KubeObject): readonly FieldError[] {
  const name: string | undefined = spec.source?.persistentVolumeName
  const errors = name === undefined ? [] : dns1123SubdomainErrors(name)
  return [
    ...driverNameErrors(spec.attacher ?? '', 'spec.attacher'),
    ...errors.map(why => invalid('spec.source.persistentVolumeName', name, why)),
  ]
}

/** ValidateVolumeAttachmentUpdate; words show the internal type. */
export function validateAttachmentUpdate({ spec = {} }: KubeObject, { spec: old }: KubeObject): readonly FieldError[] {
  if (semanticEqual(spec, old)) return NONE
  const { attacher: Attacher = '', nodeName: NodeName = '', source = {} } = spec
  const Source = { PersistentVolumeName: source.persistentVolumeName ?? null, InlineVolumeSpec: source.inlineVolumeSpec ?? null }
  return [invalid('spec', { Attacher, Source, NodeName }, 'field is immutable')]
}

/** ValidateCSIStorageCapacity, beside its metadata. */
export function validateCapacity({ nodeTopology, storageClassName = '', capacity }: KubeObject): readonly FieldError[] {
  const errors = nodeTopology ? selectorErrors(nodeTopology as LabelSelector, 'nodeTopology') : []
  for (const why of dns1123SubdomainErrors(storageClassName)) errors.push(invalid('storageClassName', storageClassName, why))
  if (capacity !== undefined && milliOf(capacity) < 0)
    errors.push(invalid('capacity', canonicalQuantity(capacity), 'must be greater than or equal to 0'))
  return errors
}

/** ValidateCSIStorageCapacityUpdate */
export const validateCapacityUpdate = (object: KubeObject, old: KubeObject): readonly FieldError[] =>
  ['nodeTopology', 'storageClassName'].flatMap(field =>
    semanticEqual(object[field], old[field]) ? [] : [invalid(field, object[field] ?? null, 'field is immutable')],
  )

/** ValidateVolumeAttributesClass, beside its metadata. */
export function validateAttributesClass({ driverName = '', parameters = {} }: KubeObject): readonly FieldError[] {
  const errors = driverName === '' ? [required('driverName')] : []
  if (driverName !== '')
    for (const why of qualifiedNameErrors(String(driverName).toLowerCase())) errors.push(invalid('driverName', driverName, why))
  const keys = Object.keys(parameters)
  if (keys.includes('')) errors.push(invalid('parameters', '', 'field can not be empty.'))
  return keys.length > 0 ? errors : [...errors, required('parameters', 'must contain at least one key/value pair')]
}

/** ValidateVolumeAttributesClassUpdate */
export const validateAttributesClassUpdate = (object: KubeObject, old: KubeObject): readonly FieldError[] =>
  ['driverName', 'parameters'].flatMap(field =>
    semanticEqual(object[field], old[field]) ? [] : [forbidden(field, `updates to ${field} are forbidden.`)],
  )
