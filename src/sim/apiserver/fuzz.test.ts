import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apiPath, mustResource } from '../api/kinds'
import { MEDIA } from '../api/messages'
import type { KubeList, KubeObject, Status } from '../api/types'
import { createEtcd } from '../etcd/etcd'
import { deployment, pod, TestCluster, withAccount } from './testing'

const template = deployment().spec.template
const selector = { matchLabels: { app: 'web' } }
const job = { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } } }
const of = (apiVersion: string, kind: string, rest: Readonly<Record<string, unknown>>): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'it', labels: { app: 'web' } },
  ...rest,
})

/** One good object of each kind that people write. */
const SEEDS: readonly KubeObject[] = [
  pod('it', {
    volumes: [{ name: 'v', secret: { secretName: 's' } }],
    containers: [
      {
        name: 'c',
        image: 'nginx',
        ports: [{ containerPort: 80 }],
        env: [{ name: 'A', value: 'b' }],
        volumeMounts: [{ name: 'v', mountPath: '/v' }],
        resources: { limits: { cpu: '1' } },
        livenessProbe: { httpGet: { port: 80 } },
      },
    ],
    tolerations: [{ key: 'a', operator: 'Exists' }],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }],
        },
      },
    },
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule', labelSelector: selector }],
  }),
  deployment('it'),
  of('apps/v1', 'ReplicaSet', { spec: { replicas: 1, selector, template } }),
  of('apps/v1', 'StatefulSet', {
    spec: {
      serviceName: 'x',
      selector,
      template,
      volumeClaimTemplates: [
        { metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
      ],
    },
  }),
  of('apps/v1', 'DaemonSet', { spec: { selector, template } }),
  of('batch/v1', 'Job', { spec: job }),
  of('batch/v1', 'CronJob', { spec: { schedule: '* * * * *', jobTemplate: { spec: job } } }),
  of('v1', 'ReplicationController', { spec: { selector: { app: 'web' }, template } }),
  of('v1', 'Service', { spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] } }),
  of('v1', 'ConfigMap', { data: { a: 'b' } }),
  of('v1', 'Secret', { stringData: { a: 'b' }, data: { c: 'ZA==' } }),
  of('v1', 'Namespace', { spec: {} }),
  of('v1', 'PersistentVolumeClaim', { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }),
  of('v1', 'PersistentVolume', {
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } },
  }),
  of('v1', 'ResourceQuota', { spec: { hard: { pods: '3', 'requests.cpu': '1' } } }),
  of('v1', 'LimitRange', { spec: { limits: [{ type: 'Container', max: { cpu: '1' }, defaultRequest: { cpu: '100m' } }] } }),
  of('v1', 'Endpoints', { subsets: [{ addresses: [{ ip: '1.2.3.4' }], ports: [{ port: 80 }] }] }),
  of('v1', 'Node', {
    spec: { podCIDRs: ['10.0.0.0/24'], taints: [{ key: 'a', effect: 'NoSchedule' }] },
    status: { capacity: { cpu: '1' } },
  }),
  of('discovery.k8s.io/v1', 'EndpointSlice', {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['1.2.3.4'] }],
    ports: [{ port: 80 }],
  }),
  of('networking.k8s.io/v1', 'Ingress', {
    spec: {
      rules: [
        {
          host: 'a.b',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'x', port: { number: 80 } } } }] },
        },
      ],
    },
  }),
  of('autoscaling/v2', 'HorizontalPodAutoscaler', {
    spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
  }),
  of('policy/v1', 'PodDisruptionBudget', { spec: { minAvailable: 1, selector } }),
  of('scheduling.k8s.io/v1', 'PriorityClass', { value: 10 }),
  of('storage.k8s.io/v1', 'StorageClass', { provisioner: 'x' }),
  of('rbac.authorization.k8s.io/v1', 'Role', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }),
  of('rbac.authorization.k8s.io/v1', 'RoleBinding', {
    subjects: [{ kind: 'User', name: 'jane' }],
    roleRef: { kind: 'Role', name: 'x', apiGroup: 'rbac.authorization.k8s.io' },
  }),
]

/** Every place in a value: the keys that lead there. */
function places(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]]
  return [[...path], ...Object.entries(value).flatMap(([key, part]) => places(part, [...path, key]))]
}

/** The value with something else at a place; undefined takes it away. */
function changed(value: unknown, path: readonly string[], put: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return put
  if (Array.isArray(value))
    return value.map((part, i) => (String(i) === key ? changed(part, rest, put) : part)).filter(part => part !== undefined)
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) }
  const next = changed(copy[key], rest, put)
  if (next === undefined) delete copy[key]
  else copy[key] = next
  return copy
}

const junk = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, '', 'x', '-1', 0, -1, 70_000, 1.5, true, false),
  fc.constantFrom<unknown>([], {}, [null], [{}], { a: null }, ['x'], { name: 'x' }, 'A_B', 'a'.repeat(300), '100%', '1.5Gi'),
)
const mutation = fc.record({ at: fc.nat(), put: junk })
const mutate = (object: KubeObject, mutations: readonly { at: number; put: unknown }[]): unknown =>
  mutations.reduce<unknown>((so, { at, put }) => {
    const all = places(so)
    return changed(so, all[at % all.length] ?? [], put)
  }, object)

const isRefusal = (code: number, body: unknown): boolean =>
  code >= 400 && (body as Status | undefined)?.status === 'Failure' && Boolean((body as Status).message)

describe('whatever is sent', () => {
  test('every seed is good by itself', () => {
    for (const seed of SEEDS) {
      const cluster = withAccount(new TestCluster(createEtcd()))
      const { code, body } = cluster.create(seed)
      expect(code, `${seed.kind}: ${(body as unknown as Status).message}`).toBe(201)
    }
  })

  test('an answer comes, in Kubernetes’ words, and what is refused changes nothing', () => {
    const cluster = withAccount(new TestCluster(createEtcd()))
    fc.assert(
      fc.property(
        fc.constantFrom(...SEEDS),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (seed, mutations, strict) => {
          const type = mustResource(seed.apiVersion, seed.kind)
          const path = apiPath(type, 'default')
          const list = (): string => JSON.stringify(cluster.ask<KubeList>('GET', path).body.items)
          const before = list()
          const { code, body } = cluster.ask(
            'POST',
            path,
            mutate(seed, mutations),
            strict ? { query: { fieldValidation: 'Strict' } } : {},
          )
          if (code === 201) cluster.ask('DELETE', apiPath(type, 'default', body.metadata.name), { gracePeriodSeconds: 0 })
          else {
            expect(isRefusal(code, body)).toBe(true)
            expect(list()).toBe(before)
          }
        },
      ),
      { numRuns: 1500 },
    )
  })

  test('a patch or a replacement is applied or refused, never half of it', () => {
    const cluster = withAccount(new TestCluster(createEtcd()))
    for (const seed of SEEDS) cluster.create(seed)
    const media = fc.constantFrom(MEDIA.strategicMergePatch, MEDIA.mergePatch, MEDIA.jsonPatch, MEDIA.json)
    fc.assert(
      fc.property(
        fc.constantFrom(...SEEDS),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        media,
        junk,
        (seed, mutations, contentType, value) => {
          const type = mustResource(seed.apiVersion, seed.kind)
          const path = apiPath(type, 'default', 'it')
          const { body: before, code: there } = cluster.ask('GET', path)
          if (there !== 200) return
          const at = places(seed)
          const pointer = `/${(at[(mutations[0]?.at ?? 0) % at.length] ?? []).join('/')}`
          const body =
            contentType === MEDIA.jsonPatch ? [{ op: 'replace', path: pointer, value: value ?? null }] : mutate(seed, mutations)
          const { code, body: answer } = cluster.ask(contentType === MEDIA.json ? 'PUT' : 'PATCH', path, body, { contentType })
          if (code < 300) return
          expect(isRefusal(code, answer)).toBe(true)
          expect(cluster.ask('GET', path).body).toEqual(before)
        },
      ),
      { numRuns: 1500 },
    )
  })
})
