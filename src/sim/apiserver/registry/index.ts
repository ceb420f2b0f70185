// Models k8s.io/apiserver/pkg/registry/rest (create.go, update.go): the strategy of its resource makes an object ready for storage.
import { semanticEqual } from '../../api/deep'
import { type FieldError, joined } from '../../api/field-error'
import { etcdKey, type Resource } from '../../api/kinds'
import { invalid, uidConflict } from '../../api/status'
import type { KubeObject, ObjectMeta } from '../../api/types'
import type { Attempt, Verdict } from '../attempt'
import { applyDefaults } from '../defaulting'
import type { Reader } from '../state'
import { warningsOf } from '../warnings'
import { APISERVICES } from './apiservices'
import { APPS } from './apps'
import { BATCH } from './batch'
import { CERTIFICATES } from './certificates'
import { CORE } from './core'
import { metadataErrors, metadataUpdateErrors, newMetadata, updatedMetadata } from './metadata'
import { OTHERS } from './others'
import { RBAC } from './rbac'
import { genericStrategy, type Strategies, type Strategy } from './strategy'

/** Every strategy that is more than the generic one, by resource. */
const STRATEGIES: Strategies = { ...CORE, ...APPS, ...BATCH, ...CERTIFICATES, ...RBAC, ...OTHERS, ...APISERVICES }

const generic = new Map<string, Strategy>()

/** The strategy of a resource. */
export function strategyOf(type: Resource): Strategy {
  const known = generic.get(type.groupResource)
  if (known) return known
  const strategy = { ...genericStrategy(type), ...STRATEGIES[type.groupResource] }
  generic.set(type.groupResource, strategy)
  return strategy
}

/** The stage `validation`: prepare the object, then say all that is wrong with it. */
export function runStrategy(attempt: Attempt, reader: Reader): Verdict {
  const { object, old } = attempt
  if (!object) return undefined
  const verdict = old ? update(attempt, object, old, reader) : create(attempt, object, reader)
  // the control plane's own components have nobody who would read warnings
  if (attempt.subresource !== '' || attempt.user.name.startsWith('system:') || !verdict || !('object' in verdict)) return verdict
  const warnings = warningsOf(attempt.type.groupResource, verdict.object, old)
  return warnings.length > 0 ? { object: verdict.object, warnings } : verdict
}

function create({ type, strategy, namespace, user }: Attempt, given: KubeObject, reader: Reader): Verdict {
  const metadata = newMetadata(type, namespace, given.metadata, strategy, reader)
  let object: KubeObject = { ...given, metadata }
  if (strategy.initialStatus) object = { ...object, status: strategy.initialStatus(object) }
  if (strategy.prepareForCreate) object = strategy.prepareForCreate(object, reader, user)
  let errors = joined(metadataErrors(type, object, strategy), strategy.validate?.(object, reader))
  if (strategy.validateNew) errors = joined(errors, strategy.validateNew(object, reader))
  return errors.length > 0 ? refuse(type, object, errors) : { object }
}

function update(attempt: Attempt, given: KubeObject, old: KubeObject, reader: Reader): Verdict {
  const { type, strategy, subresource, name, namespace } = attempt
  const { uid } = given.metadata
  const isOther = uid !== undefined && uid !== '' && uid !== old.metadata.uid
  if (isOther && attempt.call.info.verb === 'update')
    return { refused: uidConflict(type, name, etcdKey(type, namespace || undefined, name), uid, old.metadata.uid ?? '') }
  const special = strategy.subresources?.[subresource]
  if (special) {
    const made = special(given, old, reader)
    return 'metadata' in made ? { object: made } : refuse(type, old, made)
  }
  const object = subresource === 'status' ? forStatus(strategy, given, old, reader) : forMain(strategy, given, old, reader)
  let errors = metadataUpdateErrors(withIdentity(object.metadata, given.metadata, old.metadata), old.metadata)
  if (subresource === 'status') errors = joined(errors, strategy.validateStatusUpdate?.(object, old))
  else {
    if (object.spec !== old.spec || hasNoSpec(object)) errors = joined(errors, strategy.validate?.(object, reader))
    errors = joined(errors, strategy.validateUpdate?.(object, old, reader))
  }
  return errors.length > 0 ? refuse(type, given.metadata.name ? given : object, errors) : { object }
}

/** Metadata with what a request says about its object's identity, for it must say the same. */
function withIdentity(metadata: ObjectMeta, given: ObjectMeta, old: ObjectMeta): ObjectMeta {
  const name = given.name ?? old.name
  const namespace = given.namespace === undefined ? metadata.namespace : given.namespace
  const uid = given.uid || old.uid
  const isSame = name === metadata.name && namespace === metadata.namespace && uid === metadata.uid
  return isSame ? metadata : { ...metadata, name, namespace, uid }
}

const hasNoSpec = (object: KubeObject): boolean => object.spec === undefined

const refuse = (type: Resource, object: KubeObject, errors: readonly FieldError[]): Verdict => ({
  refused: invalid(type, object.metadata.name, errors),
})

/** An update of the object: its status stays, and its generation grows when the spec changes. */
function forMain(strategy: Strategy, given: KubeObject, old: KubeObject, reader: Reader): KubeObject {
  let object: KubeObject = { ...given, metadata: updatedMetadata(given.metadata, old.metadata) }
  if (strategy.status) {
    if (old.status === undefined) delete object.status
    else object = { ...object, status: old.status }
  }
  if (strategy.prepareForUpdate) object = strategy.prepareForUpdate(object, old, reader)
  if (!strategy.generation) return object
  const changed = strategy.generationChange ? strategy.generationChange(object, old) : !semanticEqual(object.spec, old.spec)
  return changed ? { ...object, metadata: { ...object.metadata, generation: (old.metadata.generation ?? 0) + 1 } } : object
}

/** An update of the status subresource: only the status, and metadata but for labels, change. */
function forStatus(strategy: Strategy, given: KubeObject, old: KubeObject, reader: Reader): KubeObject {
  const metadata = updatedMetadata(given.metadata, old.metadata)
  // a status that is taken away is one that says nothing
  const status = given.status ?? (old.status && (applyDefaults({ ...old, status: undefined }).status ?? {}))
  const object: KubeObject = { ...old, metadata, status }
  return strategy.prepareForStatusUpdate ? strategy.prepareForStatusUpdate(object, old, reader) : object
}
