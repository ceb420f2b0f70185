import { describe, expect, it } from 'vitest'
import openapi from '../sim/api/data/openapi.json'
import { createSchema } from '../sim/api/schema'
import { checkManifest } from './check-manifest'

const schema = createSchema(openapi)
const DEPLOYMENT = `# mine
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replica: 3
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: c
        image: nginx
        imagePullpolicy: Always
`

describe('a manifest while it is typed', () => {
  it('is marked where a field is that strict validation would refuse, in its words', () => {
    expect(checkManifest(DEPLOYMENT, schema)).toEqual([
      { line: 7, column: 3, message: 'strict decoding error: unknown field "spec.replica"', severity: 'warning' },
      {
        line: 17,
        column: 9,
        message: 'strict decoding error: unknown field "spec.template.spec.containers[0].imagePullpolicy"',
        severity: 'warning',
      },
    ])
  })
  it('is marked in its second document, too, and in JSON', () => {
    const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: []\n  foo: 1\n'
    expect(checkManifest(`---\n${pod}\n---\n\n${pod}`, schema).map(({ line }) => line)).toEqual([7, 16])
    expect(checkManifest('{"apiVersion": "v1", "kind": "Pod",\n "sepc": {}}', schema)).toMatchObject([{ line: 2, column: 2 }])
  })
  it('is marked where a value has the wrong type', () => {
    const problem = checkManifest(DEPLOYMENT.replace('replica: 3', 'replicas: three'), schema).find(
      ({ severity }) => severity === 'error',
    )
    expect(problem).toMatchObject({ line: 7, column: 3, severity: 'error' })
    expect(problem?.message).toContain('cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32')
  })
  it('is not looked into where nothing is known of its kind, or it cannot be read', () => {
    expect(checkManifest('apiVersion: example.com/v1\nkind: Thing\nfoo: 1\n', schema)).toEqual([])
    expect(checkManifest('apiVersion: v1\nkind: Pod\n  spec: {}\n', schema)).toHaveLength(1)
  })
})
