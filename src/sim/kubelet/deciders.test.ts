import { describe, expect, test } from 'vitest'
import type { CriContainer } from '../api/cri'
import { imageReferenceError } from '../api/image-reference'
import type { Pod } from '../api/types'
import { activeDeadline } from './active-deadline'
import { type AdmittingNode, admit } from './admission'
import { backOffLeft, nextBackOff } from './back-off'
import { goDuration } from './events'
import { NO_CPU, nodeCpu } from './node-cpu'
import { podActions } from './pod-actions'
import { referencesOf } from './references'
import { podResources, requestsOf } from './resources'
import { NO_RUNTIME, type PodRuntime } from './state'
import { unsupportedFields } from './unsupported'
import { tokensOf } from './volumes'

const pod = (spec: object = {}): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', uid: 'uid-1' },
    spec: { containers: [{ name: 'a' }, { name: 'b' }], restartPolicy: 'Always', ...spec },
    status: {},
  }) as unknown as Pod
const container = (name: string, state: CriContainer['state'], exitCode = 0): CriContainer =>
  ({ id: `${name}${state}`, name, state, exitCode, attempt: 0 }) as CriContainer
const runtime = (...containers: CriContainer[]): PodRuntime => ({
  sandbox: { id: 'box', ready: true, ip: '', attempt: 0 },
  containers,
  failures: {},
})

describe('what has to be done for a pod', () => {
  test('first a sandbox, then its containers in order', () => {
    expect(podActions(pod(), NO_RUNTIME)).toEqual({ sandbox: { attempt: 0 }, start: ['a', 'b'], kill: false })
  })
  test('nothing while all run', () => {
    expect(podActions(pod(), runtime(container('a', 'running'), container('b', 'running'))).start).toEqual([])
  })
  test('a container whose image was changed is started anew', () => {
    const running = { ...container('a', 'running'), image: 'nginx:1.26' }
    const spec = { containers: [{ name: 'a', image: 'nginx:1.27' }] }
    expect(podActions(pod(spec), runtime(running)).start).toEqual(['a'])
  })
  test('a container that ended is started again, as the policy says', () => {
    const state = runtime(container('a', 'running'), container('b', 'exited', 0))
    expect(podActions(pod(), state).start).toEqual(['b'])
    expect(podActions(pod({ restartPolicy: 'OnFailure' }), state).start).toEqual([])
    expect(podActions(pod({ restartPolicy: 'Never' }), state).start).toEqual([])
  })
  test('a pod of which nothing runs and nothing will is stopped', () => {
    const state = runtime(container('a', 'exited'), container('b', 'exited', 1))
    expect(podActions(pod({ restartPolicy: 'Never' }), state).kill).toBe(true)
  })
  test('a new sandbox counts on from the one before', () => {
    const state: PodRuntime = { ...NO_RUNTIME, sandbox: { id: 'box', ready: false, ip: '', attempt: 2 } }
    expect(podActions(pod(), state).sandbox).toEqual({ attempt: 3 })
  })
  test('init containers run one by one', () => {
    const spec = { initContainers: [{ name: 'one' }, { name: 'two' }] }
    expect(podActions(pod(spec), runtime()).start).toEqual(['one'])
    expect(podActions(pod(spec), runtime(container('one', 'running'))).start).toEqual([])
    expect(podActions(pod(spec), runtime(container('one', 'exited'))).start).toEqual(['two'])
    expect(podActions(pod(spec), runtime(container('one', 'exited'), container('two', 'exited'))).start).toEqual(['a', 'b'])
  })
  test('what comes after a sidecar waits for its startup probe, from before its first try on', () => {
    const sidecar = { name: 'log', restartPolicy: 'Always', startupProbe: { exec: { command: ['true'] } } }
    const running = runtime(container('log', 'running'))
    const probed = (result: 'success' | 'failure' | 'unknown'): PodRuntime => ({
      ...running,
      probes: { 'startup log': { id: 'logrunning', result } },
    })
    const start = (state: PodRuntime) => podActions(pod({ initContainers: [sidecar] }), state).start
    expect(start(running)).toEqual([])
    expect(start(probed('unknown'))).toEqual([])
    expect(start(probed('success'))).toEqual(['a', 'b'])
  })
  test('a sidecar stays, and those after it go on', () => {
    const spec = { initContainers: [{ name: 'side', restartPolicy: 'Always' }, { name: 'two' }] }
    expect(podActions(pod(spec), runtime(container('side', 'running'))).start).toEqual(['two'])
    expect(podActions(pod(spec), runtime(container('side', 'exited'), container('two', 'exited'))).start).toContain('side')
  })
  test('an init container that failed stops a pod that is not restarted', () => {
    const spec = { restartPolicy: 'Never', initContainers: [{ name: 'one' }] }
    expect(podActions(pod(spec), runtime(container('one', 'exited', 2))).kill).toBe(true)
  })
})

describe('back-off', () => {
  const second = 1e6
  test('grows from ten seconds to five minutes', () => {
    let known = nextBackOff(undefined, 0, 0)
    const waits = [known.ms]
    for (let i = 0; i < 6; i++) {
      known = nextBackOff(known, 0, 0)
      waits.push(known.ms)
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000])
  })
  test('counts from the end of the container', () => {
    const known = nextBackOff(undefined, 0, 0)
    expect(backOffLeft(known, 5 * second, 9 * second)).toBe(6000)
    expect(backOffLeft(known, 5 * second, 20 * second)).toBe(0)
  })
  test('starts over for a container that ran for more than ten minutes', () => {
    expect(nextBackOff({ ms: 160_000, at: 0 }, 700 * second, 700 * second).ms).toBe(10_000)
  })
})

describe('what the node itself takes', () => {
  const asking = (cpu: string, memory = '1Gi') => pod({ containers: [{ name: 'a', resources: { requests: { cpu, memory } } }] })
  const node: AdmittingNode = {
    name: 'n',
    labels: { disk: 'ssd' },
    taints: [],
    allocatable: { cpu: '2', memory: '4Gi', pods: '3' },
  }
  const judge = (wanted: Pod, others: readonly Pod[] = [], on: Partial<AdmittingNode> = {}) => {
    const occupants = others.map(other => ({ pod: other, requests: requestsOf(other) }))
    return admit(wanted, requestsOf(wanted), () => occupants, others.length, { ...node, ...on })
  }

  test('a pod that fits is taken', () => {
    expect(judge(asking('1'), [asking('1')])).toBeUndefined()
  })
  test('a pod that does not is refused in the words of the kubelet', () => {
    expect(judge(asking('1500m'), [asking('1')])).toEqual({
      reason: 'OutOfcpu',
      message: "Node didn't have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000",
    })
  })
  test('so is one too many', () => {
    expect(judge(pod(), [pod(), pod(), pod()])?.reason).toBe('OutOfpods')
  })
  test('what no node says that it has may be the whole cluster’s', () => {
    const requests = { 'example.com/token': '1' }
    expect(judge(pod({ containers: [{ name: 'a', resources: { requests } }] }))).toBeUndefined()
    expect(judge(pod({ containers: [{ name: 'a', resources: { requests: { 'hugepages-2Mi': '2Mi' } } }] }))?.reason).toBe(
      'OutOfhugepages-2Mi',
    )
  })
  test('a pod that selects other nodes is refused, whoever named this one', () => {
    expect(judge(pod({ nodeSelector: { disk: 'hdd' } }))).toEqual({
      reason: 'NodeAffinity',
      message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    })
    expect(judge(pod({ nodeSelector: { disk: 'ssd' } }))).toBeUndefined()
  })
  test('a taint NoExecute keeps out who does not tolerate it; NoSchedule is the scheduler’s business', () => {
    const taints = [{ key: 'k', effect: 'NoExecute' as const }]
    expect(judge(pod(), [], { taints })?.message).toBe(
      "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
    )
    expect(judge(pod({ tolerations: [{ operator: 'Exists' }] }), [], { taints })).toBeUndefined()
    expect(judge(pod(), [], { taints: [{ key: 'k', effect: 'NoSchedule' }] })).toBeUndefined()
  })
  test('a port of the node is taken once', () => {
    const listening = pod({ containers: [{ name: 'a', ports: [{ containerPort: 80, hostPort: 80 }] }] })
    expect(judge(listening, [listening])?.reason).toBe('NodePorts')
  })
  test('a pod that ran here before is not judged by labels and taints again', () => {
    const ran = { ...pod({ nodeSelector: { disk: 'hdd' } }), status: { startTime: '2026-01-01T00:00:00Z' } }
    expect(judge(ran as Pod, [], { taints: [{ key: 'k', effect: 'NoExecute' }] })).toBeUndefined()
  })
})

test("an active deadline counts from a pod's start", () => {
  const startTime = '2026-01-01T00:00:05Z'
  expect(activeDeadline(pod({ activeDeadlineSeconds: 10 }), { startTime })).toBe(15_000_000)
  expect(activeDeadline(pod({ activeDeadlineSeconds: 10 }), {})).toBeUndefined()
  expect(activeDeadline(pod(), { startTime })).toBeUndefined()
})

test("a pod's resources are the sums of its containers'", () => {
  const resources = { requests: { cpu: '250m', memory: '64Mi' }, limits: { cpu: '1' } }
  const spec = {
    containers: [
      { name: 'a', resources },
      { name: 'b', resources },
    ],
  }
  expect(podResources(pod(spec))).toEqual({
    total: { requests: { cpu: '500m', memory: '128Mi' }, limits: { cpu: '2' } },
    allocated: { cpu: '500m', memory: '128Mi' },
  })
  expect(podResources(pod())).toEqual({ total: {} })
})

test('what a pod refers to is found in volumes and environments, each once', () => {
  const spec = {
    volumes: [
      { name: 'settings', configMap: { name: 'settings' } },
      { name: 'v', projected: { sources: [{ secret: { name: 'login' } }] } },
    ],
    containers: [
      {
        name: 'a',
        envFrom: [{ configMapRef: { name: 'settings' } }],
        env: [{ valueFrom: { secretKeyRef: { name: 'key', key: 'k', optional: true } } }],
      },
    ],
  }
  expect(referencesOf(pod(spec)).map(r => `${r.resource}/${r.name}`)).toEqual([
    'configmaps/settings',
    'secrets/login',
    'secrets/key',
  ])
})

test('tokens are found in projected volumes', () => {
  const sources = [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }, { configMap: { name: 'x' } }]
  expect(tokensOf({ name: 'v', projected: { sources } })).toEqual([{ expirationSeconds: 3607, audience: undefined }])
})

test('durations are written as Go writes them', () => {
  expect([0, 22, 1000, 1250, 10_000, 160_000, 300_000, 3_661_500].map(goDuration)).toEqual([
    '0s',
    '22ms',
    '1s',
    '1.25s',
    '10s',
    '2m40s',
    '5m0s',
    '1h1m1.5s',
  ])
})

test('what is not simulated is named, once each', () => {
  const open = { name: 'a', ports: [{ containerPort: 80, hostPort: 80 }] }
  const spec = {
    containers: [open, open],
    volumes: [
      { name: 'v', csi: {} },
      { name: 'c', persistentVolumeClaim: {} },
      { name: 'e', emptyDir: {} },
    ],
  }
  expect(unsupportedFields(pod(spec))).toEqual(['hostPort', 'volumes.csi'])
  expect(unsupportedFields(pod())).toEqual([])
})

test("the node's CPU time goes on growing when containers end or begin anew", () => {
  const used = (name: string, cpuNanoseconds: number) => ({ podUid: 'uid-1', name, cpuNanoseconds })
  const first = nodeCpu(NO_CPU, [used('a', 500), used('b', 300)])
  expect(first.ended).toBe(0)
  const second = nodeCpu(first, [used('a', 20)])
  expect(second.ended).toBe(800)
  expect(nodeCpu(second, [used('a', 40)]).ended).toBe(800)
})

test('what is wrong with an image’s name is said in the words of its parser', () => {
  expect(imageReferenceError('registry.k8s.io/pause:3.10.1')).toBeUndefined()
  expect(imageReferenceError('nginx:')).toBe('invalid reference format')
  expect(imageReferenceError('Nginx:1.27')).toBe('invalid reference format: repository name (library/Nginx) must be lowercase')
  expect(imageReferenceError('localhost:5000/My/app')).toBe(
    'invalid reference format: repository name (My/app) must be lowercase',
  )
})
