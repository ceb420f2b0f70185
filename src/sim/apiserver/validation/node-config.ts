// Models pkg/apis/coordination/validation and pkg/apis/node/validation: Leases and RuntimeClasses.
import { duplicate, type FieldError, forbidden, invalid, notSupported } from '../../api/field-error'
import { dns1123LabelErrors, qualifiedNameErrors } from '../../api/names'
import type { KubeObject, Toleration } from '../../api/types'
import { toInternal } from '../internal-types/print'
import { labelErrors } from '../registry/metadata'
import { validateTolerations } from './placement'
import { resourceErrors } from './resources'

const NONE: readonly FieldError[] = Object.freeze([])

/** ValidateLeaseSpec: leases are renewed all the time, and mostly say none of what can be wrong. */
export function validateLease({ spec }: KubeObject): readonly FieldError[] {
  const { leaseDurationSeconds: seconds, leaseTransitions: transitions, strategy, preferredHolder } = spec ?? {}
  let errors: FieldError[] | undefined
  const wrong = (error: FieldError): void => {
    errors ??= []
    errors.push(error)
  }
  if (typeof seconds === 'number' && seconds <= 0) wrong(invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0'))
  if (typeof transitions === 'number' && transitions < 0)
    wrong(invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0'))
  // the field is named twice by upstream
  if (typeof strategy === 'string') for (const error of strategyErrors(strategy, 'spec.strategy.strategy')) wrong(error)
  if (preferredHolder && !strategy) wrong(forbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined'))
  return errors ?? NONE
}

function strategyErrors(strategy: string, field: string): readonly FieldError[] {
  if (strategy.includes('/')) return qualifiedNameErrors(strategy).map(why => invalid(field, strategy, why))
  return strategy === 'OldestEmulationVersion' ? NONE : [notSupported(field, strategy, ['OldestEmulationVersion'])]
}

/** ValidateRuntimeClass, beside its metadata. */
export function validateRuntimeClass({ handler = '', overhead, scheduling }: KubeObject): readonly FieldError[] {
  return [
    ...dns1123LabelErrors(handler).map(why => invalid('handler', handler, why)),
    ...(overhead ? resourceErrors({ limits: overhead.podFixed }, 'overhead') : NONE),
    ...(scheduling ? schedulingErrors(scheduling) : NONE),
  ]
}

interface Scheduling {
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly tolerations?: readonly Toleration[]
}
function schedulingErrors({ nodeSelector, tolerations = [] }: Scheduling): readonly FieldError[] {
  const field = 'scheduling.tolerations'
  const keyOf = ({ key, operator, value, effect }: Toleration): string => JSON.stringify([key, operator, value, effect])
  const keys = tolerations.map(keyOf)
  return [
    ...labelErrors(nodeSelector, 'scheduling.nodeSelector'),
    ...validateTolerations(tolerations, field),
    ...tolerations.flatMap((toleration, i) =>
      keys.indexOf(keys[i] as string) < i ? [duplicate(`${field}[${i}]`, toInternal('Toleration', toleration))] : [],
    ),
  ]
}

/** ValidateRuntimeClassUpdate */
export const validateRuntimeClassUpdate = (object: KubeObject, old: KubeObject): readonly FieldError[] =>
  object.handler === old.handler ? NONE : [invalid('handler', object.handler ?? '', 'field is immutable')]
