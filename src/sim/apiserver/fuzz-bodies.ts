/** For tests: request bodies that chance builds from the schema, of the right types and at the edges of what they may say. */
import type { Resource } from '../api/kinds'
import type { Field, ScalarKind, Schema, SchemaType, StructType } from '../api/schema'

import { SEEDS } from './fuzz-objects'

/** A whole number below another. */
type Random = (below: number) => number

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T
const isOneIn = (random: Random, n: number): boolean => random(n) === 0

type Part = Record<string, unknown>

const TEXTS: readonly string[] = [
  ...[
    '',
    ' ',
    'a',
    'it',
    'web',
    'default',
    'A_B',
    'a.b',
    'a/b',
    '/',
    '..',
    '.',
    'example.com/x',
    '-a',
    'é',
    '\n',
    '\u0000',
    '%',
    '*',
  ],
  ...[
    'a'.repeat(63),
    'a'.repeat(64),
    'a'.repeat(254),
    'x'.repeat(70_000),
    '__proto__',
    'constructor',
    'toString',
    'length',
    '0',
    '-1',
  ],
  ...[
    '10.0.0.1',
    '10.96.0.7',
    '::1',
    '10.0.0.0/8',
    'fd00::/64',
    'http',
    'TCP',
    'Always',
    'true',
    'True',
    'null',
    '100%',
    '101%',
    '-5%',
  ],
  ...[
    'v1',
    'apps/v1',
    'Pod',
    'Deployment',
    'Node',
    'pods',
    'In',
    'Exists',
    'NotIn',
    'Equal',
    '/x',
    'a=b',
    'a in (b',
    '$(A)',
    '5m',
    '{}',
    '[',
  ],
  ...[
    'rbac.authorization.k8s.io',
    'kubernetes.io/hostname',
    'system:masters',
    'ReadWriteOnce',
    'Europe/Nowhere',
    '*/5 * * * *',
    '0 0 31 2 *',
  ],
  ...[
    'kubernetes.io/tls',
    'kubernetes.io/kube-apiserver-client',
    'IPv4',
    'Retain',
    'object.spec > 1',
    '!!',
    'Container',
    'sha256:x',
  ],
]
const KEYS: readonly string[] = [
  ...[
    '',
    'a',
    'app',
    'A/b',
    'a/b/c',
    'example.com/x',
    'x'.repeat(300),
    '__proto__',
    'constructor',
    'cpu',
    'memory',
    'storage',
    'pods',
  ],
  ...[
    'requests.cpu',
    'count/jobs.batch',
    'hugepages-2Mi',
    'example.com/gpu',
    '.',
    '..',
    'a b',
    'é',
    'deployment.kubernetes.io/revision',
  ],
]
const INT32 = [0, 1, -1, 2, 5, 100, 65_535, 65_536, 2_147_483_647, -2_147_483_648]
const QUANTITIES = [
  '0',
  '1',
  '-1',
  '1Gi',
  '100m',
  '1.5',
  '1e3',
  '1E',
  '',
  'x',
  '0.0000000001',
  `1${'0'.repeat(40)}`,
  '9223372036854775807',
  '1Zi',
  '.5Mi',
  3,
]
const TIMES = [
  '2026-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '',
  'now',
  null,
  '9999-12-31T23:59:59Z',
  '2026-01-01T00:00:00.123456Z',
  '2026-13-01T00:00:00Z',
]

const SCALARS: Readonly<Record<ScalarKind, readonly unknown[]>> = {
  string: TEXTS,
  int32: INT32,
  int64: [...INT32, 9_007_199_254_740_991, -9_007_199_254_740_991, 1e18, 1e19],
  double: [...INT32, 0.5, 1e300],
  boolean: [true, false],
  bytes: ['', 'ZA==', 'not base64', 'ZA', 'e30='],
  quantity: QUANTITIES,
  intOrString: [...INT32, '', '0', '50%', '101%', '-1%', 'http', 'a'.repeat(64), 'x/y', '1e3%'],
  time: TIMES,
  microTime: TIMES,
  any: [
    null,
    {},
    [],
    'x',
    1,
    { type: 'object' },
    { type: 'object', properties: { a: { type: 'nothing' } } },
    { a: [{ b: null }] },
  ],
}
/** What is of none of the types, sooner or later. */
const WRONG: readonly unknown[] = [null, '', 'x', 0, -1, 1.5, true, [], {}, [null], [[]], [{}], { a: null }, { a: { b: [] } }]

const clone = <T>(value: T): T => JSON.parse(JSON.stringify(value))

/** How far a body goes; its deepest structs hold only what they must. */
const DEPTH = 9

/** How a body is drawn. */
export interface Drawing {
  readonly random: Random
  /** One optional field in so many is there. */
  readonly sparse: number
  /** One value in so many is of the wrong type; 0: none. */
  readonly wrong: number
}

function drawn(drawing: Drawing, type: SchemaType, field: Field | undefined, depth: number): unknown {
  const { random, wrong } = drawing
  if (wrong > 0 && isOneIn(random, wrong)) return clone(pick(random, WRONG))
  switch (type.kind) {
    case 'struct':
      return structOf(drawing, type, depth + 1)
    case 'list': {
      if (isOneIn(random, 8)) return pick<unknown>(random, [null, []])
      const items = Array.from({ length: 1 + random(2) }, () => drawn(drawing, type.item, undefined, depth + 1))
      // the same twice
      return isOneIn(random, 10) ? [...items, ...items] : items
    }
    case 'map': {
      if (isOneIn(random, 8)) return pick<unknown>(random, [null, {}])
      const keys = Array.from({ length: 1 + random(2) }, () => pick(random, KEYS))
      return Object.fromEntries(keys.map(key => [key, drawn(drawing, type.value, undefined, depth + 1)]))
    }
    default: {
      const known = field?.enum
      return known && !isOneIn(random, 4) ? pick(random, known) : clone(pick(random, SCALARS[type.kind]))
    }
  }
}

/** A struct with all that it must have, and some of what it may have. */
function structOf(drawing: Drawing, type: StructType, depth: number): Part {
  const { random, sparse } = drawing
  const part: Part = {}
  for (const field of type.fields.values()) {
    const isThere = field.required ? !isOneIn(random, 30) : depth < DEPTH && isOneIn(random, sparse + depth)
    if (isThere) part[field.name] = drawn(drawing, field.type, field, depth)
  }
  return part
}

/** The structs within a value, with their types. */
function structs(type: SchemaType | undefined, value: unknown): { type: StructType; part: Part }[] {
  if (typeof value !== 'object' || value === null || type === undefined) return []
  if (type.kind === 'list') return Array.isArray(value) ? value.flatMap(item => structs(type.item, item)) : []
  if (type.kind === 'map') return Object.values(value).flatMap(item => structs(type.value, item))
  if (type.kind !== 'struct' || Array.isArray(value)) return []
  const part = value as Part
  return [{ type, part }, ...Object.entries(part).flatMap(([key, inner]) => structs(type.fields.get(key)?.type, inner))]
}

const named = (kind: string): Part | null => clone(SEEDS.find(seed => seed.kind === kind) ?? null) as Part | null

/** Draws some fields of a value anew, or into it. */
export function redrawn(drawing: Drawing, type: StructType, value: unknown, times: number): unknown {
  const copy = clone(value)
  for (let n = 0; n < times; n++) {
    // not the names and versions of the whole
    const all = structs(type, copy).filter(({ type: { name } }) => name !== 'ObjectMeta' || isOneIn(drawing.random, 4))
    if (all.length === 0) return copy
    const { type: struct, part } = pick(drawing.random, all)
    const fields = [...struct.fields.values()].filter(({ name }) => part !== copy || (name !== 'apiVersion' && name !== 'kind'))
    if (fields.length === 0) continue
    const field = pick(drawing.random, fields)
    if (isOneIn(drawing.random, 12)) delete part[field.name]
    else part[field.name] = drawn(drawing, field.type, field, DEPTH - 4)
  }
  return copy
}

/** A body of a kind: a good one with some fields more or other, or one made of nothing but the schema. */
export function bodyOf(drawing: Drawing, schema: Schema, resource: Resource, namespace: string): Part {
  const { random } = drawing
  const { apiVersion, kind } = resource
  const type = schema.typeOf(apiVersion, kind)
  if (type === undefined) throw new Error(`no schema for ${apiVersion} ${kind}`)
  const seed = isOneIn(random, 4) ? null : named(kind)
  const body = seed ? (redrawn(drawing, type, seed, 1 + random(3)) as Part) : structOf(drawing, type, 0)
  const said = typeof body.metadata === 'object' && body.metadata !== null ? (body.metadata as Part) : {}
  if (isOneIn(random, 20)) return body
  const { namespace: _, ...rest } = said
  const name = isOneIn(random, 12) ? pick(random, TEXTS) : 'it'
  return { ...body, apiVersion, kind, metadata: { ...rest, name, ...(resource.namespaced && { namespace }) } }
}

/** A patch of a kind: some of its fields. */
export function patchOf(drawing: Drawing, type: StructType): unknown {
  const { random } = drawing
  const part = structOf({ ...drawing, sparse: 3 }, type, DEPTH - 5)
  delete part.apiVersion
  delete part.kind
  if (isOneIn(random, 3)) delete part.metadata
  for (const { part: inner } of structs(type, part)) {
    if (!isOneIn(random, 8)) continue
    const [key = 'a'] = Object.keys(inner)
    const directive = pick<Part>(random, [
      { $patch: 'delete' },
      { $patch: 'replace' },
      { $patch: 'x' },
      { $retainKeys: [key] },
      { $retainKeys: null },
      { [`$setElementOrder/${key}`]: [{ name: 'a' }] },
      { [`$deleteFromPrimitiveList/${key}`]: ['a'] },
      { [key]: null },
    ])
    Object.assign(inner, directive)
  }
  return isOneIn(random, 20) ? clone(pick(random, WRONG)) : part
}

/** Every place in a value, as JSON pointers. */
function pointers(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [at]
  const parts = Object.entries(value).flatMap(([key, part]) =>
    pointers(part, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  )
  return [at, ...parts]
}

/** A JSON patch of an object. */
export function jsonPatchOf(drawing: Drawing, type: StructType, object: unknown): unknown {
  const { random } = drawing
  const places = pointers(object)
  const path = (): string => pick(random, places) + pick(random, ['', '', '', '', '/-', '/0', '/-1', '/x', '/99', '/~2', 'x'])
  const operation = (): unknown => ({
    op: pick(random, ['add', 'replace', 'remove', 'test', 'copy', 'move', 'replace', 'add', 'x']),
    path: path(),
    ...(!isOneIn(random, 4) && { from: path() }),
    ...(!isOneIn(random, 8) && { value: isOneIn(random, 2) ? clone(pick(random, WRONG)) : structOf(drawing, type, DEPTH - 3) }),
  })
  return isOneIn(random, 25) ? clone(pick(random, WRONG)) : Array.from({ length: 1 + random(3) }, operation)
}
