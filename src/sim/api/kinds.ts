/**
 * The table of resources: what an apiserver's discovery says, and the paths and etcd keys that follow from it.
 * Models k8s.io/apimachinery/pkg/api/meta/restmapper.go and the storage prefixes of pkg/kubeapiserver.
 */
import resourceData from './data/resources.json'

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch'

export interface Subresource {
  readonly name: string
  /** Kind of its body; its group and version are the resource's own unless it says otherwise (`Scale`, `Eviction`). */
  readonly kind: string
  readonly apiVersion: string
  readonly verbs: readonly Verb[]
}
export interface Resource {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  /** As objects carry it: `v1`, `apps/v1`. */
  readonly apiVersion: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly verbs: readonly Verb[]
  readonly subresources: readonly Subresource[]
  /** As errors and kubectl name it: `pods`, `deployments.apps`. */
  readonly groupResource: string
  /** As errors name the kind: `Pod`, `Deployment.apps`. */
  readonly groupKind: string
  /** Where its group and version are served: `/api/v1`, `/apis/apps/v1`. */
  readonly root: string
  /** Where its objects are in etcd, with a slash at the end: `/registry/pods/`. */
  readonly prefix: string
}

interface ResourceData {
  group: string
  version: string
  plural: string
  singular: string
  kind: string
  cluster?: boolean
  shortNames?: string[]
  categories?: string[]
  verbs?: Verb[]
  subresources?: { name: string; kind: string; group?: string; version?: string; verbs: Verb[] }[]
}

const USUAL_VERBS: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

/** Prefixes that are not the plural (pkg/kubeapiserver/default_storage_factory_builder.go; the last two have servers of their own). */
const ODD_PREFIXES: Readonly<Record<string, string>> = {
  replicationcontrollers: 'controllers',
  endpoints: 'services/endpoints',
  services: 'services/specs',
  nodes: 'minions',
  'ingresses.networking.k8s.io': 'ingress',
  'customresourcedefinitions.apiextensions.k8s.io': 'apiextensions.k8s.io/customresourcedefinitions',
  'apiservices.apiregistration.k8s.io': 'apiregistration.k8s.io/apiservices',
}

/** `v1` for the core group, else `group/version`. */
export const apiVersionOf = (group: string, version: string): string => (group === '' ? version : `${group}/${version}`)

/** A name of a resource or kind with its group, as schema.GroupResource and GroupKind print: `pods`, `deployments.apps`. */
export const qualified = (name: string, group: string): string => (group === '' ? name : `${name}.${group}`)

/** Group and version of an `apiVersion`. Models schema.ParseGroupVersion. */
export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/')
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

function build(data: ResourceData): Resource {
  const { group, version, plural, singular, kind } = data
  const apiVersion = apiVersionOf(group, version)
  const groupResource = qualified(plural, group)
  return {
    group,
    version,
    apiVersion,
    kind,
    plural,
    singular,
    shortNames: data.shortNames ?? [],
    categories: data.categories ?? [],
    namespaced: data.cluster !== true,
    verbs: data.verbs ?? USUAL_VERBS,
    subresources: (data.subresources ?? []).map(sub => ({
      name: sub.name,
      kind: sub.kind,
      apiVersion: sub.version === undefined ? apiVersion : apiVersionOf(sub.group ?? '', sub.version),
      verbs: sub.verbs,
    })),
    groupResource,
    groupKind: qualified(kind, group),
    root: group === '' ? `/api/${version}` : `/apis/${group}/${version}`,
    prefix: `/registry/${ODD_PREFIXES[groupResource] ?? plural}/`,
  }
}

/** Every resource, in the order of discovery: that is also the order in which kubectl looks for a name. */
export const RESOURCES: readonly Resource[] = (resourceData as readonly ResourceData[]).map(build)

/** Group versions in order of preference, as discovery lists them: `v1`, `apiregistration.k8s.io/v1`, `apps/v1`, … */
export const GROUP_VERSIONS: readonly string[] = [...new Set(RESOURCES.map(resource => resource.apiVersion))]

const byRoot = new Map<string, Map<string, Resource>>()
const byPlural = new Map<string, Resource>()
const byKind = new Map<string, Resource>()
for (const resource of RESOURCES) {
  const siblings = byRoot.get(resource.root) ?? new Map<string, Resource>()
  byRoot.set(resource.root, siblings.set(resource.plural, resource))
  if (!byPlural.has(resource.groupResource)) byPlural.set(resource.groupResource, resource)
  byKind.set(`${resource.apiVersion} ${resource.kind}`, resource)
}

/** The resource of a plural and group, in the group's preferred version. */
export const resourceByPlural = (plural: string, group = ''): Resource | undefined => byPlural.get(qualified(plural, group))

/** The resource of an object's `apiVersion` and `kind`. Models RESTMapping. */
export const resourceByKind = (apiVersion: string, kind: string): Resource | undefined => byKind.get(`${apiVersion} ${kind}`)

/** As `resourceByKind`, for kinds that must be there. Throws: a kind that the code itself names is missing from the table. */
export function mustResource(apiVersion: string, kind: string): Resource {
  const resource = resourceByKind(apiVersion, kind)
  if (resource === undefined) throw new Error(`no resource for ${apiVersion} ${kind}`)
  return resource
}

/** A resource by the name that errors and rules give it: `pods`, `deployments.apps`. Throws on a name that is not in the table. */
export function resourceNamed(groupResource: string): Resource {
  const resource = byPlural.get(groupResource)
  if (resource === undefined) throw new Error(`no resource ${groupResource}`)
  return resource
}

export const subresourceOf = (resource: Resource, name: string): Subresource | undefined =>
  resource.subresources.find(subresource => subresource.name === name)

const names = new Map<string, Resource | undefined>()

/**
 * The resource that a user's word means: plural, singular, short name or kind, in any case, with an optional group or
 * version and group (`deploy`, `deployments.apps`, `deployments.v1.apps`). Models the shortcut expander and the priority REST mapper:
 * a plural or singular of any group wins over a short name.
 */
export function resolveResource(word: string): Resource | undefined {
  const lower = word.toLowerCase()
  if (names.has(lower)) return names.get(lower)
  const dot = lower.indexOf('.')
  const name = dot < 0 ? lower : lower.slice(0, dot)
  const rest = dot < 0 ? undefined : lower.slice(dot + 1)
  const fits = (resource: Resource) =>
    rest === undefined || resource.group === rest || `${resource.version}.${resource.group}` === rest || isCore(resource, rest)
  const found =
    RESOURCES.find(r => (r.plural === name || r.singular === name) && fits(r)) ??
    RESOURCES.find(r => r.shortNames.includes(name) && fits(r)) ??
    RESOURCES.find(r => r.kind.toLowerCase() === name && fits(r))
  if (found !== undefined) names.set(lower, found)
  return found
}
/** `pods.v1` and `pods.v1.` mean the core group. */
const isCore = (resource: Resource, rest: string) =>
  resource.group === '' && (rest === resource.version || rest === `${resource.version}.`)

/** The resources of a category (`all`) in their preferred versions, in the order of discovery. */
export const resourcesOfCategory = (category: string): readonly Resource[] =>
  [...byPlural.values()].filter(resource => resource.categories.includes(category))

/** The path of a collection, an object or a subresource. A namespace is left out for resources that have none. */
export function apiPath(resource: Resource, namespace?: string, name?: string, subresource?: string): string {
  const collection = collectionPath(resource, resource.namespaced ? (namespace ?? '') : '')
  if (name === undefined) return collection
  return subresource === undefined ? `${collection}/${name}` : `${collection}/${name}/${subresource}`
}

const collections = new Map<Resource, Map<string, string>>()

/** Thousands of requests go to one collection: their paths are one text. */
function collectionPath(resource: Resource, namespace: string): string {
  let byNamespace = collections.get(resource)
  if (byNamespace === undefined) {
    byNamespace = new Map()
    collections.set(resource, byNamespace)
  }
  let path = byNamespace.get(namespace)
  if (path === undefined) {
    path = `${resource.root}${namespace === '' ? '' : `/namespaces/${namespace}`}/${resource.plural}`
    byNamespace.set(namespace, path)
  }
  return path
}

/** The path of an object that has its own `apiVersion`, `kind` and metadata. */
export const pathOf = (object: { apiVersion: string; kind: string; metadata: { name: string; namespace?: string } }): string =>
  apiPath(mustResource(object.apiVersion, object.kind), object.metadata.namespace, object.metadata.name)

/** The key of an object in etcd, or of all objects of a resource (and namespace), then with a slash at the end. */
export function etcdKey(resource: Resource, namespace?: string, name?: string): string {
  const scope =
    resource.namespaced && namespace !== undefined && namespace !== '' ? `${resource.prefix}${namespace}/` : resource.prefix
  return name === undefined ? scope : scope + name
}

/** What a request's path says. Models k8s.io/apiserver/pkg/endpoints/request/requestinfo.go. */
export interface ApiPath {
  readonly group: string
  readonly version: string
  /** The plural in the path; `type` is undefined when no such resource is served. */
  readonly resource: string
  readonly type: Resource | undefined
  /** For a Namespace its own name, as upstream has it; the authorizer reads it so. */
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
}

/** Paths seen lately. Bounded, because names are without end; informers and status loops repeat theirs. */
const parsed = new Map<string, ApiPath | undefined>()
const PARSED_LIMIT = 4096

/** Undefined for what is no resource: `/api`, `/version`, `/healthz`, discovery of a group. */
export function parseApiPath(path: string): ApiPath | undefined {
  const known = parsed.get(path)
  if (known !== undefined) return known
  const result = parse(path)
  if (result === undefined) return undefined
  if (parsed.size >= PARSED_LIMIT) parsed.clear()
  parsed.set(path, result)
  return result
}

function parse(path: string): ApiPath | undefined {
  const parts = path.split('/')
  if (parts[parts.length - 1] === '') parts.pop()
  const core = parts[1] === 'api'
  if (!core && parts[1] !== 'apis') return undefined
  const group = core ? '' : parts[2]
  const version = core ? parts[2] : parts[3]
  let at = core ? 3 : 4
  if (group === undefined || version === undefined || parts[at] === undefined) return undefined
  let namespace: string | undefined
  if (parts[at] === 'namespaces' && parts[at + 1] !== undefined) {
    namespace = parts[at + 1]
    const next = parts[at + 2]
    if (next !== undefined && !(core && (next === 'status' || next === 'finalize'))) at += 2
  }
  const resource = parts[at] ?? ''
  const root = core ? `/api/${version}` : `/apis/${group}/${version}`
  return {
    group,
    version,
    resource,
    type: byRoot.get(root)?.get(resource),
    namespace,
    name: parts[at + 1],
    subresource: parts[at + 2],
  }
}
