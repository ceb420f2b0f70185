import { expect, test } from 'vitest'
import { scoresOf, testCluster, testNode, testPod } from '../../testing'

const MB = 1024 * 1024
const holding = (name: string, image: string, sizeBytes: number) =>
  testNode(name, { status: { images: [{ names: [image], sizeBytes }] } })

test('the larger the images that a node has already, the better, unless few nodes have them', () => {
  const two = testCluster([holding('node-1', 'nginx:1.27', 1000 * MB), testNode('node-2')])
  // half of the nodes have it, so half of its size counts: (500 - 23) of (1000 - 23)
  expect(scoresOf(two, testPod('p'), 'ImageLocality')).toEqual([48, 0])
  const all = testCluster([holding('node-1', 'nginx:1.27', 1000 * MB), holding('node-2', 'nginx:1.27', 500 * MB)])
  expect(scoresOf(all, testPod('p'), 'ImageLocality')).toEqual([100, 48])
})

test('an image without a tag is that of the tag latest', () => {
  const cluster = testCluster([holding('node-1', 'localhost:5000/app:latest', 1000 * MB)])
  const pod = testPod('p', { containers: [{ name: 'a', image: 'localhost:5000/app' }] })
  expect(scoresOf(cluster, pod, 'ImageLocality')).toEqual([100])
})
