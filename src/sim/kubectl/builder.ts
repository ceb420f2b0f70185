// Models k8s.io/cli-runtime/pkg/resource/builder.go: from `TYPE NAME`, `TYPE/NAME`, `a,b` and selectors to objects.
import { mustResource, type Resource } from '../api/kinds'
import type { KubeList, KubeObject, Status } from '../api/types'
import { discover, expandCategories, resourceOf } from './discovery'
import { fail, type KubectlError } from './errors'
import { getObject, listObjects, type Query, requestOn } from './requests'
import { ask, type Run, type Session } from './session'

/** An object that a command is about; `object` where it has been read, `source` where it came from a file. */
export interface Info {
  readonly resource: Resource
  readonly namespace: string | undefined
  readonly name: string
  readonly object?: KubeObject
  readonly source?: string
}
/** What arguments and selectors choose: objects by name, or lists. */
export type Selected =
  | { readonly kind: 'named'; readonly items: readonly Info[] }
  | {
      readonly kind: 'lists'
      readonly resources: readonly Resource[]
      readonly selector: string
      readonly fieldSelector: string
      readonly namespace: string | undefined
    }

export interface SelectOptions {
  readonly selector?: string
  readonly fieldSelector?: string
  /** `--all` */
  readonly all?: boolean
  readonly allNamespaces?: boolean
  /** A type alone means all of its objects (get, describe). */
  readonly everything?: boolean
}

export const MISSING = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`

/** Reads arguments as the resource builder does; what is wrong with them ends the command. */
export function* select(s: Session, given: readonly string[], options: SelectOptions = {}): Run<Selected> {
  const args = crossTypes(given)
  const slashes = args.filter(arg => arg.includes('/')).length
  const namespace = options.allNamespaces ? undefined : s.namespace
  const selector = (options.selector ?? '').trim()
  const fieldSelector = (options.fieldSelector ?? '').trim()
  if (options.all && (selector || fieldSelector)) fail("setting 'all' parameter but found a non empty selector. ")
  const choosing = options.all || selector !== '' || fieldSelector !== ''
  if (slashes > 0) {
    if (slashes !== args.length)
      fail(
        "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
      )
    const tuples = args.map(splitTuple)
    if (choosing) fail('selectors and the all flag cannot be used when passing resource/name arguments')
    const items: Info[] = []
    for (const [type, name] of tuples) items.push(yield* namedInfo(s, type, name, namespace))
    return { kind: 'named', items }
  }
  const [first, ...names] = args
  if (first === undefined) return fail(choosing ? 'at least one resource must be specified to use a selector' : MISSING)
  yield* discover(s)
  const types = expandCategories([...new Set(first.split(','))])
  if (choosing || (names.length === 0 && options.everything)) {
    if (names.length > 0) fail('name cannot be provided when a selector is specified')
    const resources: Resource[] = []
    for (const type of types) {
      const resource = yield* resourceOf(s, type)
      if (!resources.includes(resource)) resources.push(resource)
    }
    return { kind: 'lists', resources, selector, fieldSelector, namespace }
  }
  if (names.length === 0) {
    for (const type of types) yield* resourceOf(s, type)
    return fail('resource(s) were provided, but no name was specified')
  }
  if (types.length > 1) fail('you must specify only one resource')
  const items: Info[] = []
  for (const name of names) items.push(yield* namedInfo(s, types[0] ?? first, name, namespace))
  return { kind: 'named', items }
}

/** `a,b x y` means `a/x a/y b/x b/y`. */
function crossTypes(args: readonly string[]): readonly string[] {
  const [first, ...names] = args
  const types = [...new Set((first ?? '').split(','))]
  if (names.length === 0 || types.length < 2) return args
  return types.flatMap(type => names.map(name => `${type}/${name}`))
}

function splitTuple(arg: string): readonly [string, string] {
  const parts = arg.split('/')
  const [type, name] = parts
  if (parts.length !== 2) fail('arguments in resource/name form may not have more than one slash')
  if (!type || !name || type.includes(',')) return fail('arguments in resource/name form must have a single resource and name')
  return [type, name]
}

function* namedInfo(s: Session, type: string, name: string, namespace: string | undefined): Run<Info> {
  const resource = yield* resourceOf(s, type)
  if (resource.namespaced && namespace === undefined) fail('a resource cannot be retrieved by name across all namespaces')
  return { resource, namespace: resource.namespaced ? namespace : undefined, name }
}

/** What reading objects gave: those that were there, and what went wrong with the others. */
export interface Found {
  readonly infos: readonly Info[]
  readonly errors: readonly KubectlError[]
}

export interface ReadOptions {
  readonly query?: Query
  readonly accept?: string
  /** Objects to a list request; 0 asks for all at once. */
  readonly chunk?: number
  /** Go on after an error (ContinueOnError). */
  readonly goOn?: boolean
  readonly subresource?: string
  /** What errors call the list, where it is not the resource. */
  readonly subject?: string
}

/** Reads one object. */
export function* readInfo(s: Session, info: Info, options: ReadOptions = {}): Run<Info | Status> {
  // an object of a file that has no name is not looked for
  if (info.name === '' && info.object) return info
  const content = { ...(options.query && { query: options.query }), ...(options.accept && { accept: options.accept }) }
  const { resource, namespace, name } = info
  const target = { namespace, name, ...(options.subresource !== undefined && { subresource: options.subresource }) }
  const response = yield* ask<KubeObject | Status>(s, requestOn('get', 'GET', resource, target, content))
  if (response.code < 300) return { ...info, object: response.body as KubeObject }
  return (yield* missingNamespace(s, info, response.body as Status)) ?? (response.body as Status)
}

/** What is not there may be so because its namespace is not: then that is said. */
export function* missingNamespace(s: Session, { namespace }: Info, status: Status): Run<Status | undefined> {
  if (status.reason !== 'NotFound' || !namespace || namespace === 'default') return undefined
  const answer = yield* ask<KubeObject | Status>(s, getObject(mustResource('v1', 'Namespace'), undefined, namespace))
  return answer.code === 404 ? (answer.body as Status) : undefined
}
export const isStatus = (found: Info | Status): found is Status => !('resource' in found)

/** Reads all that was chosen, as single objects. */
export function* readAll(s: Session, selected: Selected, options: ReadOptions = {}): Run<Found> {
  const infos: Info[] = []
  const errors: KubectlError[] = []
  if (selected.kind === 'named') {
    for (const item of selected.items) {
      const found = yield* readInfo(s, item, options)
      if (isStatus(found)) errors.push({ kind: 'status', status: found })
      else infos.push(found)
      if (errors.length > 0 && !options.goOn) break
    }
    return { infos, errors }
  }
  for (const resource of selected.resources) {
    const lists = yield* readList(s, resource, selected, options)
    for (const body of lists.bodies) infos.push(...itemsOf(body as KubeList, resource))
    errors.push(...lists.errors)
    if (errors.length > 0 && !options.goOn) break
  }
  return { infos, errors }
}

/** The objects of a list, each with its kind. */
export const itemsOf = (body: KubeList, resource: Resource): readonly Info[] =>
  body.items.map(item => ({
    resource,
    namespace: item.metadata.namespace,
    name: item.metadata.name,
    object: withKind(item, resource),
  }))

/** Items of a list come without their kind; kubectl fills it in. */
export const withKind = (item: KubeObject, resource: Resource): KubeObject =>
  item.kind ? item : { ...item, apiVersion: resource.apiVersion, kind: resource.kind }

/** Lists a resource, in chunks: the answers' bodies as they came. */
export function* readList(
  s: Session,
  resource: Resource,
  selected: { readonly selector: string; readonly fieldSelector: string; readonly namespace: string | undefined },
  options: ReadOptions,
): Run<{ readonly bodies: readonly unknown[]; readonly errors: readonly KubectlError[] }> {
  const bodies: unknown[] = []
  let token: string | undefined
  do {
    const query: Record<string, string> = {
      ...(token && { continue: token }),
      ...(selected.fieldSelector && { fieldSelector: selected.fieldSelector }),
      ...options.query,
      ...(selected.selector && { labelSelector: selected.selector }),
      ...(options.chunk && { limit: String(options.chunk) }),
    }
    const response = yield* ask<KubeList | Status>(
      s,
      listObjects(resource, selected.namespace, { query, ...(options.accept && { accept: options.accept }) }),
    )
    if (response.code >= 300)
      return { bodies, errors: [listError(response.body as Status, options.subject ?? nameOf(resource), selected)] }
    bodies.push(response.body)
    token = (response.body as KubeList).metadata?.continue
  } while (token)
  return { bodies, errors: [] }
}

const nameOf = ({ group, version, plural }: Resource): string => `${group}/${version}, Resource=${plural}`

/** Models EnhanceListError of cli-runtime's helper.go. */
function listError(
  status: Status,
  subject: string,
  { selector, fieldSelector }: { readonly selector: string; readonly fieldSelector: string },
): KubectlError {
  if (status.reason !== 'BadRequest' && status.reason !== 'NotFound') return { kind: 'status', status }
  const what = JSON.stringify(subject)
  const before =
    selector === '' && fieldSelector === ''
      ? `Unable to list ${what}: `
      : `Unable to find ${what} that match label selector ${JSON.stringify(selector)}, field selector ${JSON.stringify(fieldSelector)}: `
  return { kind: 'status', status, before }
}
