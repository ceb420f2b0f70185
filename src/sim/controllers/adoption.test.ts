import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../api/types'
import { daemonset } from './daemonset/daemonset'
import { newRevision } from './history'
import { replicaset } from './replicaset/replicaset'
import { newPod } from './statefulset/identity'
import { statefulset } from './statefulset/statefulset'
import { TestCluster } from './testing'

const template = { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'db', image: 'postgres:16' }] } }
const owner = (kind: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'db', namespace: 'default', uid: 'uid-new', generation: 1 },
  spec: {
    replicas: 1,
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    template,
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0, maxUnavailable: 1 } },
  },
  status: {},
})
const orphan = ({ metadata: { ownerReferences: _, ...metadata }, ...rest }: KubeObject): KubeObject => ({ ...rest, metadata })
/** What `kubectl delete --cascade=orphan` left of a StatefulSet: its revision and a pod of it. */
function leftovers(set: KubeObject): { revision: KubeObject; pod: KubeObject } {
  const revision = newRevision(set, 'controller.kubernetes.io/hash', 1, { collisionCount: 0, namespaced: true })
  const pod = newPod(set as never, template as never, revision.metadata.name, 0) as KubeObject
  const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
  return { revision: orphan(revision), pod: { ...orphan(pod), status: ready } }
}
const kindsOf = (lines: readonly string[]) => lines.map(line => line.split(' ').slice(1, 3).join(' '))

describe('a StatefulSet that is made anew over what its namesake left', () => {
  it('takes the revision, then the pod, and makes neither again', () => {
    const cluster = new TestCluster([statefulset])
    const set = owner('StatefulSet')
    const { revision, pod } = leftovers(set)
    cluster.put(revision)
    cluster.put(pod)
    cluster.put(set)
    expect(kindsOf(cluster.writes()).filter(line => !line.endsWith('/status'))).toEqual([
      'patch controllerrevisions',
      'patch pods',
    ])
    expect(cluster.list('controllerrevisions.apps').map(r => r.metadata.ownerReferences?.[0]?.uid)).toEqual(['uid-new'])
  })
})

describe('a DaemonSet that is made anew over what its namesake left', () => {
  it('takes the revision that has its template', () => {
    const cluster = new TestCluster([daemonset])
    const set = owner('DaemonSet')
    cluster.put(orphan(newRevision(set, 'controller-revision-hash', 1, { hash: 'abc', namespaced: true })))
    cluster.put(set)
    expect(kindsOf(cluster.writes())).toEqual(['patch controllerrevisions', 'update daemonsets/status'])
    expect(cluster.list('controllerrevisions.apps')).toHaveLength(1)
  })
})

describe('an orphan that is labelled anew', () => {
  it('is taken at once by the ReplicaSet that selects it now', () => {
    const cluster = new TestCluster([replicaset])
    const stray: KubeObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'stray', namespace: 'default', uid: 'uid-stray', labels: { app: 'other' } },
      spec: template.spec,
      status: { phase: 'Running' },
    }
    cluster.put(stray)
    cluster.put({ ...owner('ReplicaSet'), spec: { replicas: 0, selector: { matchLabels: { app: 'db' } }, template } })
    expect(kindsOf(cluster.writes())).toEqual(['update replicasets/status'])
    cluster.put({ ...stray, metadata: { ...stray.metadata, labels: { app: 'db' } } })
    expect(kindsOf(cluster.writes()).slice(0, 2)).toEqual(['patch pods', 'delete pods'])
  })
})
