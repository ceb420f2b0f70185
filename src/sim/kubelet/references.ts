// Models pkg/kubelet/util/manager/watch_based_manager.go: a ConfigMap or Secret is watched by itself, while a pod of the node uses it.
import type { Container, KubeObject, Pod } from '../api/types'
import { startInformer, stopInformer } from '../client/informer'
import type { KubeletWorld, PodWorker } from './state'

/** Something that a pod's containers or volumes need from the apiserver. */
export interface Reference {
  readonly resource: 'configmaps' | 'secrets'
  readonly name: string
}

/** What a pod refers to, each once. A pod's references never change. */
export function referencesOf({ spec }: Pod): readonly Reference[] {
  const found: Reference[] = []
  for (const volume of spec.volumes ?? []) for (const { resource, name } of fileSources(volume)) add(found, resource, name)
  for (const { name } of spec.imagePullSecrets ?? []) add(found, 'secrets', name)
  for (const container of spec.initContainers ?? []) addEnvironment(found, container)
  for (const container of spec.containers) addEnvironment(found, container)
  return Object.freeze(found)
}

function add(found: Reference[], resource: Reference['resource'], name: string | undefined): void {
  if (name && !found.some(r => r.resource === resource && r.name === name)) found.push({ resource, name })
}

function addEnvironment(found: Reference[], { envFrom, env }: Container): void {
  if (envFrom)
    for (const { configMapRef, secretRef } of envFrom) {
      add(found, 'configmaps', configMapRef?.name)
      add(found, 'secrets', secretRef?.name)
    }
  if (env)
    for (const { valueFrom } of env) {
      add(found, 'configmaps', valueFrom?.configMapKeyRef?.name)
      add(found, 'secrets', valueFrom?.secretKeyRef?.name)
    }
}

const informerOf = (namespace: string, { resource, name }: Reference): string => `${resource}/${namespace}/${name}`

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
export function referenced(world: KubeletWorld, namespace: string, reference: Reference): KubeObject | 'unknown' | undefined {
  const informer = world.state.informers.peek(informerOf(namespace, reference))
  if (!informer?.synced) return 'unknown'
  return informer.store.objects.get(`${namespace}/${reference.name}`)
}

const word = { configmaps: 'configmap', secrets: 'secret' } as const

type Volume = NonNullable<Pod['spec']['volumes']>[number]
interface FileSource {
  readonly resource: Reference['resource']
  readonly name: string | undefined
  readonly optional: boolean
  readonly items: readonly { readonly key: string }[] | undefined
}

/** The ConfigMaps and Secrets whose keys become files of a volume. */
function fileSources({ configMap, secret, projected }: Volume): readonly FileSource[] {
  const found: FileSource[] = []
  if (configMap) found.push(sourceOf('configmaps', configMap.name, configMap))
  if (secret) found.push(sourceOf('secrets', secret.secretName, secret))
  for (const each of projected?.sources ?? []) {
    if (each.configMap) found.push(sourceOf('configmaps', each.configMap.name, each.configMap))
    if (each.secret) found.push(sourceOf('secrets', each.secret.name, each.secret))
  }
  return found
}

const sourceOf = (
  resource: Reference['resource'],
  name: string | undefined,
  { optional, items }: { readonly optional?: boolean; readonly items?: FileSource['items'] },
): FileSource => ({ resource, name, optional: optional === true, items })

/** Whether files in a pod's volumes are made of an object. */
export const isInFiles = ({ spec }: Pod, resource: string, name: string): boolean =>
  (spec.volumes ?? []).some(volume => fileSources(volume).some(source => source.resource === resource && source.name === name))

/** Why a volume of a pod can't be set up; 'unknown' while a watch has not begun; undefined when it can. */
export function volumeError(world: KubeletWorld, pod: Pod, volume: Volume): string | 'unknown' | undefined {
  const sources = fileSources(volume)
  if (sources.length === 0) return undefined
  const errors: string[] = []
  for (const { resource, name = '', optional, items = [] } of sources) {
    const object = referenced(world, pod.metadata.namespace ?? '', { resource, name })
    if (object === 'unknown') return 'unknown'
    if (optional) continue
    if (!object) errors.push(`${word[resource]} "${name}" not found`)
    const missing = object && items.find(({ key }) => !hasKey(object, key))
    if (missing) errors.push(`${MISSING_KEY[resource]}: ${missing.key}`)
  }
  return errors.length > 1 ? `[${[...new Set(errors)].join(', ')}]` : errors[0]
}

/** What is said of a volume that has waited long enough for a watch to begin (object cache's Get in watch_based_manager.go). */
export function unsyncedError(world: KubeletWorld, pod: Pod, volume: Volume): string {
  for (const { resource, name = '' } of fileSources(volume))
    if (referenced(world, pod.metadata.namespace ?? '', { resource, name }) === 'unknown') return unsynced(resource)
  return TIMED_OUT
}
const TIMED_OUT = 'timed out waiting for the condition'
const unsynced = (resource: Reference['resource']): string => `failed to sync ${word[resource]} cache: ${TIMED_OUT}`

const MISSING_KEY = {
  configmaps: 'configmap references non-existent config key',
  secrets: 'references non-existent secret key',
} as const

/** Why a container's environment can't be made: `configmap "settings" not found`; undefined when it can (CreateContainerConfigError). */
export function environmentError(world: KubeletWorld, pod: Pod, container: Container): string | undefined {
  if (!container.envFrom && !container.env) return undefined
  const namespace = pod.metadata.namespace ?? ''
  const missing = (
    resource: Reference['resource'],
    name: string | undefined,
    optional: boolean | undefined,
    key?: string,
  ): string | undefined => {
    if (!name || optional) return undefined
    const object = referenced(world, namespace, { resource, name })
    if (object === 'unknown') return unsynced(resource)
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
