/**
 * What controllers do over and over, as Pods come up and go: a rolling update, the Pods of a StatefulSet, of a Job. A turn of the Story
 * holds at least half as much as all that came before it, so a story grows with the logarithm of its work.
 */
import type { TraceEntry } from '../sim/kernel/types'
import type { ChapterKind } from './types'

export interface Turns {
  /** Pods that controllers have asked for or had deleted since the command. */
  acts: number
  /** How many of them there were when the last chapter began that counts as a turn. */
  from: number
}
export const newTurns = (): Turns => ({ acts: 0, from: 0 })

/** Whether a chapter may end here: enough has been done since it began. */
export const isFull = ({ acts, from }: Turns): boolean => acts - from >= Math.max(1, from / 2)

/**
 * Whether a request begins a turn: the deployment controller scales a ReplicaSet; where there is no Deployment in the story, another
 * controller creates or deletes a Pod.
 */
export function takesTurn(kind: ChapterKind, e: TraceEntry, hasDeployment: boolean): boolean {
  if (kind === 'deployment') return (e.args as unknown as Record<string, unknown>).verb === 'update'
  return (kind === 'controller' || kind === 'replicaset') && !hasDeployment && isAct(e)
}

/** A turn answers what came of the last: its watch has told of it since, which is where it begins. */
export const answersLast = (begin: TraceEntry): boolean => begin.reason === 'watch.event'

/** Takes in an entry. */
export function countTurn(turns: Turns, e: TraceEntry): void {
  if (isAct(e)) turns.acts++
}

function isAct(e: TraceEntry): boolean {
  if (e.reason !== 'http.request' || !e.room.startsWith('controller-manager/')) return false
  const { verb, resource } = e.args as unknown as Record<string, unknown>
  return resource === 'pods' && (verb === 'create' || verb === 'delete')
}
