// Models pkg/api/service/warnings.go: what is odd in a Service, but accepted.
import type { KubeObject } from '../../api/types'

const HINTS = 'service.kubernetes.io/topology-aware-hints'
const MODE = 'service.kubernetes.io/topology-mode'

export function serviceWarnings({ metadata, spec }: KubeObject): string[] {
  const { type = 'ClusterIP', clusterIP, loadBalancerIP = '', externalIPs = [], externalName = '' } = spec ?? {}
  const warnings: string[] = []
  const isHeadless = type === 'ClusterIP' && clusterIP === 'None'
  if (metadata.annotations && HINTS in metadata.annotations)
    warnings.push(`annotation ${HINTS} is deprecated, please use ${MODE} instead`)
  if (isHeadless) {
    if (loadBalancerIP !== '') warnings.push('spec.loadBalancerIP is ignored for headless services')
    if (externalIPs.length > 0) warnings.push('spec.externalIPs is ignored for headless services')
    if (spec?.sessionAffinity !== 'None') warnings.push('spec.SessionAffinity is ignored for headless services')
  }
  externalIPs.forEach((ip: string, i: number) => {
    warnings.push(...addressWarnings(ip, `spec.externalIPs[${i}]`))
  })
  if (externalIPs.length > 0 && !isHeadless && type !== 'ExternalName')
    warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters')
  if (loadBalancerIP !== '') warnings.push(...addressWarnings(loadBalancerIP, 'spec.loadBalancerIP'))
  if (type === 'ExternalName' && externalIPs.length > 0)
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  if (type !== 'ExternalName' && externalName !== '')
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  if (spec?.trafficDistribution === 'PreferClose')
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
  return warnings
}

/** GetWarningsForIP, of IPv4: numbers with zeros before them. */
function addressWarnings(ip: string, field: string): string[] {
  if (!/^\d+(\.\d+){3}$/.test(ip)) return []
  const plain = ip.split('.').map(Number).join('.')
  const given = JSON.stringify(ip)
  return plain === ip
    ? []
    : [
        `${field}: non-standard IP address ${given} will be considered invalid in a future Kubernetes release: use ${JSON.stringify(plain)}`,
      ]
}
