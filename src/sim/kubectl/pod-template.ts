// Models polymorphichelpers.UpdatePodSpecForObjectFn and CalculatePatches of cmd/set: changes to the containers of what has a pod template.
import { MEDIA } from '../api/messages'
import { createTwoWayMergePatch } from '../api/patch'
import type { KubeObject, Status } from '../api/types'
import type { DryRun } from './dry-run'
import { type KubectlError, wordsOf } from './errors'
import type { Latest } from './latest'
import { printChanged } from './output'
import { patchObject } from './requests'
import { ask, isOn, type Run, type Session, text } from './session'

/** A container, as far as `set` changes it. */
export interface ContainerFields {
  readonly name: string
  readonly image?: string
  readonly env?: readonly EnvFields[]
  readonly resources?: {
    readonly limits?: Readonly<Record<string, string>>
    readonly requests?: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}
export interface EnvFields {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: object
}
export interface PodSpecFields {
  readonly containers: readonly ContainerFields[]
  readonly initContainers?: readonly ContainerFields[]
  readonly [field: string]: unknown
}

/** Where the pod spec of a kind stands; undefined where it has none. */
const SPEC_PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  'CronJob.batch': ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
}
const TEMPLATED = [
  'Deployment.apps',
  'ReplicaSet.apps',
  'DaemonSet.apps',
  'StatefulSet.apps',
  'Job.batch',
  'ReplicationController',
]

const pathOf = (kind: string): readonly string[] | undefined =>
  SPEC_PATHS[kind] ?? (TEMPLATED.includes(kind) ? ['spec', 'template', 'spec'] : undefined)

/** The pod spec of an object; undefined where its kind has none. */
export function podSpecOf({ object, resource }: Latest): PodSpecFields | undefined {
  const path = pathOf(resource.groupKind)
  if (!path) return undefined
  return path.reduce<unknown>((at, field) => (at as Record<string, unknown> | undefined)?.[field], object) as
    | PodSpecFields
    | undefined
}

/** The object with another pod spec. */
export function withPodSpec({ object, resource }: Latest, spec: PodSpecFields): KubeObject {
  return put(object, pathOf(resource.groupKind) ?? [], spec) as KubeObject
}

function put(value: unknown, path: readonly string[], inner: unknown): unknown {
  const [field, ...rest] = path
  if (field === undefined) return inner
  const fields = (value ?? {}) as Record<string, unknown>
  return { ...fields, [field]: put(fields[field], rest, inner) }
}

export interface Sending {
  /** What is said when it is done: `image updated`. */
  readonly operation: string
  /** What stands before the apiserver's words when it refuses. */
  readonly failure: string
  readonly dryRun: DryRun
  readonly printer?: 'shared' | 'own'
  /** Send a patch that changes nothing too. */
  readonly always?: boolean
}

/** Sends what differs as a strategic merge patch and says so; nothing at all where nothing differs. */
export function* sendChanged(
  s: Session,
  info: Latest,
  modified: KubeObject,
  { operation, dryRun, failure, printer = 'shared', always = false }: Sending,
): Run<readonly KubectlError[]> {
  const { resource, namespace, name, object } = info
  const type = s.schema.typeOf(resource.apiVersion, resource.kind)
  if (!type) return []
  const patch = createTwoWayMergePatch(object, modified, type)
  if (Object.keys(patch).length === 0 && !always) return []
  if (dryRun === 'client' || isOn(s, 'local')) {
    yield* printChanged(s, resource, modified, operation, dryRun, printer)
    return []
  }
  const query = { ...(dryRun === 'server' && { dryRun: 'All' }), fieldManager: text(s, 'field-manager') }
  const response = yield* ask<KubeObject | Status>(
    s,
    patchObject(resource, namespace, name, patch, MEDIA.strategicMergePatch, query),
  )
  if (response.code >= 300)
    return [{ kind: 'text', text: failure + wordsOf({ kind: 'status', status: response.body as Status }) }]
  yield* printChanged(s, resource, response.body as KubeObject, operation, dryRun, printer)
  return []
}
