/**
 * What a real apiserver's aggregator and fair queuing write when they begin: an APIService for each group version that it serves itself,
 * flow schemas and priority levels. Models kube-aggregator's apiserver (apiserverServices of cmd/kube-apiserver) and
 * pkg/registry/flowcontrol/rest/storage_flowcontrol.go; the specs are the recorded ones.
 */
import { fnv32a } from '../api/hash'
import { etcdKey, mustResource } from '../api/kinds'
import { rfc3339 } from '../api/time'
import type { KubeObject } from '../api/types'
import { newUid } from '../api/uid'
import type { Time } from '../kernel/types'
import data from './data/furniture.json'
import { localStatus } from './registry/apiservices'

type Spec = Readonly<Record<string, unknown>>

interface Kind {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Readonly<Record<string, unknown>>
}
const SERVICE: Kind = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
}
const autoupdated = (kind: string): Kind => ({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind,
  metadata: { generation: 1, annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' } },
})
const LEVEL = autoupdated('PriorityLevelConfiguration')
const SCHEMA = autoupdated('FlowSchema')

/** The resources that `furniture` has objects of. */
export const FURNITURE_RESOURCES = [SERVICE, LEVEL, SCHEMA].map(
  ({ apiVersion, kind }) => mustResource(apiVersion, kind).groupResource,
)

/** All of it as etcd keeps it, made at a time. */
export function furniture(now: Time): readonly { readonly key: string; readonly value: KubeObject }[] {
  const at = rfc3339(now)
  const made = (kind: Kind, name: string, spec: Spec, status: Spec) => value(kind, name, at, spec, status)
  return [
    ...Object.entries(data.apiservices).map(([name, priorities]) =>
      made(SERVICE, name, serviceSpec(name, priorities), localStatus(at)),
    ),
    ...Object.entries<Spec>(data.prioritylevelconfigurations).map(([name, spec]) => made(LEVEL, name, spec, {})),
    ...Object.entries(data.flowschemas).map(([name, spec]) =>
      made(SCHEMA, name, spec, notDangling(spec.priorityLevelConfiguration.name, at)),
    ),
  ]
}

function value({ apiVersion, kind, metadata }: Kind, name: string, at: string, spec: Spec, status: Spec) {
  const type = mustResource(apiVersion, kind)
  const own = { name, uid: newUid(randomOf(`${kind}/${name}`)), resourceVersion: undefined, creationTimestamp: at, ...metadata }
  return { key: etcdKey(type, undefined, name), value: Object.freeze({ kind, apiVersion, metadata: own, spec, status }) }
}

/** Uids come of kinds and names: the room's own random numbers are for what happens. */
function randomOf(name: string): () => number {
  let hash = fnv32a(name)
  return () => {
    hash = fnv32a(name, hash)
    return hash / 2 ** 32
  }
}

/** `v1.apps`: a version, and its group behind the first dot. */
function serviceSpec(name: string, [groupPriorityMinimum, versionPriority]: readonly number[]): Spec {
  const dot = name.indexOf('.')
  const group = name.slice(dot + 1)
  return { ...(group && { group }), version: name.slice(0, dot), groupPriorityMinimum, versionPriority }
}

/** k8s.io/apiserver/pkg/util/flowcontrol: the level that a schema names is there. */
const notDangling = (level: string, at: string): Spec => ({
  conditions: [
    {
      type: 'Dangling',
      status: 'False',
      lastTransitionTime: at,
      reason: 'Found',
      message: `This FlowSchema references the PriorityLevelConfiguration object named "${level}" and it exists`,
    },
  ],
})
