// Models k8s.io/kube-openapi/pkg/handler3: an OpenAPI v3 document for each group version, and the index that names each with its hash.
import { GROUP_VERSIONS } from '../../api/kinds'
import type { Schema } from '../../api/schema'
import { hash32 } from '../../kernel/random'
import { pathsOf, schemaNames } from './paths'
import { componentsOf } from './schemas'

/** What is served below /openapi; undefined is a 404. */
export function answerOpenApi(path: string, schema: Schema, version: string): unknown {
  const documents = documentsOf(schema, version)
  if (path === '/openapi/v2') return documents.v2
  if (path === '/openapi/v3') return documents.index()
  return documents.of(path.slice('/openapi/v3/'.length))
}

interface Documents {
  readonly v2: unknown
  readonly index: () => unknown
  readonly of: (place: string) => unknown
}

/** Tells documents apart, as upstream's SHA-512 does; that would cost a tenth of a second with the first `kubectl apply`. */
const hashOf = (text: string): string =>
  [1, 2, 3, 4]
    .map(seed => hash32(text, seed).toString(16).padStart(8, '0'))
    .join('')
    .toUpperCase()

/** Made when they are first asked for: a document is a function of the schema. */
const made = new WeakMap<Schema, Documents>()

/** What neither the recorded schema nor discovery knows. */
const LEFT_OUT =
  'Made from the types and the discovery that a real Kubernetes apiserver was recorded with. Descriptions, defaults, the deprecated watch paths and paths of proxies are not in it.'

function documentsOf(schema: Schema, version: string): Documents {
  const known = made.get(schema)
  if (known) return known
  const info = { title: 'Kubernetes', version, description: LEFT_OUT }
  const places = new Map(GROUP_VERSIONS.map(v => [v === 'v1' ? 'api/v1' : `apis/${v}`, v] as const))
  const make = (apiVersion: string): unknown => {
    const paths = pathsOf(apiVersion, schema)
    const components = { schemas: componentsOf(schema, schemaNames(paths)) }
    return Object.freeze({ openapi: '3.0.0', info, paths, components })
  }
  const entry = ([place, apiVersion]: readonly [string, string]) => {
    // those that nobody asks for are not kept
    const hash = hashOf(JSON.stringify(make(apiVersion)))
    return [place, { serverRelativeURL: `/openapi/v3/${place}?hash=${hash}` }] as const
  }
  const served = new Map<string, unknown>()
  let index: unknown
  const documents: Documents = {
    v2: Object.freeze({ swagger: '2.0', info, paths: {}, definitions: schema.definitions }),
    index: () => {
      index ??= Object.freeze({ paths: Object.fromEntries([...places].map(entry)) })
      return index
    },
    of: place => {
      const apiVersion = places.get(place)
      if (apiVersion === undefined) return undefined
      if (!served.has(place)) served.set(place, make(apiVersion))
      return served.get(place)
    },
  }
  made.set(schema, documents)
  return documents
}
