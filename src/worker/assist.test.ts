import { expect, it } from 'vitest'
import openapi from '../sim/api/data/openapi.json'
import { defaultCluster } from '../sim/cluster'
import { completeLine, editorText } from './assist'
import { Session } from './session'

const tools = { podStatus: () => ({ status: '', ready: false }), milliCores: () => 0, bytes: () => 0 }

/** A session that commands are given to, and what it completes. */
function prompt() {
  const session = new Session(defaultCluster({ openapi }), tools)
  const give = (line: string): void => {
    session.command({ type: 'kubectl', line })
    session.finish()
    session.toEnd()
  }
  const labels = (line: string) => completeLine(session, line, line.length).options.map(({ label }) => label)
  return { give, labels }
}

it('completes names of the namespace that the line says, else of the context, and of what has no namespace', () => {
  const { give, labels } = prompt()
  give('create namespace demo')
  give('create configmap there -n demo')
  give('create configmap here')
  expect(labels('get configmaps -n demo ')).toEqual(['kube-root-ca.crt', 'there'])
  expect(labels('get configmaps h')).toEqual(['here'])
  expect(labels('describe nodes -n demo ')).toHaveLength(3)
  give('config set-context --current --namespace=demo')
  expect(labels('get configmaps t')).toEqual(['there'])
})

it('completes the ports of what is forwarded, and for curl those that are', () => {
  const { give, labels } = prompt()
  give('create deployment web --image=nginx --port=80')
  give('expose deployment web --port=8000 --target-port=80')
  expect(labels('port-forward svc/web ')).toEqual(['8000'])
  expect(labels('port-forward deploy/web ')).toEqual(['80'])
  expect(labels('curl ')).toEqual([])
  give('port-forward svc/web 9000:8000')
  expect(labels('curl -s lo')).toEqual(['localhost:9000'])
})

it('shows what kubectl would open an editor with, leaves no trace of that, and sends what was changed in it', () => {
  const session = new Session(defaultCluster({ openapi }), tools)
  const give = (line: string, more: { stdin?: string; opened?: string } = {}) => {
    session.command({ type: 'kubectl', line, ...more })
    session.finish()
    session.toEnd()
    return session.frame().terminal.at(-1)?.text
  }
  give('create deployment web --image=nginx:1.27 --replicas=1')
  const length = session.simulation.trace.length
  const opened = editorText(session, 'kubectl edit deploy web') ?? ''
  expect(opened).toMatch(/^# Please edit the object below\. .*\napiVersion: apps\/v1\nkind: Deployment\n/s)
  expect(opened).not.toContain('managedFields')
  expect(editorText(session, 'edit deploy nope')).toBeUndefined()
  expect(editorText(session, 'get deploy web')).toBeUndefined()
  expect(session.simulation.trace.length).toBe(length)
  // meanwhile the object becomes another
  give('scale deploy web --replicas=2')
  expect(give('edit deploy web', { stdin: opened.replace('nginx:1.27', 'nginx:1.28'), opened })).toBe(
    'deployment.apps/web edited\n',
  )
  expect(give('get deploy web -o jsonpath={.spec.replicas}/{..image}')).toBe('2/nginx:1.28')
  const invalid = give('edit deploy web', { stdin: opened.replace('replicas: 1', 'replicas: -1'), opened })
  expect(invalid).toBe('error: Edit cancelled, no valid changes were saved.\n')
})
