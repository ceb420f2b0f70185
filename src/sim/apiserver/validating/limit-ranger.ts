// Models plugin/pkg/admission/limitranger/admission.go, the part that refuses: what is more than a LimitRange lets be.
import { formatQuantity, milliOf, type Quantity } from '../../api/quantity'
import { containerSum } from '../../api/quota'
import { forbidden } from '../../api/status'
import type { Container, KubeObject, Pod } from '../../api/types'
import type { Plugin } from '../attempt'
import type { LimitItem } from '../mutating/limit-ranger'

export const limitRangerLimits: Plugin = {
  name: 'LimitRanger',
  operations: ['CREATE', 'UPDATE'],
  resources: ['pods', 'persistentvolumeclaims'],
  admit: ({ object, type, namespace, name, old, operation }, reader) => {
    // what a pod's containers ask for does not change any more
    if (!object || old?.metadata.deletionTimestamp || (type.kind === 'Pod' && operation === 'UPDATE')) return undefined
    for (const range of reader.list('limitranges', namespace)) {
      const limits = (range.spec?.limits ?? []) as readonly LimitItem[]
      const errors = [
        ...new Set(limits.flatMap(item => (type.kind === 'Pod' ? ofPod(item, object as Pod) : ofClaim(item, object)))),
      ]
      if (errors.length > 0)
        return {
          refused: forbidden(
            type,
            object.metadata.name || name,
            errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`,
          ),
        }
    }
    return undefined
  },
}

/** PodValidateLimitFunc */
function ofPod(item: LimitItem, pod: Pod): string[] {
  if (item.type === 'Pod')
    return check(item, {
      resources: { requests: shown(containerSum(pod, 'requests')), limits: shown(containerSum(pod, 'limits')) },
    })
  if (item.type !== 'Container') return []
  return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap(container => check(item, container))
}

const shown = (sums: ReadonlyMap<string, Quantity>): Record<string, string> =>
  Object.fromEntries([...sums].map(([name, sum]) => [name, formatQuantity(sum)]))

const ofClaim = (item: LimitItem, { kind, spec }: KubeObject): string[] =>
  item.type === kind ? checkClaim(item, spec?.resources?.requests) : []

type Resources = Pick<Container, 'resources'>
type Amounts = Readonly<Record<string, string>> | undefined

/** minConstraint, maxConstraint and limitRequestRatioConstraint */
function check(item: LimitItem, { resources }: Resources): string[] {
  const limits = resources?.limits as Amounts
  const requests = resources?.requests as Amounts
  const errors: string[] = []
  for (const [name, least] of Object.entries(item.min ?? {})) {
    const [request, limit] = [requests?.[name], limits?.[name]]
    const words = `minimum ${name} usage per ${item.type} is ${least}`
    if (request === undefined) errors.push(`${words}.  No request is specified`)
    else if (milliOf(request) < milliOf(least)) errors.push(`${words}, but request is ${request}`)
    else if (limit !== undefined && milliOf(limit) < milliOf(least)) errors.push(`${words}, but limit is ${limit}`)
  }
  for (const [name, most] of Object.entries(item.max ?? {})) {
    const [request, limit] = [requests?.[name], limits?.[name]]
    const words = `maximum ${name} usage per ${item.type} is ${most}`
    if (limit === undefined) errors.push(`${words}.  No limit is specified`)
    else if (milliOf(limit) > milliOf(most)) errors.push(`${words}, but limit is ${limit}`)
    else if (request !== undefined && milliOf(request) > milliOf(most)) errors.push(`${words}, but request is ${request}`)
  }
  for (const [name, most] of Object.entries(item.maxLimitRequestRatio ?? {})) {
    const [request, limit] = [milliOf(requests?.[name]), milliOf(limits?.[name])]
    const words = `${name} max limit to request ratio per ${item.type} is ${most}`
    if (request === 0) errors.push(`${words}, but no request is specified or request is 0`)
    else if (limit === 0) errors.push(`${words}, but no limit is specified or limit is 0`)
    else if (limit / request > milliOf(most) / 1000)
      errors.push(`${words}, but provided ratio is ${(limit / request).toFixed(6)}`)
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
