import { expect, test } from 'vitest'
import openapi from './api/data/openapi.json'
import type { KubectlMessage } from './api/kubectl'
import { ROOMS } from './api/rooms'
import { defaultCluster } from './cluster'
import { Simulation } from './kernel/simulation'
import type { Seq } from './kernel/types'

const simulation = Simulation.boot(defaultCluster({ openapi }))
simulation.run({ settled: true })
let next = 1

/** What a command printed, and what it asked for. */
function kubectl(line: string, stdin?: string): { out: string; err: string; requests: string[] } {
  const id = next++
  const from = simulation.trace.length
  const message: KubectlMessage = { type: 'kubectl', id, line, ...(stdin !== undefined && { stdin }) }
  simulation.command({ to: ROOMS.kubectl, message, text: line })
  simulation.run({ settled: true })
  const printed = { out: '', err: '', requests: [] as string[] }
  for (let seq = from + 1; seq <= simulation.trace.length; seq++) {
    const entry = simulation.trace.entry(seq as Seq)
    if (entry.reason === 'kubectl.output') {
      const { stream, text } = entry.args as { stream: string; text: string }
      printed[stream === 'stdout' ? 'out' : 'err'] += text
    }
    const request = entry.message as { method?: string; path?: string; query?: Record<string, string> } | undefined
    if (entry.reason === 'http.request' && entry.room === ROOMS.kubectl && request?.path?.includes('configmaps'))
      printed.requests.push(`${request.method} ${Object.values(request.query ?? {}).join()}`)
  }
  return printed
}

const manifest = (data: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: ${data}\n`
const managers = (): string =>
  kubectl(`get cm c --show-managed-fields -o jsonpath='{range .metadata.managedFields[*]}{.manager} {.operation}{"\\n"}{end}'`)
    .out

test('an object that was applied from the client moves to server-side apply with all that it was given', () => {
  kubectl('apply -f -', manifest('{a: "1", b: "2"}'))
  expect(managers()).toBe('kubectl-client-side-apply Update\n')
  const moved = kubectl('apply --server-side -f -', manifest('{a: "1"}'))
  expect(moved).toEqual({
    out: 'configmap/c serverside-applied\n',
    err: '',
    requests: [
      'PATCH kubectl,Strict,false',
      'PATCH kubectl-last-applied,Strict',
      'PATCH kubectl,Strict',
      'PATCH kubectl,Strict,false',
    ],
  })
  expect(managers()).toBe('kubectl Apply\nkubectl-last-applied Apply\n')
  // what is not in the configuration any more is gone, as it would be from the client
  expect(kubectl('get cm c -o jsonpath={.data}').out).toBe('{"a":"1"}')
  const last = kubectl('apply view-last-applied cm c -o json').out
  expect(JSON.parse(last).data).toEqual({ a: '1' })
})

test('and asks once only from then on', () => {
  expect(kubectl('apply --server-side -f -', manifest('{a: "3"}')).requests).toEqual(['PATCH kubectl,Strict,false'])
})
