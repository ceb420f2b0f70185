import { expect, test } from 'vitest'
import { hollowNode } from '../api/node-profile'
import { KEY, pod, TestNode, texts } from '../node-testing'

/** A kubelet whose first so many gets of the Pod `web` are refused. */
function tooEarly(times: number): TestNode {
  let left = times
  return new TestNode([hollowNode('node-1')], text => text === 'get pods web' && left-- > 0)
}
const first = (node: TestNode) => texts(node.requests()).filter(text => text.includes(' pods') && text.includes(' web '))

test('a status that could not be sent is sent with the next that is, and says what is so by then', () => {
  const node = tooEarly(1)
  node.put(KEY, pod('web', {}))
  node.pass(3)
  const requests = node.requests()
  expect(texts(requests).filter(text => text.includes('pods'))).toEqual([
    'get pods web 403',
    'get pods web 200',
    'patch pods/status web 200',
    'get pods web 200',
    'patch pods/status web 200',
  ])
  const patch = requests.find(({ text }) => text.startsWith('patch'))?.body as { status: { conditions: { type: string }[] } }
  // the sandbox stands already
  expect(patch.status.conditions).toMatchObject([{ type: 'PodReadyToStartContainers', status: 'True' }, {}, {}, {}, {}])
})

test("another Pod's status takes it along", () => {
  const node = tooEarly(1)
  node.put(KEY, pod('web', {}))
  while (!node.log.some(({ text }) => text === 'get pods web 403')) node.pass(0.002)
  node.put('/registry/pods/default/other', pod('other', {}))
  node.pass(0.1)
  const all = texts(node.requests()).filter(text => text.includes('pods'))
  expect(all.slice(0, 3)).toEqual(['get pods web 403', 'get pods other 200', 'patch pods/status other 200'])
  expect(all.slice(3)).toEqual(['get pods web 200', 'patch pods/status web 200'])
})

test("where nothing else is sent, it is tried again with the manager's round, ten seconds after the one before", () => {
  const node = tooEarly(4)
  node.put(KEY, pod('web', {}))
  node.pass(5)
  expect(first(node)).toEqual(['get pods web 403', 'get pods web 403', 'get pods web 403'])
  node.pass(10)
  expect(first(node)).toEqual(['get pods web 403'])
  node.pass(9.9)
  expect(first(node)).toEqual(['get pods web 200', 'patch pods/status web 200'])
})
