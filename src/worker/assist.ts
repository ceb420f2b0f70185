/** Help while typing: completion of command lines with the cluster's names, and texts to edit. */
import { resourceByKind } from '../sim/api/kinds'
import type { KubectlMessage } from '../sim/api/kubectl'
import { ROOMS } from '../sim/api/rooms'
import type { Seq, Time } from '../sim/kernel/types'
import { KUBECTL } from '../sim/kubectl/commands'
import { complete, type Names } from '../sim/kubectl/complete'
import { splitLine } from '../sim/kubectl/line'
import { findCommand } from '../sim/kubectl/parse'
import type { KubectlState } from '../sim/kubectl/session'
import type { Completion } from './protocol'
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

/** No command of a session has this id. */
const TRIAL = 0
/** Virtual time that a trial may take (µs). */
const PATIENCE = 60_000_000

/**
 * What kubectl shows in the editor of a line that is an `edit`: the line is tried in a run of its own at the cursor, where nobody saves
 * anything. Undefined where no editor opens; the command itself then says why.
 */
export function editorText(session: Session, line: string): string | undefined {
  const split = splitLine(line)
  if ('error' in split || findCommand(KUBECTL, split.words).path[1]?.name !== 'edit') return undefined
  const run = session.simulationAt(session.place.cursor)
  const from = run.trace.length
  const message: KubectlMessage = { type: 'kubectl', id: TRIAL, line }
  run.command({ to: ROOMS.kubectl, message, text: line })
  const until = (run.now + PATIENCE) as Time
  let seq = from + 1
  for (;;) {
    for (; seq <= run.trace.length; seq++) {
      const { reason, args } = run.trace.entry(seq as Seq)
      if (reason !== 'kubectl.editor' && reason !== 'kubectl.exit') continue
      const { id, text } = args as { readonly id: number; readonly text?: string }
      if (id === TRIAL) return text
    }
    if (run.settled || run.now >= until) return undefined
    run.run({ settled: true, time: until, deliveries: 100 })
  }
}
