import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CriContainer } from '../api/cri'
import { hollowNode, realNode } from '../api/node-profile'
import { createTwoWayMergePatch } from '../api/patch'
import { createSchema } from '../api/schema'
import type { Container, Pod } from '../api/types'
import type { Time } from '../kernel/types'
import { lastStatus, podStatus, withSandboxReady } from './pod-status'
import { NO_RUNTIME, type PodRuntime, type PodStatus } from './state'
import { mergeStatus, stampTimes } from './status-manager'
import { podStatusPatch } from './status-patch'

const podType = createSchema(JSON.parse(readFileSync(new URL('../api/data/openapi.json', import.meta.url), 'utf8'))).typeOf(
  'v1',
  'Pod',
)
const real = realNode('node-1')
const hollow = hollowNode('node-1')
const T = '2026-01-01T00:00:00Z'

const pod = (spec: object = {}, metadata: object = {}): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', uid: 'uid-1', generation: 1, ...metadata },
    spec: { containers: [{ name: 'nginx', image: 'nginx:1.27' }], restartPolicy: 'Always', ...spec },
    status: {
      phase: 'Pending',
      qosClass: 'BestEffort',
      conditions: [{ type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: T }],
    },
  }) as unknown as Pod

const instance = (name: string, more: Partial<CriContainer> = {}): CriContainer => ({
  id: `id-of-${name}-${more.attempt ?? 0}`,
  podUid: 'uid-1',
  sandbox: 'box',
  name,
  image: 'nginx:1.27',
  resolvedImage: 'docker.io/library/nginx:1.27',
  imageRef: 'docker.io/library/nginx@sha256:0',
  attempt: 0,
  state: 'running',
  createdAt: 0,
  startedAt: 1e6,
  finishedAt: 0,
  exitCode: 0,
  reason: '',
  ...more,
})
const ended = (name: string, exitCode: number, attempt = 0): CriContainer =>
  instance(name, { state: 'exited', exitCode, attempt, finishedAt: 2e6, reason: exitCode === 0 ? 'Completed' : 'Error' })
const runtime = (containers: readonly CriContainer[], ready = true): PodRuntime => ({
  sandbox: { id: 'box', ready, ip: '10.244.0.2', attempt: 0 },
  containers,
  failures: {},
})
const conditionsOf = (status: PodStatus): string[] =>
  (status.conditions ?? []).map(c => `${c.type}=${c.status}${c.reason ? ` ${c.reason}` : ''}${c.message ? `: ${c.message}` : ''}`)

describe('before anything runs', () => {
  test('a real node says that the container is being created and not ready', () => {
    const status = podStatus(pod(), NO_RUNTIME, real, false)
    expect(status.phase).toBe('Pending')
    expect(conditionsOf(status)).toEqual([
      'PodReadyToStartContainers=False',
      'Initialized=True',
      'Ready=False ContainersNotReady: containers with unready status: [nginx]',
      'ContainersReady=False ContainersNotReady: containers with unready status: [nginx]',
      'PodScheduled=True',
    ])
    expect(status.containerStatuses?.[0]).toEqual({
      name: 'nginx',
      image: 'nginx:1.27',
      imageID: '',
      lastState: {},
      ready: false,
      restartCount: 0,
      started: false,
      state: { waiting: { reason: 'ContainerCreating' } },
    })
    expect(status).toMatchObject({ hostIP: '10.0.0.11', observedGeneration: 1, resources: {}, qosClass: 'BestEffort' })
  })

  test('a hollow node, which probes nothing, counts it as ready, and has no address', () => {
    const status = podStatus(pod(), NO_RUNTIME, hollow, false)
    expect(conditionsOf(status)).toEqual([
      'PodReadyToStartContainers=False',
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ])
    expect(status.containerStatuses?.[0]).not.toHaveProperty('started')
    expect(status).not.toHaveProperty('hostIP')
  })
})

describe('a hollow node', () => {
  test('counts no init container as ready, so that a pod with one is never initialized, though its containers are ready', () => {
    const status = podStatus(pod({ initContainers: [{ name: 'first', image: 'busybox' }] }), NO_RUNTIME, hollow, false)
    expect(conditionsOf(status)).toEqual([
      'PodReadyToStartContainers=False',
      'Initialized=False ContainersNotInitialized: containers with incomplete status: [first]',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ])
  })
})

describe('phases', () => {
  const cases: readonly (readonly [string, object, readonly CriContainer[], boolean, string])[] = [
    ['one that runs is Running', {}, [instance('nginx')], false, 'Running'],
    ['one that crashed and will be restarted is Running', {}, [ended('nginx', 1)], false, 'Running'],
    [
      'one that ended well and is not restarted has Succeeded',
      { restartPolicy: 'Never' },
      [ended('nginx', 0)],
      false,
      'Succeeded',
    ],
    ['one that ended badly and is not restarted has Failed', { restartPolicy: 'Never' }, [ended('nginx', 1)], false, 'Failed'],
    [
      'one that is restarted on failure and ended well has Succeeded',
      { restartPolicy: 'OnFailure' },
      [ended('nginx', 0)],
      false,
      'Succeeded',
    ],
    ['one that was stopped and ended well has Succeeded', {}, [ended('nginx', 0)], true, 'Succeeded'],
    ['one that had to be killed has Failed', {}, [ended('nginx', 137)], true, 'Failed'],
  ]
  for (const [title, spec, containers, terminal, phase] of cases)
    test(`a pod with ${title}`, () => {
      expect(podStatus(pod(spec), runtime(containers), real, terminal).phase).toBe(phase)
    })

  test('a pod whose init container failed for good has Failed', () => {
    const spec = { restartPolicy: 'Never', initContainers: [{ name: 'init' }] }
    expect(podStatus(pod(spec), runtime([ended('init', 2)]), real, false).phase).toBe('Failed')
  })

  test('a pod that went before its containers ran has failed, and nobody knows how they ended', () => {
    const going = pod({}, { deletionTimestamp: T })
    const last = lastStatus(going, podStatus(going, runtime([], false), real, true), false)
    expect(last.phase).toBe('Failed')
    expect(last.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 137, reason: 'ContainerStatusUnknown' })
  })
})

test('a container that waits for its restart says so, and its end becomes its last state', () => {
  const failures = { nginx: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } }
  const status = podStatus(pod(), { ...runtime([ended('nginx', 1, 1)]), failures }, real, false).containerStatuses?.[0]
  expect(status?.state).toEqual({ waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } })
  expect(status?.lastState?.terminated).toMatchObject({ exitCode: 1, reason: 'Error' })
  expect(status?.restartCount).toBe(1)
})

test('statuses of containers stand in the order of their names, those of init containers in the order of the spec', () => {
  const named = (name: string): Container => ({ name, image: 'nginx' })
  const spec = { initContainers: [named('z'), named('a')], containers: [named('two'), named('one')] }
  const status = podStatus(pod(spec), NO_RUNTIME, real, false)
  expect(status.containerStatuses?.map(c => c.name)).toEqual(['one', 'two'])
  expect(status.initContainerStatuses?.map(c => c.name)).toEqual(['z', 'a'])
  expect(status.containerStatuses?.[0]?.state?.waiting?.reason).toBe('PodInitializing')
})

test('a running container that asks for CPU alone is said to ask for no memory', () => {
  const spec = { containers: [{ name: 'nginx', resources: { requests: { cpu: '600m' } } }] }
  const status = podStatus(pod(spec), runtime([instance('nginx')]), real, false)
  expect(status.containerStatuses?.[0]).toMatchObject({
    resources: { requests: { cpu: '600m', memory: '0' } },
    allocatedResources: { cpu: '600m' },
  })
  expect(status).toMatchObject({ resources: { requests: { cpu: '600m' } }, allocatedResources: { cpu: '600m' } })
})

test('a condition keeps its time as long as its status, and the pod its start', () => {
  const first = stampTimes({}, podStatus(pod(), NO_RUNTIME, real, false), 0 as Time)
  const second = stampTimes(first, withSandboxReady(first), 5e6 as Time)
  const times = second.conditions?.map(c => c.lastTransitionTime)
  expect(times).toEqual(['2026-01-01T00:00:05Z', T, T, T, undefined].map(t => t ?? T))
  expect(second.startTime).toBe(T)
})

test('a pod is not said to be over while its containers may still run', () => {
  const over: PodStatus = { phase: 'Failed', conditions: [] }
  expect(mergeStatus({ phase: 'Running' }, { status: over, alive: true }).phase).toBe('Running')
  expect(mergeStatus({ phase: 'Running' }, { status: over, alive: false }).phase).toBe('Failed')
})

test('conditions that others wrote come first and are kept', () => {
  const others = { type: 'DisruptionTarget', status: 'True' }
  const merged = mergeStatus({ conditions: [others] } as PodStatus, {
    status: podStatus(pod(), NO_RUNTIME, real, false),
    alive: true,
  })
  expect(merged.conditions?.map(c => c.type)[0]).toBe('DisruptionTarget')
})

describe('patches of a status', () => {
  const first = stampTimes({}, podStatus(pod(), NO_RUNTIME, real, false), 0 as Time)
  const ready = stampTimes(first, withSandboxReady(first), 1e6 as Time)

  test('the patch after the sandbox is made is the one that was recorded', () => {
    const order = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(type => ({ type }))
    expect(podStatusPatch(first, ready, 'uid-1')).toEqual({
      metadata: { uid: 'uid-1' },
      status: {
        '$setElementOrder/conditions': order,
        conditions: [{ lastTransitionTime: '2026-01-01T00:00:01Z', status: 'True', type: 'PodReadyToStartContainers' }],
      },
    })
  })

  test('nothing new makes no patch', () => {
    expect(podStatusPatch(ready, { ...ready }, 'uid-1')).toBeUndefined()
  })

  const statuses = fc
    .record({
      containers: fc.subarray([instance('nginx'), ended('nginx', 1), ended('nginx', 0, 1)]),
      ready: fc.boolean(),
      sandbox: fc.boolean(),
      hollow: fc.boolean(),
      terminal: fc.boolean(),
      seconds: fc.integer({ min: 0, max: 9 }),
      requests: fc.constantFrom(undefined, { cpu: '1' }, { cpu: '1', memory: '1Gi' }),
      generation: fc.integer({ min: 1, max: 2 }),
    })
    .map(({ containers, ready, sandbox, hollow: isHollow, terminal, seconds, requests, generation }) => {
      const spec = { containers: [{ name: 'nginx', ...(requests && { resources: { requests } }) }] }
      const known = sandbox ? runtime(containers, ready) : NO_RUNTIME
      const status = podStatus(pod(spec, { generation }), known, isHollow ? hollow : real, terminal)
      return stampTimes({}, status, (seconds * 1e6) as Time)
    })

  test('they are those that the general two-way merge makes', () => {
    fc.assert(
      fc.property(statuses, statuses, (old, next) => {
        if (!podType) throw new Error('no schema of Pod')
        const general = createTwoWayMergePatch({ status: old }, { metadata: { uid: 'uid-1' }, status: next }, podType)
        expect(podStatusPatch(old, next, 'uid-1') ?? { metadata: { uid: 'uid-1' } }).toEqual(general)
      }),
      { numRuns: 300 },
    )
  })
})
