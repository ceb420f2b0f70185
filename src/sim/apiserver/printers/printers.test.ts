import { expect, test } from 'vitest'
import { BOOT_SECONDS, fromUnixSeconds } from '../../api/time'
import type { KubeObject } from '../../api/types'
import { columnsOf, printTable } from '.'

const NOW = fromUnixSeconds(BOOT_SECONDS + 100)
const metadata = { name: 'x', creationTimestamp: '2026-01-01T00:00:00Z' }
const object = (kind: string, fields: object): KubeObject => ({ apiVersion: 'v1', kind, metadata, ...fields })
const cells = (kind: string, fields: object) => printTable(kind, [object(kind, fields)], { now: NOW }).rows[0]?.cells

test.each<[string, string, object, unknown[]]>([
  [
    'a load balancer without an address is pending',
    'Service',
    {
      spec: { type: 'LoadBalancer', clusterIPs: ['10.0.0.1'], ports: [{ port: 80, nodePort: 30080, protocol: 'TCP' }] },
      status: {},
    },
    ['x', 'LoadBalancer', '10.0.0.1', '<pending>', '80:30080/TCP', '100s', '<none>'],
  ],
  [
    'an external name stands where addresses do, and a Service without ports has none',
    'Service',
    { spec: { type: 'ExternalName', externalName: 'example.com' }, status: {} },
    ['x', 'ExternalName', '<none>', 'example.com', '<none>', '100s', '<none>'],
  ],
  [
    'three endpoints are shown, and how many more there are',
    'Endpoints',
    { subsets: [{ addresses: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }], ports: [{ port: 80 }, { port: 443 }] }] },
    ['x', '10.0.0.1:80,10.0.0.2:80,10.0.0.1:443 + 1 more...', '100s'],
  ],
  [
    'a slice without endpoints is unset',
    'EndpointSlice',
    { addressType: 'IPv4', endpoints: null, ports: null },
    ['x', 'IPv4', '<unset>', '<unset>', '100s'],
  ],
  ['a NetworkPolicy without a selector is for all pods', 'NetworkPolicy', { spec: { podSelector: {} } }, ['x', '<none>', '100s']],
  [
    'a CSIDriver that says nothing attaches, and has no modes',
    'CSIDriver',
    { spec: { tokenRequests: [{ audience: 'a' }, { audience: 'b' }] } },
    ['x', true, false, false, 'a,b', false, '<none>', '100s'],
  ],
  [
    'a VolumeAttachment says what is attached where, and whether it is',
    'VolumeAttachment',
    {
      spec: { attacher: 'csi.example.com', nodeName: 'node-1', source: { persistentVolumeName: 'v' } },
      status: { attached: true },
    },
    ['x', 'csi.example.com', 'v', 'node-1', true, '100s'],
  ],
  [
    'an APIService says why its server does not answer',
    'APIService',
    {
      spec: { service: { namespace: 'kube-system', name: 'metrics-server' } },
      status: { conditions: [{ type: 'Available', status: 'False', reason: 'MissingEndpoints' }] },
    },
    ['x', 'kube-system/metrics-server', 'False (MissingEndpoints)', '100s'],
  ],
  ['an APIService without a server of its own is local', 'APIService', { spec: {} }, ['x', 'Local', 'Unknown', '100s']],
  [
    'a FlowSchema that has not been looked at may miss its level',
    'FlowSchema',
    { spec: { priorityLevelConfiguration: { name: 'exempt' }, matchingPrecedence: 1 } },
    ['x', 'exempt', 1, '<none>', '100s', '?'],
  ],
  [
    'a level that limits nothing has no numbers',
    'PriorityLevelConfiguration',
    { spec: { type: 'Exempt' } },
    ['x', 'Exempt', '<none>', '<none>', '<none>', '<none>', '100s'],
  ],
  [
    'a policy says what its parameters are, and a binding which',
    'ValidatingAdmissionPolicy',
    { spec: { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, validations: [{}, {}] } },
    ['x', 2, 'v1, Kind=ConfigMap', '100s'],
  ],
  ['a claim for devices that has none yet is pending', 'ResourceClaim', { spec: {} }, ['x', 'pending', '100s']],
  [
    'an IPAddress names whose it is',
    'IPAddress',
    { spec: { parentRef: { group: '', resource: 'services', namespace: 'default', name: 'web' } } },
    ['x', 'services/default/web', '100s'],
  ],
  [
    'a Node has roles, and says when it takes no Pods',
    'Node',
    {
      metadata: { ...metadata, labels: { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/control-plane': '' } },
      spec: { unschedulable: true },
      status: { conditions: [{ type: 'Ready', status: 'Unknown' }], addresses: [{ type: 'InternalIP', address: '10.0.0.11' }] },
    },
    [
      'x',
      'NotReady,SchedulingDisabled',
      'control-plane,worker',
      '100s',
      '',
      '10.0.0.11',
      '<none>',
      '<unknown>',
      '<unknown>',
      '<unknown>',
    ],
  ],
  [
    'a Job without completions says how many Pods work',
    'Job',
    { spec: { parallelism: 3, template: {} }, status: { startTime: '2026-01-01T00:00:40Z', succeeded: 1 } },
    ['x', 'Running', '1/1 of 3', '60s', '100s', '', '', '<none>'],
  ],
  [
    "a suspended CronJob's columns",
    'CronJob',
    { spec: { schedule: '* * * * *', suspend: true, timeZone: 'Etc/UTC', jobTemplate: {} }, status: {} },
    ['x', '* * * * *', 'Etc/UTC', 'True', 0, '<none>', '100s', '', '', '<none>'],
  ],
  [
    'an autoscaler shows two metrics, and how many more there are',
    'HorizontalPodAutoscaler',
    {
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: 'web' },
        maxReplicas: 5,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 80 } } },
          { type: 'Resource', resource: { name: 'memory', target: { averageValue: '1Gi' } } },
          { type: 'Pods', pods: { target: { averageValue: '1k' } } },
        ],
      },
      status: { currentReplicas: 2, currentMetrics: [{ resource: { current: { averageUtilization: 12 } } }] },
    },
    ['x', 'Deployment/web', 'cpu: 12%/80%, memory: <unknown>/1Gi + 1 more...', '<unset>', 5, 2, '100s'],
  ],
  [
    'a budget has one bound',
    'PodDisruptionBudget',
    { spec: { minAvailable: '50%' }, status: { disruptionsAllowed: 1 } },
    ['x', '50%', 'N/A', 1, '100s'],
  ],
  [
    'a default storage class says so by its name',
    'StorageClass',
    {
      metadata: { ...metadata, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'example.com/disk',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
    ['x (default)', 'example.com/disk', 'Delete', 'WaitForFirstConsumer', false, '100s'],
  ],
  [
    'a binding names its subjects by kind',
    'RoleBinding',
    {
      roleRef: { kind: 'Role', name: 'reader' },
      subjects: [
        { kind: 'User', name: 'jane' },
        { kind: 'ServiceAccount', name: 'robot', namespace: 'dev' },
        { kind: 'User', name: 'joe' },
      ],
    },
    ['x', 'Role/reader', '100s', 'jane, joe', '', 'dev/robot'],
  ],
  [
    'an Event that came again shows when it came last',
    'Event',
    {
      involvedObject: { kind: 'Pod', name: 'web', fieldPath: 'spec.containers{a}' },
      firstTimestamp: '2026-01-01T00:00:10Z',
      lastTimestamp: '2026-01-01T00:01:30Z',
      count: 4,
      type: 'Warning',
      reason: 'BackOff',
      message: ' Back-off \n',
      source: { component: 'kubelet', host: 'node-1' },
    },
    ['10s', 'Warning', 'BackOff', 'pod/web', 'spec.containers{a}', 'kubelet, node-1', 'Back-off', '90s', 4, 'x'],
  ],
  [
    'a new Event has its time, its series and its reporter elsewhere',
    'Event',
    {
      involvedObject: { kind: 'Pod', name: 'web' },
      eventTime: '2026-01-01T00:00:10.5Z',
      firstTimestamp: null,
      lastTimestamp: null,
      series: { count: 3, lastObservedTime: '2026-01-01T00:01:35Z' },
      reportingComponent: 'default-scheduler',
    },
    ['5s', '', '', 'pod/web', '', 'default-scheduler', '', '89s', 3, 'x'],
  ],
  [
    'a revision names who controls it',
    'ControllerRevision',
    {
      metadata: { ...metadata, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', controller: true }] },
      revision: 2,
    },
    ['x', 'daemonset.apps/agent', 2, '100s'],
  ],
  ['a kind without columns of its own shows when it was created', 'LimitRange', {}, ['x', '2026-01-01T00:00:00Z']],
])('%s', (_, kind, fields, expected) => {
  expect(cells(kind, fields)).toEqual(expected)
})

test('a row has a cell for every column, and every kind begins with its name but Event', () => {
  for (const kind of [
    'Lease',
    'CSINode',
    'PriorityClass',
    'Namespace',
    'ServiceAccount',
    'Ingress',
    'IngressClass',
    'PersistentVolume',
  ]) {
    expect(cells(kind, { spec: {}, status: {} }), kind).toHaveLength(columnsOf(kind).length)
    expect(columnsOf(kind)[0]).toMatchObject({ name: 'Name', format: 'name', priority: 0 })
  }
})

test('a row carries metadata, the object, or nothing', () => {
  const pod = object('Namespace', { spec: {}, status: { phase: 'Active' } })
  const included = (includeObject?: 'None' | 'Metadata' | 'Object') =>
    printTable('Namespace', [pod], { now: NOW, ...(includeObject && { includeObject }) }).rows[0]?.object
  expect(included()).toEqual({ apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata })
  expect(included('Object')).toBe(pod)
  expect(included('None')).toBeNull()
})

test("a Table has the list's metadata, or its only object's resourceVersion", () => {
  const options = { now: NOW, listMetadata: { resourceVersion: '42', continue: 'x' } }
  expect(printTable('Pod', [], options).metadata).toEqual({ resourceVersion: '42', continue: 'x' })
  const one = { ...object('ServiceAccount', {}), metadata: { ...metadata, resourceVersion: '7' } }
  expect(printTable('ServiceAccount', [one], { now: NOW }).metadata).toEqual({ resourceVersion: '7' })
})

test.each(['Namespace', 'Lease', 'Event', 'CSINode', 'VolumeAttachment'])(
  'a %s that says nothing has a row all the same',
  kind => {
    expect(cells(kind, {})).toContain('x')
  },
)
