/** Help while typing: completion of command lines with the cluster's names, and problems of a manifest at their lines. */
import { resourceByKind } from '../sim/api/kinds'
import { complete } from '../sim/kubectl/complete'
import { parseManifest } from '../sim/kubectl/manifest'
import type { Completion, ManifestProblem } from './protocol'
import type { Session } from './session'

/** Completes the word at `cursor`; names are those of the objects at the stage's cursor. */
export function completeLine(session: Session, line: string, cursor: number): Completion {
  const names = new Map<string, string[]>()
  for (const { object } of session.foldAt(session.place.cursor).objects.values()) {
    if (object.metadata.namespace && object.metadata.namespace !== 'default') continue
    const plural = resourceByKind(object.apiVersion, object.kind)?.plural
    if (!plural) continue
    const list = names.get(plural)
    if (list) list.push(object.metadata.name)
    else names.set(plural, [object.metadata.name])
  }
  return complete(line, cursor, plural => names.get(plural) ?? [])
}

/** Every problem of a manifest, at its line and column. */
export function checkManifest(text: string): readonly ManifestProblem[] {
  return parseManifest(text).problems
}
