// Models pkg/proxy/iptables/proxier.go syncProxyRules: the rules as `iptables-save` prints them.
import type { ServiceBackend } from '../api/cni'
import { sha256Base32 } from '../api/sha256'
import type { PortRules } from './rules'

/** Addresses of all pods: who comes from elsewhere is masqueraded. */
const CLUSTER_CIDR = '10.244.0.0/16'

/** Chains by name, each with its rules. */
type Chains = Map<string, string[]>

const hashed = (text: string): string => sha256Base32(text, 16)
const protocolOf = ({ protocol }: PortRules): string => protocol.toLowerCase()
const chainOf = (kind: 'SVC' | 'SVL' | 'EXT', rules: PortRules): string =>
  `KUBE-${kind}-${hashed(`${rules.name}${protocolOf(rules)}`)}`
const endpointChain = (rules: PortRules, to: string): string => `KUBE-SEP-${hashed(`${rules.name}${protocolOf(rules)}${to}`)}`
const addressOf = ({ ip, port }: ServiceBackend): string => `${ip}:${port}`
const comment = (text: string): string => `-m comment --comment "${text}"`

/** All rules of a node, as `iptables-save` prints the nat and filter tables. */
export function iptablesSave(services: readonly PortRules[]): string {
  const nat: Chains = new Map([
    ['PREROUTING', [`${comment('kubernetes service portals')} -j KUBE-SERVICES`]],
    ['OUTPUT', [`${comment('kubernetes service portals')} -j KUBE-SERVICES`]],
    ['POSTROUTING', [`${comment('kubernetes postrouting rules')} -j KUBE-POSTROUTING`]],
    ['KUBE-MARK-MASQ', ['-j MARK --set-xmark 0x4000/0x4000']],
    ['KUBE-NODEPORTS', []],
    ['KUBE-POSTROUTING', POSTROUTING],
    ['KUBE-PROXY-CANARY', []],
    ['KUBE-SERVICES', []],
  ])
  const filter: Chains = new Map(FILTER.map(([chain, rules]) => [chain, [...rules]]))
  for (const rules of services) addService(nat, filter, rules)
  push(nat, 'KUBE-SERVICES', `${comment(LAST_RULE)} -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS`)
  const natHooks = ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING']
  return `${table('nat', natHooks, nat)}${table('filter', ['INPUT', 'FORWARD', 'OUTPUT'], filter)}`
}

function push(chains: Chains, chain: string, rule: string): void {
  const rules = chains.get(chain)
  if (rules) rules.push(rule)
  else chains.set(chain, [rule])
}

function table(name: string, hooks: readonly string[], chains: Chains): string {
  const own = [...chains.keys()].filter(c => !hooks.includes(c)).sort()
  const heads = [...hooks.map(c => `:${c} ACCEPT [0:0]`), ...own.map(c => `:${c} - [0:0]`)]
  const rules = [...hooks, ...own].flatMap(c => (chains.get(c) ?? []).map(rule => `-A ${c} ${rule}`))
  return [`*${name}`, ...heads, ...rules, 'COMMIT', ''].join('\n')
}

function addService(nat: Chains, filter: Chains, rules: PortRules): void {
  const { name, clusterIP, port, nodePort, cluster, local, internalLocal, externalLocal } = rules
  const protocol = protocolOf(rules)
  const internal = internalLocal ? local : cluster
  const external = externalLocal ? local : cluster
  const internalChain = chainOf(internalLocal ? 'SVL' : 'SVC', rules)
  const toCluster = `-d ${clusterIP}/32 -p ${protocol} ${comment(`${name} cluster IP`)} -m ${protocol} --dport ${port}`
  if (internal.length > 0) push(nat, 'KUBE-SERVICES', `${toCluster} -j ${internalChain}`)
  else {
    const why = `${comment(`${name} ${emptyBecause(rules)}`)} -m ${protocol} --dport ${port}`
    push(filter, 'KUBE-SERVICES', `-d ${clusterIP}/32 -p ${protocol} ${why} -j ${refusal(rules)}`)
  }
  if (nodePort > 0) addNodePort(nat, filter, rules, external)
  const needsCluster = (!internalLocal && cluster.length > 0) || (nodePort > 0 && cluster.length > 0)
  const needsLocal = (internalLocal && local.length > 0) || (nodePort > 0 && externalLocal && local.length > 0)
  if (needsCluster) addBackends(nat, rules, chainOf('SVC', rules), cluster, internalLocal ? undefined : toCluster)
  if (needsLocal) addBackends(nat, rules, chainOf('SVL', rules), local, internalLocal ? toCluster : undefined)
  const used = new Set([...(needsCluster ? cluster : []), ...(needsLocal ? local : [])].map(addressOf))
  for (const to of used) addEndpoint(nat, rules, to)
}

const emptyBecause = ({ cluster }: PortRules): string => (cluster.length > 0 ? 'has no local endpoints' : 'has no endpoints')
const refusal = ({ cluster }: PortRules): string => (cluster.length > 0 ? 'DROP' : 'REJECT --reject-with icmp-port-unreachable')

function addNodePort(nat: Chains, filter: Chains, rules: PortRules, external: readonly ServiceBackend[]): void {
  const { name, nodePort, externalLocal } = rules
  const protocol = protocolOf(rules)
  if (external.length === 0) {
    const why = `${comment(`${name} ${emptyBecause(rules)}`)} -m addrtype --dst-type LOCAL -m ${protocol} --dport ${nodePort}`
    push(filter, 'KUBE-EXTERNAL-SERVICES', `-p ${protocol} ${why} -j ${refusal(rules)}`)
  }
  if (rules.cluster.length === 0) return
  const chain = chainOf('EXT', rules)
  const match = `-p ${protocol} ${comment(name)} -m ${protocol} --dport ${nodePort}`
  push(nat, 'KUBE-NODEPORTS', `-d 127.0.0.0/8 ${match} -m nfacct --nfacct-name  localhost_nps_accepted_pkts -j ${chain}`)
  push(nat, 'KUBE-NODEPORTS', `${match} -j ${chain}`)
  const service = chainOf('SVC', rules)
  const to = `for ${name} external destinations`
  if (!externalLocal) {
    push(nat, chain, `${comment(`masquerade traffic ${to}`)} -j KUBE-MARK-MASQ`)
    push(nat, chain, `-j ${service}`)
    return
  }
  push(nat, chain, `-s ${CLUSTER_CIDR} ${comment(`pod traffic ${to}`)} -j ${service}`)
  push(nat, chain, `${comment(`masquerade LOCAL traffic ${to}`)} -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ`)
  push(nat, chain, `${comment(`route LOCAL traffic ${to}`)} -m addrtype --src-type LOCAL -j ${service}`)
  if (external.length > 0) push(nat, chain, `-j ${chainOf('SVL', rules)}`)
}

/** A chain that gives each backend the same chance: the first of n takes one in n, the next one in n-1, the last the rest. */
function addBackends(
  nat: Chains,
  rules: PortRules,
  chain: string,
  backends: readonly ServiceBackend[],
  toCluster: string | undefined,
): void {
  const { name, affinitySeconds } = rules
  if (toCluster !== undefined) push(nat, chain, `! -s ${CLUSTER_CIDR} ${toCluster} -j KUBE-MARK-MASQ`)
  if (affinitySeconds > 0) {
    for (const backend of backends) {
      const target = endpointChain(rules, addressOf(backend))
      const recent = `-m recent --rcheck --seconds ${affinitySeconds} --reap --name ${target} --mask 255.255.255.255 --rsource`
      push(nat, chain, `${comment(`${name} -> ${addressOf(backend)}`)} ${recent} -j ${target}`)
    }
  }
  backends.forEach((backend, i) => {
    const left = backends.length - i
    const chance = left > 1 ? `-m statistic --mode random --probability ${probability(left)} ` : ''
    push(nat, chain, `${comment(`${name} -> ${addressOf(backend)}`)} ${chance}-j ${endpointChain(rules, addressOf(backend))}`)
  })
}

/** One in n with ten digits after the point, as the kernel keeps it in 31 bits. */
const probability = (n: number): string => (Math.round(2 ** 31 / n) / 2 ** 31).toFixed(11)

function addEndpoint(nat: Chains, rules: PortRules, to: string): void {
  const chain = endpointChain(rules, to)
  const protocol = protocolOf(rules)
  const ip = to.slice(0, to.lastIndexOf(':'))
  const recent = rules.affinitySeconds > 0 ? `-m recent --set --name ${chain} --mask 255.255.255.255 --rsource ` : ''
  push(nat, chain, `-s ${ip}/32 ${comment(rules.name)} -j KUBE-MARK-MASQ`)
  push(nat, chain, `-p ${protocol} ${comment(rules.name)} ${recent}-m ${protocol} -j DNAT --to-destination ${to}`)
}

const LAST_RULE = 'kubernetes service nodeports; NOTE: this must be the last rule in this chain'
const POSTROUTING = [
  '-m mark ! --mark 0x4000/0x4000 -j RETURN',
  '-j MARK --set-xmark 0x4000/0x0',
  `${comment('kubernetes service traffic requiring SNAT')} -j MASQUERADE --random-fully`,
]
const FRESH = '-m conntrack --ctstate NEW'
const portals = (text: string, chain: string): string => `${FRESH} ${comment(text)} -j ${chain}`
const FIREWALL_JUMP = portals('kubernetes load balancer firewall', 'KUBE-PROXY-FIREWALL')
const EXTERNAL_JUMP = portals('kubernetes externally-visible service portals', 'KUBE-EXTERNAL-SERVICES')
const SERVICES_JUMP = portals('kubernetes service portals', 'KUBE-SERVICES')
const LOCALNET = '! -s 127.0.0.0/8 -d 127.0.0.0/8'
/** The filter table's standing chains; KUBE-FIREWALL is the kubelet's. */
const FILTER: readonly (readonly [string, readonly string[]])[] = [
  [
    'INPUT',
    ['-j KUBE-FIREWALL', FIREWALL_JUMP, `${comment('kubernetes health check service ports')} -j KUBE-NODEPORTS`, EXTERNAL_JUMP],
  ],
  ['FORWARD', [FIREWALL_JUMP, `${comment('kubernetes forwarding rules')} -j KUBE-FORWARD`, SERVICES_JUMP, EXTERNAL_JUMP]],
  ['OUTPUT', ['-j KUBE-FIREWALL', FIREWALL_JUMP, SERVICES_JUMP]],
  ['KUBE-EXTERNAL-SERVICES', []],
  [
    'KUBE-FIREWALL',
    [`${LOCALNET} ${comment('block incoming localnet connections')} -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP`],
  ],
  [
    'KUBE-FORWARD',
    [
      '-m conntrack --ctstate INVALID -m nfacct --nfacct-name  ct_state_invalid_dropped_pkts -j DROP',
      `${comment('kubernetes forwarding rules')} -m mark --mark 0x4000/0x4000 -j ACCEPT`,
      `${comment('kubernetes forwarding conntrack rule')} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    ],
  ],
  ['KUBE-NODEPORTS', []],
  ['KUBE-PROXY-CANARY', []],
  ['KUBE-PROXY-FIREWALL', []],
  ['KUBE-SERVICES', []],
]
