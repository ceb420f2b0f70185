// Models what netfilter does with kube-proxy's rules (pkg/proxy/iptables/proxier.go writes them): DNAT, REJECT, DROP.
import type { NetfilterRestore, ServiceBackend, ServiceRule } from '../api/cni'

/** The rules in force. */
export interface Netfilter {
  readonly rules: Map<string, ServiceRule>
  /** Names by `clusterIP:port/protocol`, and by `:nodePort/protocol`. */
  readonly byAddress: Map<string, string>
  /** Backends that clients of sticky services have been sent to, by `name source`. */
  readonly affinity: Map<string, ServiceBackend>
}

export const newNetfilter = (): Netfilter => ({ rules: new Map(), byAddress: new Map(), affinity: new Map() })

const keysOf = ({ clusterIP, port, nodePort, protocol }: ServiceRule): readonly string[] =>
  nodePort > 0 ? [`${clusterIP}:${port}/${protocol}`, `:${nodePort}/${protocol}`] : [`${clusterIP}:${port}/${protocol}`]

/** Replaces all rules, or those of the services named. */
export function restore(netfilter: Netfilter, { full, set, remove }: NetfilterRestore): void {
  const { rules, byAddress } = netfilter
  if (full) {
    rules.clear()
    byAddress.clear()
  }
  for (const name of remove) forget(netfilter, name)
  for (const rule of set) {
    forget(netfilter, rule.name)
    rules.set(rule.name, rule)
    for (const key of keysOf(rule)) byAddress.set(key, rule.name)
  }
}

function forget({ rules, byAddress }: Netfilter, name: string): void {
  const rule = rules.get(name)
  if (!rule) return
  rules.delete(name)
  for (const key of keysOf(rule)) if (byAddress.get(key) === name) byAddress.delete(key)
}

/** What becomes of a new connection. */
export type Verdict =
  | { readonly verdict: 'accept' }
  | { readonly verdict: 'dnat'; readonly rule: ServiceRule; readonly backend: ServiceBackend; readonly of: number }
  | { readonly verdict: 'reject'; readonly rule: ServiceRule }
  | { readonly verdict: 'drop'; readonly rule: ServiceRule }

/** The verdict on a connection to an address; `local` when the address is this node's own. `chance` in [0, 1) chooses the backend. */
export function judge(
  netfilter: Netfilter,
  connection: { readonly source: string; readonly destination: string; readonly port: number; readonly protocol: string },
  local: boolean,
  chance: number,
): Verdict {
  const { destination, port, protocol, source } = connection
  const name =
    netfilter.byAddress.get(`${destination}:${port}/${protocol}`) ??
    (local ? netfilter.byAddress.get(`:${port}/${protocol}`) : undefined)
  const rule = name === undefined ? undefined : netfilter.rules.get(name)
  if (!rule) return { verdict: 'accept' }
  const backends = rule.clusterIP === destination ? rule.backends : rule.externalBackends
  const sticky = rule.sessionAffinity ? netfilter.affinity.get(`${rule.name} ${source}`) : undefined
  const known = sticky && backends.find(b => b.ip === sticky.ip && b.port === sticky.port)
  const backend = known ?? backends[Math.floor(chance * backends.length)]
  if (!backend) return { verdict: rule.hasEndpoints ? 'drop' : 'reject', rule }
  if (rule.sessionAffinity) netfilter.affinity.set(`${rule.name} ${source}`, backend)
  return { verdict: 'dnat', rule, backend, of: backends.length }
}
