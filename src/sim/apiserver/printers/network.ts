// Models pkg/printers/internalversion/printers.go for what stands beside the everyday kinds: policies, ranges, runtimes, templates.
import { formatLabelSelector, formatLabels } from '../../api/selectors'
import type { LabelSelector, ObjectMeta, PodTemplateSpec } from '../../api/types'
import { age, images } from './cells'
import { AGE, column, NAME, type Printers, printer } from './types'

interface Described {
  readonly metadata: ObjectMeta
}
interface NetworkPolicy extends Described {
  readonly spec?: { readonly podSelector?: LabelSelector }
}
interface RuntimeClass extends Described {
  readonly handler: string
}
interface ServiceCIDR extends Described {
  readonly spec?: { readonly cidrs?: readonly string[] }
}
interface IPAddress extends Described {
  readonly spec?: { readonly parentRef?: { group?: string; resource?: string; namespace?: string; name?: string } }
}
interface PodTemplate extends Described {
  readonly template?: PodTemplateSpec
}

/** `services/default/kubernetes`: resource and group, namespace, name. */
function parentText({ spec }: IPAddress): string {
  const { group, resource = '', namespace, name } = spec?.parentRef ?? {}
  return [group ? `${resource}.${group}` : resource, namespace, name].filter(Boolean).join('/').toLowerCase()
}

export const networkPrinters: Printers = {
  NetworkPolicy: printer<NetworkPolicy>([NAME, column('Pod-Selector'), AGE], (policy, now) => [
    policy.metadata.name,
    formatLabelSelector(policy.spec?.podSelector ?? {}),
    age(policy, now),
  ]),
  RuntimeClass: printer<RuntimeClass>([NAME, column('Handler'), AGE], (runtime, now) => [
    runtime.metadata.name,
    runtime.handler,
    age(runtime, now),
  ]),
  ServiceCIDR: printer<ServiceCIDR>([NAME, column('CIDRs'), AGE], (range, now) => [
    range.metadata.name,
    (range.spec?.cidrs ?? []).join(','),
    age(range, now),
  ]),
  IPAddress: printer<IPAddress>([NAME, column('ParentRef'), AGE], (address, now) => [
    address.metadata.name,
    parentText(address),
    age(address, now),
  ]),
  PodTemplate: printer<PodTemplate>(
    [NAME, column('Containers'), column('Images'), column('Pod Labels'), AGE],
    ({ metadata, template }, now) => [
      metadata.name,
      (template?.spec?.containers ?? []).map(({ name }) => name).join(','),
      images(template?.spec),
      formatLabels(template?.metadata?.labels),
      age({ metadata }, now),
    ],
  ),
}
