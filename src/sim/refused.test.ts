import { beforeAll, describe, expect, test } from 'vitest'
import { ROOMS } from './api/rooms'
import type { Simulation } from './kernel/simulation'
import type { Message, RoomId, Time } from './kernel/types'
import { Prompt } from './prompt-testing'

let prompt: Prompt
let simulation: Simulation

const kubectl = (line: string, stdin?: string) => prompt.run(line, stdin === undefined ? {} : { stdin })
const turn = (type: 'boot' | 'stop', to: RoomId = ROOMS.apiserver) => prompt.give(to, { type } as Message)
const REFUSED = 'The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?\n'

beforeAll(() => {
  prompt = Prompt.boot()
  simulation = prompt.simulation
  kubectl('get pods')
  turn('stop')
})

describe('kubectl before an apiserver that is not running', () => {
  test('says that the connection was refused', () => {
    expect(kubectl('get pods')).toEqual({ out: '', err: REFUSED, code: 1 })
    expect(kubectl('create deployment web --image=nginx').err).toBe(
      `error: failed to create deployment: Post "https://127.0.0.1:6443/apis/apps/v1/namespaces/default/deployments?fieldManager=kubectl-create&fieldValidation=Strict": dial tcp 127.0.0.1:6443: connect: connection refused\n`,
    )
    expect(kubectl('get pods -w')).toEqual({ out: '', err: REFUSED, code: 1 })
  })

  test('says what it knows of itself', () => {
    expect(kubectl('version')).toEqual({
      out: 'Client Version: v1.36.3\nKustomize Version: v5.8.1\n',
      err: REFUSED,
      code: 1,
    })
  })

  test('cannot validate a file', () => {
    expect(kubectl('apply -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n').err).toBe(
      'error: error validating "STDIN": error validating data: failed to download openapi: Get "https://127.0.0.1:6443/openapi/v3?timeout=32s": dial tcp 127.0.0.1:6443: connect: connection refused; if you choose to ignore these errors, turn validation off with --validate=false\n',
    )
    expect(kubectl('apply --validate=false -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n').err).toBe(
      `error: error when retrieving current configuration of:
Resource: "/v1, Resource=configmaps", GroupVersionKind: "/v1, Kind=ConfigMap"
Name: "a", Namespace: "default"
from server for: "STDIN": Get "https://127.0.0.1:6443/api/v1/namespaces/default/configmaps/a": dial tcp 127.0.0.1:6443: connect: connection refused\n`,
    )
  })

  test('works again when the apiserver does', () => {
    turn('boot')
    expect(kubectl('get pods')).toEqual({ out: '', err: 'No resources found in default namespace.\n', code: 0 })
  })
})

describe('kubectl while etcd is not running', () => {
  const UNAVAILABLE =
    'Error from server: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused"\n'
  const took = (act: () => void): number => {
    const since = simulation.now
    act()
    return (simulation.now - since) / 1e6
  }

  test('waits two and a half seconds for what is read, and not at all for what is written', () => {
    turn('stop', ROOMS.etcd)
    expect(took(() => expect(kubectl('get pods')).toEqual({ out: '', err: UNAVAILABLE, code: 1 }))).toBeCloseTo(2.65, 1)
    const words = UNAVAILABLE.slice('Error from server: '.length)
    expect(
      took(() => expect(kubectl('create configmap a').err).toBe(`error: failed to create configmap: ${words}`)),
    ).toBeLessThan(0.5)
  })

  test('hears of it at the health endpoints', () => {
    for (const path of ['/livez', '/readyz', '/healthz'])
      expect(kubectl(`get --raw ${path}`).err).toBe(
        `Error from server (InternalError): an error on the server ("[+]ping ok\\n[+]log ok\\n[-]etcd failed: reason withheld\\n${path.slice(1)} check failed") has prevented the request from succeeding\n`,
      )
  })

  test('finds everything again when it is back', () => {
    turn('boot', ROOMS.etcd)
    simulation.run({ time: (simulation.now + 60e6) as Time })
    expect(kubectl('get --raw /readyz').out).toBe('ok')
    expect(kubectl('get namespaces -o name').out).toBe(
      'namespace/default\nnamespace/kube-node-lease\nnamespace/kube-public\nnamespace/kube-system\n',
    )
    expect(kubectl('create configmap a').out).toBe('configmap/a created\n')
  })
})
