import { beforeAll, describe, expect, test } from 'vitest'
import type { KubectlMessage } from './api/kubectl'
import type { Simulation } from './kernel/simulation'
import { Prompt } from './prompt-testing'

let prompt: Prompt
let simulation: Simulation

/** What a command printed, and how it ended. */
const kubectl = (line: string, more: Partial<KubectlMessage> = {}) => prompt.run(line, more)
const ok = (out: string) => ({ out, err: '', code: 0 })
const pass = (ms: number) => prompt.pass(ms)

const BOX = `
apiVersion: v1
kind: Pod
metadata: {name: box, labels: {app: box}}
spec:
  containers:
  - name: app
    image: busybox
    command: [sh, -c, 'touch /tmp/made; sleep 3600']
    env:
    - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
    - {name: GREETING, value: 'hi from $(NODE), $(NOBODY)'}
    - {name: COLOUR, valueFrom: {configMapKeyRef: {name: settings, key: colour}}}
    volumeMounts: [{name: settings, mountPath: /etc/settings}]
  volumes: [{name: settings, configMap: {name: settings}}]
`

beforeAll(() => {
  prompt = Prompt.boot()
  simulation = prompt.simulation
  kubectl('create configmap settings --from-literal=colour=red')
  kubectl('create deployment web --image=nginx')
  kubectl('expose deployment web --port=80')
  kubectl('run crash --image=busybox -- false')
  kubectl('create role execer --verb=create --resource=pods/exec')
  kubectl('create role reader --verb=get --resource=pods')
  for (const role of ['execer', 'reader']) kubectl(`create rolebinding ${role} --role=${role} --user=jane`)
  kubectl('create rolebinding joe --role=reader --user=joe')
  kubectl('apply -f -', { stdin: BOX })
  pass(5000)
})

describe('kubectl exec', () => {
  test('asks the apiserver, which asks the kubelet of the pod’s node, which asks the runtime', () => {
    const from = simulation.trace.length
    expect(kubectl('exec box -- hostname')).toEqual(ok('box\n'))
    const way = [...simulation.trace.entries()]
      .filter(e => e.seq > from && /^(kubelet\.(re|chunk)|cri\.|runtime\.exec|http\.chunk)/.test(e.reason))
      .map(e => e.reason)
    expect(way).toEqual([
      'kubelet.request',
      'kubelet.response',
      'cri.request',
      'runtime.exec',
      'cri.response',
      'kubelet.chunk',
      'http.chunk',
    ])
  })

  test('sees the variables, files and standard input that the container has', () => {
    expect(kubectl(`exec box -- sh -c 'echo $GREETING; echo $COLOUR'`).out).toMatch(/^hi from node-\d, \$\(NOBODY\)\nred\n$/)
    expect(kubectl('exec box -- cat /etc/settings/colour')).toEqual(ok('red'))
    expect(kubectl('exec box -- ls /tmp')).toEqual(ok('made\n'))
    expect(kubectl('exec -i box -- sort', { stdin: 'b\na\n' })).toEqual(ok('a\nb\n'))
    kubectl(`exec box -- sh -c 'rm /tmp/made; echo x > /tmp/other'`)
    expect(kubectl('exec box -- ls /tmp')).toEqual(ok('other\n'))
  })

  test('reaches a Service through the rules of its node, and another file of the server after that was written', () => {
    const page = kubectl(`exec box -- sh -c 'wget -qO- http://$WEB_SERVICE_HOST'`)
    expect(page).toEqual(kubectl('exec deploy/web -- cat /usr/share/nginx/html/index.html'))
    expect(page.out).toMatch(/^<!DOCTYPE html>.*<h1>Welcome to nginx!<\/h1>.*<\/html>\n$/s)
    kubectl(`exec deploy/web -- sh -c 'echo changed > /usr/share/nginx/html/index.html'`)
    expect(kubectl(`exec box -- sh -c 'wget -qO- http://$WEB_SERVICE_HOST'`)).toEqual(ok('changed\n'))
    kubectl('scale deployment web --replicas=0')
    pass(5000)
    const refused = kubectl(`exec box -- sh -c 'wget -qO- http://$WEB_SERVICE_HOST'`)
    expect(refused.err).toMatch(
      /^wget: can't connect to remote host \(10\.[\d.]+\): Connection refused\ncommand terminated with exit code 1\n$/,
    )
  })

  test('ends with the code of its command, and says what could not be started', () => {
    expect(kubectl(`exec box -- sh -c 'exit 3'`)).toEqual({ out: '', err: 'command terminated with exit code 3\n', code: 3 })
    for (const missing of ['bash', 'redis-cli'])
      expect(kubectl(`exec box -- ${missing}`).err).toMatch(
        new RegExp(`exec: "${missing}": executable file not found in \\$PATH\n$`),
      )
    expect(kubectl('exec crash -- ls').err).toBe(
      'error: Internal error occurred: unable to upgrade connection: container not found ("crash")\n',
    )
    expect(kubectl('exec box -c nope -- ls').err).toBe(
      'Error from server (BadRequest): container nope is not valid for pod box\n',
    )
    expect(kubectl('exec box ls').err).toMatch(/^error: exec \[POD\] \[COMMAND\] is not supported anymore/)
  })

  test('refuses in words what is not known', () => {
    expect(kubectl('exec box -- nslookup web').err).toBe('error: exec is not simulated here for: nslookup web\n')
    expect(kubectl('exec -it box -- sh').err).toMatch(/error: exec of an interactive shell is not simulated here/)
  })

  test('needs the right to create pods/exec: who has no right to get it falls back to SPDY', () => {
    expect(kubectl('exec box -- hostname', { user: 'jane' })).toEqual(ok('box\n'))
    expect(kubectl('exec box -- hostname', { user: 'joe' }).err).toBe(
      'Error from server (Forbidden): pods "box" is forbidden: User "joe" cannot create resource "pods/exec" in API group "" in the namespace "default"\n',
    )
  })

  test('finds a changed ConfigMap in its file with the pod’s next sync, and never in its variable', () => {
    kubectl(`patch configmap settings -p '{"data":{"colour":"blue"}}'`)
    expect(kubectl('exec box -- cat /etc/settings/colour')).toEqual(ok('red'))
    pass(95_000)
    expect(kubectl(`exec box -- sh -c 'cat /etc/settings/colour; echo " $COLOUR"'`)).toEqual(ok('blue red\n'))
  })
})
