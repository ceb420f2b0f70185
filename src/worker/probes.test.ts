import { expect, it } from 'vitest'
import openapi from '../sim/api/data/openapi.json'
import { milliOf, unitsOf } from '../sim/api/quantity'
import { podStatus } from '../sim/apiserver/printers/pods'
import { defaultCluster } from '../sim/cluster'
import { Session } from './session'

const tools = {
  podStatus: (pod: Parameters<typeof podStatus>[0]) => ({ status: podStatus(pod), ready: false }),
  milliCores: milliOf,
  bytes: unitsOf,
}
const manifest = `
apiVersion: v1
kind: Pod
metadata: {name: probed}
spec:
  containers:
  - name: web
    image: nginx:1.27
    ports: [{name: http, containerPort: 80}]
    lifecycle: {preStop: {exec: {command: [sleep, "2"]}}}
    readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 3, initialDelaySeconds: 4}
    livenessProbe: {tcpSocket: {port: 80}, periodSeconds: 5}
`

it('a probed Pod becomes ready in its time, leaves the cluster at rest, and is the same again in a replay', () => {
  const session = new Session(defaultCluster({ openapi }), tools)
  const give = (line: string, stdin?: string) => {
    session.command({ type: 'kubectl', line, ...(stdin && { stdin }) })
    session.finish()
    session.toEnd()
    return JSON.stringify(session.frame().terminal)
  }
  give('apply -f -', manifest)
  // it was waited for: the delay of four seconds, and the next look
  expect(session.simulation.now / 1e6).toBeGreaterThan(5)
  expect(session.frame().settled).toBe(true)
  expect(give('get pod probed --no-headers')).toContain('probed   1/1   Running   0')
  const before = session.simulation.now
  give('delete pod probed')
  expect((session.simulation.now - before) / 1e6).toBeGreaterThan(2)
  const again = new Session(defaultCluster({ openapi }), tools, session.log)
  expect(again.simulation.trace.hash()).toBe(session.simulation.trace.hash())
})
