import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createSchema, decode, type StructType, strictErrorText, unhandledText } from './index'

const document: unknown = JSON.parse(readFileSync(new URL('../data/openapi.json', import.meta.url), 'utf8'))
const schema = createSchema(document)
const typeOf = (apiVersion: string, kind: string): StructType => {
  const type = schema.typeOf(apiVersion, kind)
  if (type === undefined) throw new Error(kind)
  return type
}
const deployment = typeOf('apps/v1', 'Deployment')
const pod = typeOf('v1', 'Pod')
const meta = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }

describe('the schema', () => {
  test('knows kinds, their fields and their keys', () => {
    expect(createSchema(document)).toBe(schema)
    expect(schema.typeOf('apps/v2', 'Deployment')).toBeUndefined()
    expect(schema.typeOf('v1', 'DeleteOptions')?.name).toBe('DeleteOptions')
    expect(schema.fieldsOf('apps/v1', 'Deployment').map(field => field.name)).toContain('spec')
    const containers = schema
      .fieldsOf('apps/v1', 'Deployment', ['spec', 'template', 'spec'])
      .find(field => field.name === 'containers')
    expect(containers).toMatchObject({ required: true, patch: 'merge', mergeKey: 'name', listType: 'map', listMapKeys: ['name'] })
    expect(containers?.type.goType).toBe('[]v1.Container')
    expect(schema.fieldsOf('v1', 'Pod', ['spec', 'containers']).map(field => field.name)).toContain('image')
    expect(schema.typeAt('v1', 'Pod', ['metadata', 'labels', 'app'])?.goType).toBe('string')
    expect(schema.fieldsOf('v1', 'Pod', ['spec', 'nothing'])).toEqual([])
  })
  test('holds types that contain themselves', () => {
    expect(
      schema.typeAt('apiextensions.k8s.io/v1', 'CustomResourceDefinition', ['spec', 'versions', 'schema', 'openAPIV3Schema'])
        ?.kind,
    ).toBe('struct')
  })
})

describe('decoding', () => {
  test('returns the same object when nothing has to change', () => {
    const object = { ...meta, spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '50m' } } }] } }
    expect(decode(pod, object)).toEqual({ object, unknown: [], error: undefined })
    expect(decode(pod, object).object).toBe(object)
  })
  test('drops unknown fields, and says where they were', () => {
    const spec = { replica: 1, replicas: 2, template: { spec: { containers: [{ name: 'c', imag: 'x' }] } } }
    const result = decode(deployment, { ...meta, kind: 'Deployment', spec })
    expect(result.unknown).toEqual(['spec.replica', 'spec.template.spec.containers[0].imag'])
    expect(result.object.spec).toEqual({ replicas: 2, template: { spec: { containers: [{ name: 'c' }] } } })
    expect(unhandledText('Deployment', 'v1', strictErrorText(['spec.replica']))).toBe(
      'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replica"',
    )
  })
  test.each([
    [
      { spec: { replicas: 'three' } },
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      { spec: { replicas: 1.5 } },
      'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      { metadata: { labels: { a: 1 } } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      { spec: { template: { spec: { containers: [{ image: true }] } } } },
      'json: cannot unmarshal bool into Go struct field Container.spec.template.spec.containers.image of type string',
    ],
    [
      { spec: { template: { spec: { containers: {} } } } },
      'json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container',
    ],
    [{ spec: [] }, 'json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec'],
    [
      { spec: { template: { spec: { containers: [{ resources: { limits: { cpu: 'much' } } }] } } } },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      { metadata: { creationTimestamp: 'now' } },
      'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"',
    ],
  ])('refuses %o in the words of Go', (fields, error) => {
    expect(decode(deployment, fields).error).toBe(error)
  })
  test('refuses what is no base64', () => {
    expect(decode(typeOf('v1', 'Secret'), { data: { a: 'a-b' } }).error).toBe('illegal base64 data at input byte 1')
    expect(decode(typeOf('v1', 'Secret'), { data: { a: 'YWJj' } }).error).toBeUndefined()
  })
  test('writes quantities as the apiserver stores them', () => {
    const spec = { containers: [{ name: 'c', resources: { limits: { cpu: 0.5, memory: '1024Mi' } } }] }
    expect(decode(pod, { ...meta, spec }).object.spec.containers[0]?.resources.limits).toEqual({ cpu: '500m', memory: '1Gi' })
  })
  test('a null in a list is the zero value of what the list holds', () => {
    const containers = schema.typeOf('v1', 'Pod')
    const pod = { spec: { containers: [{ name: 'c', args: ['a', null] }, null] } }
    expect(containers && decode(containers, pod).object).toEqual({ spec: { containers: [{ name: 'c', args: ['a', ''] }, {}] } })
  })

  test('leaves out what Go leaves out, and writes the nulls that Go writes', () => {
    const spec = {
      containers: [],
      nodeName: '',
      hostNetwork: false,
      priority: 0,
      nodeSelector: {},
      tolerations: [],
      securityContext: {},
    }
    expect(decode(pod, { ...meta, spec }).object.spec).toEqual({ containers: [], priority: 0, securityContext: {} })
    const status = { conditions: [{ type: 'Ready', status: 'True' }], startTime: null }
    expect(decode(pod, { ...meta, status }).object.status).toEqual({
      conditions: [{ type: 'Ready', status: 'True', lastProbeTime: null }],
    })
  })
  test('does not look at what was decoded before', () => {
    const spec = { anything: 'goes' }
    const before = { ...meta, spec, status: {} }
    const result = decode(pod, { ...before, status: { phase: 'Running' } }, before)
    expect(result.unknown).toEqual([])
    expect(result.object.spec).toBe(spec)
  })
})
