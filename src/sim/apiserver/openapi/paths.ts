// Models k8s.io/apiserver/pkg/endpoints/installer.go as OpenAPI sees it: the operations of each path, their parameters and bodies.
import { apiVersionOf, parseApiVersion, RESOURCES, type Resource } from '../../api/kinds'
import { MEDIA } from '../../api/messages'
import type { Verb } from '../../api/reasons'
import type { Schema } from '../../api/schema'

type Parameters = Readonly<Record<string, 'string' | 'integer' | 'boolean'>>

const LIST: Parameters = {
  allowWatchBookmarks: 'boolean',
  continue: 'string',
  fieldSelector: 'string',
  labelSelector: 'string',
  limit: 'integer',
  resourceVersion: 'string',
  resourceVersionMatch: 'string',
  sendInitialEvents: 'boolean',
  timeoutSeconds: 'integer',
  watch: 'boolean',
}
const WRITE: Parameters = { dryRun: 'string', fieldManager: 'string', fieldValidation: 'string' }
const DELETE: Parameters = {
  dryRun: 'string',
  gracePeriodSeconds: 'integer',
  ignoreStoreReadErrorWithClusterBreakingPotential: 'boolean',
  orphanDependents: 'boolean',
  propagationPolicy: 'string',
}
const { allowWatchBookmarks: _a, watch: _w, ...SELECTION } = LIST

interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  readonly action: string
  /** Begins its operationId. */
  readonly word: string
  readonly parameters: Parameters
  readonly collection?: boolean
}

/** What a verb is in OpenAPI; `watch` is a parameter of the list. */
const OPERATIONS: Readonly<Partial<Record<Verb, Operation>>> = {
  list: { method: 'get', action: 'list', word: 'list', parameters: LIST, collection: true },
  create: { method: 'post', action: 'post', word: 'create', parameters: WRITE, collection: true },
  deletecollection: {
    method: 'delete',
    action: 'deletecollection',
    word: 'delete',
    parameters: { ...SELECTION, ...DELETE },
    collection: true,
  },
  get: { method: 'get', action: 'get', word: 'read', parameters: {} },
  update: { method: 'put', action: 'put', word: 'replace', parameters: WRITE },
  patch: { method: 'patch', action: 'patch', word: 'patch', parameters: { ...WRITE, force: 'boolean' } },
  delete: { method: 'delete', action: 'delete', word: 'delete', parameters: DELETE },
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const PATCHES = [MEDIA.applyPatch, MEDIA.jsonPatch, MEDIA.mergePatch, MEDIA.strategicMergePatch]

type Paths = Record<string, Record<string, unknown>>

/** All paths of a group version. */
export function pathsOf(apiVersion: string, schema: Schema): Paths {
  const names = definitionNames(schema)
  const paths: Paths = {}
  for (const type of RESOURCES) {
    if (type.apiVersion !== apiVersion) continue
    const { root, plural, namespaced } = type
    const collection = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`
    addPath(paths, collection, operationsOf(type, type.verbs, true, names))
    if (namespaced && type.verbs.includes('list')) addPath(paths, `${root}/${plural}`, everywhere(type, names))
    addPath(paths, `${collection}/{name}`, operationsOf(type, type.verbs, false, names))
    for (const sub of type.subresources) {
      // actions are created below an object: there, create is no matter of the collection
      const kind = { ...parseApiVersion(sub.apiVersion), kind: sub.kind }
      addPath(
        paths,
        `${collection}/{name}/${sub.name}`,
        operationsOf(type, sub.verbs, undefined, names, { name: sub.name, kind }),
      )
    }
  }
  return paths
}

function addPath(paths: Paths, path: string, operations: Record<string, unknown>): void {
  if (Object.keys(operations).length === 0) return
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', uniqueItems: true },
  }))
  paths[path] = { ...operations, parameters: [...inPath, query('pretty', 'string')] }
}

interface Sub {
  readonly name: string
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string }
}

/** The operations of a path: of the collection, of one object, or (undefined) of a subresource. */
function operationsOf(
  type: Resource,
  verbs: readonly string[],
  collection: boolean | undefined,
  names: ReadonlyMap<string, string>,
  sub?: Sub,
): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const verb of verbs) {
    const operation = OPERATIONS[verb as Verb]
    if (!operation || (collection !== undefined && (operation.collection ?? false) !== collection)) continue
    const isMany = verb === 'deletecollection' ? 'Collection' : ''
    const scope = type.namespaced ? 'Namespaced' : ''
    const id = `${operation.word}${groupWord(type)}${isMany}${scope}${type.kind}${sub ? upper(sub.name) : ''}`
    found[operation.method] = describe(type, verb as Verb, operation, id, names, sub)
  }
  return found
}

/** A list of all namespaces. */
function everywhere(type: Resource, names: ReadonlyMap<string, string>): Record<string, unknown> {
  const id = `list${groupWord(type)}${type.kind}ForAllNamespaces`
  return { get: describe(type, 'list', OPERATIONS.list as Operation, id, names) }
}

function describe(
  type: Resource,
  verb: Verb,
  { action, parameters }: Operation,
  operationId: string,
  names: ReadonlyMap<string, string>,
  sub?: Sub,
): Record<string, unknown> {
  const kind = sub?.kind ?? { group: type.group, version: type.version, kind: type.kind }
  const object = names.get(`${apiVersionOf(kind.group, kind.version)} ${kind.kind}`)
  const list = names.get(`${type.apiVersion} ${type.kind}List`)
  const isDelete = verb === 'delete' || verb === 'deletecollection'
  const answer = verb === 'list' ? list : isDelete ? `${META}.Status` : object
  const ok = { description: 'OK', ...(answer && { content: json(answer) }) }
  const others =
    verb === 'create' ? ['201', '202'] : verb === 'update' || verb === 'patch' ? ['201'] : verb === 'delete' ? ['202'] : []
  const body = verb === 'patch' ? patch() : isDelete ? json(`${META}.DeleteOptions`) : object && json(object)
  const hasBody = verb !== 'get' && verb !== 'list' && body !== undefined
  return {
    tags: [groupTag(type)],
    operationId,
    parameters: Object.entries(parameters).map(([name, of]) => query(name, of)),
    ...(hasBody && { requestBody: { content: body, ...(!isDelete && { required: true }) } }),
    responses: {
      200: ok,
      ...Object.fromEntries(others.map(code => [code, { ...ok, description: code === '201' ? 'Created' : 'Accepted' }])),
      401: { description: 'Unauthorized' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kind,
  }
}

const query = (name: string, type: string) => ({ name, in: 'query', schema: { type, uniqueItems: true } })
const reference = (name: string) => ({ schema: { $ref: `#/components/schemas/${name}` } })
const json = (name: string): Record<string, unknown> => ({ [MEDIA.json]: reference(name), [MEDIA.yaml]: reference(name) })
const patch = (): Record<string, unknown> => Object.fromEntries(PATCHES.map(media => [media, reference(`${META}.Patch`)]))

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
/** `rbac.authorization.k8s.io` is RbacAuthorization. */
const groupName = ({ group }: Resource): string =>
  group === ''
    ? 'Core'
    : group
        .replace(/\.k8s\.io$/, '')
        .split('.')
        .map(upper)
        .join('')
const groupWord = (type: Resource): string => groupName(type) + upper(type.version)
const groupTag = (type: Resource): string => {
  const name = groupName(type)
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}_${type.version}`
}

/** Names of definitions by apiVersion and kind. */
function definitionNames({ definitions }: Schema): Map<string, string> {
  const names = new Map<string, string>()
  for (const [name, node] of Object.entries(definitions))
    for (const { group, version, kind } of node['x-kubernetes-group-version-kind'] ?? [])
      names.set(`${apiVersionOf(group, version)} ${kind}`, name)
  return names
}

/** The definitions that paths refer to. */
export function schemaNames(paths: unknown): Set<string> {
  const names = new Set<string>()
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [key, value] of Object.entries(node))
      if (key === '$ref') names.add(String(value).slice('#/components/schemas/'.length))
      else visit(value)
  }
  visit(paths)
  return names
}
