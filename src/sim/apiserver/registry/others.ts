// Models the strategies of the smaller groups: pkg/registry/{discovery,scheduling,storage,networking,policy,autoscaling}.
import { semanticEqual } from '../../api/deep'
import { type FieldError, forbidden, invalid, notSupported } from '../../api/field-error'
import { pathSegmentErrors } from '../../api/names'
import type { KubeObject } from '../../api/types'
import { validateAutoscaler } from '../validation/autoscaling'
import {
  validateAttachment,
  validateAttachmentUpdate,
  validateAttributesClass,
  validateAttributesClassUpdate,
  validateCapacity,
  validateCapacityUpdate,
  validateDriver,
  validateDriverUpdate,
  validateNewAttachment,
  validateNodeDrivers,
} from '../validation/csi'
import { validateEndpointSlice } from '../validation/endpoints'
import { validateEvent, validateEventUpdate, validateNewEvent } from '../validation/event'
import {
  addressNameErrors,
  validateIngressClass,
  validateIngressClassUpdate,
  validateIPAddress,
  validateIPAddressUpdate,
  validateServiceCIDR,
  validateServiceCIDRUpdate,
} from '../validation/network-config'
import { validateIngress, validateNetworkPolicy, validateNewIngress } from '../validation/networking'
import { validateLease, validateRuntimeClass, validateRuntimeClassUpdate } from '../validation/node-config'
import { validateBudget } from '../validation/policy'
import { validateStorageClass, validateStorageClassUpdate } from '../validation/storage'
import { validateWebhooks } from '../validation/webhooks'
import type { Strategies, Strategy } from './strategy'

const NOTHING = Object.freeze({})

/** pkg/registry/discovery/endpointslice/strategy.go: everything about a slice counts. */
const endpointSlices: Strategy = {
  generation: true,
  generationChange: (object, old) =>
    !semanticEqual(object.endpoints, old.endpoints) ||
    !semanticEqual(object.ports, old.ports) ||
    !semanticEqual(object.metadata.labels, old.metadata.labels) ||
    !semanticEqual(object.metadata.annotations, old.metadata.annotations) ||
    !semanticEqual(object.metadata.ownerReferences, old.metadata.ownerReferences),
  validate: validateEndpointSlice,
  validateUpdate: (object, old) =>
    object.addressType === old.addressType ? [] : [invalid('addressType', object.addressType, 'field is immutable')],
}

/** pkg/registry/admissionregistration: nobody calls them, but what they say is looked at. */
const webhooks: Strategy = {
  generation: true,
  generationChange: (object, old) => !semanticEqual(object.webhooks, old.webhooks),
  validate: validateWebhooks,
}

const priorityClasses: Strategy = {
  generation: true,
  generationChange: (object, old) => object.value !== old.value || object.description !== old.description,
  validate: object => [...classErrors(object), ...preemptionErrors(object)],
  validateUpdate: (object, old) => [
    ...(object.value === old.value ? [] : [forbidden('value', 'may not be changed in an update.')]),
    ...(object.preemptionPolicy === old.preemptionPolicy
      ? []
      : [invalid('preemptionPolicy', object.preemptionPolicy, 'field is immutable')]),
  ],
  undeletable: name => (Object.hasOwn(OWN_CLASSES, name) ? 'this is a system priority class and cannot be deleted' : undefined),
}

const POLICIES = ['PreemptLowerPriority', 'Never']
const preemptionErrors = ({ preemptionPolicy: policy }: KubeObject): FieldError[] =>
  policy === undefined || POLICIES.includes(String(policy)) ? [] : [notSupported('preemptionPolicy', policy, POLICIES)]

/** The classes that Kubernetes has by itself, with their values. */
const OWN_CLASSES: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
}

/** ValidatePriorityClass: names and values of the system's are its own. */
function classErrors({ metadata: { name }, value }: KubeObject): FieldError[] {
  if (!name.startsWith('system-'))
    return Number(value) > 1_000_000_000
      ? [forbidden('value', 'maximum allowed value of a user defined priority is 1000000000')]
      : []
  const own = Object.hasOwn(OWN_CLASSES, name) ? OWN_CLASSES[name] : undefined
  if (own === value) return []
  const why = own === undefined ? `${name} is not a known system priority class` : `value of ${name} PriorityClass must be ${own}`
  const words = "priority class names with 'system-' prefix are reserved for system use only. error: "
  return [forbidden('metadata.name', words + why)]
}

const withSpec = (initialStatus: () => unknown, validate: NonNullable<Strategy['validate']>): Strategy => ({
  generation: true,
  status: true,
  initialStatus,
  validate,
})

/** By resource. */
export const OTHERS: Strategies = {
  'endpointslices.discovery.k8s.io': endpointSlices,
  'events.events.k8s.io': {
    createsOnUpdate: true,
    nameErrors: pathSegmentErrors,
    validate: validateEvent,
    validateNew: validateNewEvent,
    validateUpdate: validateEventUpdate,
  },
  'leases.coordination.k8s.io': { createsOnUpdate: true, validate: validateLease },
  'runtimeclasses.node.k8s.io': { validate: validateRuntimeClass, validateUpdate: validateRuntimeClassUpdate },
  'csidrivers.storage.k8s.io': { validate: validateDriver, validateUpdate: validateDriverUpdate },
  'csinodes.storage.k8s.io': { validate: validateNodeDrivers },
  'csistoragecapacities.storage.k8s.io': { validate: validateCapacity, validateUpdate: validateCapacityUpdate },
  'volumeattachments.storage.k8s.io': {
    validate: validateAttachment,
    validateNew: validateNewAttachment,
    validateUpdate: validateAttachmentUpdate,
  },
  'volumeattributesclasses.storage.k8s.io': { validate: validateAttributesClass, validateUpdate: validateAttributesClassUpdate },
  'ingressclasses.networking.k8s.io': {
    generation: true,
    validate: validateIngressClass,
    validateUpdate: validateIngressClassUpdate,
  },
  'ipaddresses.networking.k8s.io': {
    nameErrors: addressNameErrors,
    validate: validateIPAddress,
    validateUpdate: validateIPAddressUpdate,
  },
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhooks,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhooks,
  'priorityclasses.scheduling.k8s.io': priorityClasses,
  'storageclasses.storage.k8s.io': { validate: validateStorageClass, validateUpdate: validateStorageClassUpdate },
  'ingresses.networking.k8s.io': {
    ...withSpec(() => Object.freeze({ loadBalancer: NOTHING }), validateIngress),
    validateNew: validateNewIngress,
  },
  'networkpolicies.networking.k8s.io': { generation: true, validate: validateNetworkPolicy },
  'servicecidrs.networking.k8s.io': {
    status: true,
    initialStatus: () => NOTHING,
    validate: validateServiceCIDR,
    validateUpdate: validateServiceCIDRUpdate,
  },
  'poddisruptionbudgets.policy': withSpec(
    () => Object.freeze({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }),
    validateBudget,
  ),
  'horizontalpodautoscalers.autoscaling': {
    status: true,
    initialStatus: () => Object.freeze({ desiredReplicas: 0, currentMetrics: null }),
    validate: validateAutoscaler,
  },
}
