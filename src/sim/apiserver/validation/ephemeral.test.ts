/** Containers that are added to a pod that runs. */
import { beforeEach, expect, test } from 'vitest'
import { MEDIA } from '../../api/messages'
import type { KubeObject } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { PODS, pod, TestCluster, withAccount } from '../testing'

let cluster: TestCluster
const PATH = `${PODS}/web/ephemeralcontainers`
beforeEach(() => {
  cluster = withAccount(new TestCluster(createEtcd()))
  cluster.create(pod('web'))
})
const debug = (more: object = {}): object => ({ name: 'look', image: 'busybox:1.36', targetContainerName: 'nginx', ...more })
const patched = (...ephemeralContainers: object[]) =>
  cluster.ask<KubeObject>('PATCH', PATH, { spec: { ephemeralContainers } }, { contentType: MEDIA.mergePatch })
const wrong = (...containers: object[]): readonly string[] => {
  const { code, body } = patched(...containers)
  return code < 400 ? [] : body.details.causes.map((c: { field: string; message: string }) => `${c.field}: ${c.message}`)
}

test('one is added with its defaults, and the pod has a new generation, but for an update that changes nothing', () => {
  const { code, body } = patched(debug())
  expect(code).toBe(200)
  expect(body.spec.ephemeralContainers).toMatchObject([{ name: 'look', imagePullPolicy: 'IfNotPresent', resources: {} }])
  expect(body.metadata.generation).toBe(2)
  expect(patched(debug(), debug({ name: 'more' })).body.metadata.generation).toBe(3)
  expect(patched(debug(), debug({ name: 'more' })).body.metadata.generation).toBe(3)
})

test('one has a name of its own, and looks at a container that is there', () => {
  expect(wrong(debug({ name: 'nginx' }))).toEqual(['spec.ephemeralContainers[0].name: Duplicate value: "nginx"'])
  expect(wrong(debug({ targetContainerName: 'other' }))).toEqual([
    'spec.ephemeralContainers[0].targetContainerName: Not found: "other"',
  ])
})

test('one serves nobody: it has no ports, no probes, no hooks, no resources', () => {
  const probe = { exec: { command: ['a'] } }
  expect(wrong(debug({ ports: [{ containerPort: 80 }], resources: { limits: { cpu: '1' } }, livenessProbe: probe }))).toEqual(
    ['ports', 'resources', 'livenessProbe'].map(
      field => `spec.ephemeralContainers[0].${field}: Forbidden: cannot be set for an Ephemeral Container`,
    ),
  )
})

test('one that is there stays as it is', () => {
  patched(debug())
  expect(wrong()).toEqual(['spec.ephemeralContainers: Forbidden: existing ephemeral containers "look" may not be removed\n'])
  const [changed] = wrong(debug({ image: 'busybox' }))
  expect(changed).toContain('spec.ephemeralContainers: Forbidden: existing ephemeral containers "look" may not be changed\n')
  expect(changed).toContain('- "Image": "busybox:1.36",')
})
