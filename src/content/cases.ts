/** Which of a reason's or a chapter's sentences fits: the cases of an entry, the most exact first. */
import type { BeatScene, StageEntry } from '../view/types'
import { pluralOf, subresourceOf } from './kinds'
import { roomParts } from './vocabulary'

type Cases = (entry: StageEntry) => readonly string[]

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Not about a resource, but about what the apiserver serves. */
const isPath = (resource: string): boolean => resource === '' || resource.startsWith('/')

const DONE: Readonly<Record<string, string>> = {
  'kubectl.interrupt': 'interrupt',
  'user.traffic': 'traffic',
  stop: 'stop',
  boot: 'start',
}

/** What a person does; of a process that is stopped or started, which one, too. */
function commandCases({ args }: StageEntry): readonly string[] {
  const done = DONE[text(args.type)]
  if (done === undefined) return []
  return done === 'stop' || done === 'start' ? [`${done} ${roomParts(text(args.to)).kind}`, done] : [done]
}

/** Who, verb and resource; then less of each. */
function requestCases({ room, args }: StageEntry): readonly string[] {
  const verb = text(args.verb)
  const resource = text(args.resource)
  if (isPath(resource)) return ['path']
  const { kind, part } = roomParts(room)
  const who = kind === 'controller' ? part : kind
  const sub = subresourceOf(resource)
  const what = sub ? `${pluralOf(resource)}/${sub}` : pluralOf(resource)
  const taint = args.taints === undefined ? (args.untainted === undefined ? [] : ['untaints']) : ['taints']
  const exact = [...taint.map(does => `${who} ${does} ${what}`), `${who} ${verb} ${what}`, `${verb} ${what}`]
  return sub ? [...exact, `${verb} */${sub}`, verb] : [...exact, `${who} ${verb}`, verb]
}

function responseCases({ args }: StageEntry): readonly string[] {
  const verb = text(args.verb)
  const resource = text(args.resource)
  const code = Number(args.code)
  if (code >= 400) return [`${verb} ${code}`, ...(args.name || code !== 404 ? [String(code)] : []), 'refused']
  if (isPath(resource)) return ['path']
  return [`${verb} ${resource}`, ...(subresourceOf(resource) === '' || verb !== 'create' ? [verb] : [])]
}

const byArg =
  (...names: readonly string[]): Cases =>
  ({ args }) =>
    names.map(name => text(args[name]))
const failing =
  (name: string, then: string): Cases =>
  ({ args }) =>
    args[name] ? [then] : []

/** What goes on over a connection to a kubelet: by the path of its request, or the resource that was asked for. */
const chunkCases: Cases = ({ args }) => {
  const about = `${text(args.path)} ${text(args.resource)}`
  if (/^\/portForward|portforward$/.test(about)) return ['forward']
  return args.last ? [/^\/exec|exec$/.test(about) ? 'exec' : 'last', 'last'] : []
}

const CANCELLED: Readonly<Record<string, string>> = { 'pods/log': 'log', 'pods/portforward': 'forward' }

const CASES: Readonly<Record<string, Cases>> = {
  'user.command': commandCases,
  'http.request': requestCases,
  'http.response': responseCases,
  'watch.event': byArg('event'),
  'kubectl.command': byArg('program'),
  'kubectl.output': byArg('program'),
  'kubectl.exit': byArg('program'),
  'http.chunk': chunkCases,
  'kubelet.chunk': chunkCases,
  'kubelet.cancel': ({ args }) => (text(args.path).startsWith('/portForward/') ? ['forward'] : []),
  'forward.reply': failing('error', 'error'),
  'http.cancel': ({ args }) => [CANCELLED[text(args.resource)] ?? ''],
  'apiserver.pipeline': failing('refused', 'refused'),
  'etcd.range': failing('prefix', 'prefix'),
  'etcd.txn': ({ args }) => (args.event === 'DELETE' ? ['delete'] : args.compare === 0 ? ['create'] : []),
  'etcd.txn.answer': ({ args }) => (args.succeeded === false ? ['failed'] : []),
  'etcd.watch.event': byArg('event'),
  'cri.request': byArg('method'),
  'cri.response': entry => (entry.args.error ? ['error'] : byArg('method')(entry)),
  'cni.request': byArg('verb'),
  'cni.result': failing('error', 'error'),
  'runtime.container': byArg('state'),
  'kubelet.pod': byArg('change'),
  'kubelet.probe': byArg('what'),
  'kubelet.sync': byArg('phase'),
  'kubelet.pleg': byArg('event'),
  'network.reply': byArg('outcome'),
  'network.response': byArg('outcome'),
}

/** The cases of an entry, the most exact first. */
export const casesOf = (entry: StageEntry): readonly string[] => CASES[entry.reason]?.(entry) ?? []

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Names of the facts that are there. */
const having = (scene: BeatScene, names: Readonly<Record<string, string>>): string =>
  Object.entries(names)
    .filter(([fact]) => scene.facts[fact] !== undefined)
    .map(([, name]) => name)
    .join(' ')

/** What kubelets do to Pods. */
function podWork({ trouble, started, stopped, cleared, sandboxes }: BeatScene['facts']): string {
  if (trouble !== undefined && !started) return sandboxes === undefined ? 'trouble again' : 'trouble'
  if (started !== undefined && stopped !== undefined) return 'both'
  if ((stopped ?? cleared) !== undefined && started === undefined) return 'stop'
  if (sandboxes !== undefined) return 'start'
  return started === undefined ? '' : 'start again'
}

/** The case of a chapter's scene. */
export function chapterCase(scene: BeatScene): string {
  const { lead, facts } = scene
  const verb = text(facts.verb)
  switch (scene.beat.chapter) {
    case 'kubectl':
      if (lead.reason !== 'user.command') return facts.changes === undefined ? '' : 'more'
      return casesOf(lead)[0] ?? (facts.alone ? 'alone' : facts.silent ? 'starts' : '')
    case 'apiserver':
      if (facts.failed !== undefined) return 'failed'
      if (facts.dryRun !== undefined) return 'dry run'
      // A review or a token is an answer that is worked out.
      if (verb === 'create' && !asList(lead.args.stages).includes('storage')) return 'answered'
      return lead.args.resource === 'pods/eviction' ? 'evict' : verb
    case 'answer':
      return Number(facts.code) >= 400 ? 'refused' : verb
    case 'deployment':
      return (
        having(scene, { replicasets: 'created', replicasetsChanged: 'changed' }) || having(scene, { replicasetsKept: 'kept' })
      )
    case 'replicaset':
      return having(scene, {
        podsCreated: Number(facts.lacking) > Number(facts.podsCreated) ? 'some created' : 'created',
        podsDeleted: 'deleted',
        podsDenied: 'denied',
      })
    case 'scheduler':
      return having(scene, { bound: 'bound', unschedulable: 'unschedulable' })
    case 'kubelet':
      if (facts.nodes === undefined && facts.forwarders !== undefined)
        return facts.opened === undefined ? 'no forward' : 'forward'
      if (facts.nodes === undefined && facts.runners !== undefined) return 'exec'
      if (facts.nodes === undefined) return facts.readers === undefined ? '' : 'log'
      return podWork(facts)
    case 'process':
      return casesOf(lead)[0] ?? ''
    case 'curl':
      return facts.connected === undefined ? (facts.exited === undefined ? '' : 'alone') : 'connected'
    case 'forward':
      return facts.unreached === undefined ? (facts.replied === undefined ? '' : 'answered') : 'failed'
    case 'endpoints':
      return having(scene, { slices: 'slices', endpoints: 'endpoints' }) || having(scene, { endpointsGone: 'gone' })
    case 'kube-proxy':
      return having(scene, { unruled: 'removed' })
    case 'turn':
      return (
        having(scene, { replicasetsChanged: 'update', podsCreated: 'created', podsDeleted: 'deleted' }) ||
        (facts.podsDenied === undefined ? '' : 'denied')
      )
    default:
      return ''
  }
}
