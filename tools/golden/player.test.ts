import { expect, it } from 'vitest'
import openapi from '../../src/sim/api/data/openapi.json'
import { play } from './player'
import { readScenario } from './scenario'

it('goes on where a flag, a step or a component is not simulated, and where a command does not end, and says so', () => {
  const scenario = readScenario(`
    nodes: [node-1]
    flags: {kube-controller-manager: [--node-monitor-period=2s, --large-cluster-size-threshold=3]}
    steps:
    - manifest: web.yaml
    - kubectl: get pods -w
    - kubectl: get nodes -o name
    - stop: "cloud-controller-manager"
    - kubectl: version --client`)
  const { left, transcript } = play(scenario, openapi)
  expect(left).toEqual([
    'kube-controller-manager: the flag --large-cluster-size-threshold=3 is not simulated',
    'a step of "manifest" is not simulated',
    'kubectl get pods -w does not end: it was stopped',
    'stop of "cloud-controller-manager" is not simulated',
  ])
  expect(transcript.map(({ kubectl, code }) => [kubectl, code])).toEqual([
    ['get pods -w', 130],
    ['get nodes -o name', 0],
    [undefined, undefined],
    ['version --client', 0],
  ])
})
