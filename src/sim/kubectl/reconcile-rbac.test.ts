import { describe, expect, it } from 'vitest'
import { type Scripted, TestKubectl } from './testing'

const ROOT = '/apis/rbac.authorization.k8s.io/v1'
const API = { apiVersion: 'rbac.authorization.k8s.io/v1' }
const user = (name: string) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name })
const role = (name: string, rules: readonly object[], more: object = {}) => ({
  ...API,
  kind: 'Role',
  metadata: { name, namespace: 'team', ...more },
  rules,
})
const binding = (roleName: string, ...names: readonly string[]) => ({
  ...API,
  kind: 'RoleBinding',
  metadata: { name: 'b', namespace: 'team', uid: 'u' },
  subjects: names.map(user),
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: roleName },
})
const rule = (verbs: readonly string[], resources: readonly string[]) => ({ verbs, apiGroups: [''], resources })

/** Reconciles an object where another one is there. */
function reconcile(expected: object, existing?: object, flags = '') {
  const kubectl = new TestKubectl(({ method, body }): Scripted | undefined =>
    method === 'GET' ? existing && { body: existing } : { body: method === 'DELETE' ? { status: 'Success' } : body },
  )
  return kubectl.run(`auth reconcile -f - ${flags}`, { stdin: JSON.stringify(expected) })
}

describe('kubectl auth reconcile', () => {
  it('creates what is missing, and its namespace before it, without asking what kinds there are', () => {
    const ran = reconcile(role('r', [rule(['get', 'list'], ['pods'])]))
    expect(ran).toMatchObject({
      code: 0,
      stdout: 'role.rbac.authorization.k8s.io/r reconciled\n',
      stderr:
        '\treconciliation required create\n\tmissing rules added:\n\t\t{Verbs:[get list] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}\n',
      requests: [
        `GET ${ROOT}/namespaces/team/roles/r`,
        'GET /api/v1/namespaces/team',
        'POST /api/v1/namespaces',
        `POST ${ROOT}/namespaces/team/roles`,
      ],
    })
  })

  it('adds the permissions that a role lacks, one by one, and takes none away unless it is told to', () => {
    const there = role('r', [rule(['get'], ['pods', 'secrets'])])
    const wanted = role('r', [rule(['get', 'list'], ['pods'])], { labels: { a: 'b' } })
    const ran = reconcile(wanted, there)
    expect(ran.requests).toEqual([`GET ${ROOT}/namespaces/team/roles/r`, `PUT ${ROOT}/namespaces/team/roles/r`])
    expect(ran.bodies[0]).toMatchObject({ metadata: { labels: { a: 'b' } }, rules: [...there.rules, rule(['list'], ['pods'])] })
    expect(ran.stderr).toBe(
      '\treconciliation required update\n\tmissing rules added:\n\t\t{Verbs:[list] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}\n',
    )
    const exact = reconcile(wanted, there, '--remove-extra-permissions')
    expect(exact.bodies[0]).toMatchObject({ rules: wanted.rules })
    expect(exact.stderr).toContain(
      '\textra rules removed:\n\t\t{Verbs:[get] APIGroups:[] Resources:[secrets] ResourceNames:[] NonResourceURLs:[]}\n',
    )
    expect(reconcile(there, there)).toMatchObject({
      stdout: 'role.rbac.authorization.k8s.io/r reconciled\n',
      stderr: '',
      bodies: [],
    })
  })

  it('adds subjects to a binding, and makes it anew where it binds another role', () => {
    const ran = reconcile(binding('r', 'jane'), binding('r', 'bob'))
    expect(ran.bodies[0]).toMatchObject({ subjects: [user('bob'), user('jane')] })
    expect(ran.stderr).toContain(
      '\tmissing subjects added:\n\t\t{Kind:User APIGroup:rbac.authorization.k8s.io Name:jane Namespace:}\n',
    )
    expect(reconcile(binding('r', 'jane'), binding('r', 'bob'), '--remove-extra-subjects').bodies[0]).toMatchObject({
      subjects: [user('jane')],
    })
    const other = reconcile(binding('s', 'jane'), binding('r', 'bob'))
    expect(other.stderr).toBe('\treconciliation required recreate\n')
    expect(other.requests).toEqual([
      `GET ${ROOT}/namespaces/team/rolebindings/b`,
      `DELETE ${ROOT}/namespaces/team/rolebindings/b`,
      'GET /api/v1/namespaces/team',
      `POST ${ROOT}/namespaces/team/rolebindings`,
    ])
    expect(other.bodies[0]).toMatchObject({ preconditions: { uid: 'u' } })
  })

  it('leaves alone what opted out, and in a dry run everything', () => {
    const there = role('r', [], { annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' } })
    const wanted = role('r', [rule(['get'], ['pods'])])
    expect(reconcile(wanted, there)).toMatchObject({
      bodies: [],
      stderr: expect.stringContaining(
        'required update, but object opted out (rbac.authorization.kubernetes.io/autoupdate: false)\n',
      ),
    })
    expect(reconcile(wanted, undefined, '--dry-run=client')).toMatchObject({
      bodies: [],
      stdout: 'role.rbac.authorization.k8s.io/r reconciled (dry run)\n',
    })
    expect(reconcile(wanted, undefined, '--dry-run=server').stderr).toBe(
      'error: --dry-run=server for command reconcile is not supported yet\n',
    )
  })

  it('passes over what is not of RBAC, and needs the namespace in the file', () => {
    expect(reconcile({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } })).toMatchObject({
      code: 0,
      stdout: '',
      requests: [],
    })
    const ran = reconcile({ ...role('r', []), metadata: { name: 'r' } }, undefined, '-n team')
    expect(ran.requests).toEqual([`GET ${ROOT}/roles/r`])
    expect(ran.stderr).toBe('error: resource name may not be empty\n')
  })
})
