import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSchema, type StructType } from '../schema'
import { applyStrategicPatch, createThreeWayMergePatch, createTwoWayMergePatch } from './index'

const schema = createSchema(JSON.parse(readFileSync(new URL('../data/openapi.json', import.meta.url), 'utf8')))
const typeOf = (apiVersion: string, kind: string): StructType => {
  const type = schema.typeOf(apiVersion, kind)
  if (type === undefined) throw new Error(kind)
  return type
}
const pod = typeOf('v1', 'Pod')
const deployment = typeOf('apps/v1', 'Deployment')
const apply = (original: object, patch: unknown, type = pod) => {
  const { value, error } = applyStrategicPatch(original, patch, type)
  if (error !== undefined) throw new Error(error)
  return value as Record<string, Record<string, unknown>>
}
const namesOf = (object: Record<string, Record<string, unknown>>) =>
  ((object.spec?.containers ?? []) as { name: string }[]).map(c => c.name)
const inContainers = (containers: unknown) => ({ spec: { containers } })

const T = '2026-01-01T00:00:00Z'
const condition = (type: string, status: string) => ({
  type,
  observedGeneration: 1,
  status,
  lastProbeTime: null,
  lastTransitionTime: T,
})
const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: T }

describe('the recorded patches are made byte for byte', () => {
  const pending = { phase: 'Pending', conditions: [scheduled], qosClass: 'BestEffort' }
  const starting = {
    ...pending,
    observedGeneration: 1,
    startTime: T,
    resources: {},
    conditions: [
      condition('PodReadyToStartContainers', 'False'),
      condition('Initialized', 'True'),
      condition('Ready', 'True'),
      { ...scheduled, observedGeneration: 1 },
    ],
  }
  const order =
    '"$setElementOrder/conditions":[{"type":"PodReadyToStartContainers"},{"type":"Initialized"},{"type":"Ready"},{"type":"PodScheduled"}]'

  test("the kubelet's first status of a pod", () => {
    const patch = createTwoWayMergePatch({ status: pending }, { metadata: { uid: 'uid-4' }, status: starting }, pod)
    const written = (type: string, status: string) =>
      `{"lastProbeTime":null,"lastTransitionTime":"${T}","observedGeneration":1,"status":"${status}","type":"${type}"}`
    expect(JSON.stringify(patch)).toBe(
      `{"metadata":{"uid":"uid-4"},"status":{${order},"conditions":[${written('PodReadyToStartContainers', 'False')},${written('Initialized', 'True')},${written('Ready', 'True')},{"observedGeneration":1,"type":"PodScheduled"}],"observedGeneration":1,"resources":{},"startTime":"${T}"}}`,
    )
  })
  test('a condition that turns true', () => {
    const [first, ...rest] = starting.conditions
    const running = { ...starting, conditions: [{ ...first, status: 'True' }, ...rest] }
    expect(JSON.stringify(createTwoWayMergePatch({ status: starting }, { status: running }, pod))).toBe(
      `{"status":{${order},"conditions":[{"status":"True","type":"PodReadyToStartContainers"}]}}`,
    )
  })
  test('nothing, when nothing changed', () => {
    expect(createTwoWayMergePatch({ status: starting }, { status: { ...starting } }, pod)).toEqual({})
  })
  test("the scheduler's verdict, with no condition before it", () => {
    const after = { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', lastProbeTime: null }] }
    expect(JSON.stringify(createTwoWayMergePatch({ status: {} }, { status: after }, pod))).toBe(
      '{"status":{"conditions":[{"lastProbeTime":null,"reason":"Unschedulable","status":"False","type":"PodScheduled"}]}}',
    )
  })
  test("kubectl's new image", () => {
    const at = (image: string) => ({ spec: { template: { spec: { containers: [{ name: 'postgres', image }] } } } })
    expect(JSON.stringify(createTwoWayMergePatch(at('postgres:16'), at('postgres:17'), deployment))).toBe(
      '{"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"postgres"}],"containers":[{"image":"postgres:17","name":"postgres"}]}}}}',
    )
  })
  test('a label that goes', () => {
    const at = (labels: object) => ({ metadata: { name: 'c', labels } })
    expect(createTwoWayMergePatch(at({ env: 'prod', app: 'x' }), at({ app: 'x' }), pod)).toEqual({
      metadata: { labels: { env: null } },
    })
  })
})

describe('kubectl apply', () => {
  const applied = (replicas: number, labels: object, image = 'nginx:1.27') => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { annotations: {}, labels, name: 'web', namespace: 'default' },
    spec: { replicas, template: { spec: { containers: [{ image, name: 'nginx', ports: [{ containerPort: 80 }] }] } } },
  })
  const live = {
    ...applied(2, { app: 'web' }),
    metadata: {
      annotations: { 'deployment.kubernetes.io/revision': '1' },
      labels: { app: 'web' },
      name: 'web',
      namespace: 'default',
      uid: 'u',
    },
    spec: {
      replicas: 2,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } },
      template: {
        spec: {
          containers: [
            {
              image: 'nginx:1.27',
              name: 'nginx',
              ports: [{ containerPort: 80, protocol: 'TCP' }],
              imagePullPolicy: 'IfNotPresent',
            },
          ],
          restartPolicy: 'Always',
        },
      },
    },
    status: { replicas: 2 },
  }
  const before = applied(2, { app: 'web' })
  test('sends only what the manifest changes', () => {
    expect(
      JSON.stringify(createThreeWayMergePatch(before, applied(3, { app: 'web', tier: 'front' }), live, deployment).value),
    ).toBe('{"metadata":{"labels":{"tier":"front"}},"spec":{"replicas":3}}')
  })
  test('sends nothing when nothing changed, whatever the server has filled in', () => {
    expect(createThreeWayMergePatch(before, before, live, deployment).value).toEqual({})
  })
  test('deletes what was applied and is no longer there, and nothing else', () => {
    const after = {
      ...applied(2, {}, 'nginx:1.28'),
      spec: { template: { spec: { containers: [{ image: 'nginx:1.28', name: 'web' }] } } },
    }
    expect(createThreeWayMergePatch(before, after, live, deployment).value).toEqual({
      metadata: { labels: { app: null } },
      spec: {
        replicas: null,
        template: {
          spec: {
            '$setElementOrder/containers': [{ name: 'web' }],
            containers: [
              { image: 'nginx:1.28', name: 'web' },
              { $patch: 'delete', name: 'nginx' },
            ],
          },
        },
      },
    })
  })
  test('says which keys of the strategy stay', () => {
    const after = { ...before, spec: { ...before.spec, strategy: { type: 'Recreate' } } }
    const patch = createThreeWayMergePatch(before, after, live, deployment).value
    expect(patch).toEqual({ spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } })
    expect(apply(live, patch, deployment).spec?.strategy).toEqual({ type: 'Recreate' })
  })
})

describe('applying', () => {
  const original = {
    metadata: { name: 'web', labels: { app: 'web' }, finalizers: ['a', 'b'] },
    spec: {
      containers: [
        { name: 'a', image: '1' },
        { name: 'b', image: '1' },
      ],
      nodeSelector: { disk: 'ssd' },
    },
    status: { phase: 'Pending' },
  }
  test('shares what it does not touch, and returns the same object when it changes nothing', () => {
    const result = apply(original, { status: { phase: 'Running' } })
    expect(result.spec).toBe(original.spec)
    expect(result.metadata).toBe(original.metadata)
    expect(apply(original, inContainers([{ name: 'a', image: '1' }, { name: 'b' }]))).toBe(original)
    expect(apply(original, {})).toBe(original)
    expect(original.status).toEqual({ phase: 'Pending' })
  })
  test('merges lists by their keys, new items first, as upstream does without an order', () => {
    expect(apply(original, inContainers([{ name: 'b', image: '2' }])).spec?.containers).toEqual([
      { name: 'a', image: '1' },
      { name: 'b', image: '2' },
    ])
    expect(apply(original, inContainers([{ name: 'c' }])).spec?.containers).toEqual([{ name: 'c' }, ...original.spec.containers])
  })
  test('keeps the order that the patch gives, around what only the server has', () => {
    const patch = { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'c' }], containers: [{ name: 'c' }] } }
    expect(namesOf(apply(original, patch))).toEqual(['a', 'b', 'c'])
    const turned = { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } }
    expect(namesOf(apply(original, turned))).toEqual(['b', 'a'])
  })
  test('obeys directives', () => {
    expect(apply(original, inContainers([{ $patch: 'delete', name: 'a' }])).spec?.containers).toEqual([{ name: 'b', image: '1' }])
    expect(apply(original, inContainers([{ $patch: 'replace' }, { name: 'z' }])).spec?.containers).toEqual([{ name: 'z' }])
    expect(apply(original, { spec: { nodeSelector: { $patch: 'replace', zone: 'x' } } }).spec?.nodeSelector).toEqual({
      zone: 'x',
    })
    expect(apply(original, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } }).metadata?.finalizers).toEqual(['b'])
    expect(apply(original, { metadata: { finalizers: ['c'] } }).metadata?.finalizers).toEqual(['c', 'a', 'b'])
    expect(apply(original, { spec: { nodeSelector: null } }).spec).not.toHaveProperty('nodeSelector')
  })
  test('replaces lists that do not merge', () => {
    const patch = { spec: { tolerations: [{ key: 'b' }] } }
    expect(apply({ spec: { tolerations: [{ key: 'a' }] } }, patch).spec?.tolerations).toEqual([{ key: 'b' }])
  })
  test('takes new values without their directives and nulls', () => {
    const fresh = { volumes: [{ name: 'v', emptyDir: {}, $retainKeys: ['name', 'emptyDir'], hostPath: null }] }
    expect(apply({ spec: {} }, { spec: fresh }).spec?.volumes).toEqual([{ name: 'v', emptyDir: {} }])
  })
  test.each([
    [inContainers([{ image: 'x' }]), 'map: map[image:x] does not contain declared merge key: name', 500],
    [{ spec: { $patch: 'frob' } }, 'unknown patch type: frob in map: map[$patch:frob]', 500],
    [{ spec: { '$setElementOrder/containers': 'x' } }, 'invalid patch format of setElementOrder list', 400],
    [{ spec: { $retainKeys: ['x'], nodeName: 'n' } }, 'invalid patch format of retainKeys', 400],
    [[], 'json: cannot unmarshal array into Go value of type map[string]interface {}', 400],
  ])('refuses %j', (patch, error, code) => {
    expect(applyStrategicPatch(original, patch, pod)).toEqual({ error, code })
  })
})

describe('a patch that was made', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd')
  const named = <T>(fields: fc.Arbitrary<T>) =>
    fc
      .uniqueArray(fc.tuple(name, fields), { selector: ([key]) => key, maxLength: 4 })
      .map(list => list.map(([key, rest]) => ({ name: key, ...rest })))
  const labels = fc.dictionary(name, fc.constantFrom('1', '2'), { maxKeys: 3 })
  const env = named(fc.record({ value: fc.constantFrom('x', 'y') }))
  const containers = named(fc.record({ image: fc.constantFrom('1', '2'), env, args: fc.array(name, { maxLength: 2 }) }))
  const source = fc.constantFrom({ emptyDir: {} }, { hostPath: { path: '/' } }, { configMap: { name: 'x' } })
  const object = fc.record(
    {
      metadata: fc.record({ labels, finalizers: fc.uniqueArray(name, { maxLength: 3 }) }),
      spec: fc.record({ containers, volumes: named(source), nodeSelector: labels }, { requiredKeys: ['containers'] }),
    },
    { requiredKeys: ['spec'] },
  )
  test('makes the one object of the other', () => {
    fc.assert(
      fc.property(object, object, (a, b) => {
        const result = apply(a, createTwoWayMergePatch(a, b, pod))
        // A list that becomes empty may stay as an empty list: to Kubernetes that is the same.
        expect(JSON.parse(JSON.stringify(result))).toEqual(JSON.parse(JSON.stringify(b)))
      }),
      { seed: 7, numRuns: 2000 },
    )
  })
  test('by a three-way merge brings the manifest about and keeps what is not in it', () => {
    fc.assert(
      fc.property(object, object, (a, b) => {
        const live = { ...a, status: { phase: 'Running' } }
        const patch = createThreeWayMergePatch(a, b, live, pod).value
        expect(apply(live, patch)).toEqual({ ...b, status: { phase: 'Running' } })
      }),
      { seed: 7, numRuns: 2000 },
    )
  })
})
