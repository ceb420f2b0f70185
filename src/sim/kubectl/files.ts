// Models the file side of k8s.io/cli-runtime/pkg/resource: `-f`, standard input, lists, namespaces, and which kinds there are.
import { mustResource, RESOURCES, type Resource, resourceByKind } from '../api/kinds'
import type { KubeObject, Status } from '../api/types'
import { perform } from '../client/effects'
import type { Info } from './builder'
import { mappingOf } from './discovery'
import { CommandFailed, fail, isUnreachable, type KubectlError } from './errors'
import { parseManifest, withMetadata } from './manifest'
import { requestOn, requestPath } from './requests'
import { ask, type KubectlState, list, type Run, type Session, text } from './session'

/** What files hold: objects with their kinds, and what went wrong with the others. */
export interface FileObjects {
  readonly infos: readonly (Info & { readonly object: KubeObject })[]
  readonly errors: readonly KubectlError[]
}

export type FileObject = FileObjects['infos'][number]

/** Reads all of `-f`; `validate` looks at the published schema first, as commands that write do. */
export function* readObjects(s: Session, validate: boolean): Run<FileObjects> {
  const infos: FileObject[] = []
  // biome-ignore lint/correctness/useYield: nothing is asked for
  const keep = function* (info: FileObject): Run {
    infos.push(info)
  }
  const errors = yield* visitObjects(s, validate, keep)
  return { infos, errors }
}

/**
 * Takes a step with each object of `-f` as soon as it has been read. Returns what went wrong: in steps, then with reading files, whose
 * first problem ends them. Models StreamVisitor and ContinueOnErrorVisitor.
 */
export function* visitObjects(s: Session, validate: boolean, step: (info: FileObject) => Run): Run<readonly KubectlError[]> {
  const errors: KubectlError[] = []
  const unread: string[] = []
  const checked = new Map<string, unknown>()
  for (const { source, content } of contents(s)) {
    const { documents, problems } = parseManifest(content, source)
    const problem = problems.find(({ severity }) => severity === 'error')
    for (const { object, document } of documents) {
      if (problem && document > problem.document) break
      if (validate) yield* checkSchema(s, object, checked, source)
      for (const item of flatten(object)) {
        const untyped = missingType(item)
        if (untyped !== undefined) {
          unread.push(untyped)
          continue
        }
        const resource = yield* mappingOf(s, item.apiVersion, item.kind)
        if (resource) yield* collect(errors, () => step(infoOf(s, resource, item, source)))
        else unread.push(noMapping(item, source))
      }
    }
    if (problem) unread.push(problem.message)
  }
  const [first, more] = unread
  if (first !== undefined) errors.push({ kind: 'text', text: more === undefined ? first : `[${unread.join(', ')}]` })
  return errors
}

/** What ends a step is kept; the others go on. */
function* collect(errors: KubectlError[], make: () => Run): Run {
  try {
    yield* make()
  } catch (problem) {
    if (!(problem instanceof CommandFailed)) throw problem
    errors.push(problem.why)
  }
}

/** The objects that files name, to be read; what was wrong with the files is said in the end. */
export function* readFiles(s: Session): Run<{ readonly items: readonly Info[]; readonly errors: readonly KubectlError[] }> {
  const { infos, errors } = yield* readObjects(s, false)
  return { items: infos.map(({ object, ...info }) => (info.name === '' ? { ...info, object } : info)), errors }
}

/** The objects of `-f`, read without asking the apiserver what kinds there are. Models the builder's Local(). */
export function localObjects(s: Session): { readonly objects: readonly KubeObject[]; readonly errors: readonly KubectlError[] } {
  const objects: KubeObject[] = []
  const errors: KubectlError[] = []
  for (const { source, content } of contents(s)) {
    const { documents, problems } = parseManifest(content, source)
    for (const item of documents.flatMap(({ object }) => flatten(object))) {
      if (resourceByKind(item.apiVersion, item.kind)) objects.push(item)
      else errors.push({ kind: 'text', text: `unable to decode ${JSON.stringify(source)}: ${unregistered(item)}` })
    }
    const problem = problems.find(({ severity }) => severity === 'error')
    if (problem) errors.push({ kind: 'text', text: problem.message })
  }
  return { objects, errors }
}

const unregistered = ({ apiVersion, kind }: KubeObject): string =>
  `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "k8s.io/kubectl/pkg/scheme/scheme.go:28"`

/** An item of a list that does not say what it is. */
function missingType({ kind, apiVersion }: Partial<KubeObject>): string | undefined {
  const [field, word] = !kind ? ['Kind', 'kind'] : !apiVersion ? ['apiVersion', 'version'] : []
  if (field === undefined) return undefined
  return `unable to get type info from the object "*unstructured.Unstructured": Object '${field}' is missing in 'unstructured object has no ${word}'`
}

const noMapping = (object: KubeObject, source: string): string =>
  `resource mapping not found for name: ${JSON.stringify(object.metadata.name ?? '')} namespace: ${JSON.stringify(object.metadata.namespace ?? '')} from ${JSON.stringify(source)}: no matches for kind ${JSON.stringify(object.kind)} in version ${JSON.stringify(object.apiVersion)}\nensure CRDs are installed first`

/** Texts of the files and of standard input, in the order of `-f`. */
function contents(s: Session): readonly { readonly source: string; readonly content: string }[] {
  if (text(s, 'kustomize') !== '') fail('kustomize (-k) is not simulated here')
  const found: { source: string; content: string }[] = []
  for (const path of list(s, 'filename')) {
    if (path === '-') found.push({ source: 'STDIN', content: s.stdin ?? '' })
    else if (/^https?:\/\//.test(path)) fail(`reading ${JSON.stringify(path)} from the network is not simulated here`)
    else found.push(...filesAt(s, path))
  }
  return found
}

function filesAt(s: Session, given: string): readonly { readonly source: string; readonly content: string }[] {
  const path = given.replace(/^(\.\/)+/, '')
  const content = s.files[path] ?? s.files[given]
  if (content !== undefined) return [{ source: given, content }]
  const folder = path.endsWith('/') ? path : `${path}/`
  const inside = Object.keys(s.files).filter(name => (name.startsWith(folder) || path === '.') && /\.(json|yaml|yml)$/.test(name))
  if (inside.length === 0) return fail(`the path ${JSON.stringify(given)} does not exist`)
  return inside.sort().map(name => ({ source: name, content: s.files[name] ?? '' }))
}

/** A List is its items. */
export function flatten(object: KubeObject): readonly KubeObject[] {
  const { apiVersion, kind, items } = object
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [object]
  // items of a PodList are pods without having to say so
  const own = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) }
  return items.filter(isObject).flatMap(item => flatten(withMetadata({ ...own, ...item })))
}

const isObject = (item: unknown): item is KubeObject => typeof item === 'object' && item !== null && !Array.isArray(item)

function infoOf(s: Session, resource: Resource, object: KubeObject, source: string): FileObject {
  const own = object.metadata.namespace
  if (!resource.namespaced) return { resource, namespace: undefined, name: object.metadata.name ?? '', object, source }
  if (s.namespaceSet && own !== undefined && own !== s.namespace)
    fail(
      `the namespace from the provided object ${JSON.stringify(own)} does not match the namespace ${JSON.stringify(s.namespace)}. You must pass '--namespace=${own}' to perform this operation.`,
    )
  const namespace = own ?? s.namespace
  return {
    resource,
    namespace,
    name: object.metadata.name ?? '',
    object: own === undefined ? { ...object, metadata: { ...object.metadata, namespace } } : object,
    source,
  }
}

/** Asks whether the apiserver itself can validate the kind (k8s.io/kubectl/pkg/validation, ParamVerifyingSchema). */
export function* checkSchema(s: Session, { apiVersion, kind }: KubeObject, checked: Map<string, unknown>, source = 'STDIN'): Run {
  const type = `${apiVersion} ${kind}`
  if (checked.has(type)) return
  const openapi = function* (path: string): Run<unknown> {
    if (!checked.has(path)) {
      const { body } = yield* ask<Status>(s, requestPath(path, { timeout: '32s' }))
      if (body && isUnreachable(body))
        fail(
          `error validating ${JSON.stringify(source)}: error validating data: failed to download openapi: ${body.message}; if you choose to ignore these errors, turn validation off with --validate=false`,
        )
      checked.set(path, body)
    }
    return checked.get(path)
  }
  checked.set(type, undefined)
  // a list is not validated by the apiserver, so kubectl gets what it would need to do so
  if (type === 'v1 List') {
    yield* openapi('/openapi/v2')
    return
  }
  const index = yield* openapi('/openapi/v3')
  const root = RESOURCES.find(resource => resource.apiVersion === apiVersion)?.root
  if (root !== undefined && !checked.has(apiVersion)) yield* fetchDocument(s, root, index)
  checked.set(apiVersion, undefined)
  if (resourceByKind(apiVersion, kind)) return
  const definitions = mustResource('apiextensions.k8s.io/v1', 'CustomResourceDefinition')
  const findDefinition = ask(s, requestOn('list', 'GET', definitions, {}))
  if (root === undefined) yield* findDefinition
  yield* openapi('/openapi/v2')
  if (root !== undefined) yield* findDefinition
}

/** The query of a document's address in the index of /openapi/v3: its hash. */
export function documentQuery(root: string, index: unknown): Readonly<Record<string, string>> {
  const { paths } = (index ?? {}) as { readonly paths?: Readonly<Record<string, { readonly serverRelativeURL?: string }>> }
  const hash = /[?&]hash=([^&]*)/.exec(paths?.[root.slice(1)]?.serverRelativeURL ?? '')?.[1]
  return hash === undefined ? {} : { hash }
}

/** A group version's document, at the address that the index gives; it is kept on disk. */
function* fetchDocument(s: Session, root: string, index: unknown): Run {
  const path = `/openapi/v3${root}`
  const kept = yield* perform<KubectlState, boolean>(({ state }) => state.documents.has(path))
  if (kept) return
  yield* ask(s, requestPath(path, { ...documentQuery(root, index), timeout: '32s' }))
  yield* perform<KubectlState, void>(({ state }) => {
    state.documents.add(path)
  })
}
