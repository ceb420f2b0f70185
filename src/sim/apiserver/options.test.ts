import { expect, test } from 'vitest'
import { MEDIA } from '../api/messages'
import type { KubeObject } from '../api/types'
import { createEtcd } from '../etcd/etcd'
import { TestCluster } from './testing'

const PATH = '/api/v1/namespaces/default/configmaps'
const body: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }
const cluster = new TestCluster(createEtcd())
cluster.create(body)

const DRY = 'dryRun: Unsupported value: ["Client"]: supported values: "All"'

test.each([
  ['POST', PATH, body, MEDIA.json, 'CreateOptions'],
  ['PUT', `${PATH}/a`, body, MEDIA.json, 'UpdateOptions'],
  ['PATCH', `${PATH}/a`, {}, MEDIA.mergePatch, 'PatchOptions'],
] as const)('a %s refuses a dryRun and a fieldValidation that it does not know', (method, path, given, contentType, kind) => {
  const query = { dryRun: 'Client', fieldValidation: 'Maybe' }
  const why = `${DRY}, fieldValidation: Unsupported value: "Maybe": supported values: "", "Ignore", "Strict", "Warn"`
  expect(cluster.refusal(method, path, given, { query, contentType })).toMatchObject({
    code: 422,
    reason: 'Invalid',
    message: `${kind}.meta.k8s.io "" is invalid: [${why}]`,
  })
})

test.each([
  [{ dryRun: ['Client'] }, DRY],
  [
    { propagationPolicy: 'Later' },
    'propagationPolicy: Unsupported value: "Later": supported values: "Foreground", "Background", "Orphan", "nil"',
  ],
  [
    { propagationPolicy: 'Orphan', orphanDependents: true },
    'propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
  ],
])('a DELETE refuses the options %j, of one object and of many', (options, why) => {
  for (const path of [PATH, `${PATH}/a`])
    expect(cluster.refusal('DELETE', path, { kind: 'DeleteOptions', apiVersion: 'v1', ...options })).toMatchObject({
      code: 422,
      message: `DeleteOptions.meta.k8s.io "" is invalid: ${why}`,
    })
  expect(cluster.ask('GET', `${PATH}/a`).code).toBe(200)
})

test('a DELETE without a body has its options in its query', () => {
  expect(cluster.refusal('DELETE', `${PATH}/a`, undefined, { query: { dryRun: 'Client' } }).message).toContain(DRY)
  expect(cluster.ask('DELETE', `${PATH}/a`, undefined, { query: { dryRun: 'All' } }).code).toBe(200)
  expect(cluster.ask('GET', `${PATH}/a`).code).toBe(200)
})

test('a DELETE whose options are of the wrong type is refused as an error without a status', () => {
  expect(cluster.refusal('DELETE', `${PATH}/a`, { dryRun: true })).toMatchObject({
    code: 500,
    message: 'json: cannot unmarshal bool into Go struct field DeleteOptions.dryRun of type []string',
  })
})

test('the body of an action is of its kind, as any other', () => {
  const path = '/apis/authentication.k8s.io/v1/tokenreviews'
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: [{}] } }
  expect(cluster.refusal('POST', path, review)).toMatchObject({
    code: 400,
    message:
      'TokenReview in version "v1" cannot be handled as a TokenReview: json: cannot unmarshal array into Go struct field TokenReviewSpec.spec.token of type string',
  })
})

test('a JSON patch that makes the kind of an object no text is refused', () => {
  const patch = [{ op: 'replace', path: '/kind', value: {} }]
  expect(cluster.refusal('PATCH', `${PATH}/a`, patch, { contentType: MEDIA.jsonPatch })).toMatchObject({
    code: 422,
    message: expect.stringContaining('cannot unmarshal object into Go struct field .kind of type string'),
  })
})
