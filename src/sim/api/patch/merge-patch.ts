/**
 * JSON merge patches (RFC 7386), `application/merge-patch+json`. Models gopkg.in/evanphx/json-patch.v4/merge.go.
 */
import { deepEqual } from '../deep'
import { Draft, type Fields, isFields, sortedFields } from './json'

/** Applies a patch: null deletes, objects merge, all else replaces. What does not change is shared. */
export function applyMergePatch<T>(target: T, patch: unknown): T {
  return merge(target, patch) as T
}

function merge(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return deepEqual(target, patch) ? target : patch
  const draft = new Draft(isFields(target) ? target : {})
  for (const key in patch) {
    const value = patch[key]
    if (value === undefined) continue
    if (value === null) draft.delete(key)
    else draft.set(key, merge(draft.get(key), value))
  }
  return draft.done()
}

/** The patch that makes `modified` of `original`; `{}` when there is nothing to do. */
export function createMergePatch(original: Fields, modified: Fields): Fields {
  const entries: [string, unknown][] = []
  for (const key in modified) {
    const [before, after] = [original[key], modified[key]]
    if (before === after || after === undefined) continue
    if (isFields(before) && isFields(after)) {
      const inner = createMergePatch(before, after)
      if (Object.keys(inner).length > 0) entries.push([key, inner])
    } else if (!deepEqual(before, after)) entries.push([key, after])
  }
  for (const key in original) if (original[key] !== undefined && modified[key] === undefined) entries.push([key, null])
  return sortedFields(entries)
}
