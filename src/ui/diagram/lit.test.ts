import { describe, expect, test } from 'vitest'
import { packetOf, STORY, sceneOf } from '../testing/fixture'
import { layoutStage } from './layout'
import { labelIn, litBy, saidOn, shortLabel, stillLabels } from './lit'

const layout = layoutStage({
  width: 1280,
  height: 540,
  large: false,
  controllers: ['deployment', 'replicaset'],
  nodes: ['node-1', 'node-2', 'node-3'],
})

describe('what a scene lights', () => {
  test('the rooms that act, their houses, and the wires that are used', () => {
    const scene = sceneOf(1, {
      reason: 'http.request',
      rooms: ['controller-manager/deployment', 'apiserver'],
      packets: [packetOf(1, 'request', 'controller-manager/deployment', 'apiserver', 'POST replicasets', 0)],
    })
    const lit = litBy(scene, layout)
    expect([...lit.rooms]).toEqual(['controller-manager/deployment', 'apiserver'])
    expect([...lit.houses]).toEqual(['controller-manager', 'apiserver'])
    expect([...lit.wires.keys()]).toEqual(['controller-manager/deployment→apiserver'])
  })

  test('a controller without a room lights its house', () => {
    const scene = sceneOf(1, {
      reason: 'http.request',
      rooms: ['controller-manager/ttl'],
      packets: [packetOf(1, 'request', 'controller-manager/ttl', 'apiserver', 'PATCH nodes', 0)],
    })
    expect([...litBy(scene, layout).wires.keys()]).toEqual(['controller-manager→apiserver'])
  })

  test('a wire tells its direction, and a question with its own answer, not with one that happens to follow', () => {
    const ask = packetOf(1, 'request', 'kubectl', 'apiserver', 'POST deployments', 0)
    const other = packetOf(2, 'request', 'kubectl', 'apiserver', 'GET pods', 0)
    const no = { ...packetOf(3, 'response', 'apiserver', 'kubectl', '409', 500), failed: true, answers: ask.seq }
    const yes = { ...packetOf(4, 'response', 'apiserver', 'kubectl', '200', 500), answers: other.seq }
    const scene = {
      ...sceneOf(1, { reason: 'http.request', rooms: ['kubectl'], packets: [ask, other, no, yes] }),
      lead: { ...sceneOf(1, { reason: 'x', rooms: [], packets: [] }).lead, seq: 99 as never },
    }
    const wire = litBy(scene, layout).wires.get('kubectl→apiserver')
    expect(wire).toMatchObject({
      text: 'POST deployments',
      suffix: '· 409',
      others: 1,
      failed: true,
      forward: true,
      backward: true,
    })
    expect(wire && saidOn(wire)).toBe('POST deployments\nGET pods\n409\n200')
  })
})

test('of messages that matter alike, a wire tells the one that is said most often, with how often', () => {
  const packets = [
    packetOf(1, 'watch', 'apiserver', 'scheduler', 'ADDED replicasets', 0),
    { ...packetOf(2, 'watch', 'apiserver', 'scheduler', 'ADDED pods', 0), count: 40 },
    packetOf(3, 'watch', 'apiserver', 'scheduler', 'ADDED pods', 300),
  ]
  const scene = {
    ...sceneOf(1, { reason: 'watch.event', rooms: ['scheduler'], packets }),
    lead: { ...sceneOf(1, { reason: 'x', rooms: [], packets: [] }).lead, seq: 99 as never },
  }
  const wire = litBy(scene, layout).wires.get('scheduler→apiserver')
  expect(wire).toMatchObject({ text: 'ADDED pods', suffix: '×41', others: 1 })
  expect(wire && saidOn(wire)).toBe('ADDED replicasets\nADDED pods ×41')
})

test('where a label has little room it says the resource as kubectl abbreviates it, then the answer rather than how often', () => {
  const packets = [1, 2].map(n => packetOf(n, 'watch', 'apiserver', 'scheduler', 'MODIFIED deployments.apps', n))
  const scene = sceneOf(1, {
    reason: 'watch.event',
    rooms: ['scheduler'],
    packets: [...packets, packetOf(3, 'watch', 'apiserver', 'scheduler', 'ADDED pods', 0)],
  })
  const wire = litBy(scene, layout).wires.get('scheduler→apiserver')
  if (!wire) throw new Error('the wire is dark')
  const measure = (text: string) => text.length * 7
  expect(labelIn(wire, 300, measure)).toEqual({ text: 'MODIFIED deployments', suffix: '×2 +1' })
  expect(labelIn(wire, 190, measure)).toEqual({ text: 'MODIFIED deployments', suffix: '×2' })
  expect(labelIn(wire, 155, measure)).toEqual({ text: 'MODIFIED deploy', suffix: '×2' })
  const refused = { text: 'PUT deployments/status', suffix: '×3 · 409', others: 0 }
  expect(labelIn(refused, 220, measure)).toEqual({ text: 'PUT deploy/status', suffix: '×3 · 409' })
  expect(labelIn(refused, 190, measure)).toEqual({ text: 'PUT deploy/status', suffix: '· 409' })
  expect(labelIn(refused, 140, measure)).toEqual({ text: 'PUT deploy', suffix: '· 409' })
  expect(labelIn({ text: 'RunPodSandbox: done', suffix: '', others: 0 }, 90, measure).text).toBe('Run ✓')
  const path = { ...wire, text: 'GET /apis/metrics.k8s.io/v1beta1/nodes', suffix: '', others: 0 }
  expect(labelIn(path, 140, measure).text).toBe('GET …/nodes')
})

test('labels of a still never overlap, whatever the scene', () => {
  for (const [i, { told }] of STORY.entries()) {
    const boxes = stillLabels(litBy(sceneOf(i + 1, told), layout), layout).map(({ centre, width }) => ({
      x: centre.x - width / 2,
      y: centre.y - 10,
      width,
      height: 20,
    }))
    boxes.forEach((a, j) => {
      for (const b of boxes.slice(j + 1))
        expect(a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height).toBe(false)
    })
  }
})

test('a label says the resource without its group', () => {
  expect(shortLabel('ADDED endpointslices.discovery.k8s.io')).toBe('ADDED endpointslices')
  expect(shortLabel('PATCH deployments/status')).toBe('PATCH deployments/status')
  expect(shortLabel('201')).toBe('201')
})
