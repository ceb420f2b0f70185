import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { EndpointSlice, KubeObject, Service } from '../api/types'
import { iptablesSave } from './iptables'
import { portRules, SERVICE_NAME } from './rules'

/** A recorded state: the changes that led to it, and what `iptables-save` printed then. */
interface Recorded {
  readonly title: string
  readonly changes: readonly KubeObject[]
  readonly text: string
}

const recorded: readonly Recorded[] = readFileSync(new URL('./golden/iptables.txt', import.meta.url), 'utf8')
  .split(/^# /m)
  .slice(1)
  .map(section => {
    const lines = section.split('\n')
    return {
      title: lines[0] ?? '',
      changes: lines.filter(l => l.startsWith('{')).map(l => JSON.parse(l) as KubeObject),
      text: lines.filter(l => /^[*:-]|^COMMIT/.test(l)).join('\n'),
    }
  })

const KUBERNETES = {
  kind: 'Service',
  metadata: { name: 'kubernetes' },
  spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443 }] },
} as unknown as KubeObject

/** Rules line by line; in KUBE-SERVICES their order is chance (a map in Go), but for the last one. */
const canonical = (text: string): string[] => {
  const lines = text.trim().split('\n')
  const services = lines.filter(l => l.startsWith('-A KUBE-SERVICES -d') && lines.indexOf(l) >= 0).sort()
  return lines.map(l => (l.startsWith('-A KUBE-SERVICES -d') ? (services.shift() ?? '') : l))
}

const objects = new Map<string, KubeObject>([['Service/kubernetes', KUBERNETES]])
for (const { title, changes, text } of recorded) {
  for (const object of changes) objects.set(`${object.kind}/${object.metadata.name}`, object)
  const all = [...objects.values()]
  test(`rules are those that the real kube-proxy wrote: ${title}`, () => {
    const services = all.filter(o => o.kind === 'Service') as unknown as Service[]
    const slices = all.filter(o => o.kind === 'EndpointSlice') as unknown as EndpointSlice[]
    const rules = services.flatMap(service => {
      const named = { ...service, metadata: { ...service.metadata, namespace: 'default' } }
      const own = slices.filter(s => s.metadata.labels?.[SERVICE_NAME] === service.metadata.name)
      return portRules(named, own, 'node-1')
    })
    expect(canonical(iptablesSave(rules))).toEqual(canonical(text))
  })
}
