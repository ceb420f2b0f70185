/** What plugins look up, out of the room's informers. */
import { labelSelector, mapSelector } from '../api/selectors'
import type { KubeObject, ReplicationController, Service } from '../api/types'
import { objectsBy, type Store } from '../client/store'
import type { Listers } from './framework'

/** Informers whose objects are the owners that PodTopologySpread asks for a selector, by apiVersion and kind. */
const OWNERS: Readonly<Record<string, string>> = {
  'v1 ReplicationController': 'replicationcontrollers',
  'apps/v1 ReplicaSet': 'replicasets.apps',
  'apps/v1 StatefulSet': 'statefulsets.apps',
}

/** A Service stands under the first label that it asks for: a pod finds it by one of its own. */
export function serviceIndex(object: KubeObject): readonly string[] {
  const selector = (object as unknown as Service).spec.selector
  for (const key in selector) return [`${object.metadata.namespace} ${key}=${selector[key]}`]
  return []
}

/**
 * Listers over stores; `store` finds an informer's by name, undefined while it is not started. `assumed` holds volumes and claims
 * as this scheduler is about to change them, by `resource/key`: each counts until the informer has a newer one (util/assumecache).
 */
export function listersOf(store: (informer: string) => Store | undefined, assumed: ReadonlyMap<string, KubeObject>): Listers {
  const get = (informer: string, key: string): KubeObject | undefined => store(informer)?.objects.get(key)
  const assumedOr = (resource: string, key: string, known: KubeObject): KubeObject => {
    const ahead = assumed.get(`${resource}/${key}`)
    return ahead && ahead.metadata.resourceVersion === known.metadata.resourceVersion ? ahead : known
  }
  const getAssumed = (resource: string, key: string): KubeObject | undefined => {
    const known = get(resource, key)
    return known && assumed.size > 0 ? assumedOr(resource, key, known) : known
  }
  return {
    services(namespace, labels) {
      const services = store('services')
      if (!services || services.objects.size === 0) return []
      const found: Service[] = []
      for (const key in labels) {
        const objects = objectsBy(services, 'selector', `${namespace} ${key}=${labels[key]}`)
        for (const object of objects) found.push(object as unknown as Service)
      }
      return found
    },
    namespaceLabels: name => get('namespaces', name)?.metadata.labels,
    ownerSelector(namespace, apiVersion, kind, name) {
      const owner = get(OWNERS[`${apiVersion} ${kind}`] ?? '', `${namespace}/${name}`)
      if (!owner) return undefined
      if (kind !== 'ReplicationController') return labelSelector(owner.spec?.selector)
      return mapSelector((owner as unknown as ReplicationController).spec.selector ?? {})
    },
    persistentVolumeClaim: (namespace, name) => getAssumed('persistentvolumeclaims', `${namespace}/${name}`),
    persistentVolume: name => getAssumed('persistentvolumes', name),
    persistentVolumes() {
      const volumes = [...(store('persistentvolumes')?.objects.values() ?? [])]
      return assumed.size > 0 ? volumes.map(v => assumedOr('persistentvolumes', v.metadata.name, v)) : volumes
    },
    storageClass: name => get('storageclasses.storage.k8s.io', name),
    podDisruptionBudgets(namespace) {
      const budgets = store('poddisruptionbudgets.policy')
      return budgets ? objectsBy(budgets, 'namespace', namespace) : []
    },
    resourceClaim: (namespace, name) => get('resourceclaims.resource.k8s.io', `${namespace}/${name}`),
    deviceClass: name => get('deviceclasses.resource.k8s.io', name),
    hasDevices: () => (store('resourceslices.resource.k8s.io')?.objects.size ?? 0) > 0,
  }
}
