// Models ValidateService in pkg/apis/core/validation/validation.go.
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  portNameErrors,
  portNumberErrors,
  qualifiedNameErrors,
} from '../../api/names'
import type { KubeObject } from '../../api/types'
import { toInternal } from '../internal-types/print'
import { labelErrors } from '../registry/metadata'
import { allocationErrors } from '../registry/service'
import type { Reader } from '../state'
import { addressErrors, cidrErrors, specialAddressErrors } from './paths'

type Spec = KubeObject['spec']

interface Port {
  readonly name?: string
  readonly port: number
  readonly protocol?: string
  readonly targetPort?: number | string
  readonly nodePort?: number
  readonly appProtocol?: string
}

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']

/** What is wrong with a new Service. What cannot be allocated is said before the rest, and alone, as upstream allocates first. */
export function validateService(object: KubeObject, reader: Reader): readonly FieldError[] {
  const { spec = {} } = object
  const unallocated = [...clusterErrors(spec), ...allocationErrors(object, reader)]
  return unallocated.length > 0 ? unallocated.slice(0, 1) : serviceErrors(spec)
}

/** ValidateServiceUpdate: what was given once stays; then all the rest. */
export function validateServiceUpdate(object: KubeObject, old: KubeObject, reader: Reader): readonly FieldError[] {
  const { spec = {} } = object
  const before: Spec = old.spec ?? {}
  const unallocated = allocationErrors(object, reader)
  if (unallocated.length > 0) return unallocated.slice(0, 1)
  const errors = addressChanges(spec, before)
  if (isBalanced(spec) && isBalanced(before) && spec.loadBalancerClass !== before.loadBalancerClass)
    errors.push(invalid('spec.loadBalancerClass', spec.loadBalancerClass ?? null, 'may not change once set'))
  if (needsHealthCheck(spec) && needsHealthCheck(before) && spec.healthCheckNodePort !== before.healthCheckNodePort)
    errors.push(forbidden('spec.healthCheckNodePort', 'field is immutable'))
  return [...errors, ...serviceErrors(spec)]
}

const isHeadless = (spec: Spec): boolean => spec.clusterIPs?.[0] === 'None' || spec.clusterIP === 'None'
const isBalanced = ({ type }: Spec): boolean => type === 'LoadBalancer'
const needsHealthCheck = (spec: Spec): boolean => isBalanced(spec) && spec.externalTrafficPolicy === 'Local'

/** validateUpgradeDowngradeClusterIPs */
function addressChanges(spec: Spec, old: Spec): FieldError[] {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName' || (isHeadless(spec) && isHeadless(old))) return []
  const after: readonly string[] = spec.clusterIPs ?? []
  const [before] = (old.clusterIPs ?? []) as string[]
  if (before === undefined || before === after[0]) return []
  if (after.length === 0) return [invalid('spec.clusterIPs[0]', null, 'primary clusterIP can not be unset')]
  return [invalid('spec.clusterIPs[0]', after, 'may not change once set')]
}

const FAMILIES = ['IPv4', 'IPv6']
const FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack']

/** ValidateServiceClusterIPsRelatedFields */
function clusterErrors(spec: Spec): FieldError[] {
  const { type, clusterIPs = [], ipFamilies = [], ipFamilyPolicy: policy } = spec
  if (type === 'ExternalName') return []
  const errors: FieldError[] = []
  if (clusterIPs.length > 0 && spec.clusterIP && clusterIPs[0] !== spec.clusterIP)
    errors.push(invalid('spec.clusterIPs', clusterIPs, 'first value must match `clusterIP`'))
  if (clusterIPs.length > 2) errors.push(invalid('spec.clusterIPs', clusterIPs, 'must only hold up to 2 values'))
  ;(ipFamilies as readonly string[]).forEach((family, i) => {
    if (!FAMILIES.includes(family)) errors.push(notSupported(`spec.ipFamilies[${i}]`, family, FAMILIES))
    if (ipFamilies.indexOf(family) < i) errors.push(duplicate(`spec.ipFamilies[${i}]`, family))
  })
  if (policy && !FAMILY_POLICIES.includes(policy)) errors.push(notSupported('spec.ipFamilyPolicy', policy, FAMILY_POLICIES))
  ;(clusterIPs as readonly string[]).forEach((address, i) => {
    if (address === '') return
    if (i === 0 && address === 'None') {
      if (clusterIPs.length > 1) errors.push(invalid('spec.clusterIPs', clusterIPs, "'None' must be the first and only value"))
    } else errors.push(...addressErrors(address, `spec.clusterIPs[${i}]`))
  })
  return errors
}

/** ValidateService, beside the metadata. */
function serviceErrors(spec: Spec): FieldError[] {
  const errors: FieldError[] = []
  const ports = (spec.ports ?? []) as Port[]
  const { type } = spec
  if (ports.length === 0 && !isHeadless(spec) && type !== 'ExternalName') errors.push(required('spec.ports'))
  if (isHeadless(spec) && (type === 'LoadBalancer' || type === 'NodePort'))
    errors.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`))
  if (type === 'ExternalName') errors.push(...externalNameErrors(spec))
  const names = new Set<string>()
  ports.forEach((port, i) => {
    errors.push(...portErrors(port, `spec.ports[${i}]`, ports.length > 1, names))
  })
  errors.push(...labelErrors(spec.selector, 'spec.selector'), ...affinityErrors(spec), ...clusterErrors(spec))
  ;((spec.externalIPs ?? []) as string[]).forEach((address, i) => {
    errors.push(...externalAddressErrors(address, `spec.externalIPs[${i}]`))
  })
  if (!type) errors.push(required('spec.type'))
  else if (!TYPES.includes(type)) errors.push(notSupported('spec.type', type, TYPES))
  errors.push(...nodePortErrors(ports, type), ...duplicatePorts(ports))
  return [...errors, ...balancerErrors(spec), ...trafficErrors(spec)]
}

function externalNameErrors(spec: Spec): FieldError[] {
  const errors: FieldError[] = []
  const forbid = (field: string) => errors.push(forbidden(`spec.${field}`, 'may not be set for ExternalName services'))
  if (spec.clusterIPs?.length) forbid('clusterIPs')
  if (spec.ipFamilies?.length) forbid('ipFamilies')
  if (spec.ipFamilyPolicy) forbid('ipFamilyPolicy')
  const name = String(spec.externalName ?? '').replace(/\.$/, '')
  if (name === '') return [...errors, required('spec.externalName')]
  return [...errors, ...dns1123SubdomainErrors(name).map(why => invalid('spec.externalName', name, why))]
}

/** validateServicePort */
function portErrors(port: Port, field: string, nameNeeded: boolean, names: Set<string>): FieldError[] {
  const errors: FieldError[] = []
  const { targetPort = 0, protocol = '', appProtocol } = port
  if (nameNeeded && !port.name) errors.push(required(`${field}.name`))
  else if (port.name) {
    for (const why of dns1123LabelErrors(port.name)) errors.push(invalid(`${field}.name`, port.name, why))
    if (names.has(port.name)) errors.push(duplicate(`${field}.name`, port.name))
    names.add(port.name)
  }
  for (const why of portNumberErrors(port.port ?? 0)) errors.push(invalid(`${field}.port`, port.port ?? 0, why))
  if (!protocol) errors.push(required(`${field}.protocol`))
  else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${field}.protocol`, protocol, PROTOCOLS))
  const wrong = typeof targetPort === 'string' ? portNameErrors(targetPort) : portNumberErrors(targetPort)
  for (const why of wrong) errors.push(invalid(`${field}.targetPort`, targetPort, why))
  if (appProtocol !== undefined)
    for (const why of qualifiedNameErrors(appProtocol)) errors.push(invalid(`${field}.appProtocol`, appProtocol, why))
  return errors
}

const LONGEST_AFFINITY = 86_400

/** Whether a client keeps its endpoint, and for how long. */
function affinityErrors({ sessionAffinity: affinity, sessionAffinityConfig: config }: Spec): FieldError[] {
  if (!affinity) return [required('spec.sessionAffinity')]
  const field = 'spec.sessionAffinityConfig'
  if (affinity === 'None') return config ? [forbidden(field, 'must not be set when session affinity is None')] : []
  if (affinity !== 'ClientIP') return [notSupported('spec.sessionAffinity', affinity, ['ClientIP', 'None'])]
  const why = 'when session affinity type is ClientIP'
  if (!config) return [required(field, why)]
  if (!config.clientIP) return [required(`${field}.clientIP`, why)]
  const { timeoutSeconds: seconds } = config.clientIP
  if (seconds === undefined) return [required(`${field}.clientIP.timeoutSeconds`, why)]
  return seconds <= 0 || seconds > LONGEST_AFFINITY
    ? [invalid(`${field}.clientIP.timeoutSeconds`, seconds, `must be greater than 0 and less than ${LONGEST_AFFINITY}`)]
    : []
}

/** An address from outside. */
function externalAddressErrors(address: string, field: string): FieldError[] {
  const errors = addressErrors(address, field)
  if (errors.length > 0) return errors
  return specialAddressErrors(address, field)
}

/** Ports of nodes: not of a ClusterIP, and not twice. */
function nodePortErrors(ports: readonly Port[], type: string): FieldError[] {
  const errors = ports.flatMap(({ nodePort }, i) =>
    nodePort && type === 'ClusterIP'
      ? [forbidden(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'")]
      : [],
  )
  const seen = new Set<string>()
  ports.forEach(({ protocol, nodePort }, i) => {
    if (!nodePort) return
    const key = `${protocol}/${nodePort}`
    if (seen.has(key)) errors.push(duplicate(`spec.ports[${i}].nodePort`, nodePort))
    seen.add(key)
  })
  return errors
}

/** A port is known by its protocol and number; what is said twice is shown as a port that has nothing else. */
function duplicatePorts(ports: readonly Port[]): FieldError[] {
  const seen = new Set<string>()
  return ports.flatMap(({ protocol, port }, i) => {
    const key = `${protocol}/${port}`
    if (seen.has(key)) return [duplicate(`spec.ports[${i}]`, toInternal('ServicePort', { protocol, port }))]
    seen.add(key)
    return []
  })
}

/** What only a load balancer has. */
function balancerErrors(spec: Spec): FieldError[] {
  const only = "may only be used when `type` is 'LoadBalancer'"
  const { loadBalancerSourceRanges: ranges = [], loadBalancerClass: name } = spec
  const errors: FieldError[] = []
  if (ranges.length > 0) {
    // as upstream spells the field
    const field = 'spec.LoadBalancerSourceRanges'
    if (!isBalanced(spec)) errors.push(forbidden(field, only))
    ;(ranges as readonly string[]).forEach((range, i) => {
      errors.push(...cidrErrors(range.trim(), `${field}[${i}]`))
    })
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && !isBalanced(spec))
    errors.push(forbidden('spec.allocateLoadBalancerNodePorts', only))
  if (name === undefined) return errors
  if (!isBalanced(spec)) return [...errors, forbidden('spec.loadBalancerClass', only)]
  return [...errors, ...qualifiedNameErrors(name).map(why => invalid('spec.loadBalancerClass', name, why))]
}

const TRAFFIC = ['Cluster', 'Local']
const DISTRIBUTIONS = ['PreferClose', 'PreferSameNode', 'PreferSameZone']

/** Which endpoints traffic goes to. */
function trafficErrors(spec: Spec): FieldError[] {
  const { type, externalTrafficPolicy: external, internalTrafficPolicy: internal, trafficDistribution: distribution } = spec
  const errors: FieldError[] = []
  const isReachable = isBalanced(spec) || type === 'NodePort' || (type === 'ClusterIP' && spec.externalIPs?.length > 0)
  if (!isReachable) {
    if (external)
      errors.push(invalid('spec.externalTrafficPolicy', external, 'may only be set for externally-accessible services'))
  } else if (!external) errors.push(required('spec.externalTrafficPolicy'))
  else if (!TRAFFIC.includes(external)) errors.push(notSupported('spec.externalTrafficPolicy', external, TRAFFIC))
  if (spec.healthCheckNodePort && !needsHealthCheck(spec))
    errors.push(
      invalid(
        'spec.healthCheckNodePort',
        spec.healthCheckNodePort,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    )
  if (internal !== undefined && !TRAFFIC.includes(internal))
    errors.push(notSupported('spec.internalTrafficPolicy', internal, TRAFFIC))
  if (distribution !== undefined && !DISTRIBUTIONS.includes(distribution))
    errors.push(notSupported('spec.trafficDistribution', distribution, DISTRIBUTIONS))
  return errors
}
