// Models the scale subresource: pkg/registry/apps/deployment/storage/storage.go (scaleFromDeployment) and its siblings.
import type { Resource } from '../../api/kinds'
import { labelSelector, labelsText } from '../../api/selectors'
import type { KubeObject } from '../../api/types'

/** What a scalable object shows as autoscaling/v1 Scale. */
export function scaleOf(type: Resource, object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const selector =
    type.groupResource === 'replicationcontrollers'
      ? labelsText(object.spec?.selector)
      : labelSelector(object.spec?.selector).text
  const { replicas = 0 } = object.spec ?? {}
  return Object.freeze({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas ? { replicas } : {},
    status: { replicas: object.status?.replicas ?? 0, ...(selector && { selector }) },
  } as KubeObject)
}

/** The object with the replicas that a Scale asks for. */
export function scaled(object: KubeObject, scale: KubeObject): KubeObject {
  const replicas: number = scale.spec?.replicas ?? 0
  const { resourceVersion } = scale.metadata
  const metadata =
    resourceVersion && resourceVersion !== object.metadata.resourceVersion
      ? { ...object.metadata, resourceVersion }
      : object.metadata
  return object.spec?.replicas === replicas && metadata === object.metadata
    ? object
    : { ...object, metadata, spec: { ...object.spec, replicas } }
}
