import { expect, test } from 'vitest'
import { controllerUser, nodeUser, USERS } from '../api/rooms'
import type { KubeObject } from '../api/types'
import { createEtcd } from '../etcd/etcd'
import creates from './golden/creates.json'
import { TestCluster, withAccount } from './testing'

interface Recorded {
  readonly actor: string
  readonly path: string
  readonly request: KubeObject
  readonly response: KubeObject
}

/** What no two clusters share, as one stand-in: uids, times, what chance chose. */
const canon = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value)
      .replace(/"uid-\d+"|"[0-9a-f]{8}-[0-9a-f-]{27}"/g, '"<uid>"')
      .replace(/"T[+-][\d.]+s"|"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"<time>"')
      .replace(/kube-api-access-(<id>|[a-z0-9]{5}\b)/g, 'kube-api-access-<id>')
      .replace(/"resourceVersion":"(<rv>|\d+)"/g, '"resourceVersion":"<rv>"')
      .replace(/"(10\.96\.\d+\.\d+)"/g, '"<ip>"')
      .replace(/"nodePort":\d+/g, '"nodePort":0'),
  )

const user = (actor: string): string =>
  actor === 'kubectl'
    ? USERS.admin
    : actor.startsWith('kubelet/')
      ? nodeUser(actor.slice(8))
      : actor.startsWith('kube-')
        ? actor === 'kube-apiserver'
          ? USERS.apiserver
          : `system:${actor}`
        : controllerUser(actor)

const times = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replace(/"T[+-][\d.]+s"/g, '"2026-01-01T00:00:00Z"'))

for (const [i, { actor, path, request, response }] of (creates as unknown as Recorded[]).entries())
  test(`what a real apiserver made of ${actor}'s ${request.kind} ${i + 1} is made of it here`, () => {
    const cluster = new TestCluster(createEtcd())
    const namespace = response.metadata.namespace ?? 'default'
    if (request.kind !== 'Namespace') cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
    if (request.kind === 'Pod') withAccount(cluster, namespace)
    const { priorityClassName: name } = request.spec ?? {}
    if (name)
      cluster.create({
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name },
        value: response.spec.priority,
      })
    const { code, body } = cluster.ask('POST', path, times(request), { user: user(actor) })
    expect(code, JSON.stringify(body)).toBe(201)
    const made = {
      ...body,
      metadata: { ...body.metadata, ...(request.metadata.generateName && { name: response.metadata.name }) },
    }
    expect(canon(made)).toEqual(canon(response))
  })
