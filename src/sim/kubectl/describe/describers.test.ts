/** What the describer of a kind says. */
import { expect, test } from 'vitest'
import { describeReads } from '.'
import { CREATED, object, summary, text } from './testing'

test('a Namespace shows its quotas and limits', () => {
  const namespace = {
    ...object('v1', 'Namespace', { status: { phase: 'Active' } }),
    metadata: { name: 'dev', labels: { a: 'b' } },
  }
  const quota = {
    metadata: { name: 'small' },
    spec: { scopes: ['BestEffort'] },
    status: { hard: { pods: '10' }, used: { pods: '3' } },
  }
  expect(summary(describeReads(namespace)).slice(1)).toEqual([
    '/api/v1/namespaces/dev/resourcequotas {"limit":"500"}',
    '/api/v1/namespaces/dev/limitranges {"limit":"500"}',
  ])
  expect(text(namespace)).toBe(
    'Name:         dev\nLabels:       a=b\nAnnotations:  <none>\nStatus:       Active\n\nNo resource quota.\n\nNo LimitRange resource.\n',
  )
  const limits = { spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } }
  expect(text(namespace, { quotas: [quota], limits: [limits] })).toBe(`Name:         dev
Labels:       a=b
Annotations:  <none>
Status:       Active

Resource Quotas
  Name:    small
  Scopes:  BestEffort
  * Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.
  Resource  Used  Hard
  --------  ---   ---
  pods      3     10

Resource Limits
 Type       Resource  Min  Max  Default Request  Default Limit  Max Limit/Request Ratio
 ----       --------  ---  ---  ---------------  -------------  -----------------------
 Container  cpu       -    1    -                -              -
`)
})

test('a Service shows three ready endpoints of each port and how many more there are', () => {
  const service = object('v1', 'Service', {
    spec: {
      type: 'NodePort',
      clusterIP: '10.0.0.1',
      clusterIPs: ['10.0.0.1'],
      ports: [
        { name: 'http', port: 80, targetPort: 'web', nodePort: 30080, protocol: 'TCP' },
        { name: 'admin', port: 81, targetPort: 8081, protocol: 'TCP' },
      ],
      sessionAffinity: 'None',
    },
    status: {},
  })
  const endpoints = [1, 2, 3, 4, 5].map(n => ({ addresses: [`10.1.0.${n}`], conditions: { ready: n !== 2 } }))
  const slice = { ports: [{ name: 'http', port: 8080 }], endpoints }
  const lines = text(service, { slices: [slice] }).split('\n')
  expect(lines.filter(line => /^(Port|TargetPort|NodePort|Endpoints):/.test(line))).toEqual([
    'Port:              http  80/TCP',
    'TargetPort:        web/TCP',
    'NodePort:          http  30080/TCP',
    'Endpoints:         10.1.0.1:8080,10.1.0.3:8080,10.1.0.4:8080 + 1 more...',
    'Port:              admin  81/TCP',
    'TargetPort:        8081/TCP',
    'Endpoints:         ',
  ])
})

test('an Ingress says which of its backends cannot be found', () => {
  const backend = (name: string) => ({ service: { name, port: { number: 80 } } })
  const ingress = object('networking.k8s.io/v1', 'Ingress', {
    spec: {
      defaultBackend: backend('fallback'),
      tls: [{ hosts: ['a.example'], secretName: 'tls' }],
      rules: [{ host: 'a.example', http: { paths: [{ path: '/', backend: backend('web') }] } }],
    },
    status: {},
  })
  const found = {
    'slices/0': [],
    'service/0': new Error('services "fallback" not found'),
    'slices/1': [{ ports: [{ port: 8080 }], endpoints: [{ addresses: ['10.1.0.1'] }] }],
    'service/1': { spec: { ports: [{ port: 80 }] } },
  }
  expect(text(ingress, found)).toBe(`Name:             x
Labels:           <none>
Namespace:        dev
Address:          
Ingress Class:    <none>
Default backend:  fallback:80 (<error: services "fallback" not found>)
TLS:
  tls terminates a.example
Rules:
  Host        Path  Backends
  ----        ----  --------
  a.example   
              /   web:80 (10.1.0.1:8080)
Annotations:  <none>
Events:       <none>
`)
})

test('a PersistentVolume shows its source and its node', () => {
  const volume = object('v1', 'PersistentVolume', {
    metadata: { name: 'disk', finalizers: ['kubernetes.io/pv-protection'] },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteMany', 'ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { namespace: 'dev', name: 'data' },
      volumeMode: 'Filesystem',
      hostPath: { path: '/data', type: '' },
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd', 'nvme'] }] }] },
      },
    },
    status: { phase: 'Bound' },
  })
  expect(text(volume)).toBe(`Name:              disk
Labels:            <none>
Annotations:       <none>
Finalizers:        [kubernetes.io/pv-protection]
StorageClass:      
Status:            Bound
Claim:             dev/data
Reclaim Policy:    Retain
Access Modes:      RWO,RWX
VolumeMode:        Filesystem
Capacity:          1Gi
Node Affinity:     
  Required Terms:  
    Term 0:        disk in [ssd, nvme]
Message:           
Source:
    Type:          HostPath (bare host directory volume)
    Path:          /data
    HostPathType:  
Events:            <none>
`)
})

test('rules of a role are taken apart and put together by resource', () => {
  const role = object('rbac.authorization.k8s.io/v1', 'ClusterRole', {
    metadata: { name: 'mixed' },
    rules: [
      { apiGroups: ['apps'], resources: ['deployments', 'deployments/scale'], verbs: ['get'] },
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list', 'get'] },
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['token'], verbs: ['get'] },
      { nonResourceURLs: ['/healthz'], verbs: ['get'] },
    ],
  })
  expect(describeReads(role)).toHaveLength(1)
  expect(text(role)).toBe(`Name:         mixed
Labels:       <none>
Annotations:  <none>
PolicyRule:
  Resources               Non-Resource URLs  Resource Names  Verbs
  ---------               -----------------  --------------  -----
  deployments.apps        []                 []              [get list]
                          [/healthz]         []              [get]
  secrets                 []                 [token]         [get]
  deployments.apps/scale  []                 []              [get]
`)
})

test('a container shows its ports, probes, environment and mounts', () => {
  const pod = object('v1', 'Pod', {
    spec: {
      containers: [
        {
          name: 'a',
          image: 'nginx',
          ports: [
            { containerPort: 80, protocol: 'TCP', name: 'http' },
            { containerPort: 443, hostPort: 8443, protocol: 'TCP' },
          ],
          livenessProbe: { httpGet: { path: '/ok?x', port: 'http', scheme: 'HTTP' }, periodSeconds: 10, failureThreshold: 3 },
          resources: { limits: { cpu: '1500m' } },
          env: [
            { name: 'LINES', value: 'one\ntwo' },
            { name: 'NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
            { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '0' } } },
            { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } },
          ],
          volumeMounts: [{ name: 'v', mountPath: '/b', subPath: 'c' }],
        },
      ],
    },
    status: { phase: 'Pending' },
  })
  const [, container] = text(pod).split('Containers:\n')
  expect(container?.split('Volumes:')[0]).toBe(`  a:
    Image:       nginx
    Ports:       80/TCP (http), 443/TCP
    Host Ports:  0/TCP (http), 8443/TCP
    Limits:
      cpu:     1500m
    Liveness:  http-get http://:http/ok%3Fx delay=0s timeout=0s period=10s #success=0 #failure=3
    Environment:
      LINES:   one
               two
      NAME:    x (v1:metadata.name)
      CPU:     2 (limits.cpu)
      MEMORY:  node allocatable (limits.memory)
    Mounts:
      /b from v (rw,path="c")
`)
})

test('a Node adds up what its Pods ask for, in percent of what it has', () => {
  const node = object('v1', 'Node', {
    metadata: { name: 'node-1', uid: 'u' },
    spec: {},
    status: { allocatable: { cpu: '2', memory: '4Gi', pods: '110', 'hugepages-2Mi': '0', 'example.com/gpu': '1' } },
  })
  const pod = (name: string, requests: object, initRequests?: object) => ({
    metadata: { name, namespace: 'dev', creationTimestamp: CREATED },
    spec: {
      containers: [{ name: 'a', resources: { requests, limits: { 'example.com/gpu': '1' } } }],
      ...(initRequests && { initContainers: [{ name: 'i', resources: { requests: initRequests } }] }),
    },
    status: {},
  })
  const pods = [pod('p', { cpu: '500m', memory: '1Gi' }), pod('q', { cpu: '100m' }, { cpu: '250m' })]
  const lines = text(node, { pods, lease: { spec: { holderIdentity: 'node-1' } } }).split('\n')
  const from = lines.findIndex(line => line.startsWith('Non-terminated'))
  expect(lines.slice(from)).toEqual([
    'Non-terminated Pods:          (2 in total)',
    '  Namespace                   Name    CPU Requests  CPU Limits  Memory Requests  Memory Limits  Age',
    '  ---------                   ----    ------------  ----------  ---------------  -------------  ---',
    '  dev                         p       500m (25%)    0 (0%)      1Gi (25%)        0 (0%)         100s',
    '  dev                         q       250m (12%)    0 (0%)      0 (0%)           0 (0%)         100s',
    'Allocated resources:',
    '  (Total limits may be over 100 percent, i.e., overcommitted.)',
    '  Resource           Requests    Limits',
    '  --------           --------    ------',
    '  cpu                750m (37%)  0 (0%)',
    '  memory             1Gi (25%)   0 (0%)',
    '  ephemeral-storage  0 (0%)      0 (0%)',
    '  hugepages-2Mi      0 (0%)      0 (0%)',
    '  example.com/gpu    0           2',
    'Events:              <none>',
    '',
  ])
  expect(text(node, { pods: new Error('no') })).toContain('\nPods:')
})

test('a NetworkPolicy says who may and who may not', () => {
  const spec = {
    podSelector: { matchLabels: { app: 'web' } },
    policyTypes: ['Ingress'],
    ingress: [
      {
        ports: [{ port: 80, protocol: 'TCP' }],
        from: [
          { podSelector: {}, namespaceSelector: { matchLabels: { a: 'b' } } },
          { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
        ],
      },
      {},
    ],
  }
  expect(text(object('networking.k8s.io/v1', 'NetworkPolicy', { spec }))).toBe(`Name:         x
Namespace:    dev
Created on:   2026-01-01 00:00:00 +0000 UTC
Labels:       <none>
Annotations:  <none>
Spec:
  PodSelector:     app=web
  Allowing ingress traffic:
    To Port: 80/TCP
    From:
      NamespaceSelector: a=b
      PodSelector: <none>
    From:
      IPBlock:
        CIDR: 10.0.0.0/8
        Except: 10.1.0.0/16
    ----------
    To Port: <any> (traffic allowed to all ports)
    From: <any> (traffic not restricted by source)
  Not affecting egress traffic
  Policy Types: Ingress
`)
  const range = {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      {
        ports: [
          { port: 80, endPort: 82 },
          { port: 'dns', protocol: 'UDP' },
        ],
      },
    ],
  }
  expect(text(object('networking.k8s.io/v1', 'NetworkPolicy', { spec: range }))).toContain(
    '    To Port Range: 80-82/TCP\n    To Port: dns/UDP\n    To: <any> (traffic not restricted by destination)\n',
  )
  const all = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }
  expect(text(object('networking.k8s.io/v1', 'NetworkPolicy', { spec: all }))).toContain(`
  PodSelector:     <none> (Allowing the specific traffic to all pods in this namespace)
  Allowing ingress traffic:
    <none> (Selected pods are isolated for ingress connectivity)
`)
})
