/** Writes what was played in the golden format: requests, transcript, events, objects, scores. */
import type { HttpRequest, HttpResponse } from '../../src/sim/api/messages'
import { BOOT_SECONDS } from '../../src/sim/api/time'
import { createSchema, decode, type Schema } from '../../src/sim/api/schema'
import type { KubeObject } from '../../src/sim/api/types'
import { applyDefaults } from '../../src/sim/apiserver/defaulting'
import type { Seq, TraceEntry } from '../../src/sim/kernel/types'
import { type CycleTable, cell, feasibleNodes } from '../../src/sim/scheduler/table'
import { newFold, foldEntry } from '../../src/view/fold'
import { type Played, round, type Transcript } from './player'
import type { Scenario } from './scenario'

/** The five files, as values. */
export interface Recording {
  readonly requests: readonly object[]
  readonly transcript: readonly Transcript[]
  readonly events: readonly object[]
  readonly objects: readonly object[]
  readonly scores: readonly object[]
}

const SECOND = 1_000_000

/** What a recorder writes of a run; `openapi` as for `play`. */
export function recordingOf(scenario: Scenario, played: Played, openapi: unknown): Recording {
  const all = storedObjects(played)
  const minute = Math.floor((BOOT_SECONDS + played.start / SECOND) / 60)
  const recording = {
    requests: requestsOf(played, createSchema(openapi)),
    transcript: played.transcript.map(withoutVersions),
    events: all.filter(o => o.kind === 'Event').map(coreEvent),
    objects: objectsOf(all, scenario.namespaces),
    scores: scoresIn(played),
  }
  return withMinutes(minute, withStandIns(recording))
}

const inTexts = (recording: Recording, change: (text: string) => string): Recording =>
  JSON.parse(JSON.stringify(recording), (_, value) => (typeof value === 'string' ? change(value) : value)) as Recording

/** Names that generateName made end in id1, id2, … for each prefix, as recordings have them. */
function withStandIns(recording: Recording): Recording {
  const counts = new Map<string, number>()
  const names = new Map<string, string>()
  for (const row of recording.requests as readonly { verb?: string; code?: number; response?: KubeObject }[]) {
    const { name, generateName } = row.response?.metadata ?? {}
    if (row.verb !== 'create' || (row.code ?? 500) >= 300 || !generateName || !name?.startsWith(generateName) || names.has(name)) continue
    // a StatefulSet's Pods have names of their own
    if (/^\d+$/.test(name.slice(generateName.length))) continue
    const count = (counts.get(generateName) ?? 0) + 1
    counts.set(generateName, count)
    names.set(name, `${generateName}id${count}`)
  }
  const standIn = (word: string): string => {
    const [own = '', ...rest] = word.split('.')
    return [names.get(own) ?? own, ...rest].join('.')
  }
  return names.size === 0 ? recording : inTexts(recording, text => text.replace(/[a-z0-9][a-z0-9.-]*[a-z0-9]/g, standIn))
}

/** A CronJob's Jobs are named by their minute since 1970; recordings count from that of the first step. */
function withMinutes(start: number, recording: Recording): Recording {
  if (!recording.requests.some(row => (row as { resource?: string }).resource === 'cronjobs')) return recording
  return inTexts(recording, text => text.replace(/(?<=-)\d{8}(?!\d)/g, minute => `<minute+${Number(minute) - start}>`))
}

/** The folder that a volume's files are in has the time in its name, for which recordings have a stand-in. */
const withoutVersions = (command: Transcript): Transcript =>
  command.stdout === undefined ? command : { ...command, stdout: command.stdout.replace(/^\.\.\d{4}(_\d\d){5}\.\d+$/gm, '..<time>') }

/** The actor that a credential stands for, as recordings name it. */
export function actorOf(user: string): string {
  const account = /^system:serviceaccount:kube-system:(.+)$/.exec(user)
  if (account) return account[1] as string
  const node = /^system:node:(.+)$/.exec(user)
  if (node) return `kubelet/${node[1]}`
  if (user === 'system:apiserver') return 'kube-apiserver'
  return user.startsWith('system:kube-') ? user.slice('system:'.length) : 'kubectl'
}

const READS = new Set(['get', 'list', 'watch'])

function requestsOf({ simulation, from, start }: Played, schema: Schema): object[] {
  const answers = new Map<Seq, TraceEntry>()
  const requests: TraceEntry[] = []
  const unread = new Set<Seq>()
  for (const e of simulation.trace.entries(from)) {
    if (e.reason === 'apiserver.pipeline') {
      const { request, refused } = e.args as unknown as { request: Seq; refused?: { stage: string } }
      if (refused?.stage === 'authentication' || refused?.stage === 'authorization') unread.add(request)
    }
    if (e.reason === 'http.request') requests.push(e)
    if (e.reason === 'http.response') answers.set((e.args as unknown as { request: Seq }).request, e)
  }
  return requests
    .map(e => [e, answers.get(e.seq)] as const)
    .filter((pair): pair is readonly [TraceEntry, TraceEntry] => pair[1] !== undefined && isRecorded(pair[0]))
    .sort(([a], [b]) => (a.hop?.arrives ?? 0) - (b.hop?.arrives ?? 0))
    .map(([e, answer]) => requestRow(e, answer, start, schema, unread.has(e.seq)))
}

/** Left out: leases, the lists and watches of everybody but kubectl, discovery of everybody but kubectl. */
function isRecorded(e: TraceEntry): boolean {
  const args = e.args as unknown as { verb: string; resource: string; user: string }
  if (args.resource.startsWith('leases')) return false
  return e.room === 'kubectl' || (args.verb !== 'list' && args.verb !== 'watch' && !args.resource.startsWith('/'))
}

/** `unread`: refused before its body was read. */
function requestRow(e: TraceEntry, answer: TraceEntry, start: number, schema: Schema, unread: boolean): object {
  const { verb, group, resource, namespace, name, user } = e.args as unknown as Record<string, string>
  const request = e.message as HttpRequest
  const response = answer.message as HttpResponse
  const write = !READS.has(verb as string)
  const command = (request.exec?.command ?? []).map((word): [string, string] => ['command', word])
  const query = [...command, ...Object.entries(request.query)]
    .map(([k, v]) => `${k}=${encodeURIComponent(v)}`)
    .sort((a, b) => (request.exec ? 0 : a < b ? -1 : 1))
    .join('&')
  const isPath = resource?.startsWith('/')
  const body = write && !unread ? auditBody(request, resource as string, response.code, schema) : undefined
  const answered = response.body as KubeObject | undefined
  const named = name ?? (verb === 'create' && !unread ? createdName(request, response) : undefined)
  return {
    at: round(((e.hop?.arrives ?? e.at) - start) / SECOND, 4),
    actor: e.room === 'kubectl' ? 'kubectl' : actorOf(user as string),
    ...(e.room === 'kubectl' && user !== 'kubernetes-admin' && { user }),
    verb,
    ...(!isPath && {
      resource,
      ...(group && { group }),
      version: /^\/apis?\/(?:[^/]+\.[^/]+\/|apps\/|batch\/|autoscaling\/|policy\/)?(v[^/]+)/.exec(request.path)?.[1] ?? 'v1',
    }),
    ...(namespace && { namespace }),
    ...(named !== undefined && { name: named }),
    uri: query ? `${request.path}?${query}` : request.path,
    code: response.code,
    ...(body !== undefined && { request: body }),
    ...(write && { response: answered }),
  }
}

/** The name of what a create made or meant to make; a body that could not be read has none. */
function createdName(request: HttpRequest, response: HttpResponse): string | undefined {
  if (response.code < 300) return (response.body as KubeObject).metadata?.name
  return response.code === 400 ? undefined : (request.body as KubeObject | undefined)?.metadata?.name
}

/** A body as the audit log has it: decoded, with its defaults; options of a delete under their internal version. */
function auditBody(request: HttpRequest, resource: string, code: number, schema: Schema): unknown {
  const { body, method } = request
  if (typeof body !== 'object' || body === null) return undefined
  if (method === 'PATCH') return body
  if (code === 400) return undefined
  if (method === 'DELETE') return { kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/__internal', ...body, ...('kind' in body && { kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/__internal' }) }
  if (resource.includes('/')) return body
  const object = body as KubeObject
  const type = schema.typeOf(object.apiVersion, object.kind)
  return applyDefaults(type ? decode(type, object).object : object)
}

/** All objects at the end, from etcd's writes. */
function storedObjects({ simulation }: Played): KubeObject[] {
  const fold = newFold()
  for (const e of simulation.trace.entries()) foldEntry(fold, e)
  return [...fold.objects.values()].map(({ object, revision }) => ({ ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }))
}

const KINDS = new Set(
  'Deployment ReplicaSet StatefulSet DaemonSet ReplicationController Job CronJob Pod Service Endpoints EndpointSlice ConfigMap Secret ServiceAccount PersistentVolumeClaim ResourceQuota LimitRange PodDisruptionBudget ControllerRevision Role RoleBinding HorizontalPodAutoscaler'.split(
    ' ',
  ),
)
const EVERYWHERE = new Set(['Node', 'PersistentVolume', 'Namespace'])
const FURNITURE = new Set(['ConfigMap/kube-root-ca.crt', 'ServiceAccount/default', 'Service/kubernetes', 'Endpoints/kubernetes', 'EndpointSlice/kubernetes'])

function objectsOf(all: readonly KubeObject[], namespaces: readonly string[]): KubeObject[] {
  return all.filter(({ kind, metadata }) => {
    if (EVERYWHERE.has(kind)) return !metadata.name.startsWith('kube-')
    return KINDS.has(kind) && namespaces.includes(metadata.namespace ?? '') && !FURNITURE.has(`${kind}/${metadata.name}`)
  })
}

/** An Event of events.k8s.io as the core API shows it; both are stored alike. */
function coreEvent(event: KubeObject): object {
  const { note, regarding, reportingController, deprecatedSource, deprecatedCount, ...rest } = event
  if (reportingController === undefined && regarding === undefined) return event
  return { ...rest, involvedObject: regarding, message: note, reportingComponent: reportingController, source: deprecatedSource ?? {}, ...(deprecatedCount !== undefined && { count: deprecatedCount }) }
}

function scoresIn({ simulation, from }: Played): object[] {
  const rows: object[] = []
  // of several Pods of one name a recorder keeps the last one's
  const last = new Map<string, CycleTable>()
  for (const e of simulation.trace.entries(from)) {
    if (e.reason !== 'scheduler.cycle.chosen') continue
    const { pod, table } = e.args as unknown as { pod: string; table: CycleTable }
    if (table.scores) last.set(pod, table)
  }
  for (const [pod, table] of last) {
    if (!table.scores || table.totals === undefined) continue
    for (const [n, node] of feasibleNodes(table).entries()) {
      const plugins = Object.fromEntries(Object.entries(table.scores).map(([plugin, column]) => [plugin, cell(column, n)]))
      rows.push({ pod, node, plugins, total: cell(table.totals, n) })
    }
  }
  return rows
}
