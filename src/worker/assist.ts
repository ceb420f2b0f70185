/** Help while typing: completion of command lines with the cluster's names, and problems of a manifest at their lines. */
import { resourceByKind } from '../sim/api/kinds'
import { ROOMS } from '../sim/api/rooms'
import { complete, type Names } from '../sim/kubectl/complete'
import { parseManifest } from '../sim/kubectl/manifest'
import type { KubectlState } from '../sim/kubectl/session'
import type { Completion, ManifestProblem } from './protocol'
import type { Session } from './session'

/**
 * Completes the word at `cursor`; names are those of the objects at the stage's cursor, in the namespace that the line says, or in
 * the context's.
 */
export function completeLine(session: Session, line: string, cursor: number): Completion {
  const { objects } = session.foldAt(session.place.cursor)
  const context = (session.simulation.state(ROOMS.kubectl) as KubectlState | undefined)?.contextNamespace
  const names: Names = (plural, namespace = context || 'default') => {
    const found: string[] = []
    for (const { object } of objects.values()) {
      const of = object.metadata.namespace
      if (of && of !== namespace) continue
      if (resourceByKind(object.apiVersion, object.kind)?.plural === plural) found.push(object.metadata.name)
    }
    return found
  }
  return complete(line, cursor, names)
}

/** Every problem of a manifest, at its line and column. */
export function checkManifest(text: string): readonly ManifestProblem[] {
  return parseManifest(text).problems
}
