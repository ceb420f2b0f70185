import { describe, expect, it } from 'vitest'
import type { EndpointSlice, KubeObject, Pod, Service } from '../../api/types'
import { TestCluster } from '../testing'
import { endpointslice } from './endpointslice'
import { reconcileSlices } from './slices'

const AT = '2026-01-01T00:00:00Z'
const service = (more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default', uid: 'uid-web', labels: { app: 'web' } },
  spec: {
    type: 'ClusterIP',
    clusterIP: '10.96.0.10',
    ipFamilies: ['IPv4'],
    selector: { app: 'web' },
    ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
    ...more,
  },
  status: {},
})
const pod = (name: string, ip = `10.244.0.${name.length}`, ready = 'True'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: `uid-${name}`, labels: { app: 'web' } },
  spec: { nodeName: 'node-1', containers: [] },
  status: {
    phase: 'Running',
    podIP: ip,
    podIPs: [{ ip }],
    conditions: [{ type: 'Ready', status: ready, lastTransitionTime: AT }],
  },
})
const slices = (pods: KubeObject[], existing: EndpointSlice[] = []) =>
  reconcileSlices(service() as Service, pods as Pod[], existing, new Map())

describe('the slices of a Service', () => {
  it('hold a hundred endpoints each', () => {
    const pods = Array.from({ length: 250 }, (_, i) => pod(`p${i}`, `10.244.${i >> 8}.${i & 255}`))
    expect(slices(pods).create.map(s => s.endpoints?.length)).toEqual([100, 100, 50])
  })

  it('are one empty slice where there is no pod with an address', () => {
    const [placeholder] = slices([]).create
    expect(placeholder).toMatchObject({ endpoints: null, ports: null })
    expect(slices([], [{ ...(placeholder as EndpointSlice) }])).toEqual({ create: [], update: [], remove: [] })
  })

  it('are written anew under the old name when the ports change', () => {
    const [placeholder] = slices([]).create
    const named = {
      ...(placeholder as EndpointSlice),
      metadata: { ...(placeholder as EndpointSlice).metadata, name: 'web-abcde', uid: 'u' },
    }
    const { create, update, remove } = slices([pod('a')], [named])
    expect([create, remove]).toEqual([[], []])
    expect(update[0]?.metadata).toMatchObject({ name: 'web-abcde', generateName: 'web-' })
    expect(update[0]?.metadata.uid).toBeUndefined()
  })
})

describe('the endpointslice controller', () => {
  it('creates a slice that the Service owns, and follows the pods', () => {
    const cluster = new TestCluster([endpointslice])
    cluster.put(pod('a'))
    cluster.put(service())
    expect(cluster.log[0]?.body).toMatchObject({
      metadata: {
        generateName: 'web-',
        labels: {
          app: 'web',
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          'kubernetes.io/service-name': 'web',
        },
        annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': expect.any(String) },
        ownerReferences: [{ kind: 'Service', name: 'web', controller: true, blockOwnerDeletion: true }],
      },
      addressType: 'IPv4',
      endpoints: [
        { addresses: ['10.244.0.1'], conditions: { ready: true, serving: true, terminating: false }, nodeName: 'node-1' },
      ],
      ports: [{ name: '', port: 80, protocol: 'TCP' }],
    })
    cluster.put(pod('bb', '10.244.0.2', 'False'))
    expect(
      cluster
        .list('endpointslices.discovery.k8s.io')[0]
        ?.endpoints.map((e: { conditions: { ready: boolean } }) => e.conditions.ready),
    ).toEqual([true, false])
    expect(cluster.writes().map(l => l.replace(/web-\w{5}/, 'web-X'))).toEqual([
      'endpointslice-controller create endpointslices web-X 201',
      'endpointslice-controller update endpointslices web-X 200',
    ])
  })

  it('leaves a Service without a selector alone', () => {
    const cluster = new TestCluster([endpointslice])
    cluster.put(service({ selector: undefined }))
    expect(cluster.writes()).toEqual([])
  })
})

describe('a pod that goes', () => {
  it('stays in its slice until it is gone: it serves, and is not ready', () => {
    const going = pod('a')
    const metadata = { ...going.metadata, deletionTimestamp: AT }
    const [slice] = slices([{ ...going, metadata }]).create
    expect(slice?.endpoints?.[0]?.conditions).toEqual({ ready: false, serving: true, terminating: true })
  })

  it('is no endpoint when it has ended', () => {
    const ended = pod('a')
    expect(slices([{ ...ended, status: { ...ended.status, phase: 'Succeeded' } }]).create[0]?.endpoints).toBeNull()
  })
})
