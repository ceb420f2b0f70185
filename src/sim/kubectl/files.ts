// Models the file side of k8s.io/cli-runtime/pkg/resource: `-f`, standard input, lists, namespaces, and which kinds there are.
import { type Resource, resourceByKind } from '../api/kinds'
import type { KubeObject } from '../api/types'
import { perform } from '../client/effects'
import type { Info } from './builder'
import { mappingOf } from './discovery'
import { fail, failWithAll, type KubectlError } from './errors'
import { parseManifest } from './manifest'
import { requestOn, requestPath } from './requests'
import { ask, type KubectlState, list, type Run, type Session, text } from './session'

/** What files hold: objects with their kinds, and what went wrong with the others. */
export interface FileObjects {
  readonly infos: readonly (Info & { readonly object: KubeObject })[]
  readonly errors: readonly KubectlError[]
}

/** Reads all of `-f`; `validate` looks at the published schema first, as commands that write do. */
export function* readObjects(s: Session, validate: boolean): Run<FileObjects> {
  const infos: (Info & { readonly object: KubeObject })[] = []
  const errors: KubectlError[] = []
  const checked = new Set<string>()
  for (const { source, content } of contents(s)) {
    const { documents, problems } = parseManifest(content, source)
    for (const { object } of documents.flatMap(document => flatten(document.object))) {
      if (validate) yield* checkSchema(s, object, checked)
      const resource = yield* mappingOf(s, object.apiVersion, object.kind)
      if (resource) infos.push(infoOf(s, resource, object, source))
      else errors.push({ kind: 'text', text: noMapping(object, source) })
    }
    for (const problem of problems) if (problem.severity === 'error') errors.push({ kind: 'text', text: problem.message })
  }
  return { infos, errors }
}

/** The objects that files name, for commands that only need the names; anything wrong ends the command. */
export function* readFiles(s: Session, verb: string): Run<readonly Info[]> {
  const { infos, errors } = yield* readObjects(s, false)
  failWithAll(errors)
  if (infos.length === 0) fail(`no objects passed to ${verb}`)
  return infos.map(({ object: _, ...info }) => info)
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

function filesAt(s: Session, path: string): readonly { readonly source: string; readonly content: string }[] {
  const content = s.files[path]
  if (content !== undefined) return [{ source: path, content }]
  const folder = path.endsWith('/') ? path : `${path}/`
  const inside = Object.keys(s.files).filter(name => (name.startsWith(folder) || path === '.') && /\.(json|yaml|yml)$/.test(name))
  if (inside.length === 0) return fail(`the path ${JSON.stringify(path)} does not exist`)
  return inside.sort().map(name => ({ source: name, content: s.files[name] ?? '' }))
}

/** A List is its items. */
function flatten(object: KubeObject): readonly { readonly object: KubeObject }[] {
  if (!object.kind.endsWith('List') || !Array.isArray(object.items)) return [{ object }]
  return object.items.flatMap((item: KubeObject) => flatten(item))
}

function infoOf(s: Session, resource: Resource, object: KubeObject, source: string): Info & { readonly object: KubeObject } {
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
function* checkSchema(s: Session, object: KubeObject, checked: Set<string>): Run {
  const { apiVersion, kind } = object
  if (checked.size === 0) yield* ask(s, requestPath('/openapi/v3', { timeout: '32s' }))
  const known = resourceByKind(apiVersion, kind)
  if (known && !checked.has(apiVersion)) yield* fetchDocument(s, known.root)
  if (!known && !checked.has(`${apiVersion} ${kind}`)) {
    const definitions = resourceByKind('apiextensions.k8s.io/v1', 'CustomResourceDefinition')
    if (definitions) yield* ask(s, requestOn('list', 'GET', definitions, {}))
    yield* ask(s, requestPath('/openapi/v2', { timeout: '32s' }))
  }
  checked.add(apiVersion).add(`${apiVersion} ${kind}`)
}

/** A group version's document is kept on disk. */
function* fetchDocument(s: Session, root: string): Run {
  const path = `/openapi/v3${root}`
  const kept = yield* perform<KubectlState, boolean>(({ state }) => state.documents.has(path))
  if (kept) return
  yield* ask(s, requestPath(path, { timeout: '32s' }))
  yield* perform<KubectlState, void>(({ state }) => {
    state.documents.add(path)
  })
}
