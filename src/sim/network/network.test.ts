import { describe, expect, test } from 'vitest'
import type { ServiceRule } from '../api/cni'
import { allocate, newIpam, release } from './ipam'
import { judge, newNetfilter, restore } from './netfilter'

describe('addresses', () => {
  const cidr = '10.244.3.0/24'
  test('are given out one after the other, from .2', () => {
    const ipam = newIpam()
    expect(['a', 'b', 'c'].map(s => allocate(ipam, cidr, s))).toEqual(['10.244.3.2', '10.244.3.3', '10.244.3.4'])
  })
  test('that are free again come last', () => {
    const ipam = newIpam()
    allocate(ipam, cidr, 'a')
    release(ipam, 'a')
    expect(allocate(ipam, cidr, 'b')).toBe('10.244.3.3')
  })
  test('run out after 253', () => {
    const ipam = newIpam()
    for (let i = 0; i < 253; i++) expect(allocate(ipam, cidr, `s${i}`)).toBeDefined()
    expect(allocate(ipam, cidr, 'more')).toBeUndefined()
    release(ipam, 's7')
    expect(allocate(ipam, cidr, 'more')).toBe('10.244.3.9')
  })
})

describe('rules', () => {
  const backends = [
    { ip: '10.244.0.2', port: 80 },
    { ip: '10.244.1.2', port: 80 },
  ]
  const rule = (more: Partial<ServiceRule> = {}): ServiceRule => ({
    name: 'default/web',
    protocol: 'TCP',
    clusterIP: '10.96.0.10',
    port: 8080,
    nodePort: 30080,
    sessionAffinity: false,
    backends,
    externalBackends: backends,
    hasEndpoints: true,
    ...more,
  })
  const to = (destination: string, port: number) => ({ source: '10.0.0.1', destination, port, protocol: 'TCP' })
  const withRule = (more: Partial<ServiceRule> = {}) => {
    const netfilter = newNetfilter()
    restore(netfilter, { type: 'netfilter.restore', full: true, set: [rule(more)], remove: [] })
    return netfilter
  }

  test('chance chooses among the backends of a cluster address', () => {
    const netfilter = withRule()
    const chosen = [0, 0.49, 0.5, 0.99].map(chance => judge(netfilter, to('10.96.0.10', 8080), false, chance))
    expect(chosen.map(v => (v.verdict === 'dnat' ? v.backend.ip : v.verdict))).toEqual([
      '10.244.0.2',
      '10.244.0.2',
      '10.244.1.2',
      '10.244.1.2',
    ])
  })
  test('a node port counts on the node itself only', () => {
    const netfilter = withRule()
    expect(judge(netfilter, to('10.0.0.11', 30080), true, 0).verdict).toBe('dnat')
    expect(judge(netfilter, to('10.0.0.12', 30080), false, 0).verdict).toBe('accept')
  })
  test('a Service without endpoints is refused; one without endpoints here is dropped', () => {
    expect(judge(withRule({ backends: [], hasEndpoints: false }), to('10.96.0.10', 8080), false, 0).verdict).toBe('reject')
    expect(judge(withRule({ backends: [] }), to('10.96.0.10', 8080), false, 0).verdict).toBe('drop')
  })
  test('a client stays with its backend where the Service says so', () => {
    const netfilter = withRule({ sessionAffinity: true })
    const chosen = [0.9, 0.1, 0.1].map(chance => judge(netfilter, to('10.96.0.10', 8080), false, chance))
    expect(new Set(chosen.map(v => (v.verdict === 'dnat' ? v.backend.ip : '')))).toEqual(new Set(['10.244.1.2']))
  })
  test('a rule that is taken away matches no more', () => {
    const netfilter = withRule()
    restore(netfilter, { type: 'netfilter.restore', full: false, set: [], remove: ['default/web'] })
    expect(judge(netfilter, to('10.96.0.10', 8080), false, 0).verdict).toBe('accept')
    expect(netfilter.byAddress.size).toBe(0)
  })
})
