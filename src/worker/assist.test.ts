import { expect, it } from 'vitest'
import openapi from '../sim/api/data/openapi.json'
import { defaultCluster } from '../sim/cluster'
import { completeLine } from './assist'
import { Session } from './session'

const tools = { podStatus: () => ({ status: '', ready: false }), milliCores: () => 0, bytes: () => 0 }

it('completes names of the namespace that the line says, else of the context, and of what has no namespace', () => {
  const session = new Session(defaultCluster({ openapi }), tools)
  const give = (line: string) => {
    session.command({ type: 'kubectl', line })
    session.finish()
    session.toEnd()
  }
  const labels = (line: string) => completeLine(session, line, line.length).options.map(({ label }) => label)
  give('create namespace demo')
  give('create configmap there -n demo')
  give('create configmap here')
  expect(labels('get configmaps -n demo ')).toEqual(['kube-root-ca.crt', 'there'])
  expect(labels('get configmaps h')).toEqual(['here'])
  expect(labels('describe nodes -n demo ')).toHaveLength(3)
  give('config set-context --current --namespace=demo')
  expect(labels('get configmaps t')).toEqual(['there'])
})
