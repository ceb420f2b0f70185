import { expect, test } from 'vitest'
import { MEDIA } from '../../../api/messages'
import type { KubeObject, Status } from '../../../api/types'
import { createEtcd } from '../../../etcd/etcd'
import { deployment, pod, TestCluster, withAccount } from '../../testing'

const LABEL = 'pod-security.kubernetes.io'

function clusterWith(labels: Readonly<Record<string, string>>): TestCluster {
  const cluster = new TestCluster(createEtcd())
  cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team', labels } })
  return withAccount(cluster, 'team')
}

const inTeam = (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, namespace: 'team' } })
const good = {
  containers: [
    {
      name: 'c',
      image: 'nginx',
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    },
  ],
}

const WHY =
  'PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "nginx" must set securityContext.allowPrivilegeEscalation=false), ' +
  'unrestricted capabilities (container "nginx" must set securityContext.capabilities.drop=["ALL"]), ' +
  'runAsNonRoot != true (pod or container "nginx" must set securityContext.runAsNonRoot=true), ' +
  'seccompProfile (pod or container "nginx" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'
const plain = { containers: [{ name: 'nginx', image: 'nginx' }] }

test('the level restricted says all that a plain pod lacks', () => {
  const { code, body } = clusterWith({ [`${LABEL}/enforce`]: 'restricted' }).create(inTeam(pod('web', plain)))
  expect([code, (body as unknown as Status).message]).toEqual([403, `pods "web" is forbidden: violates ${WHY}`])
})

test('a pod that asks for nothing is let in at every level', () => {
  expect(clusterWith({ [`${LABEL}/enforce`]: 'restricted' }).create(inTeam(pod('web', good))).code).toBe(201)
  expect(clusterWith({ [`${LABEL}/enforce`]: 'baseline' }).create(inTeam(pod('web', plain))).code).toBe(201)
})

test('the level baseline refuses what reaches the node', () => {
  const spec = {
    hostNetwork: true,
    containers: [
      {
        name: 'a',
        image: 'x',
        securityContext: { privileged: true, capabilities: { add: ['NET_ADMIN'] } },
        ports: [{ containerPort: 80, hostPort: 80 }],
      },
    ],
    volumes: [{ name: 'v', hostPath: { path: '/' } }],
  }
  const { body } = clusterWith({ [`${LABEL}/enforce`]: 'baseline' }).create(inTeam(pod('web', spec)))
  expect((body as unknown as Status).message).toBe(
    'pods "web" is forbidden: violates PodSecurity "baseline:latest": non-default capabilities (container "a" must not include "NET_ADMIN" in ' +
      'securityContext.capabilities.add), host namespaces (hostNetwork=true), hostPath volumes (volume "v"), hostPort (container "a" uses hostPort 80), ' +
      'privileged (container "a" must not set securityContext.privileged=true)',
  )
})

test('a Deployment is created all the same, and warned about', () => {
  const answer = clusterWith({ [`${LABEL}/warn`]: 'restricted' }).create(inTeam(deployment()))
  expect([answer.code, answer.warnings]).toEqual([201, [`would violate ${WHY}`]])
})

test('a label that is no level is refused', () => {
  const cluster = new TestCluster(createEtcd())
  const { body } = cluster.create({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'x', labels: { [`${LABEL}/enforce`]: 'strict' } },
  })
  expect((body as unknown as Status).message).toBe(
    `Namespace "x" is invalid: metadata.labels[${LABEL}/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted`,
  )
})

test('a stricter level names the pods that are there already', () => {
  const cluster = clusterWith({})
  cluster.create(inTeam(pod('a', plain)))
  cluster.create(inTeam(pod('b', plain)))
  const patch = { metadata: { labels: { [`${LABEL}/enforce`]: 'restricted' } } }
  const { warnings } = cluster.ask('PATCH', '/api/v1/namespaces/team', patch, { contentType: MEDIA.mergePatch })
  expect(warnings).toEqual([
    'existing pods in namespace "team" violate the new PodSecurity enforce level "restricted:latest"',
    'a (and 1 other pod): allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile',
  ])
})

test('what is deprecated, and fields that nobody knows, are warned about', () => {
  const cluster = new TestCluster(createEtcd())
  expect(cluster.ask('GET', '/api/v1/namespaces/default/endpoints').warnings).toEqual([
    'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  ])
  const { spec, ...rest } = deployment()
  expect(cluster.create({ ...rest, spec: { ...spec, replica: 3 } }).warnings).toEqual(['unknown field "spec.replica"'])
})

test('a namespace that says only what is refused warns about the same, unless it says otherwise', () => {
  const made = inTeam({
    ...deployment('nginx', 1),
    spec: { ...deployment('nginx', 1).spec, template: { metadata: { labels: { app: 'nginx' } }, spec: plain } },
  })
  const warnings = (labels: Record<string, string>) => clusterWith(labels).create(made).warnings
  expect(warnings({ [`${LABEL}/enforce`]: 'restricted' })).toEqual([`would violate ${WHY}`])
  expect(warnings({ [`${LABEL}/enforce`]: 'restricted', [`${LABEL}/enforce-version`]: 'v1.30' })).toEqual([
    `would violate ${WHY.replace('latest', 'v1.30')}`,
  ])
  expect(warnings({ [`${LABEL}/enforce`]: 'restricted', [`${LABEL}/warn`]: 'privileged' })).toBeUndefined()
})

test('a version is the latest or one that there can be', () => {
  const label = (version: string) =>
    new TestCluster(createEtcd()).create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'team', labels: { [`${LABEL}/audit-version`]: version } },
    })
  expect(['latest', 'v1.0', 'v1.36'].map(version => label(version).code)).toEqual([201, 201, 201])
  expect((label('v1.x').body as unknown as Status).message).toBe(
    `Namespace "team" is invalid: metadata.labels[${LABEL}/audit-version]: Invalid value: "v1.x": must be "latest" or "v1.x"`,
  )
})
