import { describe, expect, test } from 'vitest'
import { MEDIA } from '../../api/messages'
import type { KubeObject, Status } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { TestCluster } from '../testing'

const GROUP = 'rbac.authorization.k8s.io'
const ROLES = `/apis/${GROUP}/v1/namespaces/default/roles`
const JANE = { user: 'jane' }
type Rule = readonly [group: string, resources: string[], verbs: string[]]
const role = (name: string, ...rules: Rule[]): KubeObject =>
  ({
    apiVersion: `${GROUP}/v1`,
    kind: 'Role',
    metadata: { name, namespace: 'default' },
    rules: rules.map(([group, resources, verbs]) => ({ apiGroups: [group], resources, verbs })),
  }) as unknown as KubeObject
const binding = (name: string, roleName: string, user = 'bob'): KubeObject =>
  ({
    apiVersion: `${GROUP}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace: 'default' },
    roleRef: { kind: 'Role', name: roleName, apiGroup: GROUP },
    subjects: [{ kind: 'User', name: user, apiGroup: GROUP }],
  }) as unknown as KubeObject

/** Jane writes roles and bindings, reads pods, and has what else is said. */
function asJane(...more: Rule[]) {
  const cluster = new TestCluster(createEtcd())
  const all = ['create', 'update', 'patch', 'get']
  cluster.create(role('janes', [GROUP, ['roles', 'rolebindings'], all], ['', ['pods'], ['get', 'list']], ...more))
  cluster.create(binding('janes', 'janes', 'jane'))
  cluster.create(role('secret', ['', ['secrets'], ['get']]))
  cluster.create(role('pods', ['', ['pods'], ['get']]))
  const said = ({ code, body }: { code: number; body: unknown }): string | number =>
    code < 300 ? code : ((body as Status).message ?? '')
  return { cluster, made: (object: KubeObject) => said(cluster.create(object, JANE)), said }
}
const GRANT = `user "jane" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:`

describe('who writes roles', () => {
  test('puts into them what they may do themselves, and nothing else', () => {
    const { made } = asJane()
    expect(made(role('a', ['', ['pods'], ['get']]))).toBe(201)
    expect(made(role('b', ['', ['pods'], ['get', 'delete']], ['', ['secrets'], ['get']]))).toBe(
      `roles.${GROUP} "b" is forbidden: ${GRANT}\n{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}\n{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}`,
    )
  })

  test('may do more with the verb escalate', () => {
    const { made } = asJane([GROUP, ['roles'], ['escalate']])
    expect(made(role('b', ['', ['secrets'], ['get']]))).toBe(201)
  })

  test('may change finalizers and owners of a role that is beyond them, and nothing else of it', () => {
    const { cluster, said } = asJane()
    const patch = (body: object) =>
      said(cluster.ask('PATCH', `${ROLES}/secret`, body, { ...JANE, contentType: MEDIA.mergePatch }))
    expect(patch({ metadata: { finalizers: ['a.b/c'] } })).toBe(200)
    expect(patch({ metadata: { labels: { a: 'b' } } })).toContain(GRANT)
  })
})

describe('who binds roles', () => {
  test('binds what they have themselves, and what is there', () => {
    const { made } = asJane()
    expect(made(binding('a', 'pods'))).toBe(201)
    expect(made(binding('b', 'secret'))).toBe(
      `rolebindings.${GROUP} "b" is forbidden: ${GRANT}\n{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}`,
    )
    expect(made(binding('c', 'gone'))).toBe(`roles.${GROUP} "gone" not found`)
  })

  test('may bind more with the verb bind', () => {
    const { made } = asJane([GROUP, ['roles'], ['bind']])
    expect(made(binding('b', 'secret'))).toBe(201)
  })
})
