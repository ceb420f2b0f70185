// Models k8s.io/apimachinery/pkg/util/yaml and the checks of k8s.io/kubectl/pkg/validation: from a file's text to objects, with kubectl's
// words for what is wrong. The app's editor uses `parseManifest`; commands use it through files.ts.
import { isMap, parseDocument, visit } from 'yaml'
import type { KubeObject } from '../api/types'
import { compactJson } from './print/objects'
import { type YamlProblem, yamlProblem } from './yaml-errors'

/** Something wrong with a manifest, at its place; lines and columns count from 1 in the whole text. */
export interface ManifestProblem {
  /** What kubectl prints, without `error: `. */
  readonly message: string
  readonly line: number
  readonly column: number
  /** A warning is what kubectl accepts in silence though it is hardly meant: a key given twice. */
  readonly severity: 'error' | 'warning'
}
/** One document of a manifest that could be read. */
export interface ManifestDocument {
  readonly object: KubeObject
  /** The line in the whole text on which it begins, from 1. */
  readonly line: number
}
export interface Manifest {
  readonly documents: readonly ManifestDocument[]
  readonly problems: readonly ManifestProblem[]
}

/** Reads a manifest of one or more documents. `source` is how kubectl calls it: `STDIN`, or a path. */
export function parseManifest(text: string, source = 'STDIN'): Manifest {
  const documents: ManifestDocument[] = []
  const problems: ManifestProblem[] = []
  for (const part of splitDocuments(text)) {
    const shift = (problem: YamlProblem, message: string, severity: ManifestProblem['severity'] = 'error') => {
      problems.push({ message, line: problem.line + part.line - 1, column: problem.column, severity })
    }
    const parsed = parseYaml(part.text)
    for (const twice of parsed.repeated) shift(twice, twice.message, 'warning')
    if (parsed.problem) {
      shift(parsed.problem, `error parsing ${source}: error converting YAML to JSON: ${parsed.problem.message}`)
      continue
    }
    if (parsed.value === null || parsed.value === undefined) continue
    const invalid = invalidObject(parsed.value)
    const at = { message: '', line: firstLine(part.text), column: 1 }
    if (invalid)
      shift(
        at,
        `error validating ${JSON.stringify(source)}: error validating data: ${invalid}; if you choose to ignore these errors, turn validation off with --validate=false`,
      )
    else documents.push({ object: withMetadata(parsed.value as KubeObject), line: part.line + firstLine(part.text) - 1 })
  }
  return { documents, problems }
}

/** Parts of a text between lines of `---`. */
function splitDocuments(text: string): readonly { readonly text: string; readonly line: number }[] {
  const parts: { text: string; line: number }[] = []
  let current: string[] = []
  let start = 1
  text.split('\n').forEach((line, i) => {
    if (/^---\s*$/.test(line)) {
      parts.push({ text: current.join('\n'), line: start })
      current = []
      start = i + 2
    } else current.push(line)
  })
  parts.push({ text: current.join('\n'), line: start })
  return parts
}

const firstLine = (text: string): number =>
  text.split('\n').findIndex(line => line.trim() !== '' && !line.trim().startsWith('#')) + 1

interface ParsedYaml {
  readonly value?: unknown
  readonly problem?: YamlProblem
  /** Keys that stand in their mapping twice: the last one counts. */
  readonly repeated: readonly YamlProblem[]
}

/** Reads one YAML document as Kubernetes does: YAML 1.1, plain data, the last of equal keys. */
export function parseYaml(text: string): ParsedYaml {
  const document = parseDocument(text, { version: '1.1', merge: true, uniqueKeys: false, logLevel: 'silent', schema: 'yaml-1.1' })
  const [error] = document.errors
  if (error) return { problem: yamlProblem(text, error), repeated: [] }
  const repeated: YamlProblem[] = []
  let broken: string | undefined
  visit(document, {
    Alias(_, node) {
      if (!node.resolve(document)) broken ??= `unknown anchor '${node.source}' referenced`
    },
    Map(_, map) {
      const seen = new Set<string>()
      for (const { key } of map.items) {
        if (isMap(key)) broken ??= `invalid map key: ${goMap(key.toJS(document))}`
        const name = String(key)
        const offset =
          typeof key === 'object' && key !== null && 'range' in key && Array.isArray(key.range) ? (key.range[0] as number) : 0
        if (seen.has(name)) repeated.push({ message: `key ${JSON.stringify(name)} already set in map`, ...placeOf(text, offset) })
        seen.add(name)
      }
    },
  })
  if (broken !== undefined) return { problem: { message: `yaml: ${broken}`, line: 1, column: 1 }, repeated }
  return { value: plain(document.toJS({ maxAliasCount: 1000 })), repeated }
}

const placeOf = (text: string, offset: number): { readonly line: number; readonly column: number } => ({
  line: text.slice(0, offset).split('\n').length,
  column: offset - text.lastIndexOf('\n', offset - 1),
})

/** A map as Go prints it: what a template's braces become. */
const goMap = (value: unknown): string =>
  `map[interface {}]interface {}{${Object.entries(value as object)
    .map(([key, field]) => `${JSON.stringify(key)}:${field === null ? 'interface {}(nil)' : compactJson(field)}`)
    .join(', ')}}`

/** What YAML has and JSON has not becomes text or numbers. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  if (Object.getPrototypeOf(value) !== Object.prototype) return String((value as { source?: string }).source ?? value)
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]))
}

/** What validation says of a value that names no kind; undefined where it does. */
function invalidObject(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'invalid object to validate'
  const { apiVersion, kind } = value as Record<string, unknown>
  const wrong = [unset('apiVersion', apiVersion), unset('kind', kind)].filter(word => word !== undefined)
  if (wrong.length === 0) return undefined
  return wrong.length === 1 ? wrong[0] : `[${wrong.join(', ')}]`
}

function unset(field: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return `${field} not set`
  return typeof value === 'string' ? undefined : `${field} isn't string type`
}

/** Objects without metadata get some, so that what reads them finds a name to miss. */
function withMetadata(object: KubeObject): KubeObject {
  return typeof object.metadata === 'object' && object.metadata !== null ? object : { ...object, metadata: { name: '' } }
}
