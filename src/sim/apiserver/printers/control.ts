/**
 * Models pkg/printers/internalversion/printers.go for what rules the apiserver itself: admission, fair queuing, devices; and the table of
 * APIServices in k8s.io/kube-aggregator/pkg/registry/apiservice/etcd.
 */
import type { KubeObject } from '../../api/types'
import { age } from './cells'
import { AGE, column, NAME, type Printer, type Printers, printer } from './types'

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
}
const conditionOf = (object: KubeObject, type: string): Condition | undefined =>
  (object.status?.conditions as readonly Condition[] | undefined)?.find(condition => condition.type === type)

/** What a policy takes its parameters from. */
function paramKind({ spec }: KubeObject): string {
  const { paramKind: kind } = spec ?? {}
  return kind ? `${kind.apiVersion ?? ''}, Kind=${kind.kind ?? ''}` : '<unset>'
}

/** Which parameters a binding gives to its policy. */
function paramName({ spec }: KubeObject): string {
  const { name, namespace } = spec?.paramRef ?? {}
  if (!name) return '<unset>'
  return namespace ? `${namespace}/${name}` : name
}

const countOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0)

const webhooks = printer<KubeObject>([NAME, column('Webhooks', 'integer'), AGE], (object, now) => [
  object.metadata.name,
  countOf(object.webhooks),
  age(object, now),
])

const policy = (title: string, field: string): Printer =>
  printer<KubeObject>([NAME, column(title, 'integer'), column('ParamKind'), AGE], (object, now) => [
    object.metadata.name,
    countOf(object.spec?.[field]),
    paramKind(object),
    age(object, now),
  ])

const binding = printer<KubeObject>([NAME, column('PolicyName'), column('ParamRef'), AGE], (object, now) => [
  object.metadata.name,
  object.spec?.policyName ?? '',
  paramName(object),
  age(object, now),
])

const named = printer<KubeObject>([NAME, AGE], (object, now) => [object.metadata.name, age(object, now)])

/** What has become of a claim for devices. Models resourceClaimState. */
function claimState({ metadata, status }: KubeObject): string {
  const isDeleted = metadata.deletionTimestamp !== undefined
  const states = isDeleted ? ['deleted'] : []
  if (!status?.allocation) return [...states, ...(isDeleted ? [] : ['pending'])].join(',')
  return [...states, 'allocated', ...(status.reservedFor?.length ? ['reserved'] : [])].join(',')
}

/** Whether a server behind the apiserver answers, and if not, why. */
function availability(service: KubeObject): string {
  const { status = 'Unknown', reason } = conditionOf(service, 'Available') ?? {}
  return status === 'True' || reason === undefined ? status : `${status} (${reason})`
}

export const controlPrinters: Printers = {
  MutatingWebhookConfiguration: webhooks,
  ValidatingWebhookConfiguration: webhooks,
  ValidatingAdmissionPolicy: policy('Validations', 'validations'),
  MutatingAdmissionPolicy: policy('Mutations', 'mutations'),
  ValidatingAdmissionPolicyBinding: binding,
  MutatingAdmissionPolicyBinding: binding,
  APIService: printer<KubeObject>([NAME, column('Service'), column('Available'), AGE], (service, now) => {
    const { namespace = '', name = '' } = service.spec?.service ?? {}
    return [service.metadata.name, name ? `${namespace}/${name}` : 'Local', availability(service), age(service, now)]
  }),
  FlowSchema: printer<KubeObject>(
    [
      NAME,
      column('PriorityLevel'),
      column('MatchingPrecedence', 'integer'),
      column('DistinguisherMethod'),
      AGE,
      column('MissingPL'),
    ],
    (schema, now) => [
      schema.metadata.name,
      schema.spec?.priorityLevelConfiguration?.name ?? '',
      schema.spec?.matchingPrecedence ?? 0,
      schema.spec?.distinguisherMethod?.type ?? '<none>',
      age(schema, now),
      conditionOf(schema, 'Dangling')?.status ?? '?',
    ],
  ),
  PriorityLevelConfiguration: printer<KubeObject>(
    [
      NAME,
      column('Type'),
      column('NominalConcurrencyShares', 'integer'),
      column('Queues', 'integer'),
      column('HandSize', 'integer'),
      column('QueueLengthLimit', 'integer'),
      AGE,
    ],
    (level, now) => {
      const { type = '', limited } = level.spec ?? {}
      const queuing = limited?.limitResponse?.queuing
      return [
        level.metadata.name,
        type,
        limited ? (limited.nominalConcurrencyShares ?? 0) : '<none>',
        queuing?.queues ?? '<none>',
        queuing?.handSize ?? '<none>',
        queuing?.queueLengthLimit ?? '<none>',
        age(level, now),
      ]
    },
  ),
  DeviceClass: named,
  ResourceClaimTemplate: named,
  ResourceClaim: printer<KubeObject>([NAME, column('State'), AGE], (claim, now) => [
    claim.metadata.name,
    claimState(claim),
    age(claim, now),
  ]),
  ResourceSlice: printer<KubeObject>([NAME, column('Node'), column('Driver'), column('Pool'), AGE], (slice, now) => [
    slice.metadata.name,
    slice.spec?.nodeName ?? '',
    slice.spec?.driver ?? '',
    slice.spec?.pool?.name ?? '',
    age(slice, now),
  ]),
  ComponentStatus: printer<KubeObject>([NAME, column('Status'), column('Message'), column('Error')], status => {
    const { type, status: is, message = '', error = '' } = status.conditions?.[0] ?? {}
    const health = type !== 'Healthy' ? 'Unknown' : is === 'True' ? 'Healthy' : 'Unhealthy'
    return [status.metadata.name, health, message, error]
  }),
}
