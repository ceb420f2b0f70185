import { describe, expect, it } from 'vitest'
import type { EndpointSlice, KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { endpointslicemirroring } from './endpointslicemirroring'

const service = (spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'db', namespace: 'default' },
  spec: { ports: [{ port: 5432 }], ...spec },
})
const endpoints = (subsets: object[], metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'db', namespace: 'default', uid: 'uid-db', ...metadata },
  subsets,
})
const PORTS = [{ name: 'sql', port: 5432, protocol: 'TCP' }]
const subset = (...ips: string[]) => ({ addresses: ips.map(ip => ({ ip })), ports: PORTS })
const slices = (cluster: TestCluster) => cluster.list<EndpointSlice & KubeObject>('endpointslices.discovery.k8s.io')
const addresses = (cluster: TestCluster) => slices(cluster).map(s => s.endpoints?.flatMap(e => e.addresses))
const mirrored = (...objects: KubeObject[]): TestCluster => {
  const cluster = new TestCluster([endpointslicemirroring])
  for (const object of objects) cluster.put(object)
  return cluster
}

describe('Endpoints made by hand', () => {
  it('are mirrored into a slice that they own and that carries their labels and annotations', () => {
    const cluster = mirrored(
      service(),
      endpoints([subset('10.1.2.3')], {
        labels: { tier: 'data' },
        annotations: { note: 'x', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
      }),
    )
    expect(slices(cluster)).toMatchObject([
      {
        metadata: {
          labels: {
            tier: 'data',
            'kubernetes.io/service-name': 'db',
            'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
          },
          ownerReferences: [{ kind: 'Endpoints', name: 'db', uid: 'uid-db', controller: true, blockOwnerDeletion: true }],
        },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.1.2.3'], conditions: { ready: true } }],
        ports: PORTS,
      },
    ])
    expect(slices(cluster)[0]?.metadata.annotations).toEqual({ note: 'x' })
    expect(slices(cluster)[0]?.metadata.name).toMatch(/^db-[a-z0-9]{5}$/)
  })

  it('change the slice in place, and are left alone when the slice is right', () => {
    const cluster = mirrored(service(), endpoints([subset('10.1.2.3')]))
    const before = slices(cluster)[0]?.metadata.name
    cluster.writes()
    cluster.put(endpoints([{ ...subset('10.1.2.3'), notReadyAddresses: [{ ip: '10.1.2.4' }] }]))
    expect(cluster.writes()).toEqual([`endpointslicemirroring-controller update endpointslices ${before} 200`])
    expect(slices(cluster)[0]?.endpoints?.map(e => e.conditions?.ready)).toEqual([true, false])
    cluster.put(endpoints([{ ...subset('10.1.2.3'), notReadyAddresses: [{ ip: '10.1.2.4' }] }]))
    expect(cluster.writes()).toEqual([])
  })

  it('get a slice for each address family and each set of ports', () => {
    const cluster = mirrored(
      service(),
      endpoints([subset('10.1.2.3', 'fd00::3'), { addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80 }] }]),
    )
    expect(slices(cluster).map(s => `${s.addressType} ${s.ports?.[0]?.port}`)).toEqual(['IPv4 5432', 'IPv6 5432', 'IPv4 80'])
  })

  it('lose the slice with the Service, with themselves, and when the Service gets a selector', () => {
    const cluster = mirrored(service(), endpoints([subset('10.1.2.3')]))
    cluster.remove(service())
    expect(slices(cluster)).toEqual([])
    cluster.put(service())
    expect(slices(cluster)).toHaveLength(1)
    cluster.put(service({ selector: { app: 'db' } }))
    expect(slices(cluster)).toEqual([])
    cluster.put(service())
    cluster.remove(endpoints([]))
    expect(slices(cluster)).toEqual([])
  })

  it('that say so are not mirrored', () => {
    const skip = { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }
    expect(addresses(mirrored(service(), endpoints([subset('10.1.2.3')], skip)))).toEqual([])
  })

  it('are put right when somebody deletes their slice', () => {
    const cluster = mirrored(service(), endpoints([subset('10.1.2.3')]))
    cluster.remove(slices(cluster)[0] as KubeObject)
    expect(addresses(cluster)).toEqual([['10.1.2.3']])
  })

  it('of more than a thousand addresses are cut off, and an Event says so', () => {
    const many = Array.from({ length: 1002 }, (_, i) => `10.1.${i >> 8}.${i & 255}`)
    const cluster = mirrored(service(), endpoints([subset(...many)]))
    expect(slices(cluster)[0]?.endpoints).toHaveLength(1000)
    expect(cluster.list('events').map(e => e.message)).toEqual([
      'A max of 1000 addresses can be mirrored to EndpointSlices per Endpoints subset. 2 addresses were skipped',
    ])
  })
})
