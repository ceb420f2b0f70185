// Models controller_utils.go's RealPodControl and replica_set.go's slowStartBatch: pods made and deleted, each with its Event.

import type { HttpResponse } from '../api/messages'
import { controllerRef } from '../api/owners'
import type { KubeObject, Pod, PodTemplateSpec } from '../api/types'
import type { ControllerProcedure } from '../client/controller'
import { succeeded } from '../client/http'
import { createRequest, deleteRequest } from '../client/requests'
import { askAll, DELETE_OPTIONS, type Self, say } from './ask'
import { messageOf, namespaceIsTerminating } from './objects'

/** GetPodFromTemplate: a pod of an owner; the apiserver makes its name. */
export function podFromTemplate(owner: KubeObject, template: PodTemplateSpec): KubeObject {
  const { labels, annotations, finalizers } = template.metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${owner.metadata.name}-`,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [controllerRef(owner)],
    } as KubeObject['metadata'],
    spec: template.spec,
    status: {},
  }
}

/** How a series of creations went: how many there were, and the first error. */
export interface Creations {
  readonly made: readonly Pod[]
  /** Those that need not be awaited: they failed, or were not tried after a failure. */
  readonly missing: number
  readonly error?: string
}

/** Creates pods in batches of 1, 2, 4, …, so that a create that always fails is not tried hundreds of times. */
export function* createPods(self: Self, owner: KubeObject, bodies: readonly KubeObject[]): ControllerProcedure<Creations> {
  const { namespace } = owner.metadata
  const made: Pod[] = []
  let terminating = 0
  for (let from = 0, size = 1; from < bodies.length; from += size, size *= 2) {
    const batch = bodies.slice(from, from + size)
    const responses = yield* askAll<Pod>(
      self,
      batch.map(body => createRequest('pods', namespace, body)),
    )
    let error: string | undefined
    for (const response of responses) {
      if (succeeded(response)) made.push(response.body)
      else if (namespaceIsTerminating(response)) terminating++
      else error ??= messageOf(response)
      yield* creationEvent(self, owner, response)
    }
    if (error !== undefined) return { made, missing: bodies.length - made.length - terminating, error }
  }
  return { made, missing: 0 }
}

/** Says that a pod was made, or why it was not; nothing while the namespace goes away. */
export function* creationEvent(self: Self, object: KubeObject, response: HttpResponse): ControllerProcedure {
  if (succeeded(response)) {
    const message = `Created pod: ${(response.body as Pod).metadata.name}`
    yield* say(self, { object, type: 'Normal', reason: 'SuccessfulCreate', message })
  } else if (!namespaceIsTerminating(response))
    yield* say(self, {
      object,
      type: 'Warning',
      reason: 'FailedCreate',
      message: `Error creating: ${messageOf(response)}`,
    })
}

/** Deletes pods, all at once. Returns those whose deletion nobody will see, how many of them stay, and the first error. */
export function* deletePods(
  self: Self,
  owner: KubeObject,
  pods: readonly Pod[],
): ControllerProcedure<{ readonly remaining: readonly Pod[]; readonly refused: number; readonly error?: string }> {
  const responses = yield* askAll(
    self,
    pods.map(({ metadata }) => deleteRequest('pods', metadata.namespace, metadata.name, DELETE_OPTIONS)),
  )
  const remaining: Pod[] = []
  let refused = 0
  let error: string | undefined
  for (const [i, response] of responses.entries()) {
    const pod = pods[i]
    if (!pod) continue
    if (succeeded(response)) {
      const message = `Deleted pod: ${pod.metadata.name}`
      yield* say(self, { object: owner, type: 'Normal', reason: 'SuccessfulDelete', message })
      continue
    }
    remaining.push(pod)
    if (response.code === 404) continue
    refused++
    error ??= `unable to delete pods: ${messageOf(response)}`
    const message = `Error deleting: ${messageOf(response)}`
    yield* say(self, { object: owner, type: 'Warning', reason: 'FailedDelete', message })
  }
  return { remaining, refused, ...(error !== undefined && { error }) }
}
