/**
 * Hashes that become parts of names. Models pkg/controller/controller_utils.go (ComputeHash) and
 * pkg/controller/history (HashControllerRevision). Upstream hashes a dump of Go structs, so its digits differ; their look and use do not.
 */
import { SAFE_ALPHABET } from './names'

const OFFSET = 0x811c9dc5
const PRIME = 0x01000193

/** FNV-1a, 32 bits, of the text's UTF-16 code units; `seed` goes on from an earlier text. */
export function fnv32a(text: string, seed: number = OFFSET): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME)
  return hash >>> 0
}

/** Digits as letters that make no words. Models rand.SafeEncodeString. */
export function safeEncode(text: string): string {
  let encoded = ''
  for (let i = 0; i < text.length; i++) encoded += SAFE_ALPHABET[text.charCodeAt(i) % SAFE_ALPHABET.length]
  return encoded
}

/** Goes on with a value's canonical JSON: keys sorted, what is undefined left out. No text of the whole is made. */
function hashValue(value: unknown, seed: number): number {
  if (typeof value !== 'object' || value === null) return fnv32a(JSON.stringify(value ?? null), seed)
  if (Array.isArray(value))
    return fnv32a(
      ']',
      value.reduce<number>((hash, item) => fnv32a(',', hashValue(item, hash)), fnv32a('[', seed)),
    )
  let hash = fnv32a('{', seed)
  const fields = value as Readonly<Record<string, unknown>>
  for (const key of Object.keys(fields).sort())
    if (fields[key] !== undefined) hash = fnv32a(',', hashValue(fields[key], fnv32a(':', fnv32a(key, hash))))
  return fnv32a('}', hash)
}

const templates = new WeakMap<object, number>()

/**
 * The `pod-template-hash` of a template: the same for equal templates, whatever the order of their fields. A collision count, which the
 * Deployment's status keeps, leads to another hash.
 */
export function podTemplateHash(template: object, collisionCount?: number): string {
  let hash = templates.get(template)
  if (hash === undefined) {
    hash = hashValue(template, OFFSET)
    templates.set(template, hash)
  }
  return safeEncode(String(collisionCount === undefined ? hash : fnv32a(`#${collisionCount}`, hash)))
}

/** The hash in a ControllerRevision's name, of its data. Models HashControllerRevision. */
export const controllerRevisionHash = (data: unknown, collisionCount?: number): string =>
  safeEncode(String(fnv32a(collisionCount === undefined ? '' : String(collisionCount), hashValue(data, OFFSET))))
