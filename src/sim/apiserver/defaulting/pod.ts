// Models pkg/apis/core/v1/defaults.go: what a pod's spec says when it says nothing.
import { canonicalQuantity, formatQuantity, parseQuantity } from '../../api/quantity'
import { containerSum } from '../../api/quota'
import type { Container, Pod, PodSpec, PodTemplateSpec } from '../../api/types'
import { isOfPods } from '../validation/pod-resources'

type Volume = NonNullable<PodSpec['volumes']>[number]
type Probe = NonNullable<Container['livenessProbe']>

/** Specs that have their defaults: what came from the apiserver comes back by reference, and costs nothing. */
const done = new WeakSet<object>()
const EMPTY = Object.freeze({})

/** Maps a list, but returns the same list when no item changes. */
export function shareMap<T>(list: readonly T[], change: (item: T) => T): T[] {
  let out: T[] | undefined
  for (let i = 0; i < list.length; i++) {
    const item = list[i] as T
    const next = change(item)
    if (next !== item && !out) out = list.slice(0, i)
    out?.push(next)
  }
  return out ?? (list as T[])
}

/** SetObjectDefaults_PodTemplate. One that is missing is an empty one: Go has no other. */
export function defaultPodTemplate(template: PodTemplateSpec | undefined): PodTemplateSpec {
  const given = template?.spec ?? (EMPTY as PodSpec)
  const spec = defaultPodSpec(given)
  return spec === given && template?.metadata ? template : { metadata: EMPTY, ...template, spec }
}

/** SetDefaults_PodSpec and all that is in it, for pods and templates alike. */
export function defaultPodSpec(spec: PodSpec): PodSpec {
  if (done.has(spec)) return spec
  const account = spec.serviceAccountName || spec.serviceAccount
  const full: PodSpec = {
    ...spec,
    restartPolicy: spec.restartPolicy || 'Always',
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    dnsPolicy: spec.dnsPolicy || 'ClusterFirst',
    securityContext: spec.securityContext ?? EMPTY,
    schedulerName: spec.schedulerName || 'default-scheduler',
    ...(account && { serviceAccountName: account, serviceAccount: account }),
    containers: (spec.containers ?? []).map(c => defaultContainer(c, spec.hostNetwork === true)),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(c => defaultContainer(c, spec.hostNetwork === true)) }),
    ...(spec.ephemeralContainers && {
      ephemeralContainers: spec.ephemeralContainers.map(c =>
        defaultContainer(c as Container, false),
      ) as typeof spec.ephemeralContainers,
    }),
    ...(spec.volumes && { volumes: spec.volumes.map(defaultVolume) }),
  }
  done.add(full)
  return full
}

export function markDefaulted(spec: PodSpec): PodSpec {
  done.add(spec)
  return spec
}

/** SetDefaults_Container */
export function defaultContainer(container: Container, hostNetwork: boolean): Container {
  const { lifecycle } = container
  return {
    ...container,
    resources: container.resources ?? EMPTY,
    terminationMessagePath: container.terminationMessagePath || '/dev/termination-log',
    terminationMessagePolicy: container.terminationMessagePolicy || 'File',
    imagePullPolicy: container.imagePullPolicy || pullPolicy(container.image ?? ''),
    ...(container.ports && {
      ports: container.ports.map(p => ({
        ...(hostNetwork && !p.hostPort && { hostPort: p.containerPort }),
        ...p,
        protocol: p.protocol || 'TCP',
      })),
    }),
    ...(container.env && { env: container.env.map(defaultEnv) }),
    ...(container.livenessProbe && { livenessProbe: defaultProbe(container.livenessProbe) }),
    ...(container.readinessProbe && { readinessProbe: defaultProbe(container.readinessProbe) }),
    ...(container.startupProbe && { startupProbe: defaultProbe(container.startupProbe) }),
    ...(lifecycle && {
      lifecycle: {
        ...lifecycle,
        ...(lifecycle.postStart?.httpGet && {
          postStart: { ...lifecycle.postStart, httpGet: defaultHttpGet(lifecycle.postStart.httpGet) },
        }),
        ...(lifecycle.preStop?.httpGet && {
          preStop: { ...lifecycle.preStop, httpGet: defaultHttpGet(lifecycle.preStop.httpGet) },
        }),
      },
    }),
  }
}

/** parsers.ParseImageName: an image without tag or digest, or with tag latest, is pulled always. */
function pullPolicy(image: string): string {
  if (image.includes('@')) return 'IfNotPresent'
  const tag = /:([^:/]+)$/.exec(image)?.[1]
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent'
}

type EnvVar = NonNullable<Container['env']>[number]
function defaultEnv(env: EnvVar): EnvVar {
  const ref = env.valueFrom?.fieldRef
  if (!ref || ref.apiVersion) return env
  return { ...env, valueFrom: { ...env.valueFrom, fieldRef: { apiVersion: 'v1', ...ref } } }
}

/** SetDefaults_Probe */
const defaultProbe = (probe: Probe): Probe => ({
  ...probe,
  ...(probe.httpGet && { httpGet: defaultHttpGet(probe.httpGet) }),
  ...(probe.grpc && { grpc: { ...probe.grpc, service: probe.grpc.service ?? '' } }),
  timeoutSeconds: probe.timeoutSeconds || 1,
  periodSeconds: probe.periodSeconds || 10,
  successThreshold: probe.successThreshold || 1,
  failureThreshold: probe.failureThreshold || 3,
})

type HttpGet = NonNullable<Probe['httpGet']>
const defaultHttpGet = (get: HttpGet): HttpGet => ({ ...get, path: get.path || '/', scheme: get.scheme || 'HTTP' })

const FILE_MODE = 420

type FieldItem = { fieldRef?: { apiVersion?: string; fieldPath: string } }
const withFieldVersion = <T extends FieldItem>(item: T): T =>
  item.fieldRef && !item.fieldRef.apiVersion ? { ...item, fieldRef: { apiVersion: 'v1', ...item.fieldRef } } : item

/** SetDefaults_Volume and of the sources */
function defaultVolume(volume: Volume): Volume {
  const { secret, configMap, downwardAPI, projected, hostPath } = volume
  if (secret) return { ...volume, secret: { ...secret, defaultMode: secret.defaultMode ?? FILE_MODE } }
  if (configMap) return { ...volume, configMap: { ...configMap, defaultMode: configMap.defaultMode ?? FILE_MODE } }
  if (downwardAPI)
    return {
      ...volume,
      downwardAPI: {
        ...downwardAPI,
        ...(downwardAPI.items && { items: downwardAPI.items.map(withFieldVersion) }),
        defaultMode: downwardAPI.defaultMode ?? FILE_MODE,
      },
    }
  if (projected)
    return {
      ...volume,
      projected: {
        ...projected,
        ...(projected.sources && { sources: projected.sources.map(defaultProjection) }),
        defaultMode: projected.defaultMode ?? FILE_MODE,
      },
    }
  if (hostPath) return { ...volume, hostPath: { ...hostPath, type: hostPath.type ?? '' } }
  if (volume.ephemeral?.volumeClaimTemplate)
    return {
      ...volume,
      ephemeral: {
        volumeClaimTemplate: {
          ...volume.ephemeral.volumeClaimTemplate,
          spec: { volumeMode: 'Filesystem', ...volume.ephemeral.volumeClaimTemplate.spec },
        },
      },
    }
  return Object.keys(volume).length === 1 ? { ...volume, emptyDir: {} } : volume
}

type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number]
function defaultProjection(source: Projection): Projection {
  const { serviceAccountToken: token, downwardAPI } = source
  if (token) return { ...source, serviceAccountToken: { ...token, expirationSeconds: token.expirationSeconds ?? 3600 } }
  if (downwardAPI?.items) return { ...source, downwardAPI: { ...downwardAPI, items: downwardAPI.items.map(withFieldVersion) } }
  return source
}

/** SetDefaults_Pod: what only pods have, not templates. */
export function defaultPod(pod: Pod): Pod {
  const shared = defaultPodSpec((pod.spec as PodSpec | undefined) ?? (EMPTY as PodSpec))
  const spec = podOnly(shared)
  const status = pod.status ?? EMPTY
  return spec === pod.spec && status === pod.status ? pod : { ...pod, spec, status }
}

/** Specs made from one template are alike: made once. */
const podSpecs = new WeakMap<PodSpec, PodSpec>()

function podOnly(spec: PodSpec): PodSpec {
  const known = podSpecs.get(spec)
  if (known) return known
  const containers = shareMap(spec.containers, withRequests)
  const initContainers = spec.initContainers && shareMap(spec.initContainers, withRequests)
  const isOld = spec.enableServiceLinks !== undefined && containers === spec.containers && initContainers === spec.initContainers
  const made = withOwnRequests(
    isOld
      ? spec
      : { ...spec, containers, ...(initContainers && { initContainers }), enableServiceLinks: spec.enableServiceLinks ?? true },
  )
  done.add(made)
  podSpecs.set(spec, made)
  podSpecs.set(made, made)
  return made
}

/** defaultPodRequests: a pod that says what it has as a whole asks for what its containers do, else for its limit. */
function withOwnRequests(spec: PodSpec): PodSpec {
  const { resources } = spec as Pick<Container, 'resources'>
  if (!resources) return spec
  const requests: Record<string, string> = { ...resources.requests }
  const before = Object.keys(requests).length
  for (const amounts of [containerRequests(spec), resources.limits])
    for (const name in amounts)
      if (isOfPods(name) && requests[name] === undefined) requests[name] = canonicalQuantity(amounts[name] ?? '0') ?? '0'
  return Object.keys(requests).length === before ? spec : ({ ...spec, resources: { ...resources, requests } } as PodSpec)
}

/** What containers ask for together; nothing where an amount is none, which is refused later. */
function containerRequests(spec: PodSpec): Readonly<Record<string, string>> {
  const all = [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ resources }) =>
    Object.values(resources?.requests ?? {}),
  )
  if (all.some(amount => parseQuantity(amount).value === undefined)) return {}
  return Object.fromEntries([...containerSum({ spec }, 'requests')].map(([name, amount]) => [name, formatQuantity(amount)]))
}

/** What has limits but no requests for a resource requests as much as its limit. */
function withRequests(container: Container): Container {
  const { limits, requests } = container.resources ?? {}
  if (!limits) return container
  const missing = Object.keys(limits).filter(name => requests?.[name] === undefined)
  if (missing.length === 0) return container
  const added = Object.fromEntries(missing.map(name => [name, canonicalQuantity(limits[name] ?? '0') ?? '0']))
  return { ...container, resources: { ...container.resources, requests: { ...requests, ...added } } }
}
