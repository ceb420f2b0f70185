// Models k8s.io/kubectl/pkg/util/apply.go: the annotation in which `apply` keeps what it was given.
import type { KubeObject } from '../api/types'
import { compactJson } from './print/objects'

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** JSON with sorted keys and escaped as Go's encoding/json does, with a newline at its end: what the annotation holds. */
export function configurationOf(object: KubeObject): string {
  const annotations = { ...object.metadata.annotations }
  delete annotations[LAST_APPLIED]
  return `${compactJson({ ...object, metadata: { ...object.metadata, annotations } })}\n`
}

/** The object with the annotation that holds it. */
export function saveLastApplied(object: KubeObject): KubeObject {
  const annotations = { ...object.metadata.annotations, [LAST_APPLIED]: configurationOf(object) }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** The object that was last applied, or undefined where the annotation is missing or broken. */
export function lastApplied(object: KubeObject): string | undefined {
  return object.metadata.annotations?.[LAST_APPLIED]
}
