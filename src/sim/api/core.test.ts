import { describe, expect, test } from 'vitest'
import { deepEqual, deepFreeze, semanticEqual } from './deep'
import * as field from './field-error'
import { mustResource } from './kinds'
import * as status from './status'
import { newUid } from './uid'

const pods = mustResource('v1', 'Pod')
const deployments = mustResource('apps/v1', 'Deployment')

describe('a Status says what the real apiserver said', () => {
  test('when an object is not there', () => {
    expect(JSON.stringify(status.notFound(mustResource('v1', 'Service'), 'nothing'))).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"services \\"nothing\\" not found","reason":"NotFound","details":{"name":"nothing","kind":"services"},"code":404}',
    )
  })
  test('when it exists', () => {
    expect(JSON.stringify(status.alreadyExists(deployments, 'web'))).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"deployments.apps \\"web\\" already exists","reason":"AlreadyExists","details":{"name":"web","group":"apps","kind":"deployments"},"code":409}',
    )
  })
  test('when it has changed meanwhile', () => {
    expect(status.conflict(deployments, 'web')).toMatchObject({
      message:
        'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
      reason: 'Conflict',
      details: { name: 'web', group: 'apps', kind: 'deployments' },
      code: 409,
    })
    expect(status.preconditionConflict(pods, 'once-id1', 'ResourceVersion', '528', '570')).toMatchObject({
      message:
        'Operation cannot be fulfilled on Pod "once-id1": the ResourceVersion in the precondition (528) does not match the ResourceVersion in record (570). The object might have been modified',
      details: { name: 'once-id1', kind: 'Pod' },
    })
  })
  test('when fields are invalid', () => {
    const errors = [
      field.invalid('spec.containers[0].resources.requests', '2', 'must be less than or equal to cpu limit of 1'),
      field.invalid('spec.containers[1].ports[0].containerPort', 70000, 'must be between 1 and 65535, inclusive'),
      field.duplicate('spec.containers[1].name', 'c'),
    ]
    expect(JSON.stringify(status.invalid(pods, 'bad', errors))).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Pod \\"bad\\" is invalid: [spec.containers[0].resources.requests: Invalid value: \\"2\\": must be less than or equal to cpu limit of 1, spec.containers[1].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive, spec.containers[1].name: Duplicate value: \\"c\\"]","reason":"Invalid","details":{"name":"bad","kind":"Pod","causes":[{"reason":"FieldValueInvalid","message":"Invalid value: \\"2\\": must be less than or equal to cpu limit of 1","field":"spec.containers[0].resources.requests"},{"reason":"FieldValueInvalid","message":"Invalid value: 70000: must be between 1 and 65535, inclusive","field":"spec.containers[1].ports[0].containerPort"},{"reason":"FieldValueDuplicate","message":"Duplicate value: \\"c\\"","field":"spec.containers[1].name"}]},"code":422}',
    )
    expect(status.invalid(pods, 'bad', [field.required('spec.containers')]).message).toBe(
      'Pod "bad" is invalid: spec.containers: Required value',
    )
    expect(
      status.invalid(deployments, 'bad', [
        field.invalid('spec.template.metadata.labels', { app: 'two' }, '`selector` does not match template `labels`'),
      ]).message,
    ).toBe(
      'Deployment.apps "bad" is invalid: spec.template.metadata.labels: Invalid value: {"app":"two"}: `selector` does not match template `labels`',
    )
  })
  test('when it is forbidden', () => {
    expect(JSON.stringify(status.namespaceTerminating(pods, 'web-hash1-', 'demo'))).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"pods \\"web-hash1-\\" is forbidden: unable to create new content in namespace demo because it is being terminated","reason":"Forbidden","details":{"name":"web-hash1-","kind":"pods","causes":[{"reason":"NamespaceTerminating","message":"namespace demo is being terminated","field":"metadata.namespace"}]},"code":403}',
    )
    expect(status.forbidden(deployments, '', 'User "jane" cannot create resource')).toMatchObject({
      message: 'deployments.apps is forbidden: User "jane" cannot create resource',
      details: { group: 'apps', kind: 'deployments' },
    })
  })
  test('when a patch does not apply, and when a body cannot be read', () => {
    expect(JSON.stringify(status.unprocessable())).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"the server rejected our request due to an error in our request","reason":"Invalid","details":{},"code":422}',
    )
    expect(JSON.stringify(status.badRequest('why'))).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"why","reason":"BadRequest","code":400}',
    )
  })
  test('when an object was deleted', () => {
    expect(JSON.stringify(status.success(deployments, 'web', 'uid-2'))).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","details":{"name":"web","group":"apps","kind":"deployments","uid":"uid-2"}}',
    )
    expect(status.isFailure(status.success(pods, 'a', 'b'))).toBe(false)
    expect(status.isFailure(status.gone('gone'))).toBe(true)
  })
})

describe('field errors', () => {
  test('say each text once, and print maps by key', () => {
    expect(field.aggregateText([field.required('a'), field.required('a')])).toBe('a: Required value')
    expect(field.errorText(field.invalid('labels', { b: '1', a: '2' }, 'no'))).toBe(
      'labels: Invalid value: {"a":"2","b":"1"}: no',
    )
    expect(field.errorText(field.notSupported('x', 'c', ['a', 'b']))).toBe(
      'x: Unsupported value: "c": supported values: "a", "b"',
    )
    expect(field.errorText(field.tooLong('x', 'ccc', 2))).toBe('x: Too long: may not be more than 2 bytes')
    expect(field.errorText(field.tooMany('x', 3, 2))).toBe('x: Too many: 3: must have at most 2 items')
    expect(field.errorText(field.invalid('x', undefined, ''))).toBe('x: Invalid value: null')
  })
})

describe('plain data', () => {
  test('is compared by what it holds', () => {
    expect(deepEqual({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toBe(true)
    expect(deepEqual({ a: 1 }, { a: 1, b: undefined })).toBe(true)
    expect(deepEqual({ a: [] }, {})).toBe(false)
    expect(semanticEqual({ a: [], b: null }, {})).toBe(true)
    expect(semanticEqual({ a: {} }, {})).toBe(false)
    expect(deepEqual([1], { 0: 1 })).toBe(false)
  })
  test('is frozen all through', () => {
    const value = deepFreeze({ a: { b: [{}] } })
    expect(Object.isFrozen(value.a.b[0])).toBe(true)
  })
})

test('a uid is a version 4 UUID that depends on nothing but the numbers given', () => {
  let n = 0
  const random = () => (n = (n + 0.37) % 1)
  const uid = newUid(random)
  expect(uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  n = 0
  expect(newUid(random)).toBe(uid)
})
