// Models pkg/apis/networking/validation/validation.go: Ingresses and NetworkPolicies.
import { type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import { dns1123LabelErrors, dns1123SubdomainErrors, portNameErrors, portNumberErrors, regexError } from '../../api/names'
import type { KubeObject, LabelSelector } from '../../api/types'
import { rangeOf } from '../registry/service'
import { localReferenceErrors } from './network-config'
import { cidrErrors, isAddress } from './paths'
import { selectorErrors } from './placement'

interface Backend {
  readonly resource?: { readonly apiGroup?: string; readonly kind?: string; readonly name?: string }
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

interface Tls {
  readonly hosts?: readonly string[]
  readonly secretName?: string
}

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class'

/** ValidateIngressCreate: the old way to name a class, and the new one, beside the spec. */
export function validateNewIngress(ingress: KubeObject): FieldError[] {
  const old = ingress.metadata.annotations?.[CLASS_ANNOTATION]
  const name: string | undefined = ingress.spec?.ingressClassName
  if (old === undefined || name === undefined || old === name) return []
  return [invalid(`annotations.${CLASS_ANNOTATION}`, old, 'must match `ingressClassName` when both are specified')]
}

/** ValidateIngressSpec */
export function validateIngress({ spec }: KubeObject): FieldError[] {
  const { rules = [], tls = [], defaultBackend, ingressClassName } = spec ?? {}
  const errors: FieldError[] = []
  if (rules.length === 0 && !defaultBackend)
    errors.push(invalid('spec', spec?.rules, 'either `defaultBackend` or `rules` must be specified'))
  if (defaultBackend) errors.push(...backendErrors(defaultBackend, 'spec.defaultBackend'))
  ;(rules as readonly Rule[]).forEach((rule, i) => {
    errors.push(...ruleErrors(rule, `spec.rules[${i}]`))
  })
  ;(tls as readonly Tls[]).forEach(({ hosts = [], secretName = '' }, i) => {
    const at = `spec.tls[${i}]`
    hosts.forEach((host, j) => {
      errors.push(...nameErrors(host).map(why => invalid(`${at}.hosts[${j}]`, host, why)))
    })
    if (secretName)
      for (const why of dns1123SubdomainErrors(secretName)) errors.push(invalid(`${at}.secretName`, secretName, why))
  })
  if (typeof ingressClassName === 'string')
    for (const why of dns1123SubdomainErrors(ingressClassName))
      errors.push(invalid('spec.ingressClassName', ingressClassName, why))
  return errors
}

const WILDCARD = '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'

const hostErrors = (host: string): readonly string[] =>
  isAddress(host) ? ['must be a DNS name, not an IP address', ...nameErrors(host)] : nameErrors(host)

/** A host's name, with a wildcard or without. */
function nameErrors(host: string): readonly string[] {
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
  if (resource) return [...localReferenceErrors(resource, `${field}.resource`)]
  if (!service) return [invalid(field, '', 'resource or service backend is required')]
  const { name = '', port: { name: portName = '', number = 0 } = {} } = service
  const errors = name
    ? dns1123LabelErrors(name).map(why => invalid(`${field}.service.name`, name, why))
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
    errors.push(notSupported(`${field}.protocol`, protocol, ['TCP', 'UDP', 'SCTP']))
  if (typeof port === 'number') {
    for (const why of portNumberErrors(port)) errors.push(invalid(`${field}.port`, port, why))
    if (endPort === undefined) return errors
    if (endPort < port) errors.push(invalid(`${field}.endPort`, port, 'must be greater than or equal to `port`'))
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

/** ValidateNetworkPolicyPeer */
function peerErrors({ podSelector, namespaceSelector, ipBlock }: Peer, field: string): FieldError[] {
  const errors = [
    ...selectorErrors(podSelector, `${field}.podSelector`),
    ...selectorErrors(namespaceSelector, `${field}.namespaceSelector`),
    ...(ipBlock ? blockErrors(ipBlock, `${field}.ipBlock`) : []),
  ]
  if (!podSelector && !namespaceSelector && !ipBlock) errors.push(required(field, 'must specify a peer'))
  if (ipBlock && (podSelector || namespaceSelector))
    errors.push(forbidden(field, 'may not specify both ipBlock and another peer'))
  return errors
}

/** ValidateIPBlock: what is left out of a block must be within it. */
function blockErrors({ cidr, except = [] }: NonNullable<Peer['ipBlock']>, field: string): FieldError[] {
  if (!cidr) return [required(`${field}.cidr`)]
  const errors = cidrErrors(cidr, `${field}.cidr`)
  if (errors.length > 0) return errors
  return except.flatMap((inner, i) => {
    const at = `${field}.except[${i}]`
    const wrong = cidrErrors(inner, at)
    if (wrong.length > 0 || isWithin(inner, cidr)) return wrong
    return [invalid(at, inner, 'must be a strict subset of `cidr`')]
  })
}

/** Whether an IPv4 range is a part of another; IPv6 is let pass. */
function isWithin(inner: string, outer: string): boolean {
  if (inner.includes(':') || outer.includes(':')) return inner.includes(':') === outer.includes(':')
  const [a, b] = [rangeOf(inner), rangeOf(outer)]
  return a.size < b.size && a.base >= b.base && a.base < b.base + b.size
}
