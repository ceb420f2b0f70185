// Models k8s.io/cli-runtime/pkg/genericclioptions/print_flags.go: how `-o` prints an object.
import type { Resource } from '../api/kinds'
import type { KubeObject } from '../api/types'
import { customColumns } from './columns'
import { type DryRun, dryRunSuffix } from './dry-run'
import { fail } from './errors'
import { evaluateTemplate } from './go-template'
import { evaluateJsonPath, jsonPathText } from './jsonpath'
import { compactJson, jsonOf, nameOf, omitManagedFields } from './print/objects'
import { yamlOf } from './print/yaml'
import { isOn, out, type Run, type Session, text } from './session'

/** A format of `-o`, with what stands behind its `=`. */
export interface Format {
  readonly name: string
  readonly argument: string
}

const TEMPLATED = ['jsonpath', 'jsonpath-as-json', 'go-template', 'template', 'custom-columns']
const NAMES = ['json', 'yaml', 'name', 'wide', '', ...TEMPLATED]
const REFUSED = ['kyaml', 'jsonpath-file', 'go-template-file', 'templatefile', 'custom-columns-file']

/** Reads `-o` (and `--template`). */
export function formatOf(s: Session, allowed: readonly string[] = ['json', 'yaml', 'name', ...TEMPLATED.slice(0, 4)]): Format {
  const given = text(s, 'output')
  const at = given.indexOf('=')
  const template = text(s, 'template')
  const name = (at < 0 ? given : given.slice(0, at)).toLowerCase()
  const argument = at < 0 ? template : given.slice(at + 1)
  if (REFUSED.includes(name)) fail(`-o ${name} is not simulated here`)
  if (name === '' && template !== '') return { name: 'go-template', argument: template }
  if (!NAMES.includes(name) || (name !== '' && !allowed.includes(name))) {
    const formats = [
      ...allowed,
      ...REFUSED.filter(refused => allowed.includes(refused.replace('-file', '').replace('templatefile', 'go-template'))),
    ]
    fail(
      `unable to match a printer suitable for the output format ${JSON.stringify(given)}, allowed formats are: ${[...new Set(formats)].sort().join(',')}`,
    )
  }
  if (argument === '' && name.startsWith('jsonpath')) fail('template format specified but no template given')
  if (argument === '' && name.endsWith('template')) fail('template format specified but no template given')
  if (argument === '' && name === 'custom-columns') fail('custom-columns format specified but no custom columns given')
  return { name, argument }
}

/** An object (or list) in a format other than a table. */
export function formatObject(
  s: Session,
  object: KubeObject | { readonly metadata: object; readonly items: readonly KubeObject[] },
  format: Format,
): string {
  switch (format.name) {
    case 'json':
      return jsonOf(withoutManaged(s, object))
    case 'yaml':
      return yamlOf(withoutManaged(s, object))
    case 'name':
      return 'items' in object && Array.isArray(object.items)
        ? object.items.map(item => `${nameOf(item)}\n`).join('')
        : `${nameOf(object as KubeObject)}\n`
    case 'jsonpath':
      return checked(() => jsonPathText(format.argument, object, isOn(s, 'allow-missing-template-keys')))
    case 'jsonpath-as-json':
      return checked(() => jsonOf(evaluateJsonPath(format.argument, object, true)))
    case 'custom-columns':
      return checked(() =>
        customColumns(
          format.argument,
          'items' in object && Array.isArray(object.items) ? object.items : [object as KubeObject],
          isOn(s, 'no-headers'),
        ),
      )
    default:
      return checked(() => evaluateTemplate(format.argument, object))
  }
}

/** Templates throw their own words. */
function checked(make: () => string): string {
  try {
    return make()
  } catch (problem) {
    return fail(problem instanceof Error ? problem.message : String(problem))
  }
}

function withoutManaged(
  s: Session,
  object: KubeObject | { readonly metadata: object; readonly items: readonly KubeObject[] },
): unknown {
  if (isOn(s, 'show-managed-fields')) return object
  if ('items' in object && Array.isArray(object.items))
    return { ...object, items: object.items.map((item: KubeObject) => omitManagedFields(item)) }
  return omitManagedFields(object)
}

/** Says what was done to an object (`deployment.apps/web created`), or prints it as `-o` asks. */
export function* printChanged(
  s: Session,
  resource: Resource,
  object: KubeObject,
  operation: string,
  dryRun: DryRun = 'none',
): Run {
  const format = formatOf(s)
  const full = object.kind ? object : { ...object, apiVersion: resource.apiVersion, kind: resource.kind }
  if (format.name === '') yield* out(s, `${nameOf(full)} ${operation}${dryRunSuffix(dryRun)}\n`)
  else yield* out(s, formatObject(s, full, format))
}

/** A value on one line, as messages quote it. */
export const brief = (value: unknown): string => compactJson(value)
