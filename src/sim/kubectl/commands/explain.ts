// Models k8s.io/kubectl/pkg/cmd/explain and pkg/explain/v2: the fields of a kind, from the published schema, which has no prose here.
import { RESOURCES, type Resource, resolveResource } from '../../api/kinds'
import type { Field, SchemaType } from '../../api/schema'
import { type Command, flag, refused } from '../command'
import { mappedResource } from '../discovery'
import { fail } from '../errors'
import { documentQuery } from '../files'
import { requestPath } from '../requests'
import { ask, err, isOn, out, type Run, type Session, text } from '../session'

function* run(s: Session): Run {
  const [given, more] = s.args
  if (given === undefined)
    return fail(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
    )
  if (more !== undefined) fail('We accept only this format: explain RESOURCE\n')
  const { type, path } = splitPath(given)
  const found = yield* mappedResource(s, type)
  const resource = versionOf(found, text(s, 'api-version'))
  const { body: index } = yield* ask(s, requestPath('/openapi/v3', { timeout: '32s' }))
  yield* ask(s, requestPath(`/openapi/v3${resource.root}`, { ...documentQuery(resource.root, index), timeout: '32s' }))
  yield* out(s, describeType(s, resource, path))
  yield* err(s, 'Descriptions are not simulated here: these are the fields with their types.\n')
}

/** `deployments.apps.spec.template`: a resource, its group perhaps, and fields. */
function splitPath(given: string): { readonly type: string; readonly path: readonly string[] } {
  const [word = '', ...rest] = given.split('.')
  for (let length = rest.length; length > 0; length--) {
    const type = [word, ...rest.slice(0, length)].join('.')
    const resource = resolveResource(type)
    if (resource && resource.group === rest.slice(0, length).join('.')) return { type, path: rest.slice(length) }
  }
  return { type: word, path: rest.filter(field => field !== '') }
}

function versionOf(resource: Resource, apiVersion: string): Resource {
  if (apiVersion === '') return resource
  return (
    RESOURCES.find(other => other.apiVersion === apiVersion && other.plural === resource.plural) ??
    fail(
      `couldn't find resource for ${JSON.stringify(`${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Resource=${resource.plural}`)}`,
    )
  )
}

function describeType(s: Session, { apiVersion, kind, group, version }: Resource, path: readonly string[]): string {
  const head = `${group === '' ? '' : `GROUP:      ${group}\n`}KIND:       ${kind}\nVERSION:    ${version}\n\n`
  const type = s.schema.typeAt(apiVersion, kind, path)
  if (!type) return fail(`field ${JSON.stringify(path[path.length - 1] ?? '')} does not exist`)
  const last = path[path.length - 1]
  const own =
    last === undefined ? undefined : s.schema.fieldsOf(apiVersion, kind, path.slice(0, -1)).find(field => field.name === last)
  const field = own ? `FIELD: ${own.name} <${typeName(own.type)}>\n${enumLong(own)}\n` : ''
  const fields = s.schema.fieldsOf(apiVersion, kind, path)
  const list = fields.length > 0 ? `FIELDS:\n${fieldList(fields, 1, isOn(s, 'recursive'), new Set())}` : ''
  return `${head}${field}DESCRIPTION:\n    <empty>\n${list}\n`
}

const enumLong = ({ enum: values }: Field): string =>
  values ? `ENUM:${values.map(value => `\n    ${value === '' ? '""' : value}`).join('')}\n` : ''

function enumShort({ enum: values }: Field, indent: string): string {
  if (!values) return ''
  const shown = values.slice(0, 4).map(value => (value === '' ? '""' : value))
  return `\n${indent}enum: ${shown.join(', ')}${values.length > 4 ? ', ....' : ''}`
}

/** The fields in order of their names; `seen` are the types that a recursion is in. */
function fieldList(fields: readonly Field[], level: number, recursive: boolean, seen: ReadonlySet<string>): string {
  const indent = '  '.repeat(level)
  return [...fields]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(field => {
      const line = `${indent}${field.name}\t<${typeName(field.type)}>${field.required ? ' -required-' : ''}${enumShort(field, indent)}\n`
      if (!recursive) return `${line}${indent}  <no description>\n\n`
      const inner = structOf(field.type)
      if (!inner || seen.has(inner.definition)) return line
      return line + fieldList([...inner.fields.values()], level + 1, true, new Set([...seen, inner.definition]))
    })
    .join('')
}

function structOf(type: SchemaType): Extract<SchemaType, { kind: 'struct' }> | undefined {
  if (type.kind === 'struct') return type
  if (type.kind === 'list') return structOf(type.item)
  return type.kind === 'map' ? structOf(type.value) : undefined
}

const SCALARS: Readonly<Record<string, string>> = {
  int32: 'integer',
  int64: 'integer',
  double: 'number',
  boolean: 'boolean',
  quantity: 'Quantity',
  intOrString: 'IntOrString',
  time: 'string',
  microTime: 'string',
  bytes: 'string',
  any: 'Object',
}

function typeName(type: SchemaType): string {
  if (type.kind === 'list') return `[]${typeName(type.item)}`
  if (type.kind === 'map') return `map[string]${typeName(type.value)}`
  return type.kind === 'struct' ? type.name : (SCALARS[type.kind] ?? 'string')
}

export const explainCommand: Command = {
  name: 'explain',
  use: 'explain TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]',
  short: 'Get documentation for a resource',
  long: 'Describe fields and structure of various resources.\n\n This command lists the fields of a resource with their types. A field is named by a path: <type>.<fieldName>[.<fieldName>].\n\nUse "kubectl api-resources" for a complete list of supported resources.',
  examples: [
    '# Get the documentation of the resource and its fields',
    'kubectl explain pods',
    '',
    '# Get all the fields in the resource',
    'kubectl explain pods --recursive',
    '',
    '# Get the explanation for a specific field of a resource',
    'kubectl explain pods.spec.containers',
  ],
  flags: [
    flag.string('api-version', 'Use given api-version (group/version) of the resource.'),
    flag.bool(
      'recursive',
      'When true, print the name of all the fields recursively. Otherwise, print the available fields with their description.',
      { short: 'R' },
    ),
    ...refused('o/output'),
  ],
  arguments: 'resource',
  run,
}
