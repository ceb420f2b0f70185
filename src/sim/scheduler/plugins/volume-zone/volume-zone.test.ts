import { expect, test } from 'vitest'
import { testNode, testPod } from '../../testing'
import { volumeZone } from './volume-zone'

const ZONE = 'topology.kubernetes.io/zone'
const OLD_ZONE = 'failure-domain.beta.kubernetes.io/zone'

/** Which of four nodes a pod may go to whose volume has these labels. */
function allowed(labels: object): string[] {
  const listers = {
    persistentVolumeClaim: () => ({ spec: { volumeName: 'disk' } }),
    persistentVolume: () => ({ metadata: { name: 'disk', labels } }),
  }
  const pod = testPod('p', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] })
  const info = { pod, namespace: 'default' } as never
  const prepared = volumeZone.preFilter?.(info, { listers } as never) as { state?: never }
  const nodes = [
    testNode('a', { labels: { [ZONE]: 'a' } }),
    testNode('b', { labels: { [ZONE]: 'b' } }),
    testNode('c', { labels: { [ZONE]: 'c' } }),
    testNode('nowhere'),
  ]
  return nodes.flatMap(({ metadata }) =>
    prepared.state === undefined ||
    volumeZone.filter?.(info, { labels: metadata.labels ?? {} } as never, prepared.state) === undefined
      ? [metadata.name]
      : [],
  )
}

test('a pod keeps to the zones of its volume, which may be several, on nodes that say theirs', () => {
  expect(allowed({})).toEqual(['a', 'b', 'c', 'nowhere'])
  expect(allowed({ [ZONE]: 'b' })).toEqual(['b', 'nowhere'])
  expect(allowed({ [ZONE]: 'a__c' })).toEqual(['a', 'c', 'nowhere'])
})

test('a zone by its old name is the same zone', () => expect(allowed({ [OLD_ZONE]: 'b' })).toEqual(['b', 'nowhere']))
