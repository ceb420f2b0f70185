import { describe, expect, test } from 'vitest'
import { USERS } from '../../api/rooms'
import type { KubeObject } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { deployment, pod, TestCluster, withAccount } from '../testing'

const cluster = withAccount(new TestCluster(createEtcd()))
let next = 0

/** What a client is told of a pod with that spec. */
const ofPod = (spec: Record<string, unknown>, annotations: Record<string, string> = {}): readonly string[] => {
  const object = pod(`p${next++}`, spec)
  const { code, warnings = [] } = cluster.create({ ...object, metadata: { ...object.metadata, annotations } })
  expect(code).toBe(201)
  return warnings
}
const container = (more: Record<string, unknown>) => ({ name: 'a', image: 'nginx', ...more })

describe('a pod that is odd is accepted, with a warning', () => {
  test.each([
    [
      { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } },
      ['spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
    ],
    [
      { terminationGracePeriodSeconds: -1 },
      ['spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1'],
    ],
    [
      { containers: [container({ resources: { requests: { memory: '100m' } } })] },
      ['spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer'],
    ],
    [
      {
        containers: [
          container({
            env: [
              { name: 'X', value: '1' },
              { name: 'X', value: '$(X)2' },
              { name: 'X', value: '3' },
            ],
          }),
        ],
      },
      ['spec.containers[0].env[2]: hides previous definition of "X", which may be dropped when using apply'],
    ],
    [
      {
        containers: [
          container({ ports: [{ containerPort: 80 }] }),
          { name: 'b', image: 'nginx', ports: [{ containerPort: 80 }, { containerPort: 80, hostPort: 8080 }] },
        ],
      },
      [
        'spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]',
        'spec.containers[1].ports[1]: overlapping port definition with spec.containers[0].ports[0]',
        'spec.containers[1].ports[1]: overlapping port definition with spec.containers[1].ports[0]',
      ],
    ],
    [{ imagePullSecrets: [{ name: 's' }, { name: 's' }] }, ['spec.imagePullSecrets[1].name: duplicate name "s"']],
    [
      { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }] },
      ['spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod'],
    ],
    [{ volumes: [{ name: 'v', gitRepo: { repository: 'x' } }] }, ['spec.volumes[0].gitRepo: deprecated in v1.11']],
  ])('%j', (spec, warnings) => {
    expect(ofPod(spec)).toEqual(warnings)
  })

  test('as its annotations and its name may be', () => {
    expect(ofPod({}, { 'scheduler.alpha.kubernetes.io/critical-pod': '' })).toEqual([
      'metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead',
    ])
    expect(cluster.create(pod('a.b')).warnings).toEqual([
      "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
    ])
  })

  test('and none of them is given for what is usual, nor to a controller', () => {
    expect(ofPod({})).toEqual([])
    const odd = pod('odd', { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } })
    expect(cluster.create(odd, { user: USERS.admin, groups: [] }).warnings).toHaveLength(1)
    const by = { user: 'system:serviceaccount:kube-system:replicaset-controller' }
    expect(cluster.create({ ...odd, metadata: { name: 'odd2' } }, by)).toMatchObject({ code: 201 })
    expect(cluster.create({ ...odd, metadata: { name: 'odd3' } }, by).warnings).toBeUndefined()
  })
})

describe('a workload', () => {
  const odd = deployment('web.v1')
  const path = '/apis/apps/v1/namespaces/default/deployments/web.v1'
  ;(odd.spec as { template: { spec: object } }).template.spec = {
    containers: [container({})],
    nodeSelector: { 'failure-domain.beta.kubernetes.io/zone': 'a' },
  }
  const zone =
    'spec.template.spec.nodeSelector[failure-domain.beta.kubernetes.io/zone]: deprecated since v1.17; use "topology.kubernetes.io/zone" instead'

  test('is warned about with its template, and for a name that pods will have', () => {
    expect(cluster.create(odd).warnings).toEqual([
      'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]',
      zone,
    ])
  })

  test('is warned about again only when its spec changes', () => {
    const patch = (body: unknown) => cluster.ask('PATCH', path, body, { contentType: 'application/merge-patch+json' })
    expect(patch({ metadata: { labels: { a: 'b' } } }).warnings).toBeUndefined()
    expect(patch({ spec: { replicas: 2 } }).warnings).toEqual([zone])
  })
})

test.each([
  [
    {
      apiVersion: 'v1',
      kind: 'Service',
      spec: { ports: [{ port: 80 }], externalIPs: ['010.0.0.1'], trafficDistribution: 'PreferClose' },
    },
    [
      'spec.externalIPs[0]: non-standard IP address "010.0.0.1" will be considered invalid in a future Kubernetes release: use "10.0.0.1"',
      'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
      'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
    ],
  ],
  [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { annotations: { 'volume.beta.kubernetes.io/storage-class': 'x' } },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1500m' } } },
    },
    [
      'metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "storageClassName" attribute instead',
      'spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
    ],
  ],
  [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { annotations: { 'kubernetes.io/ingress.class': 'nginx' } },
      spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
    },
    [`annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`],
  ],
])('the same of other kinds: %j', (object, warnings) => {
  const { metadata = {} } = object as { metadata?: object }
  const full = { ...object, metadata: { name: `o${next++}`, ...metadata } } as unknown as KubeObject
  expect(cluster.create(full)).toMatchObject({ code: 201, warnings })
})
