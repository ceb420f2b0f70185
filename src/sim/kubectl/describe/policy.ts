// Models NetworkPolicyDescriber of kubectl's describe.go.
import type {
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
} from 'kubernetes-types/networking/v1'
import { formatLabelSelector } from '../../api/selectors'
import type { ObjectMeta } from '../../api/types'
import { labelsAndAnnotations } from './format'
import { type Describers, describer } from './types'
import type { Writer } from './writer'

interface Policy {
  readonly metadata: ObjectMeta
  readonly spec?: NetworkPolicySpec
}

/** A rule of either direction: who, and at which ports. */
interface Rule {
  readonly ports?: readonly NetworkPolicyPort[]
  readonly peers?: readonly NetworkPolicyPeer[]
}
type Selector = NonNullable<NetworkPolicyIngressRule['from']>[number]['podSelector']

const shown = (selector: Selector): string => (selector ? formatLabelSelector(selector) : '<none>')
/** As Go prints a time: `2026-01-01 00:00:19 +0000 UTC`. */
const goTime = (time = ''): string => `${time.slice(0, 10)} ${time.slice(11, 19)} +0000 UTC`

function writePolicy(writer: Writer, { metadata, spec }: Policy): void {
  const { ingress = [], egress = [], podSelector, policyTypes = [] } = spec ?? {}
  writer.line(0, 'Name:', metadata.name)
  writer.line(0, 'Namespace:', metadata.namespace ?? '')
  writer.line(0, 'Created on:', goTime(metadata.creationTimestamp))
  labelsAndAnnotations(writer, metadata)
  writer.line(0, 'Spec:')
  const pods = shown(podSelector)
  writer.line(
    1,
    `PodSelector:     ${pods === '<none>' ? `${pods} (Allowing the specific traffic to all pods in this namespace)` : pods}`,
  )
  direction(
    writer,
    'ingress',
    policyTypes.includes('Ingress') && ingress.map(({ ports, from }) => ({ ports, peers: from }) as Rule),
  )
  direction(writer, 'egress', policyTypes.includes('Egress') && egress.map(({ ports, to }) => ({ ports, peers: to }) as Rule))
  writer.line(1, `Policy Types: ${policyTypes.join(', ')}`)
}

function direction(writer: Writer, name: 'ingress' | 'egress', rules: readonly Rule[] | false): void {
  if (!rules) {
    writer.line(1, `Not affecting ${name} traffic`)
    return
  }
  writer.line(1, `Allowing ${name} traffic:`)
  if (rules.length === 0) writer.line(2, `<none> (Selected pods are isolated for ${name} connectivity)`)
  const [word, end] = name === 'ingress' ? ['From', 'source'] : ['To', 'destination']
  rules.forEach(({ ports = [], peers = [] }, i) => {
    if (i > 0) writer.line(2, '----------')
    if (ports.length === 0) writer.line(2, 'To Port: <any> (traffic allowed to all ports)')
    for (const { port = '<nil>', endPort, protocol = 'TCP' } of ports)
      writer.line(2, endPort === undefined ? `To Port: ${port}/${protocol}` : `To Port Range: ${port}-${endPort}/${protocol}`)
    if (peers.length === 0) writer.line(2, `${word}: <any> (traffic not restricted by ${end})`)
    for (const peer of peers) {
      writer.line(2, `${word}:`)
      writePeer(writer, peer)
    }
  })
}

function writePeer(writer: Writer, { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer): void {
  if (namespaceSelector) writer.line(3, `NamespaceSelector: ${shown(namespaceSelector)}`)
  if (podSelector) writer.line(3, `PodSelector: ${shown(podSelector)}`)
  if (namespaceSelector || podSelector || !ipBlock) return
  writer.line(3, 'IPBlock:')
  writer.line(4, `CIDR: ${ipBlock.cidr}`)
  writer.line(4, `Except: ${(ipBlock.except ?? []).join(', ')}`)
}

export const policyDescribers: Describers = {
  'NetworkPolicy.networking.k8s.io': describer<Policy>(() => [], writePolicy),
}
