/**
 * The schema of the API: what kinds are made of. It comes from the OpenAPI document that a real apiserver publishes
 * (`data/openapi.json`), which the host loads when it is first needed and passes in.
 */
import { apiVersionOf } from '../kinds'
import { Compiler, type OpenApiDocument } from './compile'
import type { Field, Schema, SchemaType, StructType } from './types'

export type { OpenApiDocument, OpenApiNode } from './compile'
export { type Decoded, decode, strictErrorText, unhandledText } from './decode'
export type { Field, ListType, MapType, ScalarKind, ScalarType, Schema, SchemaType, StructType } from './types'

const schemas = new WeakMap<object, Schema>()

/** Makes a schema of the OpenAPI document's definitions. The same document gives the same schema. */
export function createSchema(openapi: unknown): Schema {
  if (typeof openapi !== 'object' || openapi === null) throw new Error('the OpenAPI document is not an object')
  const known = schemas.get(openapi)
  if (known !== undefined) return known
  const schema = build(openapi as OpenApiDocument)
  schemas.set(openapi, schema)
  return schema
}

function build(document: OpenApiDocument): Schema {
  const compiler = new Compiler(document)
  const definitions = new Map<string, string>()
  for (const [name, node] of Object.entries(document))
    for (const { group, version, kind } of node['x-kubernetes-group-version-kind'] ?? [])
      definitions.set(`${apiVersionOf(group, version)} ${kind}`, name)
  const types = new Map<string, StructType | undefined>()

  const typeOf = (apiVersion: string, kind: string): StructType | undefined => {
    const key = `${apiVersion} ${kind}`
    if (types.has(key)) return types.get(key)
    const name = definitions.get(key)
    const type = name === undefined ? undefined : compiler.definition(name)
    const struct = type?.kind === 'struct' ? type : undefined
    if (struct !== undefined) types.set(key, struct)
    return struct
  }
  const typeAt = (apiVersion: string, kind: string, path: readonly string[]): SchemaType | undefined => {
    let type: SchemaType | undefined = typeOf(apiVersion, kind)
    for (const step of path) type = type === undefined ? undefined : child(type, step)
    return type
  }
  const fieldsOf = (apiVersion: string, kind: string, path: readonly string[] = []): readonly Field[] => {
    const type = element(typeAt(apiVersion, kind, path))
    return type?.kind === 'struct' ? [...type.fields.values()] : []
  }
  return { definitions: document, typeOf, typeAt, fieldsOf }
}

/** Of a list or map: what it holds. */
function element(type: SchemaType | undefined): SchemaType | undefined {
  if (type?.kind === 'list') return element(type.item)
  if (type?.kind === 'map') return element(type.value)
  return type
}
/** A list is passed through on the way to a field of its items; a map's key is a step of its own. */
function child(type: SchemaType, step: string): SchemaType | undefined {
  if (type.kind === 'list') return child(type.item, step)
  if (type.kind === 'map') return type.value
  return type.kind === 'struct' ? type.fields.get(step)?.type : undefined
}
