import { describe, expect, it } from 'vitest'
import type { HttpRequest } from '../api/messages'
import { type Ran, type Scripted, TestKubectl } from './testing'

const deployment = (annotations: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', uid: 'u', resourceVersion: '1' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' }, annotations }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
  },
})
const of = (kind: string, apiVersion: string, name: string, more: object) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'default', resourceVersion: '1' },
  ...more,
})
const OBJECTS: Readonly<Record<string, object>> = {
  'deployments/web': deployment(),
  'web/scale': { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' } },
  'services/web': of('Service', 'v1', 'web', { spec: { selector: { app: 'web' } } }),
  'configmaps/c': of('ConfigMap', 'v1', 'c', { data: { b: '1', 'a.x': '2' } }),
  'rolebindings/r': of('RoleBinding', 'rbac.authorization.k8s.io/v1', 'r', {
    roleRef: {},
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }],
  }),
}
/** Gives the objects, and takes every change. */
const script = ({ path, method }: HttpRequest): Scripted | undefined => {
  const found = OBJECTS[path.split('/').slice(-2).join('/')]
  return found && (method === 'GET' || method === 'PATCH') ? { body: found } : undefined
}
const run = (line: string, stdin?: string): Ran => new TestKubectl(script).run(line, stdin === undefined ? {} : { stdin })
const patchOf = (ran: Ran) => ran.bodies[ran.bodies.length - 1]

describe('set', () => {
  it('gives a service another selector, of labels only', () => {
    const ran = run('set selector svc web tier=front')
    expect(ran.stdout).toBe('service/web selector updated\n')
    expect(patchOf(ran)).toEqual({ spec: { selector: { app: null, tier: 'front' } } })
    expect(run("set selector svc web 'a in (b)'").stderr).toBe(
      'error: match expression [{a In [b]}] not supported on this object\n',
    )
    expect(run('set selector deploy web a=b').stderr).toBe('error: setting a selector is only supported for Services\n')
  })

  it('gives pods another service account, by its short name too', () => {
    const ran = run('set sa deploy web robot')
    expect(ran.stdout).toBe('deployment.apps/web serviceaccount updated\n')
    expect(patchOf(ran)).toEqual({ spec: { template: { spec: { serviceAccountName: 'robot' } } } })
  })

  it('adds subjects that a binding does not have yet', () => {
    const user = (name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name })
    const ran = run('set subject rolebinding r --user=jane --user=bob --serviceaccount=:robot')
    expect(ran.stdout).toBe('rolebinding.rbac.authorization.k8s.io/r subjects updated\n')
    expect(patchOf(ran)).toEqual({
      subjects: [user('jane'), user('bob'), { kind: 'ServiceAccount', name: 'robot', namespace: 'default' }],
    })
    expect(run('set subject rolebinding r --user=jane')).toMatchObject({ stdout: '', bodies: [] })
    expect(run('set subject rolebinding r').stderr).toBe(
      'error: you must specify at least one value of user, group or serviceaccount\n',
    )
  })

  it('takes variables from a config map, named as a shell can', () => {
    expect(JSON.stringify(patchOf(run('set env deploy/web --from=configmap/c --prefix=P_')))).toContain(
      '[{"name":"P_A_X","valueFrom":{"configMapKeyRef":{"key":"a.x","name":"c"}}},{"name":"P_B","valueFrom":{"configMapKeyRef":{"key":"b","name":"c"}}}]',
    )
  })

  it('says what has no containers by its type in Go', () => {
    expect(run('set image cm/c a=b').stderr).toBe(
      'error: configmaps/c the object is not a pod or does not have a pod template: *v1.ConfigMap\n',
    )
  })
})

describe('rollout restart', () => {
  it('within the same second is an error, for the patch would be empty', () => {
    const kubectl = new TestKubectl(({ path, method }) =>
      path.endsWith('/deployments/web') && method === 'GET'
        ? { body: deployment({ 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' }) }
        : undefined,
    )
    expect(kubectl.run('rollout restart deploy web').stderr).toBe(
      'error: failed to create patch for web: if restart has already been triggered within the past second, please wait before attempting to trigger another\n',
    )
  })
})

describe('scale --timeout', () => {
  it('asks each second until there are as many', () => {
    let asked = 0
    const kubectl = new TestKubectl(({ path, method }) =>
      path.endsWith('/scale') && method === 'GET'
        ? { body: { spec: { replicas: 3 }, status: { replicas: ++asked } } }
        : { body: deployment() },
    )
    expect(kubectl.run('scale deploy web --replicas=3 --timeout=10s')).toMatchObject({
      code: 0,
      stdout: 'deployment.apps/web scaled\n',
    })
    expect(asked).toBe(3)
  })
})

describe('--overrides', () => {
  it('is merged into what run and expose make', () => {
    const ran = run(`run p --image=nginx --overrides='{"spec":{"nodeName":"n"}}'`)
    expect(ran.bodies[0]).toMatchObject({ spec: { nodeName: 'n', containers: [{ name: 'p' }] } })
    expect(run(`run p --image=nginx --overrides='{'`)).toMatchObject({ code: 1, stderr: 'error: Invalid JSON Patch\n' })
    const json = `run p --image=nginx --override-type=json --overrides='[{"op":"remove","path":"/metadata/labels"}]'`
    expect(run(json).bodies[0]).toMatchObject({ metadata: { name: 'p' } })
    expect(run('run p --image=nginx --override-type=x --overrides={}').stderr).toBe('error: invalid override type: x\n')
  })
})

const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n'

describe('--force', () => {
  it('deletes what is to be replaced, waits until it is gone, and creates it anew', () => {
    let gone = false
    const kubectl = new TestKubectl(({ path, method }) => {
      const body = OBJECTS['configmaps/c']
      if (method === 'DELETE') gone = true
      else if (method === 'GET' && path.endsWith('/c')) return gone ? undefined : { body }
      return path.startsWith('/openapi') ? undefined : { body }
    })
    const ran = kubectl.run('replace --force -f -', { stdin: CONFIG })
    expect(ran).toMatchObject({ code: 0, stdout: 'configmap "c" deleted from default namespace\nconfigmap/c replaced\n' })
    expect(ran.requests).toEqual([
      'DELETE /api/v1/namespaces/default/configmaps/c',
      'GET /api/v1/namespaces/default/configmaps/c',
      'POST /api/v1/namespaces/default/configmaps?fieldManager=kubectl-replace&fieldValidation=Strict',
    ])
  })

  it('of apply does so with what cannot be patched', () => {
    let gone = false
    const invalid = { kind: 'Status', status: 'Failure', reason: 'Invalid', message: 'no', code: 422, details: { causes: [] } }
    const kubectl = new TestKubectl(({ path, method }) => {
      if (path.startsWith('/openapi')) return undefined
      if (method === 'PATCH') return { code: 422, body: invalid }
      if (method === 'DELETE') gone = true
      if (method === 'GET' && gone) return undefined
      return { body: OBJECTS['configmaps/c'] }
    })
    const ran = kubectl.run('apply --force -f -', { stdin: `${CONFIG}data: {z: "1"}\n` })
    expect(ran).toMatchObject({ code: 0, stdout: 'configmap/c configured\n' })
    expect(ran.requests.map(request => request.split(' ')[0])).toEqual(['GET', 'PATCH', 'DELETE', 'GET', 'POST'])
  })
})

describe('apply set-last-applied', () => {
  it('writes the annotation alone, and only where it is asked to make one', () => {
    expect(run('apply set-last-applied -f -', CONFIG).stderr).toBe(
      'error: no last-applied-configuration annotation found on resource: c, to create the annotation, run the command with --create-annotation\n',
    )
    const ran = run('apply set-last-applied --create-annotation -f -', CONFIG)
    expect(ran.stdout).toBe('configmap/c configured\n')
    expect(patchOf(ran)).toEqual({
      metadata: {
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration':
            '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","namespace":"default"}}',
        },
      },
    })
  })
})

describe('a deprecated flag', () => {
  it('works, and says what to use', () => {
    const kubectl = new TestKubectl(({ path }) => (path.endsWith('/web') ? { body: deployment() } : { body: deployment() }))
    expect(kubectl.run('autoscale deploy web --max=3 --cpu-percent=50').stderr).toMatch(
      /^Flag --cpu-percent has been deprecated, Use --cpu /,
    )
  })
})

describe('get --subresource', () => {
  it('asks for it by name, and not of lists', () => {
    const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas: 3 } }
    const kubectl = new TestKubectl(({ path }) => (path.endsWith('/scale') ? { body: scale } : undefined))
    expect(kubectl.run('get deploy web --subresource=scale -o jsonpath={.spec.replicas}')).toMatchObject({
      stdout: '3',
      requests: ['GET /apis/apps/v1/namespaces/default/deployments/web/scale'],
    })
    expect(kubectl.run('get deploy --subresource=scale').stderr).toBe(
      'error: subresource cannot be used when bulk resources are specified\n',
    )
  })
})

describe('--record', () => {
  it('is deprecated, and keeps the command line in an annotation', () => {
    const ran = run('set image deploy/web web=nginx:2 --record')
    expect(ran).toMatchObject({
      stdout: 'deployment.apps/web image updated\n',
      stderr: 'Flag --record has been deprecated, --record will be removed in the future\n',
    })
    expect(patchOf(ran)).toMatchObject({
      metadata: { annotations: { 'kubernetes.io/change-cause': 'kubectl set image deploy/web web=nginx:2 --record=true' } },
    })
    expect(run('scale deploy web --replicas=2 --record').bodies).toEqual([
      { spec: { replicas: 2 } },
      { metadata: { annotations: { 'kubernetes.io/change-cause': 'kubectl scale deploy web --replicas=2 --record=true' } } },
    ])
    expect(run('set env deploy/web A=b --record').stderr).toContain('unknown flag: --record')
  })
})

describe('standard input', () => {
  it('can be named as a file', () => {
    expect(run('create configmap c --from-file=k=/dev/stdin', 'hello').bodies).toMatchObject([{ data: { k: 'hello' } }])
    expect(run('apply -f /dev/stdin', CONFIG).stdout).toBe('configmap/c configured\n')
  })
})

describe('plugin list', () => {
  it('finds none', () => {
    expect(run('plugin list').stderr).toBe('error: unable to find any kubectl plugins in your PATH\n')
  })
})

describe('label', () => {
  it('says what became of the labels, and sends a patch even if that is nothing', () => {
    const pod = of('Pod', 'v1', 'a', {})
    const labeled = { ...pod, metadata: { name: 'a', namespace: 'default', labels: { x: 'y' } } }
    const kubectl = new TestKubectl(() => ({ body: labeled }))
    expect(kubectl.run('label pod a x=y')).toMatchObject({ stdout: 'pod/a not labeled\n', bodies: [{}] })
    expect(kubectl.run('label pod a x- z=1')).toMatchObject({
      stdout: 'pod/a label(s) changed\n',
      bodies: [{ metadata: { labels: { x: null, z: '1' } } }],
    })
  })
})

describe('get --raw', () => {
  it('prints what stands at a path, but not objects', () => {
    const kubectl = new TestKubectl(({ path }) => (path === '/readyz' ? { body: 'ok' } : { body: { kind: 'Pod' } }))
    expect(kubectl.run("get --raw '/readyz?timeout=3s'")).toMatchObject({ stdout: 'ok', requests: ['GET /readyz?timeout=3s'] })
    expect(kubectl.run('get --raw /api/v1/pods').stderr).toContain('not simulated here')
    expect(kubectl.run('get pods --raw /x').stderr).toContain('arguments may not be passed when --raw is specified')
  })
})

describe('output', () => {
  const list = { kind: 'ConfigMapList', apiVersion: 'v1', metadata: {}, items: [] }
  it('by a path that leads beyond a list is an error', () => {
    const kubectl = new TestKubectl(() => ({ body: list }))
    const { code, stderr } = kubectl.run("get cm -o jsonpath='{.items[0].metadata.name}'")
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^error: error executing jsonpath "\{\.items\[0\]\.metadata\.name\}": Error executing template: array index out of bounds: index 0, length 0\. Printing more information for debugging the template:\n/,
    )
    expect(kubectl.run("get cm -o jsonpath='{.items[0:2]}'").stderr).toContain('array index out of bounds: index 0, length 0')
    expect(kubectl.run("get cm -o jsonpath='{.items[*].x}{.items[0:0]}'").code).toBe(0)
    expect(kubectl.run("get cm -o jsonpath='{.kind[0]}'").stderr).toContain('string is not array or slice')
  })

  it('in a format with something behind it that takes nothing is refused', () => {
    expect(run('get cm c -o yaml=x').stderr).toContain('unable to match a printer suitable for the output format "yaml=x"')
  })
})

describe('diff', () => {
  it('ends with 1 where there are differences, with 2 where something goes wrong', () => {
    expect(run('diff -f nope.yaml')).toMatchObject({ code: 2, stderr: 'error: the path "nope.yaml" does not exist\n' })
    const kubectl = new TestKubectl(() => ({ code: 403, body: { kind: 'Status', reason: 'Forbidden', message: 'no' } }))
    expect(kubectl.run('diff -f -', { stdin: CONFIG })).toMatchObject({ code: 2, stderr: 'Error from server (Forbidden): no\n' })
  })

  it('compares what is there with what the apiserver would make of it, without the annotation of apply', () => {
    const live = { ...of('ConfigMap', 'v1', 'c', { data: { k: 'old' } }) }
    const kubectl = new TestKubectl(({ method }) =>
      method === 'GET' ? { body: live } : { body: { ...live, data: { k: 'new' } } },
    )
    const ran = kubectl.run('diff -f -', {
      stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {k: new}\n',
    })
    expect(ran.bodies).toEqual([{ data: { k: 'new' }, metadata: { annotations: {}, resourceVersion: '1' } }])
    expect(ran.stdout.replace(/(LIVE|MERGED)-\d+/g, '$1').replace(/\t.* \+0000/g, '')).toBe(
      `diff -u -N /tmp/LIVE/v1.ConfigMap.default.c /tmp/MERGED/v1.ConfigMap.default.c
--- /tmp/LIVE/v1.ConfigMap.default.c
+++ /tmp/MERGED/v1.ConfigMap.default.c
@@ -1,6 +1,6 @@
 apiVersion: v1
 data:
-  k: old
+  k: new
 kind: ConfigMap
 metadata:
   name: c
`,
    )
  })

  it('does not show the values of secrets', () => {
    const secret = (data: object) => of('Secret', 'v1', 's', { data })
    const kubectl = new TestKubectl(({ method }) =>
      method === 'GET' ? { body: secret({ a: 'MQ==', b: 'Mg==' }) } : { body: secret({ a: 'Mw==', b: 'Mg==', c: 'NA==' }) },
    )
    const stdin = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: Mw==, b: Mg==, c: NA==}\n'
    expect(kubectl.run('diff -f -', { stdin }).stdout).toContain(
      "-  a: '*** (before)'\n+  a: '*** (after)'\n   b: '***'\n+  c: '***'\n",
    )
  })
})

describe('create poddisruptionbudget', () => {
  it('takes selectors that speak of sets', () => {
    const { stdout } = run(
      "create pdb p --selector='app in (b,a),!x,k=v' --max-unavailable=20% --dry-run=client -o jsonpath={.spec.selector}",
    )
    expect(JSON.parse(stdout)).toEqual({
      matchExpressions: [
        { key: 'app', operator: 'In', values: ['a', 'b'] },
        { key: 'x', operator: 'DoesNotExist' },
      ],
      matchLabels: { k: 'v' },
    })
    expect(run("create pdb p --selector='app in a' --min-available=1").stderr).toBe(
      `error: couldn't parse the selector string "app in a": unable to parse requirement: found 'a' expected: '('\n`,
    )
  })
})
