/** The metrics API from end to end: what containers use, what kubectl top says of it, and what an autoscaler makes of it. */
import { beforeAll, describe, expect, test } from 'vitest'
import openapi from './api/data/openapi.json'
import { ROOMS } from './api/rooms'
import { defaultCluster } from './cluster'
import type { Simulation } from './kernel/simulation'
import type { Message, Seq, Time } from './kernel/types'
import { metricsServerObjects } from './metrics-server/objects'
import { Prompt } from './prompt-testing'

let prompt: Prompt
let simulation: Simulation
const kubectl = (line: string, stdin?: string) => prompt.shown(line, stdin === undefined ? {} : { stdin })
const pass = (seconds: number) => prompt.pass(seconds * 1000)
const start = (metricsServer: 'process' | 'image'): void => {
  prompt = Prompt.boot(defaultCluster({ openapi, metricsServer }))
  simulation = prompt.simulation
}
/** Cells of the lines of a table, without the header. */
const rows = (table: string): string[][] =>
  table
    .trimEnd()
    .split('\n')
    .slice(1)
    .map(line => line.trimEnd().split(/ {2,}/))

test('without a metrics server there is no metrics API', () => {
  start('image')
  expect(kubectl('top nodes')).toBe('error: Metrics API not available\n')
  expect(kubectl('get apiservices')).not.toContain('metrics.k8s.io')
})

describe('with a metrics server', () => {
  beforeAll(() => start('process'))

  test('a cluster at rest stays at rest: scrapes are housekeeping', () => {
    const from = simulation.trace.length
    simulation.run({ time: (simulation.now + 14e6) as Time })
    expect(simulation.settled).toBe(true)
    const scrapes = [...simulation.trace.entries((from + 1) as Seq)].filter(({ hop }) => String(hop?.to) === 'metrics-server')
    expect(scrapes.length).toBeGreaterThan(0)
    expect(scrapes.every(({ housekeeping }) => housekeeping)).toBe(true)
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

describe('the manifests of a metrics server', () => {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'metrics-server', namespace: 'kube-system', labels: { 'k8s-app': 'metrics-server' } },
    spec: {
      selector: { matchLabels: { 'k8s-app': 'metrics-server' } },
      template: {
        metadata: { labels: { 'k8s-app': 'metrics-server' } },
        spec: {
          serviceAccountName: 'metrics-server',
          containers: [
            {
              name: 'metrics-server',
              image: 'registry.k8s.io/metrics-server/metrics-server:v0.8.0',
              args: ['--secure-port=10250', '--metric-resolution=15s'],
              ports: [{ containerPort: 10250, name: 'https' }],
            },
          ],
        },
      },
    },
  }
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'metrics-server', namespace: 'kube-system' },
    spec: { selector: { 'k8s-app': 'metrics-server' }, ports: [{ name: 'https', port: 443, targetPort: 'https' }] },
  }
  const others = metricsServerObjects().filter(({ kind }) => kind !== 'Service' && kind !== 'Endpoints')

  beforeAll(() => start('image'))

  test('bring the metrics API when somebody applies them: the program of the image is the metrics server', () => {
    kubectl('apply -f -', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...others, service, deployment] }))
    pass(60)
    expect(rows(kubectl('top nodes')).map(([name]) => name)).toEqual(['node-1', 'node-2', 'node-3'])
    expect(rows(kubectl('top pods -n kube-system'))[0]?.[0]).toMatch(/^metrics-server-/)
  })

  test('take it away again when the Deployment has no replica any more', () => {
    kubectl('scale deployment metrics-server -n kube-system --replicas=0')
    pass(60)
    expect(kubectl('top nodes')).toContain('ServiceUnavailable')
    kubectl('delete apiservice v1beta1.metrics.k8s.io')
    expect(kubectl('top nodes')).toBe('error: Metrics API not available\n')
  })
})
