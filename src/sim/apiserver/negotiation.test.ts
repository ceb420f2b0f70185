import { expect, test } from 'vitest'
import { MEDIA } from '../api/messages'
import { createEtcd } from '../etcd/etcd'
import { CONFIGMAPS, configMap, TestCluster } from './testing'

const cluster = new TestCluster(createEtcd())
const FORMS = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'

test('who accepts no form that there is gets 406, with those that there are', () => {
  expect(cluster.refusal('GET', CONFIGMAPS, undefined, { accept: 'text/html' })).toMatchObject({
    code: 406,
    reason: 'NotAcceptable',
    message: `only the following media types are accepted: ${FORMS}`,
  })
  expect(cluster.refusal('GET', CONFIGMAPS, undefined, { accept: 'text/html', query: { watch: 'true' } }).message).toBe(
    'only the following media types are accepted: application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch',
  )
})

test('one form of several that is there will do', () => {
  for (const accept of ['text/html, application/json;q=0.9', '*/*', MEDIA.table, 'application/yaml'])
    expect(cluster.ask('GET', CONFIGMAPS, undefined, { accept }).code).toBe(200)
})

test('a body of a form that is not known gets 415, and a patch of one is told the forms of patches', () => {
  expect(cluster.refusal('POST', CONFIGMAPS, configMap('a'), { contentType: 'text/plain' })).toMatchObject({
    code: 415,
    reason: 'UnsupportedMediaType',
    message: `the body of the request was in an unknown format - accepted media types include: ${FORMS}`,
  })
  expect(cluster.ask('POST', CONFIGMAPS, configMap('a'), { contentType: 'application/json; charset=utf-8' }).code).toBe(201)
  expect(cluster.refusal('PATCH', `${CONFIGMAPS}/a`, {}, { contentType: 'text/plain' }).message).toContain(
    'application/json-patch+json, application/merge-patch+json',
  )
})
