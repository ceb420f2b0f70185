// Models pkg/registry/certificates/certificates/strategy.go: who asks is written down, and approving is another thing than signing.
import { rfc3339 } from '../../api/time'
import type { KubeObject } from '../../api/types'
import type { Reader, User } from '../state'
import {
  conditionsOf,
  type RequestCondition,
  validateSigningRequest,
  validateSigningRequestUpdate,
} from '../validation/certificates'
import type { Strategies, Strategy } from './strategy'

/** A request says who made it, whatever its maker has written there. */
function withRequester(object: KubeObject, _: Reader, user: User): KubeObject {
  const { username, uid, groups, extra, ...spec } = object.spec ?? {}
  return {
    ...object,
    spec: {
      ...spec,
      username: user.name,
      ...(user.uid && { uid: user.uid }),
      groups: [...user.groups],
      ...(user.extra && { extra: user.extra }),
    },
  }
}

/** populateConditionTimestamps */
function stamped(conditions: readonly RequestCondition[], old: KubeObject, reader: Reader): readonly RequestCondition[] {
  const now = rfc3339(reader.now())
  return conditions.map(condition => {
    const before = conditionsOf(old).find(c => c.type === condition.type && c.status === condition.status && c.lastTransitionTime)
    return {
      ...condition,
      lastUpdateTime: condition.lastUpdateTime ?? now,
      lastTransitionTime: condition.lastTransitionTime ?? before?.lastTransitionTime ?? now,
    }
  })
}

/** The status subresource leaves decisions as they are, unless it takes some away or adds some, which is refused then. */
function signed(object: KubeObject, old: KubeObject, reader: Reader): KubeObject {
  let conditions = conditionsOf(object)
  for (const type of ['Approved', 'Denied']) {
    const before = conditionsOf(old).filter(c => c.type === type)
    if (conditions.filter(c => c.type === type).length !== before.length) continue
    let next = 0
    conditions = conditions.map(c => (c.type === type ? (before[next++] ?? c) : c))
  }
  return conditions.length === 0
    ? object
    : { ...object, status: { ...object.status, conditions: stamped(conditions, old, reader) } }
}

/** The approval subresource changes conditions only. */
function decided(
  given: KubeObject,
  old: KubeObject,
  reader: Reader,
): KubeObject | ReturnType<typeof validateSigningRequestUpdate> {
  const conditions = stamped(conditionsOf(given), old, reader)
  const { conditions: _, ...status } = old.status ?? {}
  const object = { ...old, status: { ...status, ...(conditions.length > 0 && { conditions }) } }
  const errors = validateSigningRequestUpdate(object, old, 'approval')
  return errors.length > 0 ? errors : object
}

const signingRequests: Strategy = {
  status: true,
  initialStatus: () => Object.freeze({}),
  nameErrors: () => [],
  prepareForCreate: withRequester,
  validate: validateSigningRequest,
  prepareForUpdate: (object, old) => ({ ...object, spec: old.spec }),
  prepareForStatusUpdate: signed,
  validateStatusUpdate: (object, old) => validateSigningRequestUpdate(object, old, 'status'),
  subresources: { approval: decided },
}

/** By resource. */
export const CERTIFICATES: Strategies = { 'certificatesigningrequests.certificates.k8s.io': signingRequests }
