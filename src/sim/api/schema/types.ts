/**
 * The types of the API, compiled from the OpenAPI document.
 */
import type { OpenApiDocument } from './compile'

export type ScalarKind =
  | 'string'
  | 'int32'
  | 'int64'
  | 'double'
  | 'boolean'
  | 'bytes'
  | 'quantity'
  | 'intOrString'
  | 'time'
  | 'microTime'
  /** Anything: extensions, JSON schemas, managed fields. */
  | 'any'

export interface ScalarType {
  readonly kind: ScalarKind
  /** As Go names it in errors: `int32`, `resource.Quantity`. */
  readonly goType: string
}
export interface MapType {
  readonly kind: 'map'
  readonly goType: string
  readonly value: SchemaType
}
export interface ListType {
  readonly kind: 'list'
  readonly goType: string
  readonly item: SchemaType
}
export interface StructType {
  readonly kind: 'struct'
  /** As Go names it: `DeploymentSpec`. */
  readonly name: string
  readonly goType: string
  /** Key in the OpenAPI document: `io.k8s.api.apps.v1.DeploymentSpec`. */
  readonly definition: string
  readonly fields: ReadonlyMap<string, Field>
  /** Fields that Go writes as null when they have no value. */
  readonly nullable: readonly string[]
  /** Server-side apply sees the struct as one value. */
  readonly atomic: boolean
}
export type SchemaType = ScalarType | MapType | ListType | StructType

export interface Field {
  readonly name: string
  readonly type: SchemaType
  readonly required: boolean
  readonly enum: readonly string[] | undefined
  /** How server-side apply and validation see a list. */
  readonly listType: 'atomic' | 'set' | 'map' | undefined
  readonly listMapKeys: readonly string[]
  /** Server-side apply sees the map as one value. */
  readonly atomic: boolean
  /** How a strategic merge patch treats the field; maps merge unless they are replaced, lists are replaced unless they merge. */
  readonly patch: 'merge' | 'replace' | undefined
  /** A patch says which keys stay (`$retainKeys`). */
  readonly retainKeys: boolean
  /** Tells the elements of a merging list apart; undefined for primitives. */
  readonly mergeKey: string | undefined
  /** Go leaves out the zero value: false or 0. */
  readonly dropZero: boolean
  /** Go leaves out the empty string, list or map. */
  readonly dropEmpty: boolean
}

/** The schema of everything that a cluster serves. Immutable. */
export interface Schema {
  /** What it was made of: the definitions of the OpenAPI document, by name. */
  readonly definitions: OpenApiDocument
  /** The type of a kind, `DeleteOptions` and lists included; undefined when it is not served. */
  readonly typeOf: (apiVersion: string, kind: string) => StructType | undefined
  /** The type at a path within a kind; lists and maps are passed through. Undefined when there is no such field. */
  readonly typeAt: (apiVersion: string, kind: string, path: readonly string[]) => SchemaType | undefined
  /** The fields at a path within a kind, for completion and `kubectl explain`; none for a scalar. */
  readonly fieldsOf: (apiVersion: string, kind: string, path?: readonly string[]) => readonly Field[]
}
