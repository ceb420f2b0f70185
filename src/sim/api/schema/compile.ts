/**
 * From the OpenAPI document to types. A kind is compiled when it is first asked for, with all that it is made of.
 */
import { DROP_ZERO, KEEP_EMPTY, NULLABLE } from './go-fields'
import type { Field, ScalarKind, ScalarType, SchemaType, StructType } from './types'

/** A definition or property of the document, as far as it is used here. */
export interface OpenApiNode {
  readonly type?: string
  readonly format?: string
  readonly $ref?: string
  readonly items?: OpenApiNode
  readonly additionalProperties?: OpenApiNode
  readonly properties?: Readonly<Record<string, OpenApiNode>>
  readonly required?: readonly string[]
  readonly enum?: readonly string[]
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular'
  readonly 'x-kubernetes-patch-strategy'?: string
  readonly 'x-kubernetes-patch-merge-key'?: string
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[]
}
export type OpenApiDocument = Readonly<Record<string, OpenApiNode>>

const scalar = (kind: ScalarKind, goType: string): ScalarType => ({ kind, goType })
const STRING = scalar('string', 'string')
const ANY = scalar('any', 'interface {}')

/** Definitions that are scalars in JSON, whatever they look like. */
const SPECIAL: Readonly<Record<string, ScalarType>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': scalar('quantity', 'resource.Quantity'),
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': scalar('time', 'v1.Time'),
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': scalar('microTime', 'v1.MicroTime'),
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': scalar('intOrString', 'intstr.IntOrString'),
}

const REF = '#/definitions/'

/** `core.v1.PodSpec` of `io.k8s.api.core.v1.PodSpec`: what the tables of go-fields.ts name structs by. */
const shortName = (definition: string): string => definition.split('.').slice(-3).join('.')

export class Compiler {
  private readonly document: OpenApiDocument
  private readonly structs = new Map<string, StructType>()

  constructor(document: OpenApiDocument) {
    this.document = document
  }

  definition(name: string): SchemaType {
    const special = SPECIAL[name]
    if (special !== undefined) return special
    const known = this.structs.get(name)
    if (known !== undefined) return known
    const node = this.document[name]
    if (node?.properties === undefined) return ANY
    const short = shortName(name)
    const [, version = '', plain = ''] = short.split('.')
    const fields = new Map<string, Field>()
    const type: StructType = {
      kind: 'struct',
      name: plain,
      goType: `${version}.${plain}`,
      definition: name,
      fields,
      nullable: NULLABLE[short] ?? [],
      atomic: node['x-kubernetes-map-type'] === 'atomic',
    }
    // Before its fields, because some types contain themselves.
    this.structs.set(name, type)
    for (const [field, property] of Object.entries(node.properties)) fields.set(field, this.field(field, property, node, short))
    return type
  }

  private field(name: string, property: OpenApiNode, owner: OpenApiNode, struct: string): Field {
    const strategies = property['x-kubernetes-patch-strategy']?.split(',') ?? []
    const required = owner.required?.includes(name) === true
    const fixed = required || NULLABLE[struct]?.includes(name) === true || KEEP_EMPTY[struct]?.includes(name) === true
    return {
      name,
      type: this.node(property),
      required,
      enum: property.enum,
      listType: property['x-kubernetes-list-type'],
      listMapKeys: property['x-kubernetes-list-map-keys'] ?? [],
      atomic: property['x-kubernetes-map-type'] === 'atomic',
      patch: strategies.includes('merge') ? 'merge' : strategies.includes('replace') ? 'replace' : undefined,
      retainKeys: strategies.includes('retainKeys'),
      mergeKey: property['x-kubernetes-patch-merge-key'],
      dropZero: DROP_ZERO[struct]?.includes(name) === true,
      dropEmpty: !fixed,
    }
  }

  private node(node: OpenApiNode): SchemaType {
    if (node.$ref !== undefined) return this.definition(node.$ref.slice(REF.length))
    if (node.items !== undefined) {
      const item = this.node(node.items)
      return { kind: 'list', goType: `[]${item.goType}`, item }
    }
    if (node.additionalProperties !== undefined) {
      const value = this.node(node.additionalProperties)
      return { kind: 'map', goType: `map[string]${value.goType}`, value }
    }
    return scalarOf(node)
  }
}

function scalarOf(node: OpenApiNode): ScalarType {
  switch (node.type) {
    case 'string':
      return node.format === 'byte' ? scalar('bytes', '[]uint8') : STRING
    case 'integer':
      return node.format === 'int64' ? scalar('int64', 'int64') : scalar('int32', 'int32')
    case 'number':
      return scalar('double', 'float64')
    case 'boolean':
      return scalar('boolean', 'bool')
    default:
      return ANY
  }
}
