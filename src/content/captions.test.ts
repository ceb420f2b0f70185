import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RoomId, Seq, Time } from '../sim/kernel/types'
import type { ReasonCode, Reasons } from '../sim/reasons'
import type { BeatScene, ChapterKind, StageEntry } from '../view/types'
import { type CaptionLanguage, caption, entryCaption, entryLine, roomName } from './captions'
import { SENTENCES, type ToldReason } from './catalogue'
import { fillSentence, placeholders, spaced } from './fill'

const LANGUAGES: readonly CaptionLanguage[] = ['en', 'zh-CN']
const seq = (n: number) => n as Seq

const table = {
  all: 3,
  considered: 3,
  feasible: 2,
  nodes: ['node-1', 'node-2', 'node-3'],
  rejected: [{ plugin: 'NodeName', code: 'Unschedulable' as const, reasons: ['no'], count: 1, nodes: [0] }],
  scores: { TaintToleration: 300 },
  totals: [484, 592],
} as unknown as Reasons['scheduler.cycle.chosen']['table']
const pods = { group: '', resource: 'pods', namespace: 'default', name: 'web-1' }

/** Arguments for every reason: a reason without any does not compile. */
const SAMPLES: { readonly [R in ToldReason]: Reasons[R] } = {
  'kernel.boot': { seed: 1 },
  'kernel.undelivered': { to: 'kubelet/node-1', type: 'x' },
  'kernel.refused': { to: 'apiserver', type: 'request' },
  'kernel.closed': { to: 'kubelet/node-1' },
  'user.command': { to: 'kubectl', text: 'get pods', type: 'kubectl' },
  'kubectl.command': { id: 1, line: 'get pods' },
  'kubectl.output': { id: 1, stream: 'stdout', text: 'x' },
  'kubectl.editor': { id: 1, text: 'kind: Pod' },
  'kubectl.exit': { id: 1, code: 0 },
  'kubectl.interrupted': { id: 1 },
  'kubectl.connect': { id: 2, to: 'localhost:8080', by: 1, program: 'curl' },
  'forward.data': { id: 1, connection: 0, port: 80, path: '/' },
  'forward.reply': { id: 1, connection: 0, status: 200, container: 'default/web-1/nginx' },
  'http.request': { ...pods, verb: 'create', id: 1, user: 'system:kube-scheduler' },
  'http.response': { ...pods, verb: 'create', id: 1, request: seq(1), code: 201 },
  'kubelet.request': { id: 1, method: 'GET', path: '/containerLogs/default/web/nginx' },
  'kubelet.response': { id: 1, code: 200, path: '/containerLogs/default/web/nginx' },
  'kubelet.chunk': { id: 1, path: '/containerLogs/default/web/nginx', lines: 2, last: false },
  'kubelet.cancel': { id: 1, path: '/containerLogs/default/web/nginx' },
  'http.chunk': { id: 1, request: seq(1), resource: 'pods/log', namespace: 'default', name: 'web-1', lines: 2, last: false },
  'metrics.scrape': { id: 1, path: '/metrics/resource' },
  'aggregator.request': { id: 1, verb: 'list', path: '/apis/metrics.k8s.io/v1beta1/nodes' },
  'aggregator.response': { id: 1, code: 200, path: '/apis/metrics.k8s.io/v1beta1/nodes' },
  'health.request': { id: 1, path: '/healthz' },
  'health.response': { id: 1, path: '/healthz' },
  'runtime.process': { name: 'metrics-server', state: 'running' },
  'http.cancel': { id: 1, resource: 'pods' },
  'watch.end': { id: 1, request: seq(1), resource: 'pods' },
  'watch.event': { id: 1, request: seq(1), event: 'ADDED', resource: 'pods', name: 'web-1', resourceVersion: '7' },
  'client.throttled': { user: 'x', ms: 20 },
  'informer.synced': { resource: 'pods', objects: 2 },
  'informer.relist': { resource: 'pods', reason: 'Expired', ms: 800 },
  'informer.rewatch': { resource: 'pods', reason: 'ConnectionRefused', ms: 800 },
  'queue.add': { key: 'default/web', length: 1 },
  'queue.take': { key: 'default/web', length: 1 },
  'queue.done': { key: 'default/web', length: 1 },
  'queue.retry': { key: 'default/web', failures: 1, ms: 5, error: 'Conflict' },
  'queue.drop': { key: 'default/web', failures: 16, error: 'Conflict' },
  'queue.after': { key: 'default/web', ms: 5 },
  'apiserver.pipeline': { ...pods, verb: 'create', id: 1, request: seq(1), stages: ['authentication', 'storage'] },
  'apiserver.cache.ready': { resource: 'pods', objects: 3, revision: 9 },
  'etcd.connect': { id: 1 },
  'etcd.connected': { id: 1 },
  'etcd.load': { id: 1, objects: 3, resources: ['roles'] },
  'etcd.range': { id: 1, key: '/registry/pods/', prefix: false },
  'etcd.txn': { id: 1, key: '/registry/pods/default/web-1', compare: 5, event: 'PUT' },
  'etcd.watch': { id: 1, key: '/registry/pods/', fromRevision: 5 },
  'etcd.compact': { id: 1, revision: 5 },
  'etcd.txn.answer': { id: 1, key: '/registry/pods/default/web-1', succeeded: true, revision: 6 },
  'etcd.range.answer': { id: 1, key: '/registry/pods/', count: 1, revision: 6 },
  'etcd.watch.event': { id: 1, event: 'PUT', key: '/registry/pods/default/web-1', revision: 6 },
  'etcd.watch.compacted': { id: 1, prefix: '/registry/pods/', revision: 6 },
  'etcd.compact.answer': { id: 1, revision: 5 },
  'scheduler.queue.add': { pod: 'default/web-1', queue: 'activeQ' },
  'scheduler.queue.move': { pod: 'default/web-1', from: 'unschedulablePods', to: 'activeQ', event: 'node-added' },
  'scheduler.queue.remove': { pod: 'default/web-1' },
  'scheduler.queue.pop': { pod: 'default/web-1', attempt: 1, active: 0, backoff: 0, unschedulable: 0 },
  'scheduler.cycle.chosen': { pod: 'default/web-1', node: 'node-3', table },
  'scheduler.cycle.unschedulable': { pod: 'default/web-1', message: '0/3 nodes are available.', rejectedBy: [], table },
  'scheduler.cache.assumed': { pod: 'default/web-1', node: 'node-3' },
  'scheduler.cache.forgotten': { pod: 'default/web-1', node: 'node-3', error: 'Conflict' },
  'scheduler.preemption': { pod: 'default/web-1', node: 'node-3', victims: ['default/low'] },
  'cri.request': { id: 1, method: 'RunPodSandbox', subject: 'default/web-1' },
  'cri.response': { id: 1, method: 'PullImage', subject: 'nginx:1.27' },
  'cri.event': { container: 'c', name: 'nginx', exitCode: 1 },
  'runtime.sandbox': { pod: 'default/web-1', sandbox: 's', ip: '10.244.0.2' },
  'runtime.image': { image: 'nginx:1.27', bytes: 5 },
  'runtime.exec': { name: 'nginx', command: 'ls /etc' },
  'runtime.connect': { name: 'nginx', to: '10.96.0.10:80' },
  'runtime.forward': { pod: 'default/web-1', port: 80 },
  'runtime.container': { name: 'nginx', state: 'exited', exitCode: 1 },
  'cni.request': { verb: 'ADD', pod: 'default/web-1' },
  'cni.result': { pod: 'default/web-1', ip: '10.244.0.2' },
  'kubelet.registered': { node: 'node-1' },
  'kubelet.pod': { pod: 'default/web-1', change: 'added' },
  'kubelet.rejected': { pod: 'default/web-1', reason: 'OutOfcpu' },
  'kubelet.sync': { pod: 'default/web-1', phase: 'sync' },
  'kubelet.probe': { pod: 'default/web-1', container: 'nginx', what: 'readiness', to: '10.244.0.2:80/' },
  'kubelet.volumes': { pod: 'default/web-1', volumes: 1 },
  'kubelet.files': { pod: 'default/web-1' },
  'kubelet.pull.waits': { pod: 'default/web-1', image: 'nginx', ahead: 1 },
  'kubelet.pleg': { pod: 'default/web-1', event: 'ContainerStarted', container: 'nginx' },
  'kubelet.backoff': { pod: 'default/web-1', container: 'nginx', reason: 'CrashLoopBackOff', ms: 10_000 },
  'kubelet.again': { pod: 'default/web-1', ms: 10_000, error: '' },
  'kubelet.unsupported': { pod: 'default/web-1', fields: ['hostIPC'] },
  'kubelet.finished': { pod: 'default/web-1' },
  'kube-proxy.sync': { services: 1, endpoints: 2, changed: [], removed: [] },
  'kube-proxy.waits': { service: 'default/web', ms: 600 },
  'netfilter.restore': { full: false, set: 1, remove: 0 },
  'network.rules': { services: 2 },
  'network.request': { from: '10.0.0.11', to: '10.96.0.10:80' },
  'network.dnat': { service: 'default/web', address: '10.96.0.10:80', to: '10.244.0.2:80', backends: 3 },
  'network.packet': { from: '10.0.0.11', to: '10.244.0.2:80' },
  'network.rejected': { service: 'default/web', address: '10.96.0.10:80' },
  'network.lost': { address: '10.96.0.10:80' },
  'network.reply': { outcome: 'answered' },
  'network.response': { to: 'node-1', outcome: 'refused' },
}

const entryOf = (reason: ReasonCode, args: object, room = 'kubelet/node-1', to = 'apiserver'): StageEntry => ({
  seq: seq(1),
  at: 0 as Time,
  room: room as RoomId,
  cause: seq(0),
  reason,
  args: args as StageEntry['args'],
  hop: { to: to as RoomId, arrives: 1 as Time },
})
const sceneOf = (chapter: ChapterKind | undefined, lead: StageEntry, facts: BeatScene['facts']): BeatScene => ({
  beat: { index: 1, from: seq(1), to: seq(1), at: lead.at, until: lead.at, lead: lead.seq, ...(chapter && { chapter }) },
  lead,
  facts,
  packets: [],
  duration: 0,
  rooms: [],
  skips: [],
})
const sorted = (names: ReadonlySet<string>) => [...new Set([...names].map(name => name.toLowerCase()))].sort()

describe('sentences', () => {
  it('have the same keys in every language', () => {
    const { en, 'zh-CN': zh } = SENTENCES
    for (const part of ['reasons', 'lines', 'chapters'] as const) expect(Object.keys(zh[part])).toEqual(Object.keys(en[part]))
  })
  it('speak of nothing in one language that another does not know', () => {
    const { en, 'zh-CN': zh } = SENTENCES
    for (const part of ['reasons', 'lines', 'chapters'] as const) {
      for (const [key, sentence] of Object.entries(en[part])) {
        const known = sorted(placeholders(sentence))
        for (const name of sorted(placeholders(zh[part][key] ?? ''))) expect(known, `${key} in zh-CN`).toContain(name)
        const said = sorted(placeholders(zh[part][key] ?? ''))
        for (const name of sorted(placeholders(sentence, false))) expect(said, `${key} in zh-CN`).toContain(name)
      }
    }
  })
  it('are there for every reason, with every argument filled in', () => {
    for (const language of LANGUAGES) {
      for (const [reason, args] of Object.entries(SAMPLES)) {
        const entry = entryOf(reason as ReasonCode, args)
        for (const text of [entryCaption(entry, language).text, entryLine(entry, language)]) {
          expect(text, `${reason} in ${language}`).not.toMatch(/[{}]|undefined/)
          expect(text).not.toBe('')
        }
      }
    }
  })
  it('are short enough for the bar', () => {
    for (const [key, sentence] of Object.entries({ ...SENTENCES.en.reasons, ...SENTENCES.en.chapters })) {
      expect(sentence.replace(/\{\w+\|[^|]*\|([^}]*)\}/g, '$1').length, key).toBeLessThan(160)
    }
  })
})

describe('captions of entries', () => {
  const request = (room: string, args: object) =>
    entryCaption(entryOf('http.request', { ...SAMPLES['http.request'], ...args }, room), 'en').text

  it('say who asks whom what', () => {
    expect(request('scheduler', { resource: 'pods/binding' })).toBe(
      'The scheduler asks the apiserver to **bind** Pod **web-1** to its node. It does not talk to the node.',
    )
    expect(request('kubelet/node-1', { verb: 'patch', resource: 'pods/status' })).toBe(
      'The kubelet on node-1 reports the status of Pod **web-1**.',
    )
    expect(request('controller-manager/replicaset', { name: undefined })).toBe(
      'The replicaset controller creates a new Pod from its template. It has no node yet.',
    )
    expect(request('controller-manager/garbage-collector', { verb: 'patch', resource: 'roles' })).toBe(
      'The garbage collector takes a lost owner off Role **web-1**.',
    )
    expect(request('kubectl', { verb: 'list', name: undefined, namespace: undefined })).toBe(
      'kubectl asks the apiserver for the Pods.',
    )
    expect(request('kubectl', { verb: 'get', resource: '/api/v1' })).toBe('kubectl asks the apiserver what it serves: `/api/v1`.')
  })
  it('put a space between Chinese and Latin letters', () => {
    const entry = entryOf('http.request', { ...SAMPLES['http.request'], name: undefined }, 'kubectl')
    expect(entryCaption(entry, 'zh-CN').text).toBe('kubectl 请求 apiserver 创建一个新的 Pod。')
    expect(spaced('在node-1上')).toBe('在 node-1 上')
    expect(spaced('停止 **调度器**。')).toBe('停止**调度器**。')
    expect(spaced('停止 **etcd**。')).toBe('停止 **etcd**。')
  })
  it('give the code of a refusal its words', () => {
    const answer = { ...SAMPLES['http.response'], code: 409 }
    expect(entryCaption(entryOf('http.response', answer, 'apiserver', 'kubectl'), 'en').text).toBe(
      'The apiserver answers kubectl: **409 Conflict**. Pod **web-1** exists already.',
    )
  })
  it('part the words of a state as the language does', () => {
    const entry = entryOf('watch.event', { ...SAMPLES['watch.event'], event: 'MODIFIED', state: 'node-1, Running' })
    expect(entryCaption(entry, 'en').text).toContain('now **node-1, Running**')
    expect(entryCaption(entry, 'zh-CN').text).toContain('**node-1、Running**')
  })
  it('say which taints a node is given, and when the last is taken off', () => {
    const patch = (more: object) =>
      request('controller-manager/node-lifecycle', { verb: 'patch', resource: 'nodes', name: 'node-1', ...more })
    expect(patch({ taints: 'a:NoSchedule' })).toBe(
      'The node lifecycle controller sets the taints of Node **node-1**: **a:NoSchedule**.',
    )
    expect(patch({ untainted: 1 })).toContain('takes the last taint off')
  })
  it('say which Pods are deleted together', () => {
    expect(request('controller-manager/namespace', { verb: 'deletecollection', name: undefined, namespace: 'team-a' })).toMatch(
      /delete all Pods in team-a\.$/,
    )
  })
  it('tell the score of the chosen node', () => {
    expect(entryCaption(entryOf('scheduler.cycle.chosen', SAMPLES['scheduler.cycle.chosen'], 'scheduler'), 'en').text).toBe(
      'The scheduler chooses **node-3** for **web-1**: 2 of 3 nodes fit; its score is 592.',
    )
  })
  it('name rooms, and controllers in Chinese, too', () => {
    const parts = readdirSync('src/sim/controllers', { withFileTypes: true }).flatMap(f => (f.isDirectory() ? f.name : []))
    expect(parts.length).toBeGreaterThan(30)
    for (const part of parts) expect(roomName(`controller-manager/${part}`, 'zh-CN')).toMatch(/[\u4e00-\u9fff]{2}[^-]*$/)
    const named = Object.keys(SENTENCES['zh-CN'].words.controllers)
    expect(named.filter(part => !parts.includes(part))).toEqual([])
    expect(roomName('controller-manager/node-lifecycle', 'en')).toBe('node lifecycle controller')
    expect(roomName('controller-manager/garbage-collector', 'en')).toBe('garbage collector')
    expect(roomName('controller-manager/node-lifecycle', 'zh-CN')).toBe('节点生命周期控制器')
    expect(roomName('kubelet/node-1', 'zh-CN')).toBe('node-1 的 kubelet')
  })
})

describe('captions of chapters', () => {
  const controller = entryOf(
    'http.request',
    { ...SAMPLES['http.request'], resource: 'replicasets' },
    'controller-manager/deployment',
  )

  it('say what the chapter did', () => {
    const scene = sceneOf('replicaset', controller, { podsCreated: 3 })
    expect(caption(scene, 'en').text).toBe('The replicaset controller, told by its watch, creates **3** Pods.')
    expect(caption(scene, 'zh-CN').text).toBe('ReplicaSet 控制器从 watch 得知变化，创建 **3** 个 Pod。')
  })
  it('part the names of a list as the language does', () => {
    const facts = { nodes: 'node-1, node-2', nodesCount: 2, bound: 'a, b', boundCount: 2 }
    const none = { unschedulable: 'default/a, team/b', unschedulableCount: 2 }
    expect(caption(sceneOf('scheduler', controller, none), 'en').text).toContain('finds no node for **a, team/b**')
    const told = (language: CaptionLanguage) => caption(sceneOf('scheduler', controller, facts), language).text
    expect(told('en')).toContain('bind the Pods to **node-1, node-2**')
    expect(told('zh-CN')).toContain('把 2 个 Pod 绑定到 **node-1、node-2**')
  })
  it('show a command as one types it', () => {
    const scene = sceneOf('kubectl', entryOf('user.command', SAMPLES['user.command']), {})
    expect(caption(scene, 'en').text).toMatch(/^You run `kubectl get pods`/)
  })
  it('say where a request was refused', () => {
    const facts = { stage: 'validation', stageName: 'validation', code: 422, reason: 'Invalid', message: 'spec.replicas: no' }
    const lead = entryOf('apiserver.pipeline', {
      ...SAMPLES['apiserver.pipeline'],
      refused: { stage: 'validation', code: 422, reason: 'Invalid', message: 'no' },
    })
    expect(caption(sceneOf('refused', lead, facts), 'en').text).toBe(
      'The apiserver refuses at **validation**: 422 Invalid. spec.replicas: no',
    )
    expect(entryCaption(lead, 'zh-CN').text).toMatch(/422 Invalid。no。$/)
  })
  it('do not say that something is stored where it is not', () => {
    const create = (args: object, facts: BeatScene['facts'] = {}) =>
      caption(
        sceneOf('apiserver', entryOf('apiserver.pipeline', { ...SAMPLES['apiserver.pipeline'], ...args }), {
          verb: 'create',
          ...facts,
        }),
        'en',
      )
    expect(create({}).text).toMatch(/stores it in \*\*etcd\*\*\.$/)
    const review = create({
      resource: 'selfsubjectaccessreviews',
      name: undefined,
      stages: ['authentication', 'authorization', 'answer'],
    })
    expect(review.text).toMatch(/no object is stored in \*\*etcd\*\*\.$/)
    expect(create({}, { dryRun: 'All' }).text).toContain('stores nothing')
  })
  it('tell what is deleted or left as it is from what is written', () => {
    const text = (chapter: ChapterKind, facts: BeatScene['facts']) => caption(sceneOf(chapter, controller, facts), 'en').text
    expect(text('deployment', { replicasetsKept: 'web-1', replicasetsKeptCount: 1 })).toContain('writes annotations')
    expect(text('endpoints', { endpointsGone: 'web', endpointsGoneCount: 1 })).toContain('deletes Endpoints **web**')
    expect(text('kube-proxy', { proxies: 'node-1', proxiesCount: 1, unruled: 1 })).toContain('takes away rules')
    expect(text('kube-proxy', { proxies: 'node-1', proxiesCount: 1 })).toContain('writes the rules')
  })
  it('say of kubelets what they do: the first start of a Pod, one of a container made anew, an end', () => {
    const text = (facts: BeatScene['facts'], language: CaptionLanguage = 'en') =>
      caption(sceneOf('kubelet', controller, { nodes: 'node-1', nodesCount: 1, ...facts }), language).text
    expect(text({ started: 1, sandboxes: 1 })).toContain("sets up the Pod's sandbox, starts the containers")
    expect(text({ sandboxes: 2 })).toContain("each Pod's sandbox")
    expect(text({ started: 1 })).toContain('starts a container in a sandbox that is there already')
    expect(text({ trouble: 'PullImage x' })).toContain('tries again, but **PullImage x** fails')
    expect(text({ stopped: 1 })).toContain('stops the containers')
    expect(text({})).toContain('takes care of the Pods')
    expect(text({ started: 1, sandboxes: 1 }, 'zh-CN')).toContain('为 Pod 建立沙箱')
    expect(text({ started: 1, images: 'a', imagesCount: 1 }, 'zh-CN')).toContain('上的 kubelet 拉取 a，并在已有的沙箱中启动容器')
  })
  it('speak of one Pod as of one', () => {
    const why = (podsDeleted: number, language: CaptionLanguage) =>
      caption(sceneOf('replicaset', controller, { podsDeleted }), language).why
    expect(why(1, 'en')).toBe('Its kubelet stops its containers.')
    expect(why(2, 'en')).toBe('The kubelets stop their containers.')
    expect(why(1, 'zh-CN')).not.toContain('它们')
  })
  it('say of every process that can be stopped what that means, in every language', () => {
    const rooms = [
      'etcd',
      'apiserver',
      'scheduler',
      'controller-manager',
      'kubelet/node-1',
      'kube-proxy/node-1',
      'runtime/node-1',
    ]
    for (const language of LANGUAGES) {
      const told = rooms.flatMap(to =>
        ['stop', 'boot'].map(type => {
          const { text, why } = caption(
            sceneOf('process', entryOf('user.command', { to, text: '', type }, 'user', to), {}),
            language,
          )
          expect(text + why, `${type} ${to}`).not.toMatch(/[{}]|undefined/)
          return text
        }),
      )
      expect(new Set(told).size, language).toBe(14)
    }
  })
  it('leave no argument open, whatever the facts', () => {
    const kinds = Object.keys(SENTENCES.en.words.chapters) as ChapterKind[]
    for (const language of LANGUAGES) {
      for (const kind of kinds) {
        const { text, why = '' } = caption(sceneOf(kind, controller, {}), language)
        if (kind !== 'refused' && kind !== 'answer' && kind !== 'kube-proxy' && kind !== 'traffic')
          expect(text + why, `${kind} in ${language}`).not.toMatch(/[{}]/)
      }
    }
  })
})

describe('a sentence', () => {
  it('leaves out a part in brackets when its argument is missing', () => {
    expect(fillSentence('done[ in {place}].', {})).toBe('done.')
    expect(fillSentence('done[ in {place}].', { place: 'x' })).toBe('done in x.')
  })
  it('knows one from many', () => {
    expect(fillSentence('{n} {n|Pod|Pods}', { n: 1 })).toBe('1 Pod')
    expect(fillSentence('{n} {n|Pod|Pods}', { n: 0 })).toBe('0 Pods')
  })
  it('leaves brackets and braces of arguments alone', () => {
    expect(fillSentence('`{command}`', { command: "get -o jsonpath='{.items[*]}'" })).toBe("`get -o jsonpath='{.items[*]}'`")
  })
})
