// Models pkg/kubelet/envvars/envvars.go: what a container's environment tells of Services.
import type { ServiceLink } from './cri'

/** The variables of Services (pkg/kubelet/envvars/envvars.go FromServices). */
export function linkVariables(links: readonly ServiceLink[]): [string, string][] {
  const variables: [string, string][] = []
  for (const { name, ip, ports } of links) {
    const [first] = ports
    if (!first) continue
    const prefix = name.toUpperCase().replaceAll('-', '_')
    variables.push([`${prefix}_SERVICE_HOST`, ip], [`${prefix}_SERVICE_PORT`, String(first.port)])
    for (const port of ports)
      if (port.name) variables.push([`${prefix}_SERVICE_PORT_${port.name.toUpperCase().replaceAll('-', '_')}`, String(port.port)])
    for (const [i, { port, protocol }] of ports.entries()) {
      const low = protocol.toLowerCase()
      const url = `${low}://${ip}:${port}`
      const one = `${prefix}_PORT_${port}_${protocol}`
      if (i === 0) variables.push([`${prefix}_PORT`, url])
      variables.push([one, url], [`${one}_PROTO`, low], [`${one}_PORT`, String(port)], [`${one}_ADDR`, ip])
    }
  }
  return variables
}
