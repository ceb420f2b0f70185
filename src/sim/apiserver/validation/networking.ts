// Models pkg/apis/networking/validation/validation.go: Ingresses and NetworkPolicies.
import { type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import { dns1035LabelErrors, dns1123SubdomainErrors, portNameErrors, portNumberErrors, regexError } from '../../api/names'
import type { KubeObject, LabelSelector } from '../../api/types'
import { selectorErrors } from './placement'

interface Backend {
  readonly resource?: object
  readonly service?: { readonly name?: string; readonly port?: { readonly name?: string; readonly number?: number } }
}
interface IngressPath {
  readonly path?: string
  readonly pathType?: string
  readonly backend?: Backend
}
interface Rule {
  readonly host?: string
  readonly http?: { readonly paths?: readonly IngressPath[] }
}

/** ValidateIngressSpec */
export function validateIngress({ spec }: KubeObject): FieldError[] {
  const { rules = [], defaultBackend, ingressClassName } = spec ?? {}
  const errors: FieldError[] = []
  if (rules.length === 0 && !defaultBackend)
    errors.push(invalid('spec', spec?.rules, 'either `defaultBackend` or `rules` must be specified'))
  if (defaultBackend) errors.push(...backendErrors(defaultBackend, 'spec.defaultBackend'))
  ;(rules as readonly Rule[]).forEach((rule, i) => {
    errors.push(...ruleErrors(rule, `spec.rules[${i}]`))
  })
  if (typeof ingressClassName === 'string')
    for (const why of dns1123SubdomainErrors(ingressClassName))
      errors.push(invalid('spec.ingressClassName', ingressClassName, why))
  return errors
}

const WILDCARD = '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'

function hostErrors(host: string): readonly string[] {
  if (isAddress(host)) return ['must be a DNS name, not an IP address']
  if (!host.includes('*')) return dns1123SubdomainErrors(host)
  return new RegExp(`^${WILDCARD}$`).test(host)
    ? []
    : [
        regexError(
          "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
          WILDCARD,
          '*.example.com',
        ),
      ]
}

function ruleErrors({ host, http }: Rule, field: string): FieldError[] {
  const errors = host ? hostErrors(host).map(why => invalid(`${field}.host`, host, why)) : []
  if (!http) return errors
  if (!http.paths?.length) return [...errors, required(`${field}.http.paths`)]
  return [...errors, ...http.paths.flatMap((path, i) => pathErrors(path, `${field}.http.paths[${i}]`))]
}

const BAD_PARTS = ['//', '/./', '/../', '%2f', '%2F']
const BAD_ENDS = ['/..', '/.']

function pathErrors({ path = '', pathType, backend = {} }: IngressPath, field: string): FieldError[] {
  if (pathType === undefined) return [required(`${field}.pathType`, 'pathType must be specified')]
  const errors: FieldError[] = []
  const wrong = (why: string) => errors.push(invalid(`${field}.path`, path, why))
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!path.startsWith('/')) wrong('must be an absolute path')
    for (const part of BAD_PARTS) if (path.includes(part)) wrong(`must not contain '${part}'`)
    for (const end of BAD_ENDS) if (path.endsWith(end)) wrong(`cannot end with '${end}'`)
  } else if (pathType === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/')) wrong('must be an absolute path')
  } else errors.push(notSupported(`${field}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix']))
  return [...errors, ...backendErrors(backend, `${field}.backend`)]
}

/** validateIngressBackend */
function backendErrors({ resource, service }: Backend, field: string): FieldError[] {
  if (resource && service) return [invalid(field, '', 'cannot set both resource and service backends')]
  if (resource) return []
  if (!service) return [invalid(field, '', 'resource or service backend is required')]
  const { name = '', port: { name: portName = '', number = 0 } = {} } = service
  const errors = name
    ? dns1035LabelErrors(name).map(why => invalid(`${field}.service.name`, name, why))
    : [required(`${field}.service.name`)]
  if (portName && number) errors.push(invalid(field, '', 'cannot set both port name & port number'))
  else if (portName) errors.push(...portNameErrors(portName).map(why => invalid(`${field}.service.port.name`, portName, why)))
  else if (number) errors.push(...portNumberErrors(number).map(why => invalid(`${field}.service.port.number`, number, why)))
  else errors.push(required(field, 'port name or number is required'))
  return errors
}

interface PolicyPort {
  readonly protocol?: string
  readonly port?: number | string
  readonly endPort?: number
}
interface Peer {
  readonly podSelector?: LabelSelector
  readonly namespaceSelector?: LabelSelector
  readonly ipBlock?: { readonly cidr?: string; readonly except?: readonly string[] }
}
interface PolicyRule {
  readonly ports?: readonly PolicyPort[]
  readonly from?: readonly Peer[]
  readonly to?: readonly Peer[]
}

/** ValidateNetworkPolicySpec */
export function validateNetworkPolicy({ spec }: KubeObject): FieldError[] {
  const { podSelector, ingress = [], egress = [], policyTypes = [] } = spec ?? {}
  const errors = selectorErrors(podSelector, 'spec.podSelector')
  const rules = (list: readonly PolicyRule[], name: string, peers: 'from' | 'to'): void =>
    list.forEach((rule, i) => {
      const field = `spec.${name}[${i}]`
      rule.ports?.forEach((port, j) => {
        errors.push(...policyPortErrors(port, `${field}.ports[${j}]`))
      })
      rule[peers]?.forEach((peer, j) => {
        errors.push(...peerErrors(peer, `${field}.${peers}[${j}]`))
      })
    })
  rules(ingress, 'ingress', 'from')
  rules(egress, 'egress', 'to')
  if (policyTypes.length > 2)
    return [...errors, invalid('spec.policyTypes', policyTypes, 'may not specify more than two policyTypes')]
  ;(policyTypes as readonly string[]).forEach((type, i) => {
    if (type !== 'Ingress' && type !== 'Egress') errors.push(notSupported(`spec.policyTypes[${i}]`, type, ['Egress', 'Ingress']))
  })
  return errors
}

function policyPortErrors({ protocol, port, endPort }: PolicyPort, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (protocol !== undefined && !['TCP', 'UDP', 'SCTP'].includes(protocol))
    errors.push(notSupported(`${field}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']))
  if (typeof port === 'number') {
    for (const why of portNumberErrors(port)) errors.push(invalid(`${field}.port`, port, why))
    if (endPort === undefined) return errors
    if (endPort < port) errors.push(invalid(`${field}.endPort`, endPort, 'must be greater than or equal to `port`'))
    for (const why of portNumberErrors(endPort)) errors.push(invalid(`${field}.endPort`, endPort, why))
    return errors
  }
  if (typeof port === 'string') {
    if (endPort !== undefined)
      errors.push(invalid(`${field}.endPort`, endPort, 'may not be specified when `port` is non-numeric'))
    for (const why of portNameErrors(port)) errors.push(invalid(`${field}.port`, port, why))
  } else if (endPort !== undefined)
    errors.push(invalid(`${field}.endPort`, endPort, 'may not be specified when `port` is not specified'))
  return errors
}

function peerErrors({ podSelector, namespaceSelector, ipBlock }: Peer, field: string): FieldError[] {
  const errors = [
    ...selectorErrors(podSelector, `${field}.podSelector`),
    ...selectorErrors(namespaceSelector, `${field}.namespaceSelector`),
  ]
  if (!podSelector && !namespaceSelector && !ipBlock) errors.push(required(field, 'must specify a peer'))
  if (!ipBlock) return errors
  if (!ipBlock.cidr) errors.push(required(`${field}.ipBlock.cidr`))
  else errors.push(...cidrErrors(ipBlock.cidr, `${field}.ipBlock.cidr`))
  ipBlock.except?.forEach((cidr, i) => {
    errors.push(...cidrErrors(cidr, `${field}.ipBlock.except[${i}]`))
  })
  if (podSelector || namespaceSelector) errors.push(forbidden(field, 'may not specify both ipBlock and another peer'))
  return errors
}

const cidrErrors = (cidr: string, field: string): FieldError[] => {
  const [address = '', bits = '', more] = cidr.split('/')
  const most = address.includes(':') ? 128 : 32
  const good = isAddress(address) && /^\d{1,3}$/.test(bits) && Number(bits) <= most && more === undefined
  return good ? [] : [invalid(field, cidr, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
}

/** An IPv4 address in dotted decimals, or what can be an IPv6 address. */
export function isAddress(text: string): boolean {
  const parts = text.split('.')
  if (parts.length === 4) return parts.every(part => /^\d{1,3}$/.test(part) && Number(part) < 256)
  return text.includes(':') && /^[0-9a-fA-F:]+$/.test(text)
}
