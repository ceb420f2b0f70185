// Models k8s.io/kubectl/pkg/util/apply.go: the annotation in which `apply` keeps what it was given.
import type { KubeObject } from '../api/types'
import { compactJson } from './print/objects'

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** The object without the annotation. Its annotations are there even if they are none, so that a patch does not take all of them away. */
export function withoutLastApplied(object: KubeObject): KubeObject {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {}
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** JSON with sorted keys and escaped as Go's encoding/json does, with a newline at its end: what the annotation holds. */
export const configurationOf = (object: KubeObject): string => `${compactJson(withoutLastApplied(object))}\n`

/** The object with the annotation that holds it. */
export function saveLastApplied(object: KubeObject): KubeObject {
  const annotations = { ...object.metadata.annotations, [LAST_APPLIED]: configurationOf(object) }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** The object that was last applied, or undefined where the annotation is missing or broken. */
export function lastApplied(object: KubeObject): string | undefined {
  return object.metadata.annotations?.[LAST_APPLIED]
}
