// Models pkg/kubelet/util/manager/watch_based_manager.go: a ConfigMap or Secret is watched by itself, while a pod of the node uses it.
import type { Container, KubeObject, Pod } from '../api/types'
import { startInformer, stopInformer } from '../client/informer'
import type { KubeletWorld, PodWorker } from './state'

/** Something that a pod's containers or volumes need from the apiserver. */
export interface Reference {
  readonly resource: 'configmaps' | 'secrets'
  readonly name: string
  readonly optional: boolean
  /** The volume that needs it; '' where only an environment does. */
  readonly volume: string
}

/** What a pod refers to, each once. A pod's references never change. */
export function referencesOf(pod: Pod): readonly Reference[] {
  const found: Reference[] = []
  const add: Add = (resource, name, optional, volume = '') => {
    if (!name) return
    const place = found.findIndex(r => r.resource === resource && r.name === name)
    const before = found[place]
    const reference = { resource, name, optional: optional === true, volume }
    if (!before) found.push(reference)
    else if (volume !== '' && (before.volume === '' || before.optional)) found[place] = reference
  }
  for (const volume of pod.spec.volumes ?? []) {
    add('configmaps', volume.configMap?.name, volume.configMap?.optional, volume.name)
    add('secrets', volume.secret?.secretName, volume.secret?.optional, volume.name)
    for (const source of volume.projected?.sources ?? []) {
      add('configmaps', source.configMap?.name, source.configMap?.optional, volume.name)
      add('secrets', source.secret?.name, source.secret?.optional, volume.name)
    }
  }
  for (const { name } of pod.spec.imagePullSecrets ?? []) add('secrets', name, true)
  for (const container of pod.spec.initContainers ?? []) addEnvironment(container, add)
  for (const container of pod.spec.containers) addEnvironment(container, add)
  return Object.freeze(found)
}

type Add = (resource: Reference['resource'], name: string | undefined, optional: boolean | undefined, volume?: string) => void

function addEnvironment(container: Container, add: Add): void {
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    add('configmaps', configMapRef?.name, configMapRef?.optional)
    add('secrets', secretRef?.name, secretRef?.optional)
  }
  for (const { valueFrom } of container.env ?? []) {
    add('configmaps', valueFrom?.configMapKeyRef?.name, valueFrom?.configMapKeyRef?.optional)
    add('secrets', valueFrom?.secretKeyRef?.name, valueFrom?.secretKeyRef?.optional)
  }
}

const informerOf = (namespace: string, { resource, name }: Pick<Reference, 'resource' | 'name'>): string =>
  `${resource}/${namespace}/${name}`

/** A pod begins to use what it refers to. */
export function registerReferences(world: KubeletWorld, { pod, references }: PodWorker): void {
  const { namespace = '', uid = '' } = pod.metadata
  for (const reference of references) {
    const informer = informerOf(namespace, reference)
    const users = world.state.references.get(informer)
    if (users) {
      users.add(uid)
      continue
    }
    world.state.references.set(informer, new Set([uid]))
    const { resource, name } = reference
    startInformer(world, informer, resource, { resource, namespace, fieldSelector: `metadata.name=${name}` })
  }
}

/** A pod is gone: what nobody else uses is no longer watched. */
export function unregisterReferences(world: KubeletWorld, { pod, references }: PodWorker): void {
  const { namespace = '', uid = '' } = pod.metadata
  for (const reference of references) {
    const informer = informerOf(namespace, reference)
    const users = world.state.references.get(informer)
    if (!users?.delete(uid) || users.size > 0) continue
    world.state.references.delete(informer)
    stopInformer(world, informer)
  }
}

/** The object that a pod refers to: `unknown` until its informer has its first list, undefined when there is none. */
export function referenced(
  world: KubeletWorld,
  namespace: string,
  reference: Pick<Reference, 'resource' | 'name'>,
): KubeObject | 'unknown' | undefined {
  const informer = world.state.informers.get(informerOf(namespace, reference))
  if (!informer?.synced) return 'unknown'
  return informer.store.objects.get(`${namespace}/${reference.name}`)
}

const word = { configmaps: 'configmap', secrets: 'secret' } as const

/** Why the volumes of a pod can't be set up: `[volume, error]`; 'unknown' while a watch has not begun; undefined when they can. */
export function volumeError(world: KubeletWorld, pod: Pod): readonly [volume: string, error: string] | 'unknown' | undefined {
  const namespace = pod.metadata.namespace ?? ''
  let waits = false
  for (const reference of world.state.workers.get(pod.metadata.uid ?? '')?.references ?? []) {
    if (reference.volume === '' || reference.optional) continue
    const object = referenced(world, namespace, reference)
    if (object === 'unknown') waits = true
    else if (!object) return [reference.volume, `${word[reference.resource]} "${reference.name}" not found`]
  }
  return waits ? 'unknown' : undefined
}

/** Why a container's environment can't be made: `configmap "settings" not found`; undefined when it can (CreateContainerConfigError). */
export function environmentError(world: KubeletWorld, pod: Pod, container: Container): string | undefined {
  const namespace = pod.metadata.namespace ?? ''
  const missing = (
    resource: Reference['resource'],
    name: string | undefined,
    optional: boolean | undefined,
    key?: string,
  ): string | undefined => {
    if (!name || optional) return undefined
    const object = referenced(world, namespace, { resource, name })
    if (object === 'unknown') return `failed to sync ${word[resource]} cache: timed out waiting for the condition`
    if (!object) return `${word[resource]} "${name}" not found`
    if (key === undefined || hasKey(object, key)) return undefined
    return `couldn't find key ${key} in ${object.kind} ${namespace}/${name}`
  }
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    const error =
      missing('configmaps', configMapRef?.name, configMapRef?.optional) ??
      missing('secrets', secretRef?.name, secretRef?.optional)
    if (error) return error
  }
  for (const { valueFrom } of container.env ?? []) {
    const { configMapKeyRef: map, secretKeyRef: secret } = valueFrom ?? {}
    const error =
      missing('configmaps', map?.name, map?.optional, map?.key) ?? missing('secrets', secret?.name, secret?.optional, secret?.key)
    if (error) return error
  }
  return undefined
}

const hasKey = ({ data, binaryData }: KubeObject, key: string): boolean =>
  data?.[key] !== undefined || binaryData?.[key] !== undefined
