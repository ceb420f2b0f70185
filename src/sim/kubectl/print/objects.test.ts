import { expect, test } from 'vitest'
import { compactJson, jsonOf, listOf, nameOf, omitManagedFields, yamlDocuments } from './objects'

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', managedFields: [{}] } }

test('JSON has sorted keys, four spaces and the escapes of Go', () => {
  expect(jsonOf({ b: [1, { c: null }], a: 'x <y> & "z"', d: {}, e: [], '9': 1, '10': 2, f: undefined })).toBe(`{
    "10": 2,
    "9": 1,
    "a": "x \\u003cy\\u003e \\u0026 \\"z\\"",
    "b": [
        1,
        {
            "c": null
        }
    ],
    "d": {},
    "e": []
}
`)
  expect(compactJson({ b: [1, 2], a: '' })).toBe('{"a":"","b":[1,2]}')
})

test('several objects are one List without a resourceVersion', () => {
  expect(yamlDocuments([listOf([omitManagedFields(pod)])])).toBe(`apiVersion: v1
items:
- apiVersion: v1
  kind: Pod
  metadata:
    name: web
kind: List
metadata:
  resourceVersion: ""
`)
})

test('documents have a line of dashes between them', () => {
  expect(yamlDocuments([{ a: 1 }, { b: 2 }])).toBe('a: 1\n---\nb: 2\n')
})

test('a name has its kind and group before it', () => {
  expect(nameOf(pod)).toBe('pod/web')
  expect(nameOf({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } })).toBe('deployment.apps/web')
})
