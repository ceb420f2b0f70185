// Models what decoding a manifest into Go's structs adds to it: values that are structs are there, even when they hold nothing.
import type { KubeObject } from '../api/types'

type Fields = Readonly<Record<string, unknown>>

const template = (value: unknown): Fields => {
  const { metadata = {}, spec, ...rest } = (value ?? {}) as Fields
  return { ...rest, metadata, spec: podSpec(spec) }
}

function podSpec(value: unknown): Fields {
  const spec = (value ?? {}) as Fields
  const each = (containers: unknown) =>
    (containers as readonly Fields[]).map(container => ({ ...container, resources: container.resources ?? {} }))
  return {
    ...spec,
    containers: spec.containers ? each(spec.containers) : null,
    ...(spec.initContainers !== undefined && { initContainers: each(spec.initContainers) }),
  }
}

const workload =
  (more: Fields) =>
  (value: unknown): Fields => {
    const spec = (value ?? {}) as Fields
    return { selector: null, ...more, ...spec, template: template(spec.template) }
  }
const job = (value: unknown): Fields => ({ ...(value as Fields), template: template((value as Fields)?.template) })

/** What becomes of a kind's spec, and of a status that is not there. */
const STRUCTS: Readonly<Record<string, readonly [spec: (value: unknown) => Fields, status: Fields]>> = {
  Pod: [podSpec, {}],
  Deployment: [workload({ strategy: {} }), {}],
  ReplicaSet: [workload({}), { replicas: 0 }],
  ReplicationController: [
    value => ({
      ...(value as Fields),
      ...((value as Fields)?.template !== undefined && { template: template((value as Fields).template) }),
    }),
    { replicas: 0 },
  ],
  StatefulSet: [workload({ serviceName: '', updateStrategy: {} }), { availableReplicas: 0, replicas: 0 }],
  DaemonSet: [
    workload({ updateStrategy: {} }),
    { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
  ],
  Job: [job, {}],
  CronJob: [
    value => {
      const spec = (value ?? {}) as Fields
      const { metadata = {}, ...rest } = (spec.jobTemplate ?? {}) as Fields
      return { ...spec, jobTemplate: { ...rest, metadata, spec: job(rest.spec) } }
    },
    {},
  ],
}

/** An object of a file as kubectl prints it when it has it as a struct. */
export function asStruct(object: KubeObject): KubeObject {
  const known = STRUCTS[object.kind]
  if (!known) return object
  const [spec, status] = known
  return { ...object, spec: spec(object.spec), status: object.status ?? status } as KubeObject
}
