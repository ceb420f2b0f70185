// Models k8s.io/apimachinery/pkg/util/yaml and the checks of k8s.io/kubectl/pkg/validation: from a file's text to objects, with kubectl's
// words for what is wrong. The app's editor uses `parseManifest`; commands use it through files.ts.
import { isMap, parseDocument, visit } from 'yaml'
import type { KubeObject } from '../api/types'
import { byteLength, scanJson } from './json-syntax'
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
  /** Which document of the text it is in, from 0. */
  readonly document: number
}
/** One document of a manifest that could be read. */
export interface ManifestDocument {
  readonly object: KubeObject
  /** The line in the whole text on which it begins, from 1. */
  readonly line: number
  /** Which document of the text it is, from 0; empty ones count. */
  readonly document: number
}
export interface Manifest {
  readonly documents: readonly ManifestDocument[]
  readonly problems: readonly ManifestProblem[]
}

/** Reads a manifest of one or more documents. `source` is how kubectl calls it: `STDIN`, or a path. */
export function parseManifest(given: string, source = 'STDIN'): Manifest {
  const text = given.replaceAll('\r\n', '\n')
  const documents: ManifestDocument[] = []
  const problems: ManifestProblem[] = []
  for (const [document, part] of partsOf(text).entries()) {
    const shift = (problem: YamlProblem, message: string, severity: ManifestProblem['severity'] = 'error') => {
      problems.push({ message, line: problem.line + part.line - 1, column: problem.column, severity, document })
    }
    if (part.separator) {
      shift(part.separator, `error parsing ${source}: ${part.separator.message}`)
      continue
    }
    const parsed: ParsedYaml = part.json === undefined ? parseYaml(part.text) : { value: part.json, repeated: [] }
    for (const twice of parsed.repeated) shift(twice, twice.message, 'warning')
    if (parsed.problem) {
      const { message } = part.badJson ?? { message: `error converting YAML to JSON: ${parsed.problem.message}` }
      shift(part.badJson ?? parsed.problem, `error parsing ${source}: ${message}`)
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
    else
      documents.push({ object: withMetadata(parsed.value as KubeObject), line: part.line + firstLine(part.text) - 1, document })
  }
  return { documents, problems }
}

/** One document of a text, with the line that it begins on. */
interface Part {
  readonly text: string
  readonly line: number
  /** Its value, where it is JSON. */
  readonly json?: unknown
  /** What is wrong with the line that parts it from the last one. */
  readonly separator?: YamlProblem
  /** What is wrong with it as JSON, which it seemed to be: said if it is no YAML either. */
  readonly badJson?: YamlProblem
}

/** Models YAMLOrJSONDecoder: JSON values one after the other, and YAML from where that ends. */
function partsOf(text: string): readonly Part[] {
  if (!/^\s*\{/.test(text)) return splitDocuments(text)
  const parts: Part[] = []
  let at = 0
  for (;;) {
    if (text.slice(at).trim() === '') return parts
    const scanned = scanJson(text, at)
    if ('end' in scanned) {
      const line = text.slice(0, at).split('\n').length
      parts.push({ text: text.slice(at, scanned.end), line, json: JSON.parse(text.slice(at, scanned.end)) })
      at = scanned.end
      continue
    }
    const rest = /^\s*?\n|^\s*/.exec(text.slice(at))?.[0] ?? ''
    const begin = text.slice(0, at + rest.length).split('\n').length - 1
    const [first, ...others] = splitDocuments(text.slice(at + rest.length)).map(part => ({ ...part, line: part.line + begin }))
    const where = scanned.problem === 'unexpected EOF' ? '' : `json: offset ${byteLength(text.slice(0, scanned.at + 1))}: `
    // lines count from the part's own first
    const { line, column } = placeOf(text, scanned.at)
    if (!first) return parts
    return [...parts, { ...first, badJson: { message: where + scanned.problem, line: line - first.line + 1, column } }, ...others]
  }
}

/** Parts of a text between lines of `---`. */
function splitDocuments(text: string): readonly Part[] {
  const parts: Part[] = []
  let current: string[] = []
  let start = 1
  for (const [i, line] of text.split('\n').entries()) {
    if (!line.startsWith('---')) {
      current.push(line)
      continue
    }
    const more = line.slice(3).trim()
    if (more !== '' && !more.startsWith('#')) {
      const separator = { message: `invalid Yaml document separator: ${more}`, line: 1, column: 1 }
      return [...parts, { text: line, line: i + 1, separator }]
    }
    parts.push({ text: current.join('\n'), line: start })
    current = []
    start = i + 2
  }
  parts.push({ text: current.join('\n'), line: start })
  return parts
}

/** The line that says something, from 1. */
const firstLine = (text: string): number =>
  Math.max(
    0,
    text.split('\n').findIndex(line => line.trim() !== '' && !line.trim().startsWith('#')),
  ) + 1

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
  const value = dataOf(document)
  return 'problem' in value ? { problem: { message: value.problem, line: 1, column: 1 }, repeated } : { ...value, repeated }
}

/** The data of a document, or why it has none. */
function dataOf(document: ReturnType<typeof parseDocument>): { readonly value: unknown } | { readonly problem: string } {
  let value: unknown
  try {
    value = plain(document.toJS({ maxAliasCount: 1000 }))
  } catch {
    // the package throws for a merge (`<<`) of what is no map, and for aliases without end
    return { problem: 'yaml: map merge requires map or sequence of maps as the value' }
  }
  const infinite = notFinite(value)
  return infinite === undefined ? { value } : { problem: `json: unsupported value: ${infinite}` }
}

/** A number that JSON has not, as Go writes it. */
function notFinite(value: unknown): string | undefined {
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  if (typeof value !== 'object' || value === null) return undefined
  for (const field of Object.values(value)) {
    const found = notFinite(field)
    if (found !== undefined) return found
  }
  return undefined
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
export function invalidObject(value: unknown): string | undefined {
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
export function withMetadata(object: KubeObject): KubeObject {
  return typeof object.metadata === 'object' && object.metadata !== null ? object : { ...object, metadata: { name: '' } }
}
