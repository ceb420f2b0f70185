// Models ValidateService in pkg/apis/core/validation/validation.go.
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import { dns1123LabelErrors, dns1123SubdomainErrors, portNameErrors, portNumberErrors } from '../../api/names'
import type { KubeObject } from '../../api/types'
import { labelErrors } from '../registry/metadata'
import { allocationErrors } from '../registry/service'
import type { Reader } from '../state'
import { isAddress } from './networking'

interface Port {
  readonly name?: string
  readonly port: number
  readonly protocol?: string
  readonly targetPort?: number | string
}

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']

export function validateService(object: KubeObject, reader: Reader): FieldError[] {
  const { spec } = object
  if (!spec) return [required('spec')]
  const errors: FieldError[] = []
  const ports = (spec.ports ?? []) as Port[]
  const headless = spec.clusterIP === 'None'
  // before anything is allocated, so that nothing else is said
  const bad = ((spec.clusterIPs ?? []) as string[]).find(ip => ip !== 'None' && ip !== '' && !isAddress(ip))
  if (bad !== undefined)
    return [invalid('spec.clusterIPs[0]', bad, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
  if (ports.length === 0 && !headless && spec.type !== 'ExternalName') errors.push(required('spec.ports'))
  if (spec.type === 'ExternalName') {
    if (!spec.externalName) errors.push(required('spec.externalName'))
    else
      errors.push(
        ...dns1123SubdomainErrors(String(spec.externalName).replace(/\.$/, '')).map(why =>
          invalid('spec.externalName', spec.externalName, why),
        ),
      )
  }
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && headless)
    errors.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`))
  const names = new Set<string>()
  ports.forEach((port, i) => {
    errors.push(...portErrors(port, `spec.ports[${i}]`, ports.length > 1, names))
  })
  errors.push(...duplicatePorts(ports))
  errors.push(...labelErrors(spec.selector, 'spec.selector'))
  if (!['None', 'ClientIP'].includes(spec.sessionAffinity))
    errors.push(notSupported('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']))
  if (!TYPES.includes(spec.type)) errors.push(notSupported('spec.type', spec.type, TYPES))
  return errors.length > 0 ? errors : allocationErrors(object, reader)
}

function portErrors(port: Port, field: string, nameNeeded: boolean, names: Set<string>): FieldError[] {
  const errors: FieldError[] = []
  if (nameNeeded && !port.name) errors.push(required(`${field}.name`))
  else if (port.name) {
    for (const why of dns1123LabelErrors(port.name)) errors.push(invalid(`${field}.name`, port.name, why))
    if (names.has(port.name)) errors.push(duplicate(`${field}.name`, port.name))
    names.add(port.name)
  }
  for (const why of portNumberErrors(port.port)) errors.push(invalid(`${field}.port`, port.port, why))
  if (!['TCP', 'UDP', 'SCTP'].includes(port.protocol ?? ''))
    errors.push(notSupported(`${field}.protocol`, port.protocol ?? '', ['SCTP', 'TCP', 'UDP']))
  const { targetPort } = port
  if (typeof targetPort === 'string')
    for (const why of portNameErrors(targetPort)) errors.push(invalid(`${field}.targetPort`, targetPort, why))
  else if (targetPort !== undefined)
    for (const why of portNumberErrors(targetPort)) errors.push(invalid(`${field}.targetPort`, targetPort, why))
  return errors
}

/** What makes a port one of its kind, as JSON of its internal type, whose fields have no names but Go's. */
const portInGo = ({ port, protocol = '' }: Port): object => ({
  Name: '',
  Protocol: protocol,
  AppProtocol: null,
  Port: port,
  TargetPort: 0,
  NodePort: 0,
})

function duplicatePorts(ports: readonly Port[]): FieldError[] {
  const seen = new Set<string>()
  return ports.flatMap((port, i) => {
    const key = `${port.protocol}/${port.port}`
    if (seen.has(key)) return [duplicate(`spec.ports[${i}]`, portInGo(port))]
    seen.add(key)
    return []
  })
}

/** ValidateServiceUpdate: an address, once given, stays. */
export function validateServiceUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const [before] = (old.spec?.clusterIPs ?? []) as string[]
  const [after] = (object.spec?.clusterIPs ?? []) as string[]
  if (!before || before === after || object.spec?.type === 'ExternalName' || old.spec?.type === 'ExternalName') return []
  if (after === undefined) return [forbidden('spec.clusterIPs[0]', 'primary clusterIP can not be unset')]
  return [invalid('spec.clusterIPs[0]', object.spec?.clusterIPs, 'may not change once set')]
}
