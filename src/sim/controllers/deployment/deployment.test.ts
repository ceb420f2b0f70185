import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { selectsByLabels } from '../owners'
import { replicaController } from '../replicas'
import { TestCluster } from '../testing'
import { deployment } from './deployment'

const web = (replicas: number, image = 'nginx:1.27', more: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'nginx', image }] } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    ...more,
  },
  status: {},
})
const replicaset = replicaController({
  name: 'replicaset-controller',
  part: 'replicaset',
  resource: 'replicasets.apps',
  kind: 'ReplicaSet',
  selects: selectsByLabels,
  countsTerminating: true,
  awaitsOwnWrites: true,
})
const make = () => new TestCluster([replicaset, deployment])

/** Plays the kubelets: every pod becomes ready, and those that are deleted go. */
function runPods(cluster: TestCluster): void {
  for (let round = 0; round < 50; round++) {
    const waiting = cluster.list('pods').find(p => p.status?.phase !== 'Running')
    if (!waiting) return
    const at = '2026-01-01T00:00:00Z'
    cluster.put({
      ...waiting,
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at }] },
    })
  }
}
const orderOf = (lines: string[]) =>
  lines.filter(l => !/ events /.test(l)).map(l => l.replace(/web-\w+-\w{5}\b/, 'POD').replace(/web-\w{5,10}\b/, 'RS'))

describe('the deployment controller', () => {
  it('makes a ReplicaSet for a new Deployment and reports, as a real one does', () => {
    const cluster = make()
    cluster.put(web(3))
    const lines = orderOf(cluster.writes())
    // a sync that makes a ReplicaSet writes the status twice, the second time with a version that is old by then
    expect(lines.filter(l => l.startsWith('deployment')).slice(0, 4)).toEqual([
      'deployment-controller create replicasets RS 201',
      'deployment-controller update deployments/status web 200',
      'deployment-controller update deployments/status web 409',
      'deployment-controller update deployments/status web 200',
    ])
    expect(lines.filter(l => l.startsWith('replicaset'))).toEqual([
      ...new Array(3).fill('replicaset-controller create pods POD 201'),
      'replicaset-controller update replicasets/status RS 200',
      'replicaset-controller update replicasets/status RS 200',
    ])
    runPods(cluster)
    const [d] = cluster.list('deployments.apps')
    expect(d?.status).toMatchInlineSnapshot(`
      {
        "availableReplicas": 3,
        "conditions": [
          {
            "lastTransitionTime": "2026-01-01T00:00:01Z",
            "lastUpdateTime": "2026-01-01T00:00:01Z",
            "message": "Deployment has minimum availability.",
            "reason": "MinimumReplicasAvailable",
            "status": "True",
            "type": "Available",
          },
          {
            "lastTransitionTime": "2026-01-01T00:00:01Z",
            "lastUpdateTime": "2026-01-01T00:00:01Z",
            "message": "ReplicaSet "web-78999784d9" has successfully progressed.",
            "reason": "NewReplicaSetAvailable",
            "status": "True",
            "type": "Progressing",
          },
        ],
        "observedGeneration": 1,
        "readyReplicas": 3,
        "replicas": 3,
        "terminatingReplicas": 0,
        "updatedReplicas": 3,
      }
    `)
    expect(cluster.list('events').map(e => e.message.replace(/web-\w+(-\w+)?/, 'RS'))).toMatchInlineSnapshot(`
      [
        "Scaled up replica set RS from 0 to 3",
        "Created pod: RS",
        "Created pod: RS",
        "Created pod: RS",
      ]
    `)
  })

  it('rolls to a new template one step at a time', () => {
    const cluster = make()
    cluster.put(web(4, 'nginx:1.26'))
    runPods(cluster)
    cluster.writes()
    const [d] = cluster.list('deployments.apps')
    cluster.put({ ...(d as KubeObject), spec: web(4).spec })
    runPods(cluster)
    const sizes = cluster
      .list('replicasets.apps')
      .map(rs => [rs.spec.replicas, rs.metadata.annotations?.['deployment.kubernetes.io/revision']])
    expect(sizes).toEqual([
      [0, '1'],
      [4, '2'],
    ])
    expect(cluster.list('deployments.apps')[0]?.status.conditions.map((c: { reason: string }) => c.reason)).toContain(
      'NewReplicaSetAvailable',
    )
    expect(
      cluster
        .list('events')
        .filter(e => e.reason === 'ScalingReplicaSet')
        .map(e => e.message.replace(/web-\w+ /, '')),
    ).toMatchInlineSnapshot(`
      [
        "Scaled up replica set from 0 to 4",
        "Scaled up replica set from 0 to 1",
        "Scaled down replica set from 4 to 3",
        "Scaled up replica set from 1 to 2",
        "Scaled down replica set from 3 to 2",
        "Scaled up replica set from 2 to 3",
        "Scaled down replica set from 2 to 1",
        "Scaled up replica set from 3 to 4",
        "Scaled down replica set from 1 to 0",
      ]
    `)
  })

  it('that is to be recreated asks the apiserver for the ReplicaSets when a pod is gone, and makes the new one after the last', () => {
    const cluster = make()
    const recreated = (image: string) => web(2, image, { strategy: { type: 'Recreate' } })
    cluster.put(recreated('nginx:1.26'))
    // pods that take their time to go
    for (const pod of cluster.list('pods'))
      cluster.put({ ...pod, metadata: { ...pod.metadata, finalizers: ['example.com/slow'] }, status: { phase: 'Running' } })
    const asked: string[] = []
    cluster.refuse = ({ method, path, query }) => {
      if (method === 'GET' && path.endsWith('/replicasets') && query?.labelSelector) asked.push(query.labelSelector)
      return undefined
    }
    const [d] = cluster.list('deployments.apps')
    cluster.put({ ...(d as KubeObject), spec: recreated('nginx:1.27').spec })
    const release = () => {
      const pod = cluster.list('pods').find(p => p.metadata.finalizers)
      if (pod) cluster.put({ ...pod, metadata: { ...pod.metadata, finalizers: [] } })
    }
    release()
    expect([asked, cluster.list('replicasets.apps').length]).toEqual([['app=web'], 1])
    release()
    expect([asked, cluster.list('replicasets.apps').length]).toEqual([['app=web', 'app=web'], 2])
  })

  const sizesIn = (cluster: TestCluster) => cluster.list('replicasets.apps').map(rs => rs.spec.replicas as number)
  const change = (cluster: TestCluster, spec: object) => {
    const [d] = cluster.list('deployments.apps') as [KubeObject]
    cluster.put({ ...d, spec: { ...d.spec, ...spec } })
  }

  it('that is paused is scaled, and not rolled out before it goes on', () => {
    const cluster = make()
    cluster.put(web(2))
    runPods(cluster)
    change(cluster, { paused: true, replicas: 4, template: web(1, 'nginx:1.28').spec.template })
    runPods(cluster)
    expect(sizesIn(cluster)).toEqual([4])
    change(cluster, { paused: false })
    runPods(cluster)
    expect(sizesIn(cluster)).toEqual([0, 4])
  })

  it('that is scaled in the midst of a rollout gives both ReplicaSets their part', () => {
    const cluster = make()
    cluster.put(web(4))
    runPods(cluster)
    // the new pods never become ready
    change(cluster, { template: web(1, 'nginx:gone').spec.template })
    expect(sizesIn(cluster)).toEqual([3, 2])
    change(cluster, { replicas: 8 })
    expect(sizesIn(cluster)).toEqual([6, 4])
  })

  it('is available when no more of its pods are missing than may be', () => {
    const cluster = make()
    cluster.put(web(4))
    const available = () =>
      cluster.list('deployments.apps')[0]?.status.conditions.find((c: { type: string }) => c.type === 'Available').status
    const pods = cluster.list('pods')
    const ready = (pod: KubeObject | undefined) =>
      cluster.put({
        ...(pod as KubeObject),
        status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }] },
      })
    for (const pod of pods.slice(0, 2)) ready(pod)
    expect(available()).toBe('False')
    ready(pods[2])
    expect(available()).toBe('True')
  })

  it('whose ReplicaSet would have the name of another’s counts a collision and takes another name', () => {
    const first = make()
    first.put(web(1))
    const [wanted] = first.list('replicasets.apps') as [KubeObject]
    const cluster = make()
    cluster.put({ ...wanted, metadata: { name: wanted.metadata.name, namespace: 'default', labels: { app: 'else' } } })
    cluster.put(web(1))
    cluster.pass(5)
    expect(cluster.list('deployments.apps')[0]?.status.collisionCount).toBe(1)
    const names = cluster.list('replicasets.apps').map(rs => rs.metadata.name)
    expect(names).toHaveLength(2)
    expect(names[0]).toBe(wanted.metadata.name)
  })

  it('that fails sixteen times in a row is left alone until it changes', () => {
    const cluster = make()
    const forbidden = { code: 403, body: { kind: 'Status', reason: 'Forbidden', message: 'no', code: 403 } }
    cluster.refuse = ({ method, path, body }) => {
      if (method === 'POST' && path.endsWith('/replicasets')) return forbidden
      // a write that changes nothing is no news to anybody
      return method === 'PUT' && path.endsWith('/status') ? { code: 200, body } : undefined
    }
    cluster.put(web(1))
    cluster.pass(600)
    const tries = () => cluster.writes().filter(line => line.includes('create replicasets')).length
    expect(tries()).toBe(16)
    cluster.put(web(2))
    cluster.pass(600)
    expect(tries()).toBe(16)
  })
})
