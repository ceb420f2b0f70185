/** What a sentence about an entry can speak of: its arguments, and the names that follow from them. */
import type { CycleTable } from '../sim/scheduler/table'
import type { StageEntry } from '../view/types'
import { type CaptionLanguage, SENTENCES, type Words } from './catalogue'
import { type Args, fillSentence } from './fill'
import { codeWords, kindOf, methodOf, plural } from './kinds'

/** A room's address in its parts: `kubelet` and `node-1`, `controller` and `deployment`. */
export function roomParts(room: string): { readonly kind: string; readonly part: string } {
  const slash = room.indexOf('/')
  if (slash < 0) return { kind: room, part: '' }
  const kind = room.slice(0, slash)
  return { kind: kind === 'controller-manager' ? 'controller' : kind, part: room.slice(slash + 1) }
}

function nameIn(table: Readonly<Record<string, string>>, room: string, words: Words): string {
  const { kind, part } = roomParts(room)
  if (kind === 'controller') {
    const own = words.controllers[part]
    const template = table.controller ?? part
    // A name of its own takes the place of `{part} controller`, with what stands before it.
    if (own) return template.replace(/\{part\}.*$/, own)
    return fillSentence(template, { part: part.replaceAll('-', ' ') })
  }
  return fillSentence(table[kind] ?? table.other ?? room, { node: part, room })
}

/** A room's name, for labels: `kube-apiserver`, `deployment controller`, `kubelet on node-1`. */
export const roomName = (room: string, language: CaptionLanguage): string =>
  nameIn(SENTENCES[language].words.rooms, room, SENTENCES[language].words)

/** A room as a sentence speaks of it: `the apiserver`, `the deployment controller`. */
export const actorName = (room: string, language: CaptionLanguage): string =>
  nameIn(SENTENCES[language].words.actors, room, SENTENCES[language].words)

/** `The apiserver`; names of programs that are written small stay so. */
const atBegin = (text: string): string => (/^(the|a) /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text)

/** Keys of the default namespace go without it. */
export const shortKey = (key: string): string => (key.startsWith('default/') ? key.slice('default/'.length) : key)

/** Virtual milliseconds, for people. */
function timeText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${Math.round(ms / 100) / 10} s`
  return `${Math.round(ms / 6000) / 10} min`
}

const KEYS = ['pod', 'key', 'service', 'container']

/** All that sentences about an entry can speak of. `watchers`: how many are told the same at this moment. */
export function vocabulary(entry: StageEntry, language: CaptionLanguage, watchers = 1): Args {
  const { words } = SENTENCES[language]
  const { args, room, hop } = entry
  const told: Record<string, string | number> = { room }
  for (const [name, value] of Object.entries(args)) {
    if (typeof value === 'number') told[name] = value
    else if (name === 'state' && typeof value === 'string') told[name] = value.replaceAll(', ', words.between)
    else if (typeof value === 'string') told[name] = KEYS.includes(name) && entry.reason !== 'etcd.txn' ? shortKey(value) : value
    else if (name === 'victims' && Array.isArray(value)) told[name] = value.length
    else if (Array.isArray(value)) told[name] = value.join(words.between)
  }
  const target = actorName(hop?.to ?? String(args.to ?? room), language)
  Object.assign(told, { actor: actorName(room, language), target })
  Object.assign(told, aboutObject(args, words), aboutAnswer(args, words), aboutScheduling(args, words))
  if (typeof args.ms === 'number') told.time = timeText(args.ms)
  const line = args.line ?? args.text
  if (typeof line === 'string') told.command = commandText(line)
  const address = entry.reason === 'user.command' && /^request to (\S+)$/.exec(String(line))?.[1]
  if (address) told.address = address
  if (typeof args.subject === 'string') Object.assign(told, { pod: shortKey(args.subject), subject: shortKey(args.subject) })
  told.audience = fillSentence(watchers > 1 ? words.audience.many : words.audience.one, told)
  for (const name of ['actor', 'object', 'target']) {
    const value = told[name]
    if (value !== undefined) told[name.charAt(0).toUpperCase() + name.slice(1)] = atBegin(String(value))
  }
  return told
}

/** A command line as one would type it at a shell. */
export const commandText = (line: string): string =>
  /^\s*(kubectl|curl)(\s|$)/.test(line) ? line.trim() : `kubectl ${line.trim()}`

function aboutObject(args: StageEntry['args'], words: Words): Args {
  const { resource, name, verb } = args
  if (typeof resource !== 'string') return {}
  if (resource === '' || resource.startsWith('/'))
    return {
      resource: resource || String(args.path ?? ''),
      path: resource || String(args.path ?? ''),
      method: methodOf(String(verb)),
    }
  const kind = kindOf(resource)
  const told: Record<string, string> = { kind, kinds: fillSentence(words.object.all, { kind, kinds: plural(kind) }) }
  if (typeof verb === 'string') told.method = methodOf(verb)
  const isNamed = typeof name === 'string' && name !== ''
  const template = isNamed ? words.object.named : verb === 'create' ? words.object.new : words.object.all
  return { ...told, object: fillSentence(template, { ...told, name: isNamed ? name : '' }) }
}

function aboutAnswer(args: StageEntry['args'], words: Words): Args {
  const told: Record<string, string | number> = {}
  if (typeof args.code === 'number') told.codeWords = codeWords(args.code)
  const { refused, stages } = args as { refused?: Readonly<Record<string, string | number>>; stages?: readonly string[] }
  if (Array.isArray(stages)) told.stageList = stages.map(stage => words.stages[stage] ?? stage).join(' → ')
  const stage = refused?.stage ?? args.stage
  if (refused) {
    Object.assign(told, refused)
    // The messages of the API end with a full stop or without one; the sentence after them does not tell.
    told.message = String(refused.message ?? '').replace(/(?<![.!?])$/, words.stop)
  }
  if (typeof stage === 'string') told.stageName = words.stages[stage] ?? stage
  return told
}

function aboutScheduling(args: StageEntry['args'], words: Words): Args {
  const told: Record<string, string | number> = {}
  const queue = args.to ?? args.queue
  if (typeof queue === 'string' && words.queues[queue]) told.queueName = words.queues[queue]
  const event = args.event
  if (typeof event === 'string' && words.events[event]) told.eventName = words.events[event]
  const { table, node } = args as { table?: CycleTable; node?: string }
  if (!table || typeof table !== 'object') return told
  const score = node === undefined ? undefined : scoreOf(table, node)
  return { ...told, nodes: table.all, feasible: table.feasible, ...(score !== undefined && { score }) }
}

/** The sum of a node's scores in a cycle. */
function scoreOf({ totals, nodes, rejected }: CycleTable, node: string): number | undefined {
  if (typeof totals !== 'object') return totals
  const refused = new Set(rejected.flatMap(r => r.nodes))
  return totals[nodes.filter((_, i) => !refused.has(i)).indexOf(node)]
}
