// Models plugin/pkg/admission/limitranger/admission.go, the part that refuses: what is more than a LimitRange lets be.
import { milliOf } from '../../api/quantity'
import { forbidden } from '../../api/status'
import type { Container, Pod } from '../../api/types'
import type { Plugin } from '../attempt'
import type { LimitItem } from '../mutating/limit-ranger'

export const limitRangerLimits: Plugin = {
  name: 'LimitRanger',
  operations: ['CREATE', 'UPDATE'],
  resources: ['pods', 'persistentvolumeclaims'],
  admit: ({ object, type, namespace, name, old }, reader) => {
    if (!object || object.spec === old?.spec) return undefined
    const errors: string[] = []
    const pod = object as Pod
    for (const range of reader.list('limitranges', namespace))
      for (const item of (range.spec?.limits ?? []) as LimitItem[]) {
        if (type.kind === 'PersistentVolumeClaim') {
          if (item.type === type.kind) errors.push(...checkClaim(item, object.spec?.resources?.requests))
        } else if (item.type === 'Container')
          for (const c of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) errors.push(...check(item, c))
        else if (item.type === 'Pod') errors.push(...check(item, total(pod)))
      }
    if (errors.length === 0) return undefined
    return {
      refused: forbidden(type, object.metadata.name || name, errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`),
    }
  },
}

type Resources = Pick<Container, 'resources'>
type Amounts = Readonly<Record<string, string>> | undefined

/** minConstraint, maxConstraint and limitRequestRatioConstraint */
function check(item: LimitItem, { resources }: Resources): string[] {
  const limits = resources?.limits as Amounts
  const requests = resources?.requests as Amounts
  const errors: string[] = []
  for (const [name, least] of Object.entries(item.min ?? {})) {
    const request = requests?.[name]
    if (request === undefined) errors.push(`minimum ${name} usage per ${item.type} is ${least}.  No request is specified`)
    else if (milliOf(request) < milliOf(least))
      errors.push(`minimum ${name} usage per ${item.type} is ${least}, but request is ${request}`)
  }
  for (const [name, most] of Object.entries(item.max ?? {})) {
    const [request, limit] = [requests?.[name], limits?.[name]]
    if (limit === undefined) errors.push(`maximum ${name} usage per ${item.type} is ${most}.  No limit is specified`)
    else if (milliOf(limit) > milliOf(most))
      errors.push(`maximum ${name} usage per ${item.type} is ${most}, but limit is ${limit}`)
    else if (request !== undefined && milliOf(request) > milliOf(most))
      errors.push(`maximum ${name} usage per ${item.type} is ${most}, but request is ${request}`)
  }
  for (const [name, most] of Object.entries(item.maxLimitRequestRatio ?? {})) {
    const [request, limit] = [milliOf(requests?.[name]), milliOf(limits?.[name])]
    if (request === 0 || limit === 0)
      errors.push(
        `${name} max limit to request ratio per ${item.type} is ${most}, but no ${limit === 0 ? 'limit' : 'request'} is specified or limit is 0`,
      )
    else if (limit / request > milliOf(most) / 1000)
      errors.push(
        `${name} max limit to request ratio per ${item.type} is ${most}, but provided ratio is ${(limit / request).toFixed(6)}`,
      )
  }
  return errors
}

/** PersistentVolumeClaimValidateLimitFunc: what a claim asks for counts, whatever it names as its limit. */
function checkClaim(item: LimitItem, requests: Amounts): string[] {
  const errors: string[] = []
  const tell = (which: string, name: string, bound: string, passes: (request: number) => boolean): void => {
    const [request, words] = [requests?.[name], `${which} ${name} usage per ${item.type} is ${bound}`]
    if (request === undefined) errors.push(`${words}.  No request is specified`)
    else if (!passes(milliOf(request))) errors.push(`${words}, but request is ${request}`)
  }
  for (const [name, least] of Object.entries(item.min ?? {})) tell('minimum', name, least, request => request >= milliOf(least))
  for (const [name, most] of Object.entries(item.max ?? {})) tell('maximum', name, most, request => request <= milliOf(most))
  return errors
}

/** What all containers of a pod ask for together; a resource that some container does not name counts for those that do. */
function total({ spec }: Pod): Resources {
  const sum = (which: 'requests' | 'limits'): Record<string, string> => {
    const out: Record<string, number> = {}
    for (const { resources } of spec.containers)
      for (const [name, text] of Object.entries(resources?.[which] ?? {})) out[name] = (out[name] ?? 0) + milliOf(text)
    return Object.fromEntries(Object.entries(out).map(([name, milli]) => [name, `${milli}m`]))
  }
  return { resources: { requests: sum('requests'), limits: sum('limits') } }
}
