import { expect, test } from 'vitest'
import type { Container, Pod } from '../api/types'
import { nonRootError, userOf } from './security-context'

const pod = (securityContext: object = {}): Pod =>
  ({ metadata: { name: 'web', namespace: 'default', uid: 'uid-1' }, spec: { securityContext } }) as unknown as Pod
const container = (securityContext: object = {}, image = 'busybox:1.36'): Container =>
  ({ name: 'app', image, securityContext }) as unknown as Container

test('a container that must not be root is refused where its image is, and where it says 0', () => {
  expect(nonRootError(pod({ runAsNonRoot: true }), container(), false)).toBe(
    'container has runAsNonRoot and image will run as root (pod: "web_default(uid-1)", container: app)',
  )
  expect(nonRootError(pod({ runAsUser: 0 }), container({ runAsNonRoot: true }), false)).toBe(
    `container's runAsUser breaks non-root policy (pod: "web_default(uid-1)", container: app)`,
  )
  expect(nonRootError(pod(), container({ runAsNonRoot: true }, 'memcached:1.6'), false)).toContain('non-numeric user (memcache)')
  expect(nonRootError(pod(), container({ runAsNonRoot: true }, 'docker.io/library/haproxy:3.2'), false)).toContain('(haproxy)')
})
test('a container that says who it is runs, and one whose own word is that it may be root', () => {
  expect(nonRootError(pod({ runAsNonRoot: true, runAsUser: 1000 }), container(), false)).toBeUndefined()
  expect(nonRootError(pod({ runAsNonRoot: true }), container({ runAsNonRoot: false }), false)).toBeUndefined()
  expect(nonRootError(pod(), container(), false)).toBeUndefined()
})
test('whom an image of somebody else runs as is not known; a fake runtime says root of every image', () => {
  const image = 'example.com/shop/cart:v1'
  expect(nonRootError(pod({ runAsNonRoot: true }), container({}, image), false)).toBeUndefined()
  expect(nonRootError(pod({ runAsNonRoot: true }), container({}, image), true)).toContain('image will run as root')
})
test('a program has its own group first, then those of the volumes, then the others', () => {
  expect(userOf(pod(), container())).toEqual({ linux: { uid: 0, gid: 0, supplementalGroups: [0] } })
  expect(userOf(pod({ runAsUser: 1000, fsGroup: 2000, supplementalGroups: [3000] }), container({ runAsGroup: 500 }))).toEqual({
    linux: { uid: 1000, gid: 500, supplementalGroups: [500, 2000, 3000] },
  })
})

test('an image of the hub that gives its user by number is started', () => {
  expect(nonRootError(pod({ runAsNonRoot: true }), container({}, 'elasticsearch:9.2.0'), false)).toBeUndefined()
  expect(nonRootError(pod({ runAsNonRoot: true }), container({}, 'elasticsearch-head'), false)).toContain('will run as root')
})
