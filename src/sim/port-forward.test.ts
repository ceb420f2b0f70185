import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import openapi from './api/data/openapi.json'
import type { KubectlMessage } from './api/kubectl'
import { nodeRoom, ROOMS } from './api/rooms'
import { defaultCluster } from './cluster'
import { Simulation, type Snapshot } from './kernel/simulation'
import type { Message, RoomId, Seq } from './kernel/types'
import { Prompt } from './prompt-testing'
import { NGINX_PAGE as PAGE } from './runtime/userland-data'

const config = defaultCluster({ openapi })
let prompt: Prompt
let simulation: Simulation

const give = (to: RoomId, message: Message) => prompt.give(to, message)
const start = (line: string, more: Partial<KubectlMessage> = {}) => prompt.start(line, more)
const printed = (id: number) => prompt.printed(id)
const run = (line: string, more: Partial<KubectlMessage> = {}) => prompt.run(line, more)
const interrupt = (id: number) => prompt.interrupt(id)
const pass = (ms: number) => prompt.pass(ms)
const nodeOf = (pod: string): string => run(`get pod ${pod} -o jsonpath={.spec.nodeName}`).out
const ok = (out: string) => ({ out, err: '', code: 0 })
const failed = (err: string, code = 1) => ({ out: '', err, code })
const forwarding = (local: number, remote: number) =>
  `Forwarding from 127.0.0.1:${local} -> ${remote}\nForwarding from [::1]:${local} -> ${remote}\n`
const LOST = 'error: lost connection to pod\n'
const unreached = (port: number) =>
  failed(`curl: (7) Failed to connect to localhost port ${port} after 0 ms: Could not connect to server\n`, 7)

const MANIFEST = `
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: nginx
    image: nginx
    ports: [{name: http, containerPort: 80}, {name: dns, containerPort: 53, protocol: UDP}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: www, port: 8000, targetPort: http}, {name: raw, port: 80}, {name: dns, port: 53, protocol: UDP}, {name: lost, port: 90, targetPort: nope}]
---
apiVersion: v1
kind: Service
metadata: {name: nobody}
spec: {selector: {app: nobody}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: cache}
spec: {containers: [{name: redis, image: redis, ports: [{containerPort: 6379}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: waits}
spec: {nodeSelector: {disk: none}, containers: [{name: app, image: nginx}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
`
const ROLES = [
  ['jane', 'create', 'pods/portforward'],
  ['joe', 'get', 'pods/portforward'],
  ['jane', 'get', 'pods'],
  ['joe', 'get', 'pods'],
] as const

let base: { readonly snapshot: Snapshot; readonly trace: Simulation['trace'] }
/** Everything is as it was after the preparations. */
function again(): void {
  prompt = new Prompt(Simulation.restore(config, base.trace, base.snapshot))
  simulation = prompt.simulation
}

beforeAll(() => {
  prompt = Prompt.boot(config)
  simulation = prompt.simulation
  start('apply -f -', { stdin: MANIFEST })
  start('create deployment shop --image=httpd')
  for (const [i, [user, verb, resource]] of ROLES.entries()) {
    start(`create role r${i} --verb=${verb} --resource=${resource}`)
    start(`create rolebinding r${i} --role=r${i} --user=${user}`)
  }
  pass(20_000)
  base = { snapshot: simulation.snapshot(), trace: simulation.trace }
})
beforeEach(again)

describe('kubectl port-forward', () => {
  test('goes on once it listens; a request goes kubectl → apiserver → kubelet → runtime, and its answer the same way back', () => {
    const from = simulation.trace.length
    const id = start('port-forward web 8080:80')
    expect(printed(id)).toEqual({ out: forwarding(8080, 80), err: '' })
    const node = nodeOf('web')
    const hops = (since: number, what: RegExp) =>
      [...simulation.trace.entries((since + 1) as Seq)]
        .filter(e => e.hop && what.test(e.reason) && !e.housekeeping)
        .map(e => `${e.reason} ${e.room} ${e.hop?.to}`)
    expect(hops(from, /^(kubelet|cri)\./)).toEqual([
      `kubelet.request apiserver kubelet/${node}`,
      `cri.request kubelet/${node} runtime/${node}`,
      `cri.response runtime/${node} kubelet/${node}`,
      `kubelet.response kubelet/${node} apiserver`,
    ])
    const begun = simulation.trace.length
    expect(run('curl localhost:8080')).toEqual(ok(PAGE))
    expect(printed(id)).toEqual({ out: `${forwarding(8080, 80)}Handling connection for 8080\n`, err: '' })
    expect(hops(begun, /./)).toEqual([
      'forward.data kubectl apiserver',
      `forward.data apiserver kubelet/${node}`,
      `forward.data kubelet/${node} runtime/${node}`,
      `forward.reply runtime/${node} kubelet/${node}`,
      `forward.reply kubelet/${node} apiserver`,
      'forward.reply apiserver kubectl',
    ])
    interrupt(id)
    expect(printed(id).code).toBe(0)
    expect(run('curl localhost:8080')).toEqual(unreached(8080))
    const said = [...simulation.trace.entries()].findLast(e => e.reason === 'kubelet.cancel')
    expect(said?.args).toMatchObject({ path: '/portForward/default/web' })
  })

  test('takes a Service by its own ports, whose targetPort may be a name, and any other kind by the Pods that it selects', () => {
    expect(run('port-forward svc/web 8000').out).toBe(forwarding(8000, 80))
    expect(run('port-forward svc/web 8001:www').out).toBe(forwarding(8001, 80))
    expect(run('port-forward svc/web www')).toEqual(
      failed(
        'Unable to listen on port 8000: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 127.0.0.1:8000: bind: address already in use unable to create listener: Error listen tcp6 [::1]:8000: bind: address already in use]\nerror: unable to listen on any of the requested ports: [{8000 80}]\n',
      ),
    )
    expect(run('port-forward deploy/shop 9000:80').out).toBe(forwarding(9000, 80))
    expect(run('curl -s localhost:9000')).toEqual(ok('<html><body><h1>It works!</h1></body></html>\n'))
    expect(run('curl -s http://127.0.0.1:8001/index.html')).toEqual(ok(PAGE))
  })

  test.each([
    [
      'port-forward web',
      "TYPE/NAME and list of ports are required for port-forward\nSee 'kubectl port-forward -h' for help and examples",
    ],
    [
      'port-forward web 80 --pod-running-timeout=0s',
      "--pod-running-timeout must be higher than zero\nSee 'kubectl port-forward -h' for help and examples",
    ],
    ['port-forward svc/web 99', 'Service web does not have a service port 99'],
    ['port-forward svc/web https', "Service 'web' does not have a named port 'https'"],
    ['port-forward svc/web 90', "Pod 'web' does not have a named port 'nope'"],
    ['port-forward svc/web 53', 'UDP protocol is not supported for 53'],
    ['port-forward web dns', 'UDP protocol is not supported for dns'],
    ['port-forward web abc', "Pod 'web' does not have a named port 'abc'"],
    ['port-forward web 8080:', "Pod 'web' does not have a named port ''"],
    ['port-forward cache 8080:', 'remote port cannot be empty'],
    ['port-forward web 70000', 'error parsing local port \'70000\': strconv.ParseUint: parsing "70000": value out of range'],
    ['port-forward web x:80', 'error parsing local port \'x\': strconv.ParseUint: parsing "x": invalid syntax'],
    ['port-forward web 8080:0', 'remote port must be > 0'],
    ['port-forward web 8080:80 --address=here', 'here is not a valid IP'],
    ['port-forward cm/settings 80', 'cannot attach to *v1.ConfigMap: selector for *v1.ConfigMap not implemented'],
    ['port-forward waits 80', 'unable to forward port because pod is not running. Current status=Pending'],
  ])('%s: %s', (line, why) => {
    expect(run(line)).toEqual(failed(`error: ${why}\n`))
  })

  test('waits as long as it is told for a Pod of what has none', () => {
    const from = simulation.now
    expect(run('port-forward svc/nobody 8080:80 --pod-running-timeout=5s')).toEqual(
      failed('error: timed out waiting for the condition\n'),
    )
    expect((simulation.now - from) / 1e6).toBeGreaterThan(5)
  })

  test('listens where it is told, on a free port where none is named, and goes on if one of several ports is free', () => {
    const any = /^Forwarding from 127\.0\.0\.1:(\d+) -> 80\nForwarding from \[::1\]:\1 -> 80\n$/
    const [, port] = any.exec(run('port-forward web :http').out) ?? []
    expect(Number(port)).toBeGreaterThan(32767)
    expect(run(`curl localhost:${port}`)).toEqual(ok(PAGE))
    expect(run('port-forward web 8080:80 --address=0.0.0.0')).toEqual({ out: 'Forwarding from 0.0.0.0:8080 -> 80\n', err: '' })
    expect(run('port-forward web 8080:80 9090:80')).toEqual({
      out: `Forwarding from [::1]:8080 -> 80\n${forwarding(9090, 80)}`,
      err: '',
    })
    expect(run('port-forward web 8081:80 --address=10.0.0.11').err).toBe(
      'Unable to listen on port 8081: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 10.0.0.11:8081: bind: cannot assign requested address]\nerror: unable to listen on any of the requested ports: [{8081 80}]\n',
    )
    expect(run('port-forward web 7070:80 8080:80 --address=127.0.0.1')).toEqual({
      out: 'Forwarding from 127.0.0.1:7070 -> 80\n',
      err: 'Unable to listen on port 8080: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 127.0.0.1:8080: bind: address already in use]\n',
    })
  })

  test('needs the right to create pods/portforward: who has none to get it falls back to SPDY', () => {
    expect(run('port-forward web 8080:80', { user: 'jane' }).out).toBe(forwarding(8080, 80))
    expect(run('port-forward web 8081:80', { user: 'joe' })).toEqual(
      failed(
        'error: error upgrading connection: pods "web" is forbidden: User "joe" cannot create resource "pods/portforward" in API group "" in the namespace "default"\n',
      ),
    )
  })

  test('is lost with the first request to a port on which nothing listens, in the words of the runtime', () => {
    const id = start('port-forward web 8081:81')
    expect(run('curl localhost:8081')).toEqual(failed('curl: (52) Empty reply from server\n', 52))
    const { err, code } = printed(id)
    expect(code).toBe(1)
    expect(err).toMatch(
      /^E\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ portforward\.go:\d+\] "An error occurred forwarding" err="error forwarding port 81 to pod ([\da-f]{64}), uid : failed to execute portforward in network namespace \\"\/var\/run\/netns\/cni-[\da-f-]{36}\\": failed to connect to localhost:81 inside namespace \\"\1\\", IPv4: dial tcp4 127\.0\.0\.1:81: connect: connection refused IPv6 dial tcp6 \[::1\]:81: connect: connection refused " localPort=8081 remotePort=81\nerror: lost connection to pod\n$/,
    )
    expect(run('curl localhost:8081')).toEqual(unreached(8081))
  })

  test('does not notice that its Pod has gone, until somebody asks', () => {
    const id = start('port-forward web 8080:80')
    start('delete pod web')
    pass(5000)
    expect(printed(id).code).toBeUndefined()
    expect(run('curl -s localhost:8080')).toEqual(failed('', 52))
    expect(printed(id)).toMatchObject({
      err: expect.stringMatching(/, uid : failed to find sandbox .* in store: not found.*\nerror: lost connection to pod\n$/),
      code: 1,
    })
  })

  test.each([
    ['the kubelet', (node: string) => nodeRoom('kubelet', node)],
    ['containerd', (node: string) => nodeRoom('runtime', node)],
    ['the apiserver', () => ROOMS.apiserver],
  ])('is lost when %s stops, at whatever moment of a request that is under way', (_, roomOf) => {
    const room = roomOf(nodeOf('web'))
    const ends = new Set<number | undefined>()
    for (let ms = 8; ms < 20; ms += 0.25) {
      again()
      const id = start('port-forward web 8080:80')
      const line = 'curl localhost:8080'
      const asking = prompt.type(line)
      pass(ms)
      give(room, { type: 'stop' })
      pass(1000)
      expect(printed(id)).toMatchObject({ err: LOST, code: 1 })
      ends.add(printed(asking).code)
      expect(run(line)).toEqual(unreached(8080))
    }
    // it has its page, or the connection was closed on it; or nobody listened any more
    expect([...ends].sort()).toEqual(expect.arrayContaining([0, 52]))
    expect([0, 52, 7]).toEqual(expect.arrayContaining([...ends]))
  })

  test('cannot be opened while the kubelet or containerd is down', () => {
    const node = nodeOf('web')
    const stop = (room: RoomId): string => {
      give(room, { type: 'stop' })
      const { err } = run('port-forward web 8080:80')
      give(room, { type: 'boot' })
      pass(15_000)
      return err
    }
    expect(stop(nodeRoom('kubelet', node))).toMatch(
      /^error: error upgrading connection: error dialing backend: dial tcp 10\.0\.0\.\d+:10250: connect: connection refused\n$/,
    )
    expect(stop(nodeRoom('runtime', node))).toMatch(
      /^error: error upgrading connection: unable to upgrade connection: rpc error: code = Unavailable desc = connection error/,
    )
    expect(run('port-forward web 8080:80').out).toBe(forwarding(8080, 80))
  })
})

describe('curl', () => {
  test('shows the status where only that is known, and says what is not known', () => {
    start('port-forward web 8080:80')
    start('port-forward cache 6379')
    expect(run(`curl -s -o /dev/null -w '%{http_code}\\n' localhost:8080/nope`)).toEqual(ok('404\n'))
    expect(run('curl -f localhost:8080/nope')).toEqual(failed('curl: (22) The requested URL returned error: 404\n', 22))
    expect(run('curl localhost:8080/nope')).toEqual(
      failed('error: what default/web/nginx answers to this is not known here, only its status, 404\n'),
    )
    expect(run('curl localhost:6379')).toEqual(
      failed('error: what default/cache/redis answers to this is not known here, only that it took the connection\n'),
    )
    expect(run('curl -s -o /dev/null -w %{http_code} localhost:6379').err).toMatch(/only that it took the connection\n$/)
  })

  test('finds what a command in the container has written into its page', () => {
    start('port-forward web 8080:80')
    start(`exec web -- sh -c 'echo changed > /usr/share/nginx/html/index.html'`)
    expect(run('curl localhost:8080')).toEqual(ok('changed\n'))
  })

  test('refuses in words what is not simulated', () => {
    const said = (line: string) => run(line).err
    expect(said('curl')).toMatch(/^curl: \(2\) no URL specified\n/)
    expect(said('curl -X POST localhost:8080')).toBe('error: curl is not simulated here for: -X POST localhost:8080\n')
    expect(said('curl localhost:8080 | head')).toMatch(/^error: this prompt runs kubectl and curl, it is no shell: no pipes/)
    expect(said('curl http://10.96.0.10')).toMatch(
      /^error: 10\.96\.0\.10 can't be reached: this machine is not in the cluster's network/,
    )
    expect(said('curl http://localhost:6443/api')).toMatch(/^error: the apiserver listens there/)
    expect(said('kubectl curl localhost')).toMatch(/^error: unknown command "curl" for "kubectl"/)
  })
})
