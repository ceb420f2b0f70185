import { describe, expect, it } from 'vitest'
import { MEDIA } from '../../api/messages'
import type { KubeObject } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { deployment, PODS, pod, TestCluster, withAccount } from '../testing'

const newCluster = (): TestCluster => withAccount(new TestCluster(createEtcd()))

type Answer = { readonly details?: { readonly causes?: readonly { readonly field: string; readonly message: string }[] } }

/** `field: message` of each cause of a refusal; none where the object was taken. */
const causes = (body: unknown): readonly string[] =>
  ((body as Answer).details?.causes ?? []).map(({ field, message }) => `${field}: ${message}`)

const refused = (apiVersion: string, kind: string, rest: object, name = 'it'): readonly string[] =>
  causes(newCluster().create({ apiVersion, kind, metadata: { name }, ...rest } as KubeObject).body)

const container = { name: 'c', image: 'nginx' }
const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [container] } }

describe('a pod is refused, in upstream’s order', () => {
  it('for variables from nowhere, and mounts of volumes that are bad themselves', () => {
    const env = [
      { name: 'A', valueFrom: {} },
      { name: 'B', valueFrom: { fieldRef: { fieldPath: 'spec.foo' } } },
      { name: 'C', value: 'x', valueFrom: { configMapKeyRef: { name: 'm', key: '' } } },
    ]
    const spec = {
      containers: [{ ...container, env, volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
      volumes: [{ name: 'v', secret: {} }],
    }
    expect(refused('v1', 'Pod', { spec })).toEqual([
      'spec.volumes[0].secret.secretName: Required value',
      'spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
      'spec.containers[0].env[1].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo": error converting fieldPath: field label not supported: spec.foo',
      'spec.containers[0].env[2].valueFrom.configMapKeyRef.key: Required value',
      'spec.containers[0].env[2].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
      'spec.containers[0].volumeMounts[0].name: Not found: "v"',
    ])
  })

  it('for more than its limits, for names that nobody knows, and for devices that are not limited', () => {
    const resources = { requests: { cpu: '2', foo: '1', 'example.com/gpu': '500m' }, limits: { cpu: '1' } }
    expect(refused('v1', 'Pod', { spec: { containers: [{ ...container, resources }] } })).toEqual([
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
      'spec.containers[0].resources.requests[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.requests[foo]: Invalid value: "foo": must be a standard resource for containers',
      'spec.containers[0].resources.requests[example.com/gpu]: Invalid value: "500m": must be an integer',
      'spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources',
    ])
  })

  it('for ports that two containers want of the host, and contexts that contradict themselves', () => {
    const ports = [{ containerPort: 80, hostPort: 80 }]
    const securityContext = { privileged: true, allowPrivilegeEscalation: false }
    const spec = {
      containers: [
        { ...container, ports, securityContext },
        { ...container, name: 'd', ports },
      ],
    }
    expect(refused('v1', 'Pod', { spec })).toEqual([
      expect.stringMatching(
        /^spec\.containers\[0\]\.securityContext: Invalid value: \{"Capabilities":null,"Privileged":true,.*\}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true$/,
      ),
      'spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//80"',
    ])
  })

  it('for policies that there are not, listed as upstream lists them', () => {
    expect(refused('v1', 'Pod', { spec: { containers: [container], restartPolicy: 'Foo', dnsPolicy: 'None' } })).toEqual([
      'spec.restartPolicy: Unsupported value: "Foo": supported values: "Always", "OnFailure", "Never"',
      'spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None',
    ])
  })

  it('for what it may not change, with the difference of both specs', () => {
    const cluster = newCluster()
    cluster.ask('POST', PODS, pod('web', { terminationGracePeriodSeconds: 30 }))
    const patch = { spec: { terminationGracePeriodSeconds: 5, activeDeadlineSeconds: 60 } }
    const [cause] = causes(cluster.ask('PATCH', `${PODS}/web`, patch, { contentType: MEDIA.mergePatch }).body)
    expect(cause?.split('\n').filter(line => /^[-+]/.test(line))).toEqual([
      '- "TerminationGracePeriodSeconds": 30,',
      '+ "TerminationGracePeriodSeconds": 5,',
    ])
    const deadline = (seconds: number | null) =>
      causes(
        cluster.ask('PATCH', `${PODS}/web`, { spec: { activeDeadlineSeconds: seconds } }, { contentType: MEDIA.mergePatch }).body,
      )
    expect(deadline(60)).toEqual([])
    expect(deadline(90)).toEqual(['spec.activeDeadlineSeconds: Invalid value: 90: must be less than or equal to previous value'])
    expect(deadline(null)).toEqual([
      'spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value',
    ])
  })
})

describe('a workload is refused', () => {
  it('without a selector, which selects no template', () => {
    expect(refused('apps/v1', 'Deployment', { spec: { template } })).toEqual([
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
    ])
  })

  it('with a selector that cannot be read, and then nothing is said of its template', () => {
    const spec = { selector: { matchLabels: { app: 'a b' } }, template: { spec: { containers: [] } } }
    expect(refused('apps/v1', 'ReplicaSet', { spec })).toEqual([
      expect.stringContaining('spec.selector.matchLabels: Invalid value: "a b"'),
      'spec.selector: Invalid value: {"matchLabels":{"app":"a b"}}: invalid label selector',
    ])
  })

  it('whose daemons may neither stop nor stand beside new ones', () => {
    const selector = { matchLabels: { app: 'a' } }
    const spec = { selector, template, updateStrategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 0 } } }
    expect(refused('apps/v1', 'DaemonSet', { spec })).toEqual([
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
    ])
  })

  it('that is a copy of a Job, with the labels and the selector that were made for that one', () => {
    const labels = { 'job-name': 'old' }
    const spec = {
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'abc' } },
      template: { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [container] } },
    }
    expect(refused('batch/v1', 'Job', { spec })).toEqual([
      expect.stringContaining('spec.template.metadata.labels: Invalid value'),
      expect.stringMatching(/^spec\.template\.metadata\.labels\[job-name\]: Invalid value: .*: must be 'it'$/),
      'spec.selector: Invalid value: {"matchLabels":{"batch.kubernetes.io/controller-uid":"abc"}}: `selector` not auto-generated',
    ])
  })

  it('whose selector has an operator that there is not, of a Job too', () => {
    const selector = { matchExpressions: [{ key: 'a', operator: 'Like', values: ['b'] }] }
    const spec = { selector, template: { spec: { restartPolicy: 'Never', containers: [container] } } }
    expect(refused('batch/v1', 'Job', { spec })).toEqual([
      'spec.selector.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator',
    ])
  })

  it('whose template changes though it is a Job, with the template as it would be', () => {
    const cluster = newCluster()
    const spec = { template: { spec: { restartPolicy: 'Never', containers: [container] } } }
    cluster.create({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'it' }, spec } as KubeObject)
    const path = '/apis/batch/v1/namespaces/default/jobs/it'
    const patch = { spec: { completions: 2, template: { spec: { containers: [{ name: 'c', image: 'other' }] } } } }
    expect(causes(cluster.ask('PATCH', path, patch, { contentType: MEDIA.strategicMergePatch }).body)).toEqual([
      'spec.completions: Invalid value: 2: field is immutable',
      expect.stringMatching(
        /^spec\.template: Invalid value: \{"labels":\{.*\},"Spec":\{"Volumes":null,.*"Image":"other",.*\}\}: field is immutable$/,
      ),
    ])
  })
})

describe('a Service is refused', () => {
  it('for what cannot be allocated before all else', () => {
    const spec = { type: 'NodePort', ports: [{ port: 0, nodePort: 80 }] }
    expect(refused('v1', 'Service', { spec })).toEqual([
      'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
    ])
  })

  it('for what its type does not have', () => {
    const spec = { ports: [{ port: 80, nodePort: 30080 }], loadBalancerSourceRanges: ['a'], externalTrafficPolicy: 'Local' }
    expect(refused('v1', 'Service', { spec })).toEqual([
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
      "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "a": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
    ])
  })

  it('not for a name that begins with a digit', () => {
    expect(refused('v1', 'Service', { spec: { ports: [{ port: 80 }] } }, '1web')).toEqual([])
  })
})

describe('others are refused', () => {
  it.each<[string, string, object, readonly string[]]>([
    [
      'rbac.authorization.k8s.io/v1',
      'Role',
      { rules: [{ resources: ['pods'], verbs: ['get'] }] },
      ['rules[0].apiGroups: Required value: resource rules must supply at least one api group'],
    ],
    [
      'v1',
      'PersistentVolume',
      { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], local: { path: '/x' } } },
      ['spec.nodeAffinity: Required value: Local volume requires node affinity'],
    ],
    [
      'networking.k8s.io/v1',
      'NetworkPolicy',
      { spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }] }] } },
      ['spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`'],
    ],
    [
      'v1',
      'PodTemplate',
      { template: { spec: { containers: [{ name: 'c' }] } } },
      ['template.spec.containers[0].image: Required value'],
    ],
    ['v1', 'ConfigMap', { data: { a: 'x'.repeat(1_048_577) } }, ['[]: Too long: may not be more than 1048576 bytes']],
    [
      'v1',
      'LimitRange',
      { spec: { limits: [{ type: 'Foo' }] } },
      ['spec.limits[0].type: Invalid value: "Foo": must be a standard limit type or fully qualified'],
    ],
  ])('%s %s %#', (apiVersion, kind, rest, words) => {
    expect(refused(apiVersion, kind, rest)).toEqual(words)
  })

  it('a Deployment is taken as kubectl sends it', () => {
    expect(newCluster().create(deployment()).code).toBe(201)
  })
})
