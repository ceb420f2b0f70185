/** What holds for any object that is described: what is read, its Events, its labels and annotations, kinds that nobody describes. */
import { expect, test } from 'vitest'
import { DESCRIBE_SETTINGS, describeReads } from '.'
import { metadata, object, summary, text } from './testing'

test('a Pod is asked for again, then its Events of any kind; those of a static Pod have the uid that its kubelet gave it', () => {
  const pod = object('v1', 'Pod', {})
  expect(summary(describeReads(pod))).toEqual([
    '/api/v1/namespaces/dev/pods/x {}',
    '/api/v1/namespaces/dev/events {"fieldSelector":"involvedObject.name=x,involvedObject.namespace=dev,involvedObject.uid=u","limit":"500"}',
  ])
  const mirror = { ...pod, metadata: { ...metadata, annotations: { 'kubernetes.io/config.mirror': 'hash' } } }
  expect(describeReads(mirror)[1]?.query.fieldSelector).toContain('involvedObject.uid=hash')
})

test('without Events nothing is read of them and nothing is said', () => {
  const settings = { ...DESCRIBE_SETTINGS, showEvents: false }
  const map = object('v1', 'ConfigMap', { data: {} })
  expect(describeReads(map, settings)).toHaveLength(1)
  expect(text(map, {}, settings)).not.toContain('Events')
  expect(text(map)).toMatch(/\nEvents: {2}<none>\n$/)
})

test('a ReplicaSet whose Pods may not be listed says so', () => {
  const set = object('apps/v1', 'ReplicaSet', {
    spec: { replicas: 1, selector: { matchLabels: { a: 'b' } }, template: {} },
    status: { replicas: 0 },
  })
  expect(text(set, { pods: new Error('pods is forbidden') })).toContain(
    'Pods Status:  error in fetching pods: pods is forbidden\n',
  )
})

test('long annotations stand below their key, and the last applied configuration is not shown', () => {
  const annotations = {
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
    long: 'x'.repeat(150),
    lines: 'a\nb\n',
    short: 'y',
  }
  const account = object('v1', 'ServiceAccount', { metadata: { ...metadata, annotations } })
  expect(text(account)).toBe(`Name:                x
Namespace:           dev
Labels:              <none>
Annotations:         lines:
                       a
                       b
                     long:
                       ${'x'.repeat(138)}...
                     short: y
Image pull secrets:  <none>
Events:              <none>
`)
})

test('a kind without a describer shows all its fields', () => {
  const lease = object('coordination.k8s.io/v1', 'Lease', {
    metadata: { ...metadata, managedFields: [{}] },
    spec: { holderIdentity: 'node-1', leaseDurationSeconds: 40, list: ['a', { b: null }], 'x.y': true },
  })
  expect(text(lease)).toBe(`Name:         x
Namespace:    dev
Labels:       <none>
Annotations:  <none>
API Version:  coordination.k8s.io/v1
Kind:         Lease
Metadata:
  Creation Timestamp:  2026-01-01T00:00:00Z
  UID:                 u
Spec:
  Holder Identity:         node-1
  Lease Duration Seconds:  40
  List:
    a
    B:   <nil>
  x.y:   true
Events:  <none>
`)
})

test.each([
  [
    'v1',
    'Endpoints',
    { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80, protocol: 'TCP' }] }] },
    '  Addresses:          10.0.0.1',
  ],
  [
    'discovery.k8s.io/v1',
    'EndpointSlice',
    {
      addressType: 'IPv4',
      ports: [{ name: '', port: 80, protocol: 'TCP' }],
      endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true }, nodeName: 'n' }],
    },
    '  - Addresses:  10.0.0.1',
  ],
  [
    'policy/v1',
    'PodDisruptionBudget',
    { spec: { minAvailable: 1, selector: { matchLabels: { a: 'b' } } }, status: { currentHealthy: 2 } },
    'Min available:  1',
  ],
  ['storage.k8s.io/v1', 'StorageClass', { provisioner: 'p', reclaimPolicy: 'Delete' }, 'AllowVolumeExpansion:  <unset>'],
  ['storage.k8s.io/v1', 'CSINode', { spec: { drivers: [{ name: 'd', nodeID: 'n', topologyKeys: null }] } }, '      Node ID:  n'],
  ['scheduling.k8s.io/v1', 'PriorityClass', { value: 1000, preemptionPolicy: 'Never' }, 'PreemptionPolicy:  Never'],
  [
    'rbac.authorization.k8s.io/v1',
    'RoleBinding',
    { roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'User', name: 'jane' }] },
    '  User  jane  ',
  ],
  [
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    {
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: 'web' },
        maxReplicas: 5,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 80 } } }],
      },
      status: { conditions: [{ type: 'AbleToScale', status: 'True' }] },
    },
    '  resource cpu on pods  (as a percentage of request):  <unknown> / 80%',
  ],
  ['networking.k8s.io/v1', 'IngressClass', { spec: { controller: 'c', parameters: { kind: 'K', name: 'n' } } }, '  Kind:  K'],
] as const)('%s %s has a description', (apiVersion, kind, fields, line) => {
  expect(text(object(apiVersion, kind, fields)).split('\n')).toContain(line)
})
