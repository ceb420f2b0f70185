import { describe, expect, it } from 'vitest'
import { bookmark, type Scripted, TestKubectl } from './testing'

const created = (request: { body?: unknown }): Scripted => ({ code: 201, body: request.body })

describe('kubectl', () => {
  it('creates a deployment with the request and the words of the real one', () => {
    const kubectl = new TestKubectl(created)
    const { stdout, code, requests, bodies } = kubectl.run('create deployment web --image=nginx:1.27 --replicas=3')
    expect(requests).toEqual([
      'POST /apis/apps/v1/namespaces/default/deployments?fieldManager=kubectl-create&fieldValidation=Strict',
    ])
    expect(stdout).toBe('deployment.apps/web created\n')
    expect(code).toBe(0)
    expect(bodies[0]).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'web' } },
        strategy: {},
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'nginx', image: 'nginx:1.27', resources: {} }] },
        },
      },
      status: {},
    })
  })

  it('needs a tenth of a second to start, and tells the trace what it prints', () => {
    const kubectl = new TestKubectl(created)
    const begun = kubectl.simulation.now
    kubectl.run('create deployment web --image=nginx')
    const reasons = Array.from({ length: kubectl.simulation.trace.length }, (_, i) =>
      kubectl.simulation.trace.entry((i + 1) as never),
    )
    const asked = reasons.find(entry => entry.reason === 'http.request')
    expect(((asked?.at ?? 0) - begun) / 1000).toBeGreaterThan(100)
    expect(reasons.map(entry => entry.reason).filter(reason => reason.startsWith('kubectl'))).toEqual([
      'kubectl.command',
      'kubectl.output',
      'kubectl.exit',
    ])
  })

  it('prints an object instead of sending it with --dry-run=client', () => {
    const kubectl = new TestKubectl(created)
    const { stdout, requests } = kubectl.run('create deployment web --image=nginx:1.27 --replicas=2 --dry-run=client -o yaml')
    expect(requests).toEqual([])
    expect(stdout).toBe(
      'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  labels:\n    app: web\n  name: web\nspec:\n  replicas: 2\n  selector:\n    matchLabels:\n      app: web\n  strategy: {}\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n      - image: nginx:1.27\n        name: nginx\n        resources: {}\nstatus: {}\n',
    )
  })

  it('stops a watch at Ctrl-C, and closes its connection', () => {
    const table = { kind: 'Table', metadata: { resourceVersion: '7' }, columnDefinitions: [], rows: [] }
    const kubectl = new TestKubectl(() => ({ body: table }))
    const id = kubectl.start('get pods -w')
    kubectl.pass(1000)
    expect(kubectl.result(id).code).toBeUndefined()
    kubectl.command({ type: 'kubectl.interrupt', id } as never)
    kubectl.pass(100)
    expect(kubectl.result(id).code).toBe(130)
    expect(kubectl.result(id).requests).toEqual([
      'GET /api/v1/namespaces/default/pods?limit=500',
      'GET /api/v1/namespaces/default/pods?resourceVersion=7&watch=true',
    ])
  })

  it('ends a watch without a word after --request-timeout', () => {
    const table = { kind: 'Table', metadata: { resourceVersion: '7' }, columnDefinitions: [], rows: [] }
    const kubectl = new TestKubectl(() => ({ body: table }))
    const id = kubectl.start('get pods --watch-only --request-timeout=2s')
    kubectl.pass(1900)
    expect(kubectl.result(id).code).toBeUndefined()
    kubectl.pass(400)
    expect(kubectl.result(id)).toMatchObject({ code: 0, stdout: '', stderr: '' })
  })

  it('deletes, says so, and waits with a watch until the object is gone', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'default', uid: 'u1' } }
    const kubectl = new TestKubectl(({ query }) =>
      query.watch
        ? { events: [{ event: 'ADDED', object: pod }, bookmark(), { event: 'DELETED', object: pod, afterMs: 500 }] }
        : { body: pod },
    )
    const { stdout, code, requests } = kubectl.run('delete pod a')
    expect(stdout).toBe('pod "a" deleted from default namespace\n')
    expect(code).toBe(0)
    expect(requests.slice(0, 2)).toEqual(['DELETE /api/v1/namespaces/default/pods/a', 'GET /api/v1/namespaces/default/pods/a'])
    expect(requests[2]).toMatch(
      /^GET \/api\/v1\/namespaces\/default\/pods\?allowWatchBookmarks=true&fieldSelector=metadata.name%3Da&resourceVersionMatch=NotOlderThan&sendInitialEvents=true&timeoutSeconds=[345]\d\d&watch=true$/,
    )
  })

  it('is known for an unknown command, flag and kind by its own words', () => {
    const kubectl = new TestKubectl(() => undefined)
    const said = (line: string) => kubectl.run(line).stderr
    expect(said('frobnicate')).toBe('error: unknown command "frobnicate" for "kubectl"\n')
    expect(said('gett')).toContain('error: unknown command "gett" for "kubectl"\n\nDid you mean this?\n')
    expect(said('get pods --frob')).toBe("error: unknown flag: --frob\nSee 'kubectl get --help' for usage.\n")
    expect(said('get thing')).toBe('error: the server doesn\'t have a resource type "thing"\n')
    expect(said('create deployment web2')).toBe('error: required flag(s) "image" not set\n')
    expect(said('delete pods')).toBe('error: resource(s) were provided, but no name was specified\n')
    expect(said('scale deployment web --replicas=-1')).toBe(
      'error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0\n',
    )
    expect(said('scale --replicas=x deployment web')).toBe(
      'error: invalid argument "x" for "--replicas" flag: strconv.ParseInt: parsing "x": invalid syntax\nSee \'kubectl scale --help\' for usage.\n',
    )
    expect(said('get pods | grep x')).toMatch(/no pipes/)
  })
})

it.each([
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: {}\n',
  'apiVersion: networking.k8s.io/v1\nkind: Ingress\nspec: {rules: [{http: {paths: [{path: /}]}}]}\n',
])('an object of a file that has no name cannot be described', stdin => {
  const { stdout, stderr, code, requests } = new TestKubectl(() => undefined).run('describe -f -', { stdin })
  expect({ stdout, stderr, code }).toEqual({ stdout: '', stderr: 'error: resource name may not be empty\n', code: 1 })
  expect(requests.filter(request => request.includes('/namespaces/'))).toEqual([])
})

it.each<[object, string]>([
  [
    { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }] },
    'couldn\'t convert expressions - "[{Key:tier Operator:In Values:[a b]}]" to map-based selector format',
  ],
  [{ matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, 'invalid deployment: no selectors, therefore cannot be exposed'],
])('a Deployment that a Service cannot select is not exposed: %j', (selector, why) => {
  const spec = { selector, template: { spec: { containers: [{ ports: [{ containerPort: 80 }] }] } } }
  const web = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' }, spec }
  const kubectl = new TestKubectl(({ path }) => (path.endsWith('/deployments/web') ? { body: web } : undefined))
  expect(kubectl.run('expose deployment web --port=80').stderr).toBe(
    `error: couldn't retrieve selectors via --selector flag or introspection: ${why}\n`,
  )
})

const refused = (line: string): string => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default' },
    spec: { containers: [{ name: 'app' }] },
  }
  return new TestKubectl(({ path }) => (path.endsWith('/pods/web') ? { body: pod } : undefined)).run(line).stderr
}
it('flags that contradict each other are refused', () => {
  expect(refused('taint nodes --all -l a=b x=y:NoSchedule')).toBe(
    "error: setting 'all' parameter with a non empty selector is prohibited\n",
  )
  expect(refused('logs web --all-containers -c app')).toBe(
    'error: --all-containers=true should not be specified with container name app\n',
  )
})

it('a delete that does not wait asks once', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'default', uid: 'u' } }
  const { requests, code } = new TestKubectl(() => ({ body: pod })).run('delete pod a --wait=false')
  expect(requests).toEqual(['DELETE /api/v1/namespaces/default/pods/a'])
  expect(code).toBe(0)
})

it.each([
  ['', 'POST', '/eviction'],
  [' --disable-eviction', 'DELETE', ''],
])('drain%s takes pods away with %s', (flags, method, end) => {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: { unschedulable: true } }
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: 'u', controller: true }
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'default', uid: 'p', ownerReferences: [owner] },
    spec: {},
    status: {},
  }
  let gone = false
  const kubectl = new TestKubectl(request => {
    const { path, query } = request
    if (path === '/api/v1/nodes/n') return { body: node }
    if (path === '/api/v1/pods')
      return { body: { kind: 'PodList', metadata: {}, items: query.fieldSelector === 'spec.nodeName=n' ? [pod] : [] } }
    if (path === `/api/v1/namespaces/default/pods/a${end}` && request.method === method) {
      gone = true
      return { code: method === 'POST' ? 201 : 200, body: { kind: 'Status', status: 'Success' } }
    }
    return path.endsWith('/pods/a') && !gone ? { body: pod } : undefined
  })
  const { code, requests, stdout } = kubectl.run(`drain n${flags}`)
  expect(requests.filter(request => !request.startsWith('GET'))).toEqual([
    expect.stringMatching(new RegExp(`^${method} /api/v1/namespaces/default/pods/a${end}$`)),
  ])
  expect(stdout).toContain('node/n drained')
  expect(code).toBe(0)
})
