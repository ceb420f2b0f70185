import { describe, expect, it } from 'vitest'
import type { DaemonSet, Node, Pod } from '../../api/types'
import type { Time } from '../../kernel/types'
import { fitOf } from './nodes'
import { isPast, planNodes, planUpdate, statusOf, type View } from './plan'

const node = (name: string, more: object = {}): Node =>
  ({ metadata: { name, labels: {} }, spec: { ...more }, status: {} }) as unknown as Node
const set = (rollingUpdate: object = { maxUnavailable: 1, maxSurge: 0 }): DaemonSet =>
  ({
    metadata: { name: 'agent', annotations: {} },
    spec: { template: { spec: { containers: [] } }, updateStrategy: { type: 'RollingUpdate', rollingUpdate } },
  }) as unknown as DaemonSet
const pod = (name: string, on: string, hash = 'new', ready = true): Pod =>
  ({
    metadata: { name, labels: { 'controller-revision-hash': hash }, creationTimestamp: name },
    spec: { nodeName: on, containers: [] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    },
  }) as unknown as Pod
const view = (pods: Pod[], nodes = [node('a'), node('b'), node('c')], of = set()): View => ({
  set: of,
  nodes,
  pods: pods.filter(pod => !isPast(pod)),
  claimed: pods,
  hash: 'new',
  now: 0 as Time,
})
const names = (pods: readonly Pod[]) => pods.map(p => p.metadata.name)

describe('daemons', () => {
  it('come to every node that has none', () => {
    expect(planNodes(view([pod('1', 'a')])).create).toEqual(['b', 'c'])
  })
  it('stay away from a node with a taint that they do not tolerate, and leave it only for NoExecute', () => {
    const taint = (key: string, effect: string) => node('a', { taints: [{ key, effect }] })
    expect(fitOf(set(), taint('x', 'NoSchedule'))).toEqual({ comes: false, stays: true })
    expect(fitOf(set(), taint('x', 'NoExecute'))).toEqual({ comes: false, stays: false })
    expect(fitOf(set(), taint('node.kubernetes.io/unschedulable', 'NoSchedule'))).toEqual({ comes: true, stays: true })
  })
  it('come to a node as soon as the one before has ended, though it is not gone yet', () => {
    const leaving = (name: string, on: string, phase: string): Pod => {
      const { metadata, status, ...rest } = pod(name, on, 'old')
      const deletionTimestamp = '2026-01-01T00:00:30Z'
      return { ...rest, metadata: { ...metadata, deletionTimestamp }, status: { ...status, phase } } as unknown as Pod
    }
    expect(planNodes(view([leaving('1', 'a', 'Succeeded'), leaving('2', 'b', 'Running'), pod('3', 'c')])).create).toEqual(['a'])
  })
  it('are one on a node: the oldest stays', () => {
    expect(names(planNodes(view([pod('1', 'a'), pod('2', 'a'), pod('3', 'b'), pod('4', 'c')])).remove)).toEqual(['2'])
  })
  it('are replaced one at a time, those that do not serve at once', () => {
    expect(names(planUpdate(view([pod('1', 'a', 'old'), pod('2', 'b', 'old'), pod('3', 'c', 'old')])).remove)).toEqual(['1'])
    expect(names(planUpdate(view([pod('1', 'a', 'old'), pod('2', 'b', 'old', false), pod('3', 'c', 'old')])).remove)).toEqual([
      '2',
    ])
    expect(names(planUpdate(view([pod('1', 'a', 'new', false), pod('2', 'b', 'old')])).remove)).toEqual([])
  })
  it('get a new one beside the old where they may surge', () => {
    const surging = set({ maxSurge: 1, maxUnavailable: 0 })
    expect(planUpdate(view([pod('1', 'a', 'old'), pod('2', 'b', 'old')], undefined, surging)).create).toEqual(['a'])
    expect(names(planUpdate(view([pod('1', 'a', 'old'), pod('2', 'a')], undefined, surging)).remove)).toEqual(['1'])
  })
  it('stand beside their predecessor until they are available, or until it is not ready', () => {
    const surging = set({ maxSurge: 1, maxUnavailable: 0 })
    const pair = (old: boolean, fresh: boolean) => [pod('1', 'a', 'old', old), pod('2', 'a', 'new', fresh)]
    const go = (pods: Pod[]) => names(planNodes(view(pods, [node('a')], surging)).remove)
    expect([go(pair(true, false)), go(pair(false, false)), go(pair(true, true))]).toEqual([[], ['1'], ['1']])
  })
  it('leave a node that they may no longer come to when enough of them serve elsewhere', () => {
    const surging = set({ maxSurge: 1, maxUnavailable: 0 })
    const closed = node('b', { taints: [{ key: 'x', effect: 'NoSchedule' }] })
    const moved = (ready: boolean) =>
      planUpdate(view([pod('1', 'b', 'old'), pod('2', 'a', 'new', ready)], [node('a'), closed], surging))
    expect([names(moved(false).remove), names(moved(true).remove)]).toEqual([[], ['1']])
  })
  it('that are missing count as unavailable', () => {
    expect(names(planUpdate(view([pod('1', 'a', 'old'), pod('2', 'b', 'old')])).remove)).toEqual([])
  })
  it('that failed are left alone for a while where one has failed just before', () => {
    const { status, ...rest } = pod('1', 'a')
    const failed = { ...rest, status: { ...status, phase: 'Failed' } } as Pod
    expect(names(planNodes(view([failed], [node('a')])).remove)).toEqual(['1'])
    expect(planNodes(view([failed], [node('a')]), new Set(['a']))).toEqual({ create: [], remove: [], ended: [] })
  })
  it('are counted by node', () => {
    expect(statusOf(view([pod('1', 'a'), pod('2', 'b', 'old', false)]), 1)).toEqual({
      currentNumberScheduled: 2,
      numberMisscheduled: 0,
      desiredNumberScheduled: 3,
      numberReady: 1,
      observedGeneration: 1,
      updatedNumberScheduled: 1,
      numberAvailable: 1,
      numberUnavailable: 2,
    })
  })
})
