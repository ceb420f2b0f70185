/** Answers to "what is in it?" and "why?": an entry with its message, counterpart and causes; an object with its revisions. */

import { etcdKey, resourceNamed } from '../sim/api/kinds'
import type { EtcdRequest } from '../sim/api/messages'
import type { KubeObject } from '../sim/api/types'
import type { Seq, TraceEntry } from '../sim/kernel/types'
import { yamlDocuments } from '../sim/kubectl/print/objects'
import { stageEntry } from '../view/scene'
import type { StageEntry } from '../view/types'
import type { CauseLink, EntryDetail, ObjectDetail } from './protocol'
import type { Session } from './session'

/** A chain of causes is at most so long. */
const CHAIN = 200
/** Effects are looked for among so many entries after it. */
const AHEAD = 4000
const EFFECTS = 20

const argsOf = (e: TraceEntry): Record<string, unknown> => e.args as unknown as Record<string, unknown>
const causesOf = (e: TraceEntry): readonly Seq[] => (typeof e.cause === 'number' ? [e.cause] : e.cause)

/** Everything about an entry. Throws a RangeError where the branch has none of that number. */
export function inspect(session: Session, seq: Seq): EntryDetail {
  const { trace } = session.simulation
  const entry = trace.entry(seq)
  const other = counterpartOf(session, entry)
  const request = entry.reason === 'http.request' ? entry : other
  const answer = entry.reason === 'http.request' ? other : entry
  const latency = request && answer?.hop && request !== answer ? answer.hop.arrives - request.at : undefined
  return {
    entry: stageEntry(entry),
    ...(entry.message && { message: entry.message }),
    ...(other && { counterpart: { entry: stageEntry(other), ...(other.message && { message: other.message }) } }),
    ...(latency !== undefined && { latency }),
    causes: chainOf(session, entry),
    effects: effectsOf(session, seq),
  }
}

function counterpartOf(session: Session, entry: TraceEntry): TraceEntry | undefined {
  const { trace } = session.simulation
  if (entry.reason === 'http.request') {
    const answer = session.beats.answerOf(entry.seq) ?? answerAfter(session, entry)
    return answer === undefined ? undefined : trace.entry(answer)
  }
  const request = argsOf(entry).request
  return typeof request === 'number' && request > 0 ? trace.entry(request as Seq) : undefined
}

/** Requests before the baseline are not in the beats' index. */
function answerAfter(session: Session, entry: TraceEntry): Seq | undefined {
  const { trace } = session.simulation
  for (let seq = entry.seq + 1; seq <= Math.min(trace.length, entry.seq + AHEAD); seq++) {
    const e = trace.entry(seq as Seq)
    if (e.reason === 'http.response' && argsOf(e).request === entry.seq) return e.seq
  }
  return undefined
}

/** From an entry back to the keystroke or to boot. Where an entry stands for several, the last is followed. */
export function chainOf(session: Session, entry: TraceEntry): CauseLink[] {
  const { trace } = session.simulation
  const chain: CauseLink[] = []
  let causes = causesOf(entry)
  while (chain.length < CHAIN) {
    const next = causes[causes.length - 1]
    if (!next) break
    const e = trace.entry(next)
    chain.push({ entry: stageEntry(e), others: causes.slice(0, -1) })
    causes = causesOf(e)
  }
  return chain
}

function effectsOf(session: Session, seq: Seq): StageEntry[] {
  const { trace } = session.simulation
  const effects: StageEntry[] = []
  for (let at = seq + 1; at <= Math.min(trace.length, seq + AHEAD) && effects.length < EFFECTS; at++) {
    const e = trace.entry(at as Seq)
    if (causesOf(e).includes(seq)) effects.push(stageEntry(e))
  }
  return effects
}

/** An object at the cursor, as it was before the beat there, and who wrote each of its revisions. */
export function objectDetail(session: Session, resource: string, key: string): ObjectDetail {
  const { cursor } = session.place
  const beat = session.shownBeat()
  const slash = key.indexOf('/')
  const type = resourceNamed(resource)
  const stored = etcdKey(type, slash < 0 ? undefined : key.slice(0, slash), key.slice(slash + 1))
  const before = yamlIn(session, beat ? ((beat.from - 1) as Seq) : cursor, stored)
  const now = yamlIn(session, cursor, stored)
  const { revision } = session.foldAt(cursor).objects.get(stored) ?? { revision: 0 }
  return {
    key,
    resource,
    resourceVersion: String(revision),
    ...(now !== undefined && { yaml: now }),
    ...(before !== undefined && { before }),
    revisions: revisionsOf(session, stored, cursor),
  }
}

function yamlIn(session: Session, seq: Seq, key: string): string | undefined {
  const stored = session.foldAt(seq).objects.get(key)
  if (!stored) return undefined
  // managedFields are left out, as kubectl leaves them out
  const { managedFields: _, ...metadata } = stored.object.metadata
  const object: KubeObject = { ...stored.object, metadata: { ...metadata, resourceVersion: String(stored.revision) } }
  return yamlDocuments([object])
}

/** The writes of a key, with who asked for each: the room whose request led to the transaction. */
function revisionsOf(session: Session, key: string, until: Seq): ObjectDetail['revisions'] {
  const { trace } = session.simulation
  const revisions: { seq: Seq; revision: number; by: TraceEntry['room'] }[] = []
  const writing = new Map<unknown, TraceEntry>()
  for (let seq = 1; seq <= until; seq++) {
    const e = trace.entry(seq as Seq)
    if (e.reason === 'etcd.txn' && (e.message as EtcdRequest & { key?: string }).key === key) writing.set(argsOf(e).id, e)
    if (e.reason !== 'etcd.txn.answer') continue
    const txn = writing.get(argsOf(e).id)
    if (!txn || argsOf(e).key !== key) continue
    writing.delete(argsOf(e).id)
    if (argsOf(e).succeeded) revisions.push({ seq: e.seq, revision: Number(argsOf(e).revision), by: writerOf(session, txn) })
  }
  return revisions
}

function writerOf(session: Session, txn: TraceEntry): TraceEntry['room'] {
  const request = chainOf(session, txn).find(link => link.entry.reason === 'http.request')
  return request?.entry.room ?? txn.room
}
