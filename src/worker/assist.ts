/** Help while typing: completion of command lines with the cluster's names, and texts to edit. */
import { resourceByKind } from '../sim/api/kinds'
import type { KubectlMessage } from '../sim/api/kubectl'
import { ROOMS } from '../sim/api/rooms'
import type { KubeObject, Pod } from '../sim/api/types'
import type { Seq, Time } from '../sim/kernel/types'
import { KUBECTL } from '../sim/kubectl/commands'
import { complete, type Names, type Ports } from '../sim/kubectl/complete'
import { isCurl } from '../sim/kubectl/curl'
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
  const kubectl = session.simulation.state(ROOMS.kubectl) as KubectlState | undefined
  if (isCurl(line.slice(0, cursor))) return completeCurl(line.slice(0, cursor), kubectl?.listeners ?? [])
  const context = kubectl?.contextNamespace
  const names: Names = (plural, namespace = context || 'default') => {
    const found: string[] = []
    for (const { object } of objects.values()) {
      const of = object.metadata.namespace
      if (of && of !== namespace) continue
      if (resourceByKind(object.apiVersion, object.kind)?.plural === plural) found.push(object.metadata.name)
    }
    return found
  }
  const ports: Ports = (plural, name, namespace = context || 'default') => {
    for (const { object } of objects.values()) {
      const { metadata } = object
      if (metadata.name !== name || (metadata.namespace && metadata.namespace !== namespace)) continue
      if (resourceByKind(object.apiVersion, object.kind)?.plural === plural) return portsOf(object)
    }
    return []
  }
  return complete(line, cursor, names, ports)
}

/** Ports that an object says it has. */
function portsOf({ kind, spec }: KubeObject): readonly string[] {
  if (kind === 'Service') return ((spec?.ports ?? []) as readonly { readonly port: number }[]).map(({ port }) => String(port))
  const { containers = [] } = ((spec?.template as KubeObject | undefined)?.spec ?? spec ?? {}) as Partial<Pod['spec']>
  return [...new Set(containers.flatMap(({ ports = [] }) => ports.map(port => String(port.containerPort))))]
}

/** What curl can reach: the ports that are forwarded. */
function completeCurl(before: string, listeners: KubectlState['listeners']): Completion {
  const from = before.length - (/\S*$/.exec(before)?.[0].length ?? 0)
  const begun = before.slice(from)
  const places = [...new Set(listeners.map(({ port }) => `localhost:${port}`))]
  return { from, options: places.filter(place => place.startsWith(begun)).map(label => ({ label })) }
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
