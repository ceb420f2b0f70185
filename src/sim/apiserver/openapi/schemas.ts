/** Definitions as OpenAPI v3 writes them. Models k8s.io/kube-openapi/pkg/builder3. */
import type { OpenApiNode, Schema } from '../../api/schema'

const REF = '#/definitions/'

/** Types that are two in JSON. */
const EITHER: Readonly<Record<string, unknown>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { oneOf: [{ type: 'string' }, { type: 'number' }] },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': {
    format: 'int-or-string',
    oneOf: [{ type: 'integer' }, { type: 'string' }],
  },
}

/** The named definitions and all that they are made of, by name. */
export function componentsOf({ definitions }: Schema, names: Iterable<string>): Record<string, unknown> {
  const found = new Map<string, unknown>()
  const waiting = [...names]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = definitions[name]
    if (!node || found.has(name)) continue
    found.set(name, EITHER[name] ?? converted(node, waiting))
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A node in the words of v3; what it refers to goes to `referred`. */
function converted(node: OpenApiNode, referred: string[]): unknown {
  const { $ref, items, additionalProperties, properties, ...rest } = node
  const inner = {
    ...rest,
    ...(items && { items: converted(items, referred) }),
    ...(additionalProperties && { additionalProperties: converted(additionalProperties, referred) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, converted(property, referred)])),
    }),
  }
  if ($ref === undefined) return inner
  const name = $ref.slice(REF.length)
  referred.push(name)
  const reference = { $ref: `#/components/schemas/${name}` }
  // nothing may stand beside a reference
  return Object.keys(inner).length === 0 ? reference : { ...inner, allOf: [reference] }
}
