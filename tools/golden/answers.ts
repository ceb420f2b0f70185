/** Asks our apiserver, one after another, what the clients of a real one asked in a recording: for each write the two answers. */
import { apiPath, RESOURCES, type Resource } from '../../src/sim/api/kinds'
import { MEDIA, type Method } from '../../src/sim/api/messages'
import { controllerUser, nodeUser, ROOMS, USERS } from '../../src/sim/api/rooms'
import type { KubeObject } from '../../src/sim/api/types'
import { configOfFlags } from '../../src/sim/apiserver/flags'
import { type Saying, TestCluster, withAccount } from '../../src/sim/apiserver/testing'
import { createSchema } from '../../src/sim/api/schema'
import openapi from '../../src/sim/api/data/openapi.json'
import { createKubectl } from '../../src/sim/kubectl/kubectl'
import type { Message, Seq, Time } from '../../src/sim/kernel/types'
import type { Transcript } from './player'
import { createEtcd } from '../../src/sim/etcd/etcd'

/** A line of requests.jsonl. */
export interface Row {
  /** Seconds since the first step. */
  readonly at: number
  readonly actor: string
  readonly user?: string
  readonly verb: string
  readonly resource?: string
  readonly group?: string
  readonly namespace?: string
  readonly name?: string
  readonly uri: string
  readonly code: number
  readonly request?: unknown
  readonly response?: KubeObject
}

/** A write of a recording, and what came of it there and here. */
export interface Answered {
  /** Its place among the recording's requests. */
  readonly index: number
  readonly row: Row
  readonly code: number
  /** Both in the same words where no two clusters share any: uids, times, versions, what chance chose. */
  readonly recorded: unknown
  readonly ours: unknown
}

const METHODS: Readonly<Record<string, Method>> = { create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE', deletecollection: 'DELETE' }
/** What the certificates of the recorded cluster's users say of their groups. */
const GROUPS: Readonly<Record<string, readonly string[]>> = { jane: ['developers'] }

function userOf({ actor, user }: Row): string {
  if (user) return user
  if (actor === 'kubectl') return USERS.admin
  if (actor.startsWith('kubelet/')) return nodeUser(actor.slice('kubelet/'.length))
  return actor.startsWith('kube-') ? `system:${actor}` : controllerUser(actor)
}

/** Which of the patches a body is is not recorded: it follows from the body, its sender and the subresource. */
function mediaOf({ actor, verb, resource, request, uri }: Row): string {
  if (verb !== 'patch') return MEDIA.json
  if (Array.isArray(request)) return MEDIA.jsonPatch
  const body = (request ?? {}) as { kind?: string; apiVersion?: string }
  if (body.kind && body.apiVersion && uri.includes('fieldManager=')) return MEDIA.applyPatch
  return actor === 'kubectl' && resource?.endsWith('/scale') ? MEDIA.mergePatch : MEDIA.strategicMergePatch
}

/** When the first step comes, in virtual seconds. */
const START = 600

const TIME = /T[+-]\d+(?:\.\d+)?s/g

/** The same value in words that two clusters share. */
function canonical(value: unknown): unknown {
  const text = JSON.stringify(value ?? null)
    .replace(/uid-\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
    .replace(/"T[+-]\d[\d.]*s"|"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"<time>"')
    .replace(/kube-api-access-(<id>|[a-z0-9]{5}\b)/g, 'kube-api-access-<id>')
    .replace(/\.event\d+/g, '.<event>')
    .replace(/<minute\+(\d+)>/g, 'minute$1')
    .replace(/"resourceVersion":"(<rv>|\d+)"/g, '"resourceVersion":"<rv>"')
    .replace(/\b10\.96\.\d+\.\d+\b/g, '<ip>')
    .replace(/"nodePort":3\d{4}\b/g, '"nodePort":30000')
    .replace(/the precondition \([^)]*\) does not match the \w+ in record \([^)]*\)/, 'the precondition does not match')
    .replace(/"token":"[^"]*"/g, '"token":"<token>"')
  return JSON.parse(text, (key, part) => {
    if (key === 'managedFields') return undefined
    // in the order of names that they really had
    return key === 'items' && Array.isArray(part) ? part.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)) : part
  })
}

/** Stand-ins that no name may have in it. */
const speakable = (text: string): string => text.replace(/<minute\+(\d+)>/g, 'minute$1').replaceAll('kube-api-access-<id>', 'kube-api-access-abcde')

/** A second after the cluster's beginning for each that the recording counts. */
const timesIn = (text: string): string =>
  text.replace(new RegExp(`"(${TIME.source})"`, 'g'), (_, time: string) => {
    const at = new Date(Date.UTC(2026, 0, 1) + START * 1000 + Math.round(Number(time.slice(1, -1)) * 1000))
    return JSON.stringify(at.toISOString().replace(/\.\d+Z/, 'Z'))
  })

class Replay {
  readonly cluster: TestCluster
  /** What the recording calls a uid, an address or a volume, and what it is here. */
  private readonly here = new Map<string, string>()
  private readonly ports = new Map<number, number>()
  /** By their uids: all that is left of their names' ends. */
  private readonly events = new Map<string, string>()

  constructor(
    private readonly rows: readonly Row[],
    flags: readonly string[],
  ) {
    const options = configOfFlags(['--endpoint-reconciler-type=none', ...flags])
    const kubectl = createKubectl({ schema: createSchema(openapi) })
    this.cluster = withAccount(new TestCluster(createEtcd(), 1, undefined, options, [kubectl]))
    const late = new Set(rows.filter(({ verb, resource, code }) => resource === 'nodes' && verb === 'create' && code === 201).map(row => row.name))
    for (const [i, row] of rows.entries()) if (row.resource?.startsWith('nodes') && row.code === 200 && !late.has(row.name)) this.seed(row, i)
  }

  private translated(value: unknown): unknown {
    if (value === undefined) return undefined
    let text = speakable(JSON.stringify(value))
    for (const [recorded, own] of this.here) text = text.replaceAll(JSON.stringify(recorded), JSON.stringify(own))
    return JSON.parse(timesIn(text), (key, part) => (key === 'nodePort' ? (this.ports.get(part) ?? part) : part))
  }

  /** Learns what is called otherwise here, from two answers. */
  private learn(recorded: unknown, own: unknown): void {
    const a = recorded as KubeObject | undefined
    const b = own as KubeObject | undefined
    if (a?.metadata?.uid && b?.metadata?.uid) this.here.set(a.metadata.uid, b.metadata.uid)
    if (a?.kind !== 'Service' || b?.kind !== 'Service') return
    for (const [i, ip] of (a.spec.clusterIPs ?? []).entries()) if (ip !== 'None') this.here.set(ip, b.spec.clusterIPs?.[i])
    for (const [i, { nodePort }] of (a.spec.ports ?? []).entries()) if (nodePort) this.ports.set(nodePort, b.spec.ports?.[i]?.nodePort)
  }

  private resource(row: Row): Resource | undefined {
    const [plural] = (row.resource ?? '').split('/')
    return RESOURCES.find(r => r.plural === plural && r.group === (row.group ?? ''))
  }

  /** Makes what was there before the recording began, as its first answer shows it. */
  private seed(row: Row, i: number): void {
    const type = this.resource(row)
    // the names of Events are not recorded
    if (!type || !row.name || row.resource === 'events' || (row.verb === 'create' && !row.resource?.includes('/'))) return
    const path = apiPath(type, row.namespace ?? '', row.name)
    if (this.cluster.ask('GET', path).code === 200 || row.code === 404 || row.code === 201) return
    const same = this.rows.slice(i).find(r => r.name === row.name && r.namespace === row.namespace && r.response?.kind === type.kind)?.response
    if (!same) return
    const { uid, resourceVersion, creationTimestamp, deletionTimestamp, ...metadata } = same.metadata
    const body = this.translated({ ...same, metadata }) as KubeObject
    const made = this.cluster.ask('POST', apiPath(type, row.namespace ?? ''), body)
    if (made.code !== 201) return
    this.learn(same, made.body)
    const whole = this.cluster.ask('PUT', path, { ...made.body, spec: body.spec })
    if (same.status) this.cluster.ask('PUT', `${path}/status`, { ...whole.body, status: body.status })
  }

  /** Lets time pass until it is so many seconds after the recording's first step. */
  wait(at: number): void {
    const time = (START + at) * 1e6
    if (this.cluster.simulation.now < time) this.cluster.simulation.run({ time: time as Time })
  }

  /** What a command prints that a user of the recording gives. */
  kubectl(line: string, { user }: Row): string {
    const { simulation } = this.cluster
    const from = simulation.trace.length
    const message = { type: 'kubectl', id: from, line, ...(user && { user, groups: GROUPS[user] ?? [] }) } as Message
    simulation.command({ to: ROOMS.kubectl, message, text: line })
    simulation.run({ settled: true })
    let text = ''
    for (const { reason, args } of simulation.trace.entries((from + 1) as Seq)) if (reason === 'kubectl.output') text += (args as { text: string }).text
    return text
  }

  answer(row: Row, i: number): Answered {
    this.wait(row.at)
    this.seed(row, i)
    const event = this.events.get(row.response?.metadata?.uid ?? '') ?? `event${i}`
    const told = (text: string): string => text.replaceAll('<event>', event)
    const [path = '', search = ''] = told(speakable(decodeURI(row.uri))).split('?')
    const query = Object.fromEntries([...new URLSearchParams(search)])
    let body = this.translated(row.request && JSON.parse(told(typeof row.request === 'string' ? row.request : JSON.stringify(row.request)))) as KubeObject | undefined
    if (row.verb === 'create' && body?.metadata?.generateName && !body.metadata.name && row.response?.metadata?.name)
      body = { ...body, metadata: { ...body.metadata, name: speakable(row.response.metadata.name) } }
    if (body?.metadata?.resourceVersion === '<rv>') {
      const now = row.code === 409 ? '1' : this.cluster.ask('GET', path.replace(/\/(status|scale|finalize|approval)$/, '')).body?.metadata?.resourceVersion
      body = { ...body, metadata: { ...body.metadata, resourceVersion: now } }
    }
    const preconditions = (body as { preconditions?: { resourceVersion?: string } } | undefined)?.preconditions
    if (preconditions?.resourceVersion) preconditions.resourceVersion = row.code === 409 ? '1' : this.cluster.ask('GET', path).body?.metadata?.resourceVersion
    const user = userOf(row)
    const saying: Saying = { query, user, contentType: mediaOf(row), ...(GROUPS[user] && { groups: GROUPS[user] }) } as Saying
    const { code, body: own } = this.cluster.ask(METHODS[row.verb] as Method, path, body, saying)
    if (row.resource === 'events' && row.response?.metadata?.uid) this.events.set(row.response.metadata.uid, event)
    if (code === row.code) this.learn(row.response, own)
    const prefix = code >= 400 ? body?.metadata?.generateName : undefined
    const named = (value: unknown): unknown =>
      prefix === undefined ? value : JSON.parse(JSON.stringify(value).replaceAll(new RegExp(`(?<=\\b${prefix})[a-z0-9]{5}\\b`, 'g'), '<id>'))
    return { index: i, row, code, recorded: named(canonical(row.response)), ours: named(canonical(own)) }
  }
}

/** `flags`: the recorded kube-apiserver's. Left out: what the apiserver asks of itself, which ours does too. */
export function answersOf(rows: readonly Row[], flags: readonly string[] = []): Answered[] {
  const replay = new Replay(rows, flags)
  return rows.flatMap((row, i) => (isAsked(row) ? [replay.answer(row, i)] : []))
}

function isAsked({ actor, verb, resource, request, response }: Row): boolean {
  // what was refused before it was read has no body in the audit log
  if (verb === 'create' && request === undefined) return false
  return actor !== 'kube-apiserver' && METHODS[verb] !== undefined && Boolean(resource) && response !== undefined
}

/** A command of a recording that only reads, and what it printed there and here. */
export interface Read {
  readonly command: string
  readonly recorded: string
  readonly ours: string
}

/** What only reads, and prints of what it reads. */
const READS = /^(get|describe|rollout history|events)\b(?!.*( -w\b|--watch|--as))/

/** Runs our kubectl wherever a command of the recording read, before our apiserver, in which is what was in the real one. */
export function readsOf(rows: readonly Row[], transcript: readonly Transcript[], flags: readonly string[] = []): Read[] {
  const replay = new Replay(rows, flags)
  const commands = transcript.filter(t => t.kubectl !== undefined)
  const reads: Read[] = []
  let done = 0
  const until = (place: number): void => {
    for (; done < place; done++) if (isAsked(rows[done] as Row)) replay.answer(rows[done] as Row, done)
  }
  for (const [i, { at, kubectl = '', stdout = '', stderr = '' }] of commands.entries()) {
    const end = commands[i + 1]?.at ?? Number.POSITIVE_INFINITY
    const own = rows.findIndex(row => row.actor === 'kubectl' && row.at >= at && row.at < end)
    if (own < 0 || !READS.test(kubectl)) continue
    until(own)
    replay.wait(rows[own]?.at ?? at)
    reads.push({ command: kubectl, recorded: printed(stdout + stderr), ours: printed(replay.kubectl(kubectl, rows[own] as Row)) })
  }
  return reads
}

/** The same text in words that two clusters share; the lines of a paragraph in one order. */
function printed(text: string): string {
  return text
    .replace(/uid-\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
    .replace(/T[+-]\d[\d.]*s|\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000/g, '<time>')
    .replace(/\\u003c(\w+)\\u003e/g, '<$1>')
    .replace(/kube-api-access-(<id>|[a-z0-9]{5}\b)/g, 'kube-api-access-<id>')
    .replace(/\.event\d+/g, '.<event>')
    .replace(/<minute\+(\d+)>/g, 'minute$1')
    .replace(/resourceVersion: "(<rv>|\d+)"/g, 'resourceVersion: "<rv>"')
    .replace(/\b10\.96\.\d+\.\d+\b/g, '<ip>')
    .replace(/\b3[0-2]\d{3}(?=\/|\b)/g, '30000')
    .replace(/(?<![\w.:-])(\d+[dhms])+(?![\w-])/g, '<age>')
    .split('\n')
    // Events of nodes are from before the recording
    .filter(line => !/ node\/node-\d/.test(line))
    .map(line => line.replace(/-{3,}/g, '---').replace(/\s+/g, ' ').trim())
    .sort()
    .join('\n')
    .trim()
}
