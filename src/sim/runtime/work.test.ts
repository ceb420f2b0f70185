import { expect, test } from 'vitest'
import { realNode } from '../api/node-profile'
import { pod, TestNode } from '../node-testing'

/** When each of so many pods that come at once has its sandbox: seconds since the first was asked for. */
function sandboxes(pods: number): number[] {
  const node = new TestNode([realNode('node-1')])
  for (let i = 0; i < pods; i++) node.put(`/registry/pods/default/web-${i}`, pod(`web-${i}`, {}))
  node.pass(8)
  const asked: number[] = []
  const made: number[] = []
  for (const { at, reason, args } of node.simulation.trace.entries()) {
    if (reason === 'runtime.sandbox') made.push(at / 1e6)
    if (reason === 'cri.request' && (args as { method: string }).method === 'RunPodSandbox') asked.push(at / 1e6)
  }
  return made.map(at => at - (asked[0] ?? 0))
}

test('sandboxes that are made at the same time slow each other, as in the recordings: one takes a fifth of a second, six of them more than one', () => {
  const [alone = 0] = sandboxes(1)
  expect(alone).toBeGreaterThan(0.1)
  expect(alone).toBeLessThan(0.3)
  const six = sandboxes(6)
  expect(six).toHaveLength(6)
  expect(six.at(-1)).toBeGreaterThan(0.7)
  expect(six.at(-1)).toBeLessThan(1.5)
})
