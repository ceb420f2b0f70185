// Models OverrideOptions of k8s.io/kubectl/pkg/cmd/util/override_options.go: `--overrides` of `run` and `expose`.
import { applyJsonPatch, applyMergePatch, applyStrategicPatch } from '../api/patch'
import type { KubeObject } from '../api/types'
import { type Flag, flag } from './command'
import { fail } from './errors'
import { type Session, text } from './session'

export const OVERRIDE_FLAGS: readonly Flag[] = [
  flag.string('override-type', 'The method used to override the generated object: json, merge, or strategic.', {
    value: 'merge',
  }),
  flag.string('overrides', 'An inline JSON override for the generated object, which is patched with it before it is sent.'),
]

/** The object as `--overrides` would have it. */
export function overridden(s: Session, object: KubeObject): KubeObject {
  const given = text(s, 'overrides')
  if (given === '') return object
  const type = text(s, 'override-type')
  if (!['json', 'merge', 'strategic'].includes(type)) fail(`invalid override type: ${type}`)
  const patch = parsed(given, type === 'json' ? 'Array' : 'Object')
  if (type === 'merge') return applyMergePatch(object, patch)
  const schema = s.schema.typeOf(object.apiVersion, object.kind)
  if (!schema) return fail(`no schema for ${object.kind}`)
  const made = type === 'json' ? applyJsonPatch(object, patch) : applyStrategicPatch(object, patch, schema)
  return made.error === undefined ? made.value : fail(made.error)
}

function parsed(given: string, shape: 'Array' | 'Object'): unknown {
  const read = jsonIn(given)
  const fits = shape === 'Array' ? Array.isArray(read) : typeof read === 'object' && read !== null && !Array.isArray(read)
  return fits ? read : fail('Invalid JSON Patch')
}

function jsonIn(given: string): unknown {
  try {
    return JSON.parse(given) as unknown
  } catch {
    return undefined
  }
}
