import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { complete } from './complete'

const OBJECTS: Record<string, Record<string, readonly string[]>> = {
  default: { pods: ['api-1', 'web-1', 'web-2'], deployments: ['web'], nodes: ['node-1'], namespaces: ['default', 'demo'] },
  demo: { pods: ['other'] },
}
const names = (plural: string, namespace = 'default') => OBJECTS[namespace]?.[plural] ?? []
const ports = (plural: string, name: string) => (plural === 'deployments' && name === 'web' ? ['80', '8443'] : [])
const labels = (line: string) => complete(line, line.length, names, ports).options.map(({ label }) => label)

describe('completion', () => {
  it('offers the commands that begin so, and kubectl itself', () => {
    expect(labels('des')).toEqual(['describe'])
    expect(labels('kubectl des')).toEqual(['describe'])
    expect(labels('kub')).toEqual(['kubectl '])
    expect(labels('rollout un')).toEqual(['undo'])
    expect(labels('create dep')).toEqual(['deployment'])
  })

  it('does not offer what is refused', () => {
    expect(labels('ex')).toEqual(['expose', 'explain', 'exec'])
    expect(labels('att')).toEqual([])
    expect(labels('run web --leave')).toEqual([])
    expect(labels('get pods --kubec')).toEqual(['--kubeconfig='])
  })

  it('offers kinds, then the names of that kind which are not yet there', () => {
    expect(labels('get deploy')).toEqual(['deployments'])
    expect(labels('delete pod web')).toEqual(['web-1', 'web-2'])
    expect(labels('delete pod web-1 web')).toEqual(['web-2'])
    expect(labels('describe pod/w')).toEqual(['web-1', 'web-2'])
    expect(labels('get pods,repl')).toEqual(['replicationcontrollers', 'replicasets'])
    expect(labels('cordon ')).toEqual(['node-1'])
    expect(labels('logs w')).toEqual(['web-1', 'web-2'])
    expect(labels('logs deploy/')).toEqual(['web'])
  })

  it('offers the ports of what port-forward leads to, and curl', () => {
    expect(labels('port-')).toEqual(['port-forward'])
    expect(labels('port-forward deploy/w')).toEqual(['web'])
    expect(labels('port-forward deploy/web ')).toEqual(['80', '8443'])
    expect(labels('port-forward deploy/web 80 ')).toEqual(['8443'])
    expect(labels('cur')).toEqual(['curl '])
  })

  it('offers only the kinds that a command is about', () => {
    expect(labels('scale ')).toEqual(['deployment', 'replicaset', 'replicationcontroller', 'statefulset'])
    expect(labels('rollout pause ')).toEqual(['deployment'])
    expect(labels('rollout restart d')).toEqual(['deployment', 'daemonset'])
  })

  it('offers names of the namespace that the line says', () => {
    expect(labels('get pods -n demo ')).toEqual(['other'])
    expect(labels('get pods --namespace=demo ')).toEqual(['other'])
    expect(labels('-n demo logs ')).toEqual(['other'])
  })

  it('offers flags, and the values of those that have a few', () => {
    expect(labels('get pods --show-l')).toEqual(['--show-labels'])
    expect(labels('get pods -n d')).toEqual(['default', 'demo'])
    expect(labels('get pods -o y')).toEqual(['yaml'])
    expect(labels('delete pod a --cascade=f')).toEqual(['--cascade=foreground'])
    expect(labels('scale deployment w --rep')).toEqual(['--replicas='])
  })

  it('says where the word begins that it completes', () => {
    expect(complete('get pods,svc', 12, names).from).toBe(9)
    expect(complete('get pod/we -o yaml', 10, names).from).toBe(8)
    expect(complete('get po', 6, names).from).toBe(4)
  })

  it('has something to say to every line (seed 7)', () => {
    const word = fc.oneof(
      fc.constantFrom('get', 'pods', 'delete', '-n', '--', '-', "'", 'pod/', ',', '-o', '=', '"a'),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), fc.nat(40), (words, cursor) => {
        const line = words.join(' ')
        const { from } = complete(line, Math.min(cursor, line.length), names)
        expect(from).toBeLessThanOrEqual(line.length)
      }),
      { seed: 7, numRuns: 300 },
    )
  })
})
