// Models k8s.io/cli-runtime/pkg/genericclioptions/print_flags.go: how `-o` prints an object.
import type { Resource } from '../api/kinds'
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
}

const TEMPLATED = ['jsonpath', 'jsonpath-as-json', 'go-template', 'template']
/** What commands that say what they did can print instead. */
const USUAL = ['json', 'yaml', 'name', ...TEMPLATED]
/** Formats that the real one has beside those, and when. */
const REFUSED: Readonly<Record<string, string>> = {
  kyaml: 'yaml',
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
  const refused = Object.keys(REFUSED).filter(format => allowed.includes(REFUSED[format] ?? ''))
  if (refused.includes(name)) fail(`-o ${name} is not simulated here`)
  if (name === '' && template !== '') return { name: 'go-template', argument: template }
  // only what takes a template takes something behind an equals sign
  if (name !== '' && (!allowed.includes(name) || (at >= 0 && ![...TEMPLATED, 'custom-columns'].includes(name))))
    fail(
      `unable to match a printer suitable for the output format ${JSON.stringify(given)}, allowed formats are: ${[...allowed, ...refused].sort().join(',')}`,
    )
  if (argument === '' && TEMPLATED.includes(name)) fail('template format specified but no template given')
  if (argument === '' && name === 'custom-columns') fail('custom-columns format specified but no custom columns given')
  return { name, argument }
}

type Printable = KubeObject | { readonly metadata: object; readonly items: readonly KubeObject[] }

const itemsOf = (object: Printable): readonly KubeObject[] | undefined =>
  'items' in object && Array.isArray(object.items) ? object.items : undefined

/** An object (or list) in a format other than a table. */
export function formatObject(s: Session, object: Printable, { name, argument }: Format): string {
  switch (name) {
    case 'json':
      return jsonOf(withoutManaged(s, object))
    case 'yaml':
      return yamlOf(withoutManaged(s, object))
    case 'name':
      return (itemsOf(object) ?? [object as KubeObject]).map(item => `${nameOf(item)}\n`).join('')
    case 'jsonpath':
      return byJsonPath(argument, object, () => jsonPathText(argument, object, isOn(s, 'allow-missing-template-keys')))
    case 'jsonpath-as-json':
      return byJsonPath(argument, object, () => jsonOf(evaluateJsonPath(argument, object, true)))
    case 'custom-columns':
      return checked(() => customColumns(argument, itemsOf(object) ?? [object as KubeObject], isOn(s, 'no-headers')))
    default:
      return checked(
        () => evaluateTemplate(argument, object),
        why => `error parsing template ${argument}, ${why}`,
      )
  }
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
