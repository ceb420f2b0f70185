/** Words that every JavaScript object knows (`constructor`, `toString`) are words like any other wherever a person may write one. */
import { expect, test } from 'vitest'
import openapi from './api/data/openapi.json'
import { hollowNode } from './api/node-profile'
import { createCluster } from './cluster'
import { Prompt } from './prompt-testing'
import { condition } from './runtime/conditions'

const prompt = Prompt.boot(createCluster({ openapi, seed: 1, nodes: [hollowNode('node-1')] }))

/** What a command printed. */
const kubectl = (line: string, stdin?: string) => prompt.shown(line, stdin === undefined ? {} : { stdin })

test.each([
  [
    'create role r --verb=constructor --resource=pods',
    "Warning: 'constructor' is not a standard resource verb\nrole.rbac.authorization.k8s.io/r created\n",
  ],
  [
    'create token default --bound-object-kind=constructor --bound-object-name=x',
    'error: supported --bound-object-kind values are Node, Pod, Secret\n',
  ],
  ['patch node node-1 --type=constructor -p {}', 'error: --type must be one of [json merge strategic], not "constructor"\n'],
  [
    'get pods --as=constructor',
    'Error from server (Forbidden): pods is forbidden: User "constructor" cannot list resource "pods" in API group "" in the namespace "default"\n',
  ],
  ['get constructor', 'error: the server doesn\'t have a resource type "constructor"\n'],
  ['get pods -o constructor', /^error: unable to match a printer suitable for the output format "constructor"/],
  ['get pods -l constructor=toString', 'No resources found in default namespace.\n'],
  [
    'get pods --field-selector constructor=x',
    'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "", field selector "constructor=x": field label not supported: constructor\n',
  ],
  ['apply -f constructor', 'error: the path "constructor" does not exist\n'],
  ['apply -f __proto__', 'error: the path "__proto__" does not exist\n'],
  ['create configmap c --from-file=toString', 'error: error reading toString: no such file or directory\n'],
  [
    'patch node node-1 --patch-file=constructor',
    'error: unable to read patch file: open constructor: no such file or directory\n',
  ],
  ['constructor', 'error: unknown command "constructor" for "kubectl"\n'],
  ['create constructor x', /^error: Unexpected args: \[constructor x\]\n/],
  [
    'create cronjob c --image=x --schedule=constructor',
    'error: failed to create cronjob: CronJob.batch "c" is invalid: spec.schedule: Invalid value: "constructor": expected exactly 5 fields, found 1: [constructor]\n',
  ],
])('kubectl %s', (line, expected) => {
  if (typeof expected === 'string') expect(kubectl(line)).toBe(expected)
  else expect(kubectl(line)).toMatch(expected)
})

test('a comparison of a shell that is none is not known', () =>
  expect(condition(['1', 'constructor', '2'], {} as never)).toBeUndefined())
