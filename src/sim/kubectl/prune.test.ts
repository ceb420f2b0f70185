import { describe, expect, it } from 'vitest'
import { type Scripted, TestKubectl } from './testing'

const files = { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {app: x}}\n' }
const config = (name: string, applied: boolean) => ({
  metadata: {
    name,
    namespace: 'default',
    uid: `uid-${name}`,
    labels: { app: 'x' },
    ...(applied && {
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"annotations":{},"labels":{"app":"x"},"name":"${name}","namespace":"default"}}\n`,
      },
    }),
  },
})
const answers = ({ method, path }: { method: string; path: string }): Scripted | undefined => {
  if (method === 'DELETE') return { body: {} }
  if (path.endsWith('/configmaps'))
    return { body: { metadata: {}, items: [config('a', true), config('b', true), config('c', false)] } }
  if (path.endsWith('/configmaps/a')) return { body: { kind: 'ConfigMap', apiVersion: 'v1', ...config('a', true) } }
  return path.includes('/namespaces/') || !path.includes('configmaps') ? { body: { metadata: {}, items: [] } } : undefined
}
const run = (line: string) => new TestKubectl(answers).run(line, { files })

describe('apply --prune', () => {
  it('deletes what was applied with the label and is not in the files', () => {
    const ran = run('apply --prune -l app=x -f a.yaml')
    expect(ran.stdout).toBe('configmap/a unchanged\nconfigmap/b pruned\n')
    expect(ran.requests.filter(request => request.startsWith('DELETE'))).toEqual([
      'DELETE /api/v1/namespaces/default/configmaps/b',
    ])
    expect(ran.requests.filter(request => request.includes('labelSelector=app%3Dx'))).toHaveLength(16)
  })
  it('looks through the kinds that it is told', () => {
    expect(run('apply --prune --all -f a.yaml --prune-allowlist=core/v1/ConfigMap --dry-run=client')).toMatchObject({
      stdout: 'configmap/a unchanged (dry run)\nconfigmap/b pruned (dry run)\n',
      requests: ['GET /api/v1/namespaces/default/configmaps/a', 'GET /api/v1/namespaces/default/configmaps'],
    })
  })
  it('wants to know what is meant', () => {
    expect(run('apply --prune -f a.yaml').stderr).toMatch(
      /^error: all resources selected for prune without explicitly passing --all\./,
    )
    expect(run('apply --prune --all -f a.yaml --prune-allowlist=v1/Pod').stderr).toBe(
      'error: invalid GroupVersionKind format: v1/Pod, please follow <group/version/kind>\n',
    )
  })
})

describe('apply --dry-run=client', () => {
  it('prints what is there with what the file changes', () => {
    const changed = { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {app: x}}\ndata: {k: v}\n' }
    const ran = new TestKubectl(answers).run('apply -f a.yaml --dry-run=client -o yaml', { files: changed })
    expect(ran.stdout).toMatch(/^apiVersion: v1\ndata:\n {2}k: v\nkind: ConfigMap\n/)
    expect(ran.stdout).toContain('uid: uid-a\n')
  })
})
