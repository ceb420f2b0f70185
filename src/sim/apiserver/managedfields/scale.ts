// Models k8s.io/apimachinery/pkg/util/managedfields/scalehandler.go: who manages the replicas, as the scale subresource sees it and back.
import type { KubeObject } from '../../api/types'
import type { Attempt } from '../attempt'
import { scaled, scaleOf } from '../registry/scale'
import type { Reader } from '../state'
import { type Fields, LEAF, minus } from './fields'
import { type Managed, manageApply } from './manage'
import { type Entry, type Identity, sorted } from './managers'

const SCALE = { apiVersion: 'autoscaling/v1', kind: 'Scale' } as const
/** `.spec.replicas` in a Scale, and in everything that has one. */
const REPLICAS: Fields = Object.freeze({ 'f:spec': Object.freeze({ 'f:replicas': LEAF }) })

const hasReplicas = ({ fieldsV1 }: Entry): boolean => fieldsV1['f:spec']?.['f:replicas'] !== undefined

const isSame = (a: Identity, b: Identity): boolean =>
  a.manager === b.manager && a.operation === b.operation && (a.subresource ?? '') === (b.subresource ?? '')

const entriesOf = ({ metadata }: KubeObject): readonly Entry[] => (metadata.managedFields ?? []) as readonly Entry[]

/** Of an object's managers, those of its replicas, as managers of its Scale. */
const toSubresource = (entries: readonly Entry[]): readonly Entry[] =>
  entries.filter(hasReplicas).map(entry => Object.freeze({ ...entry, apiVersion: SCALE.apiVersion, fieldsV1: REPLICAS }))

/** An object's managers once its Scale's are those: who lost the replicas there loses them here. A new manager has no time. */
function toParent(entries: readonly Entry[], scale: readonly Entry[], apiVersion: string): readonly Entry[] {
  const own = scale.filter(hasReplicas)
  const kept = entries.flatMap(entry => {
    if (!hasReplicas(entry) || own.some(one => isSame(one, entry))) return [entry]
    const rest = minus(entry.fieldsV1, REPLICAS)
    return rest ? [Object.freeze({ ...entry, fieldsV1: rest })] : []
  })
  const added = own
    .filter(one => !entries.some(entry => hasReplicas(entry) && isSame(one, entry)))
    .map(({ time: _, ...entry }) => Object.freeze({ ...entry, apiVersion, fieldsV1: REPLICAS }))
  return sorted([...kept, ...added])
}

/** Server-side apply of a Scale: its managers are mapped there and back. */
export function applyScale(attempt: Attempt, old: KubeObject, body: unknown, reader: Reader): Managed {
  const { type, strategy } = attempt
  const shown = scaleOf(type, old)
  const live = { ...shown, metadata: { ...shown.metadata, managedFields: toSubresource(entriesOf(old)) as Entry[] } }
  const asScale = { ...attempt, type: { ...type, ...SCALE }, strategy: { ...strategy, status: false } }
  const applied = manageApply(asScale, live, body, reader)
  if ('refused' in applied) return applied
  const entries = toParent(entriesOf(old), entriesOf(applied.object), type.apiVersion)
  const object = scaled(old, applied.object)
  return { object: { ...object, metadata: { ...object.metadata, managedFields: entries as Entry[] } } }
}

/** Managers that an update of a Scale has brought have no time. */
export function withoutNewTimes(object: KubeObject, old: KubeObject): KubeObject {
  const before = entriesOf(old)
  const entries = entriesOf(object)
  if (entries.every(entry => before.includes(entry) || entry.subresource !== 'scale')) return object
  const timeless = entries.map(entry => {
    if (before.includes(entry) || entry.subresource !== 'scale') return entry
    const { time: _, ...rest } = entry
    const known = before.find(one => isSame(one, entry))
    return Object.freeze({ ...rest, ...(known?.time !== undefined && { time: known.time }) })
  })
  return { ...object, metadata: { ...object.metadata, managedFields: sorted(timeless) as Entry[] } }
}
