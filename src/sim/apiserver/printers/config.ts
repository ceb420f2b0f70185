// Models pkg/printers/internalversion/printers.go for configuration, quotas and budgets.
import type { ResourceQuota } from 'kubernetes-types/core/v1'
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1'
import type { ConfigMap, ObjectMeta, Secret, ServiceAccount } from '../../api/types'
import { age } from './cells'
import { AGE, column, NAME, type Printers, printer } from './types'

const size = (map: object | undefined) => Object.keys(map ?? {}).length

/** `requests.cpu: 200m/500m, …` of the limits, or of all that are none. */
function quotaText({ status }: Pick<ResourceQuota, 'status'>, limits: boolean): string {
  const hard = status?.hard ?? {}
  return Object.keys(hard)
    .filter(resource => resource.startsWith('limits.') === limits)
    .sort()
    .map(resource => `${resource}: ${status?.used?.[resource] ?? '0'}/${hard[resource]}`)
    .join(', ')
}

type WithMetadata<T> = Omit<T, 'metadata'> & { metadata: ObjectMeta }

export const configPrinters: Printers = {
  ConfigMap: printer<ConfigMap>([NAME, column('Data'), AGE], (map, now) => [
    map.metadata.name,
    size(map.data) + size(map.binaryData),
    age(map, now),
  ]),
  Secret: printer<Secret>([NAME, column('Type'), column('Data'), AGE], (secret, now) => [
    secret.metadata.name,
    secret.type ?? '',
    size(secret.data),
    age(secret, now),
  ]),
  // `Secrets` went when tokens were no longer stored as Secrets.
  ServiceAccount: printer<ServiceAccount>([NAME, AGE], (account, now) => [account.metadata.name, age(account, now)]),
  ResourceQuota: printer<WithMetadata<ResourceQuota>>([NAME, column('Request'), column('Limit'), AGE], (quota, now) => [
    quota.metadata.name,
    quotaText(quota, false),
    quotaText(quota, true),
    age(quota, now),
  ]),
  PodDisruptionBudget: printer<WithMetadata<PodDisruptionBudget>>(
    [NAME, column('Min Available'), column('Max Unavailable'), column('Allowed Disruptions', 'integer'), AGE],
    (budget, now) => [
      budget.metadata.name,
      String(budget.spec?.minAvailable ?? 'N/A'),
      String(budget.spec?.maxUnavailable ?? 'N/A'),
      budget.status?.disruptionsAllowed ?? 0,
      age(budget, now),
    ],
  ),
}
