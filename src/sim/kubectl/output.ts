// Models k8s.io/cli-runtime/pkg/genericclioptions/print_flags.go: how `-o` prints an object.
import type { Resource } from '../api/kinds'
import type { SchemaType } from '../api/schema'
import type { KubeObject } from '../api/types'
import { BadTemplate, UnreadableTemplate } from './bad-template'
import { customColumns } from './columns'
import { type DryRun, dryRunSuffix } from './dry-run'
import { fail } from './errors'
import { evaluateTemplate } from './go-template'
import { evaluateJsonPath, jsonPathText } from './jsonpath'
import { jsonOf, nameOf, omitManagedFields } from './print/objects'
import { yamlOf } from './print/yaml'
import { isOn, out, type Run, type Session, text } from './session'

/** A format of `-o`, with what stands behind its `=`. */
export interface Format {
  readonly name: string
  readonly argument: string
  /** Columns of a file always have their headers. */
  readonly headers?: true
}

const TEMPLATED = ['jsonpath', 'jsonpath-as-json', 'go-template', 'template']
/** What commands that say what they did can print instead. */
const USUAL = ['json', 'yaml', 'name', ...TEMPLATED]
/** Formats that the real one has beside those, and when. */
const REFUSED: Readonly<Record<string, string>> = { kyaml: 'yaml' }
/** Formats that read a file, and what it is then. */
const FILES: Readonly<Record<string, string>> = {
  'go-template-file': 'go-template',
  templatefile: 'template',
  'jsonpath-file': 'jsonpath',
  'custom-columns-file': 'custom-columns',
}

/** Reads `-o` (and `--template`). */
export function formatOf(s: Session, allowed: readonly string[] = USUAL): Format {
  const given = text(s, 'output')
  const at = given.indexOf('=')
  const template = text(s, 'template')
  const name = (at < 0 ? given : given.slice(0, at)).toLowerCase()
  const argument = at < 0 ? template : given.slice(at + 1)
  const among = (formats: Readonly<Record<string, string>>) =>
    Object.keys(formats).filter(format => allowed.includes(formats[format] ?? ''))
  const [refused, files] = [among(REFUSED), among(FILES)]
  if (refused.includes(name)) fail(`-o ${name} is not simulated here`)
  if (name === '' && template !== '') return { name: 'go-template', argument: template }
  // only what takes a template takes something behind an equals sign
  const known = allowed.includes(name) || files.includes(name)
  if (name !== '' && (!known || (at >= 0 && ![...TEMPLATED, 'custom-columns', ...files].includes(name))))
    fail(
      `unable to match a printer suitable for the output format ${JSON.stringify(given)}, allowed formats are: ${[...allowed, ...files, ...refused].sort().join(',')}`,
    )
  const what = FILES[name] ?? name
  if (argument === '' && TEMPLATED.includes(what)) fail('template format specified but no template given')
  if (argument === '' && what === 'custom-columns') fail('custom-columns format specified but no custom columns given')
  return files.includes(name) ? formatOfFile(s, what, argument) : { name, argument }
}

/** A format whose template is in a file. */
function formatOfFile(s: Session, name: string, path: string): Format {
  const isColumns = name === 'custom-columns'
  const content =
    s.files[path.replace(/^(\.\/)+/, '')] ??
    fail(`error reading ${isColumns ? 'template' : '--template'} ${path}, open ${path}: no such file or directory\n`)
  return isColumns ? { name, argument: columnsOfFile(content), headers: true } : { name, argument: content }
}

/** A line of headers, and one of paths. Models NewCustomColumnsPrinterFromTemplate. */
function columnsOfFile(content: string): string {
  const expected = 'Expected format is one line of space separated headers, one line of space separated column specs.'
  const lines = content.replace(/\n$/, '').split('\n')
  const [headers, paths] = lines.map(line => line.split(/\s+/).filter(word => word !== ''))
  if (content === '' || !headers) return fail(`invalid template, missing header line. ${expected}`)
  if (!paths) return fail(`invalid template, missing spec line. ${expected}`)
  if (headers.length !== paths.length)
    fail(`number of headers (${headers.length}) and field specifications (${paths.length}) don't match`)
  return headers.map((header, at) => `${header}:${paths[at]}`).join(',')
}

type Printable = KubeObject | { readonly metadata: object; readonly items: readonly KubeObject[] }

const itemsOf = (object: Printable): readonly KubeObject[] | undefined =>
  'items' in object && Array.isArray(object.items) ? object.items : undefined

/** An object (or list) in a format other than a table. */
export function formatObject(s: Session, object: Printable, { name, argument, headers }: Format): string {
  switch (name) {
    case 'json':
      return jsonOf(withoutManaged(s, object), structOf(s, object))
    case 'yaml':
      return yamlOf(withoutManaged(s, object))
    case 'name':
      return (itemsOf(object) ?? [object as KubeObject]).map(item => `${nameOf(item)}\n`).join('')
    case 'jsonpath':
      return byJsonPath(argument, object, () => jsonPathText(argument, object, isOn(s, 'allow-missing-template-keys')))
    case 'jsonpath-as-json':
      return byJsonPath(argument, object, () => jsonOf(evaluateJsonPath(argument, object, true)))
    case 'custom-columns':
      return checked(() => customColumns(argument, itemsOf(object) ?? [object as KubeObject], !headers && isOn(s, 'no-headers')))
    default:
      return checked(
        () => evaluateTemplate(argument, object),
        why => `error parsing template ${argument}, ${why}`,
      )
  }
}

/** Commands that have their objects as Go's structs: `create -f`, `apply`, `get` and the like have them as maps. */
const STRUCTS = /^kubectl (create \w|run|expose|autoscale|set |rollout |taint|auth whoami)/

const structOf = (s: Session, object: Printable): SchemaType | undefined => {
  const { apiVersion, kind } = object as Partial<KubeObject>
  return STRUCTS.test(s.path) && apiVersion && kind ? s.schema.typeOf(apiVersion, kind) : undefined
}

/** Words of a bad template end the command. */
function checked<T>(make: () => T, words: (why: string) => string = why => why): T {
  try {
    return make()
  } catch (problem) {
    if (!(problem instanceof BadTemplate)) throw problem
    return fail(words(problem.message))
  }
}

function byJsonPath(template: string, object: unknown, make: () => string): string {
  try {
    return make()
  } catch (problem) {
    if (!(problem instanceof BadTemplate)) throw problem
    if (problem instanceof UnreadableTemplate) return fail(`error parsing jsonpath ${template}, ${problem.message}`)
    return fail(
      `error executing jsonpath ${JSON.stringify(template)}: Error executing template: ${problem.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(object)}\n\n`,
    )
  }
}

/** A value in Go's syntax, as %#v prints it. */
export function goSyntax(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (typeof value !== 'object') return JSON.stringify(value)
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `map[string]interface {}{${fields.map(([key, field]) => `${JSON.stringify(key)}:${goSyntax(field)}`).join(', ')}}`
}

function withoutManaged(s: Session, object: Printable): unknown {
  if (isOn(s, 'show-managed-fields')) return object
  const items = itemsOf(object)
  return items ? { ...object, items: items.map(item => omitManagedFields(item)) } : omitManagedFields(object)
}

/** Prints one of the objects that a command has; YAML documents are parted. Models YAMLPrinter's printCount. */
export function* printOne(s: Session, object: Printable, format: Format): Run {
  if (format.name === 'yaml' && s.printed++ > 0) yield* out(s, '---\n')
  yield* out(s, formatObject(s, object, format))
}

/** Says what was done to an object (`deployment.apps/web created`), or prints it as `-o` asks; some commands make a printer `own` to each. */
export function* printChanged(
  s: Session,
  resource: Resource,
  object: KubeObject,
  operation: string,
  dryRun: DryRun = 'none',
  printer: 'shared' | 'own' = 'shared',
): Run {
  const format = formatOf(s)
  const full = object.kind ? object : { ...object, apiVersion: resource.apiVersion, kind: resource.kind }
  if (format.name === '') yield* out(s, `${nameOf(full)} ${operation}${dryRunSuffix(dryRun)}\n`)
  else if (printer === 'own') yield* out(s, formatObject(s, full, format))
  else yield* printOne(s, full, format)
}
