import { describe, expect, test } from 'vitest'
import openapi from '../../api/data/openapi.json'
import { GROUP_VERSIONS } from '../../api/kinds'
import { createSchema } from '../../api/schema'
import { answerOpenApi } from '.'

interface Document {
  readonly paths: Record<string, Record<string, { parameters?: { name: string }[]; 'x-kubernetes-group-version-kind'?: unknown }>>
  readonly components: { readonly schemas: Record<string, unknown> }
}
const schema = createSchema(openapi)
const of = <T>(path: string): T => answerOpenApi(path, schema, 'v1.36.3') as T

describe('OpenAPI v3', () => {
  const { paths } = of<{ paths: Record<string, { serverRelativeURL: string }> }>('/openapi/v3')

  test('has a document for every group version, at an address with its hash', () => {
    expect(Object.keys(paths)).toEqual(GROUP_VERSIONS.map(v => (v === 'v1' ? 'api/v1' : `apis/${v}`)))
    const hashes = Object.entries(paths).map(([place, { serverRelativeURL }]) => {
      expect(serverRelativeURL).toMatch(new RegExp(`^/openapi/v3/${place}\\?hash=[0-9A-F]{32}$`))
      return serverRelativeURL.split('=')[1]
    })
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  test('has in each document all that it refers to, and nothing else', () => {
    for (const place of Object.keys(paths)) {
      const document = of<Document>(`/openapi/v3/${place}`)
      const referred = new Set(
        [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name),
      )
      expect([...referred].sort()).toEqual(Object.keys(document.components.schemas).sort())
      expect(JSON.stringify(document)).not.toContain('#/definitions/')
    }
  })

  test('says what a kind is made of as the recorded schema does, with the words of v3', () => {
    const { schemas } = of<Document>('/openapi/v3/apis/apps/v1').components
    expect(schemas['io.k8s.api.apps.v1.DeploymentSpec']).toMatchObject({
      required: ['selector', 'template'],
      properties: {
        template: { $ref: '#/components/schemas/io.k8s.api.core.v1.PodTemplateSpec' },
        strategy: {
          'x-kubernetes-patch-strategy': 'retainKeys',
          allOf: [{ $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentStrategy' }],
        },
      },
    })
    expect(schemas['io.k8s.apimachinery.pkg.util.intstr.IntOrString']).toEqual({
      format: 'int-or-string',
      oneOf: [{ type: 'integer' }, { type: 'string' }],
    })
  })

  test('tells a client that the apiserver validates fields of a kind: its patch has the parameter', () => {
    const { paths: operations } = of<Document>('/openapi/v3/api/v1')
    const patch = operations['/api/v1/namespaces/{namespace}/pods/{name}']?.patch
    expect(patch?.['x-kubernetes-group-version-kind']).toEqual({ group: '', version: 'v1', kind: 'Pod' })
    expect(patch?.parameters?.map(({ name }) => name)).toEqual(['dryRun', 'fieldManager', 'fieldValidation', 'force'])
    expect(Object.keys(operations['/api/v1/namespaces/{namespace}/pods'] ?? {})).toEqual(['post', 'delete', 'get', 'parameters'])
    expect(operations['/api/v1/namespaces/{namespace}/pods/{name}/binding']).toHaveProperty('post')
    expect(operations['/api/v1/pods']).toMatchObject({ get: { operationId: 'listCoreV1PodForAllNamespaces' } })
  })

  test('knows no document of a group that is not served', () => {
    expect(of('/openapi/v3/apis/example.com/v1')).toBeUndefined()
  })

  test('of version 2 has the definitions', () => {
    expect(of<{ definitions: object }>('/openapi/v2').definitions).toBe(openapi)
  })
})
