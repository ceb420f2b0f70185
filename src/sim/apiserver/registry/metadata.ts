// Models k8s.io/apiserver/pkg/registry/rest (create.go, meta.go, update.go) and apimachinery's validation of ObjectMeta (objectmeta.go).
import { deepEqual } from '../../api/deep'
import { type FieldError, forbidden, invalid, joined, required } from '../../api/field-error'
import type { Resource } from '../../api/kinds'
import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  generateName,
  labelValueErrors,
  maskTrailingDash,
  qualifiedNameErrors,
} from '../../api/names'
import { rfc3339 } from '../../api/time'
import type { KubeObject, ObjectMeta } from '../../api/types'
import { newUid } from '../../api/uid'
import type { Reader } from '../state'
import type { Strategy } from './strategy'

/** rest.BeforeCreate, the part about metadata: the system fields are the system's. */
export function newMetadata(
  type: Resource,
  namespace: string,
  from: Partial<ObjectMeta>,
  strategy: Strategy,
  reader: Reader,
): ObjectMeta {
  const { random } = reader
  const { name: given, generateName: base, labels, annotations, ownerReferences, finalizers, managedFields } = from
  const metadata = {} as { -readonly [Field in keyof ObjectMeta]: ObjectMeta[Field] }
  metadata.name = given ? given : base ? generateName(base, random) : ''
  if (base) metadata.generateName = base
  if (type.namespaced) metadata.namespace = namespace
  metadata.uid = newUid(random)
  metadata.resourceVersion = undefined
  if (strategy.generation) metadata.generation = 1
  metadata.creationTimestamp = rfc3339(reader.now())
  if (labels) metadata.labels = labels
  if (annotations) metadata.annotations = annotations
  if (ownerReferences) metadata.ownerReferences = ownerReferences
  if (finalizers && finalizers.length > 0) metadata.finalizers = finalizers
  if (managedFields) metadata.managedFields = managedFields
  return metadata
}

/** rest.BeforeUpdate, the part about metadata: what an update can't change keeps its value. */
export function updatedMetadata(from: Partial<ObjectMeta>, old: ObjectMeta): ObjectMeta {
  const { labels, annotations, ownerReferences, finalizers, managedFields } = from
  if (
    labels === old.labels &&
    annotations === old.annotations &&
    ownerReferences === old.ownerReferences &&
    finalizers === old.finalizers &&
    managedFields === old.managedFields &&
    (from.uid ?? old.uid) === old.uid
  )
    return old
  const { labels: _l, annotations: _a, ownerReferences: _o, finalizers: _f, managedFields: _m, ...kept } = old
  return {
    ...kept,
    ...(from.uid && { uid: from.uid }),
    ...(hasAny(labels) && { labels }),
    ...(hasAny(annotations) && { annotations }),
    ...(ownerReferences && ownerReferences.length > 0 && { ownerReferences }),
    ...(finalizers && finalizers.length > 0 && { finalizers }),
    ...(managedFields && { managedFields }),
  }
}

const hasAny = (map: object | null | undefined): boolean => {
  for (const _ in map) return true
  return false
}

const NONE: readonly FieldError[] = Object.freeze([])

/** Parts of metadata that have been found good, so that the same labels are not checked for every pod. */
const good = new WeakSet<object>()
/** The same of annotations, of which less is asked than of labels. */
const goodAnnotations = new WeakSet<object>()

/** ValidateObjectMeta. `name` has been generated already, if it had to be. */
export function metadataErrors(type: Resource, { metadata }: KubeObject, strategy: Strategy): readonly FieldError[] {
  const { name, generateName, namespace } = metadata
  const check = strategy.nameErrors ?? dns1123SubdomainErrors
  let errors = NONE
  if (generateName) errors = invalids('metadata.generateName', generateName, check(maskTrailingDash(generateName)))
  errors = joined(
    errors,
    name ? invalids('metadata.name', name, check(name)) : [required('metadata.name', 'name or generateName is required')],
  )
  if (type.namespaced) errors = joined(errors, invalids('metadata.namespace', namespace, dns1123LabelErrors(namespace ?? '')))
  return joined(errors, partErrors(metadata))
}

const invalids = (field: string, value: unknown, whys: readonly string[]): readonly FieldError[] =>
  whys.length === 0 ? NONE : whys.map(why => invalid(field, value, why))

/** What is wrong with labels, annotations, owners and finalizers. */
const partErrors = (metadata: ObjectMeta): readonly FieldError[] =>
  joined(
    joined(labelErrors(metadata.labels, 'metadata.labels'), annotationErrors(metadata.annotations, 'metadata.annotations')),
    joined(ownerErrors(metadata), finalizerErrors(metadata)),
  )

/** v1validation.ValidateLabels */
export function labelErrors(labels: Readonly<Record<string, string>> | undefined, field: string): readonly FieldError[] {
  if (!labels || good.has(labels)) return NONE
  const errors: FieldError[] = []
  for (const key in labels) {
    for (const why of qualifiedNameErrors(key)) errors.push(invalid(field, key, why))
    for (const why of labelValueErrors(String(labels[key]))) errors.push(invalid(field, labels[key], why))
  }
  if (errors.length === 0) good.add(labels)
  return errors
}

const ANNOTATIONS_LIMIT = 256 * 1024

/** apimachineryvalidation.ValidateAnnotations */
export function annotationErrors(
  annotations: Readonly<Record<string, string>> | undefined,
  field: string,
): readonly FieldError[] {
  if (!annotations || goodAnnotations.has(annotations)) return NONE
  const errors: FieldError[] = []
  let size = 0
  for (const key in annotations) {
    for (const why of qualifiedNameErrors(key.toLowerCase())) errors.push(invalid(field, key, why))
    size += key.length + String(annotations[key]).length
  }
  if (size > ANNOTATIONS_LIMIT)
    errors.push({ type: 'FieldValueTooLong', field, detail: `may not be more than ${ANNOTATIONS_LIMIT} bytes` })
  if (errors.length === 0) goodAnnotations.add(annotations)
  return errors
}

function ownerErrors({ ownerReferences }: ObjectMeta): readonly FieldError[] {
  if (!ownerReferences || good.has(ownerReferences)) return NONE
  const errors: FieldError[] = []
  let controller: string | undefined
  ownerReferences.forEach((owner, i) => {
    const field = `metadata.ownerReferences[${i}]`
    if (!owner.apiVersion) errors.push(invalid(`${field}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'))
    if (!owner.kind) errors.push(invalid(`${field}.kind`, owner.kind ?? '', 'kind must not be empty'))
    if (!owner.name) errors.push(invalid(`${field}.name`, owner.name ?? '', 'name must not be empty'))
    if (!owner.uid) errors.push(invalid(`${field}.uid`, owner.uid ?? '', 'uid must not be empty'))
    if (!owner.controller) return
    const kind = `${owner.apiVersion}, Kind=${owner.kind}`
    if (controller !== undefined)
      errors.push(
        invalid(
          'metadata.ownerReferences',
          ownerReferences,
          `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${owner.name}`,
        ),
      )
    else controller = kind && owner.name
  })
  if (errors.length === 0) good.add(ownerReferences)
  return errors
}

/** validateFinalizerName */
export function finalizerNameErrors(finalizer: string, field: string): readonly FieldError[] {
  const errors = qualifiedNameErrors(finalizer).map(why => invalid(field, finalizer, why))
  if (!finalizer.includes('/') && !['orphan', 'foregroundDeletion', 'kubernetes'].includes(finalizer))
    errors.push(invalid(field, finalizer, 'name is neither a standard finalizer name nor is it fully qualified'))
  return errors
}

function finalizerErrors({ finalizers }: ObjectMeta): readonly FieldError[] {
  if (!finalizers || finalizers.length === 0) return NONE
  const errors: FieldError[] = []
  for (const finalizer of finalizers) errors.push(...finalizerNameErrors(finalizer, 'metadata.finalizers'))
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion'))
    errors.push(invalid('metadata.finalizers', finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'))
  return errors
}

/** ValidateObjectMetaUpdate: what must not change. */
export function metadataUpdateErrors(metadata: ObjectMeta, old: ObjectMeta): readonly FieldError[] {
  if (metadata === old) return NONE
  const errors: FieldError[] = []
  const immutable = (field: keyof ObjectMeta): void => {
    if (!deepEqual(metadata[field], old[field]))
      errors.push(invalid(`metadata.${field}`, metadata[field] ?? '', 'field is immutable'))
  }
  immutable('name')
  immutable('namespace')
  immutable('uid')
  immutable('creationTimestamp')
  if (old.deletionTimestamp) {
    const added = (metadata.finalizers ?? []).filter(finalizer => !old.finalizers?.includes(finalizer))
    if (added.length > 0)
      errors.push(
        forbidden(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map(f => JSON.stringify(f)).join(', ')}}`,
        ),
      )
  }
  return joined(errors, partErrors(metadata))
}
