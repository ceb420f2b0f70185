/** The metrics API from end to end: what containers use, what kubectl top says of it, and what an autoscaler makes of it. */
import { beforeAll, describe, expect, test } from 'vitest'
import openapi from './api/data/openapi.json'
import type { KubectlMessage } from './api/kubectl'
import { ROOMS } from './api/rooms'
import { defaultCluster } from './cluster'
import { Simulation } from './kernel/simulation'
import type { Message, Seq, Time } from './kernel/types'

let simulation: Simulation
let next = 1
function kubectl(line: string): string {
  const from = simulation.trace.length
  const message: KubectlMessage = { type: 'kubectl', id: next++, line }
  simulation.command({ to: ROOMS.kubectl, message, text: line })
  simulation.run({ settled: true })
  let printed = ''
  for (let seq = from + 1; seq <= simulation.trace.length; seq++) {
    const { reason, args } = simulation.trace.entry(seq as Seq)
    if (reason === 'kubectl.output') printed += (args as { text: string }).text
  }
  return printed
}
const pass = (seconds: number): void => simulation.run({ time: (simulation.now + seconds * 1e6) as Time })
const start = (metricsServer: boolean): void => {
  simulation = Simulation.boot(defaultCluster({ openapi, metricsServer }))
  simulation.run({ settled: true })
}
/** Cells of the lines of a table, without the header. */
const rows = (table: string): string[][] =>
  table
    .trimEnd()
    .split('\n')
    .slice(1)
    .map(line => line.trimEnd().split(/ {2,}/))

test('without a metrics server there is no metrics API', () => {
  start(false)
  expect(kubectl('top nodes')).toBe('error: Metrics API not available\n')
  expect(kubectl('get apiservices')).not.toContain('metrics.k8s.io')
})

describe('with a metrics server', () => {
  beforeAll(() => start(true))

  test('a cluster at rest stays at rest: scrapes are housekeeping', () => {
    const { now } = simulation
    simulation.run({ settled: true })
    expect(simulation.now).toBe(now)
  })

  test('the first metrics come with the second scrape', () => {
    expect(kubectl('top nodes')).toBe('error: metrics not available yet\n')
    pass(35)
    expect(rows(kubectl('top nodes'))).toEqual([1, 2, 3].map(i => [`node-${i}`, '40m', '1%', '450Mi', '5%']))
  })

  test('a program that is idle uses next to nothing, and what a user says otherwise is what is measured, up to the limit', () => {
    kubectl('run web --image=nginx')
    kubectl('run small --image=nginx --annotations=kubestage.io/cpu=300m --annotations=kubestage.io/memory=64Mi')
    const limited = JSON.stringify({
      spec: { containers: [{ name: 'capped', image: 'nginx', resources: { limits: { cpu: '100m' } } }] },
    })
    kubectl(`run capped --image=nginx --annotations=kubestage.io/cpu=300m --overrides='${limited}'`)
    pass(60)
    expect(rows(kubectl('top pods'))).toEqual([
      ['capped', '100m', '6Mi'],
      ['small', '300m', '64Mi'],
      ['web', '1m', '6Mi'],
    ])
    expect(rows(kubectl('top pods --sort-by=cpu'))[0]?.[0]).toBe('small')
    expect(kubectl('top pod nobody')).toBe('Error from server (NotFound): podmetrics.metrics.k8s.io "default/nobody" not found\n')
    kubectl('delete pods --all --now')
  })

  test('an autoscaler follows the load of its pods up, and five minutes later down', () => {
    kubectl('create deployment web --image=nginx --replicas=2')
    kubectl('set resources deployment web --requests=cpu=100m')
    pass(60)
    kubectl('autoscale deployment web --min=1 --max=6 --cpu=50%')
    pass(20)
    kubectl('annotate pods -l app=web kubestage.io/cpu=80m')
    pass(60)
    expect(kubectl('get deployment web -o jsonpath={.spec.replicas}')).toBe('4')
    expect(kubectl('get events --field-selector=reason=SuccessfulRescale -o jsonpath={.items[*].message}')).toBe(
      'New size: 4; reason: cpu resource utilization (percentage of request) above target',
    )
    kubectl('annotate pods -l app=web kubestage.io/cpu-')
    pass(120)
    expect(kubectl('get deployment web -o jsonpath={.spec.replicas}')).toBe('4')
    pass(300)
    expect(kubectl('get deployment web -o jsonpath={.spec.replicas}')).toBe('1')
  })

  test('when it is stopped, the API is there and nobody serves it', () => {
    simulation.command({ to: ROOMS.metricsServer, message: { type: 'stop' } as Message, text: 'stop metrics-server' })
    simulation.run({ settled: true })
    expect(kubectl('top nodes')).toBe(
      'Error from server (ServiceUnavailable): the server is currently unable to handle the request (get nodes.metrics.k8s.io)\n',
    )
  })
})
