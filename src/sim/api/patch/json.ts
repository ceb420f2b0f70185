/**
 * What all patches share: JSON objects that are never changed, and results.
 */
import { copyWith, without } from '../deep'

export type Fields = Readonly<Record<string, unknown>>
export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A patched object, or why the patch cannot be applied, with the code that the apiserver answers: 400, 422 without a word, or 500. */
export type Patched<T> =
  | { readonly value: T; readonly error?: undefined; readonly code?: undefined }
  | { readonly value?: undefined; readonly error: string; readonly code: 400 | 422 | 500 }

/** Thrown inside this folder only; `attempt` makes a value of it. */
export class Unpatchable extends Error {
  readonly code: 400 | 422 | 500
  constructor(message: string, code: 400 | 422 | 500) {
    super(message)
    this.code = code
  }
}

export function attempt<T>(work: () => T): Patched<T> {
  try {
    return { value: work() }
  } catch (error) {
    if (error instanceof Unpatchable) return { error: error.message, code: error.code }
    throw error
  }
}

/** An object under construction: a copy is made at the first real change, so what does not change is shared. */
export class Draft {
  private readonly base: Fields
  private copy: Record<string, unknown> | undefined

  constructor(base: Fields) {
    this.base = base
  }
  has(key: string): boolean {
    return (this.copy ?? this.base)[key] !== undefined
  }
  get(key: string): unknown {
    return (this.copy ?? this.base)[key]
  }
  keys(): string[] {
    return Object.keys(this.copy ?? this.base)
  }
  set(key: string, value: unknown): void {
    if (this.get(key) === value) return
    this.copy ??= copyWith(this.base) as Record<string, unknown>
    this.copy[key] = value
  }
  delete(key: string): void {
    if (this.has(key)) this.copy = without(this.copy ?? this.base, key) as Record<string, unknown>
  }
  done(): Fields {
    return this.copy ?? this.base
  }
}

/** A new object with its keys in order, as Go writes maps. */
export function sortedFields(entries: [string, unknown][]): Fields {
  if (entries.length > 1) entries.sort((a, b) => (a[0] < b[0] ? -1 : 1))
  const fields: Record<string, unknown> = {}
  for (const [key, value] of entries) fields[key] = value
  return fields
}

/** The same list when its items are the same. */
export function sameItems(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  if (before.length !== after.length) return after
  for (let i = 0; i < before.length; i++) if (before[i] !== after[i]) return after
  return before
}
