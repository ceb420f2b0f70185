import { beforeAll, describe, expect, test } from 'vitest'
import type { KubeList, KubeObject } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { TestCluster } from '../testing'

const CONFIGMAPS = '/api/v1/namespaces/default/configmaps'
const configMap = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })
const base64url = (text: string): string => Buffer.from(text).toString('base64url')

let cluster: TestCluster
/** The revision with a and b, before c, d and e. */
let early = ''
beforeAll(() => {
  cluster = new TestCluster(createEtcd())
  for (const name of ['a', 'b']) early = cluster.create(configMap(name)).body.metadata.resourceVersion ?? ''
  for (const name of ['c', 'd', 'e']) cluster.create(configMap(name))
})

const list = (query: Record<string, string>, path = CONFIGMAPS) => {
  const { code, body } = cluster.ask<KubeList>('GET', path, undefined, { query })
  return { code, names: (body.items ?? []).map(o => o.metadata.name), metadata: body.metadata as Record<string, unknown> }
}
const refusal = (query: Record<string, string>) => cluster.refusal('GET', CONFIGMAPS, undefined, { query })

describe('pages', () => {
  test('follow each other with tokens of upstream’s shape, all of one revision', () => {
    const first = list({ limit: '2' })
    const version = Number(first.metadata.resourceVersion)
    expect(first.names).toEqual(['a', 'b'])
    expect(first.metadata.remainingItemCount).toBe(3)
    const token = String(first.metadata.continue)
    expect(JSON.parse(Buffer.from(token, 'base64url').toString())).toEqual({ v: 'meta.k8s.io/v1', rv: version, start: 'b\0' })
    expect(token).not.toMatch(/[+/=]/)
    cluster.create(configMap('bb'))
    const second = list({ limit: '2', continue: token })
    expect(second.names).toEqual(['c', 'd'])
    expect(second.metadata).toMatchObject({ resourceVersion: String(version), remainingItemCount: 1 })
    const last = list({ limit: '2', continue: String(second.metadata.continue) })
    expect(last).toMatchObject({ names: ['e'], metadata: { resourceVersion: String(version) } })
    expect(last.metadata).not.toHaveProperty('continue')
    cluster.ask('DELETE', `${CONFIGMAPS}/bb`)
  })

  test('of all namespaces start below the resource', () => {
    const { metadata } = list({ limit: '1' }, '/api/v1/configmaps')
    const { start } = JSON.parse(Buffer.from(String(metadata.continue), 'base64url').toString())
    expect(start).toMatch(/^[^/]+\/[^/]+\0$/)
  })

  test('of a selection do not say how many remain', () => {
    const { metadata } = list({ limit: '1', fieldSelector: 'metadata.namespace=default' })
    expect(metadata.continue).toBeDefined()
    expect(metadata).not.toHaveProperty('remainingItemCount')
  })

  test('are not cut from a list that takes whatever is there', () => {
    expect(list({ limit: '1', resourceVersion: '0' }).names).toHaveLength(5)
  })

  test.each([
    ['?', 'illegal base64 data at input byte 0'],
    [base64url('x'), "invalid character 'x' looking for beginning of value"],
    [base64url('{"v":"v2","rv":1,"start":"a"}'), 'server does not recognize this encoded version v2'],
    [base64url('{"v":"meta.k8s.io/v1","start":"a"}'), 'incorrect encoded start resourceVersion (version meta.k8s.io/v1)'],
    [base64url('{"v":"meta.k8s.io/v1","rv":1}'), 'encoded start key empty (version meta.k8s.io/v1)'],
    [base64url('{"v":"meta.k8s.io/v1","rv":1,"start":"../x"}'), '../x'],
  ])('with the token %s are refused', (token, why) => {
    expect(refusal({ continue: token })).toMatchObject({
      code: 400,
      reason: 'BadRequest',
      message: `invalid continue token: continue key is not valid: ${why}`,
    })
  })

  test('do not go on at another version', () => {
    const token = String(list({ limit: '2' }).metadata.continue)
    expect(refusal({ continue: token, resourceVersion: '5' })).toMatchObject({
      code: 400,
      message: 'specifying resource version is not allowed when using continue',
    })
  })
})

describe('a list with a version', () => {
  test('is of that version with match Exact, and when it has a limit and no match', () => {
    expect(list({ resourceVersion: early, resourceVersionMatch: 'Exact' })).toMatchObject({
      names: ['a', 'b'],
      metadata: { resourceVersion: early },
    })
    expect(list({ resourceVersion: early, limit: '1' })).toMatchObject({ names: ['a'], metadata: { remainingItemCount: 1 } })
  })

  test('is of that version or a later one otherwise', () => {
    expect(list({ resourceVersion: early }).names).toHaveLength(5)
    expect(list({ resourceVersion: early, resourceVersionMatch: 'NotOlderThan' }).names).toHaveLength(5)
  })

  test('that has not come to be is waited for, three seconds, and then refused', () => {
    const before = cluster.simulation.now
    const status = refusal({ resourceVersion: '1000000' })
    expect(status).toMatchObject({
      code: 504,
      reason: 'Timeout',
      details: {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 1,
      },
    })
    expect(status.message).toMatch(/^Timeout: Too large resource version: 1000000, current: \d+$/)
    expect((cluster.simulation.now - before) / 1e6).toBeGreaterThan(3)
  })

  test('of one object is from the cache, and too new just the same', () => {
    expect(cluster.ask('GET', `${CONFIGMAPS}/a`, undefined, { query: { resourceVersion: '0' } }).code).toBe(200)
    expect(cluster.ask('GET', `${CONFIGMAPS}/a`, undefined, { query: { resourceVersion: '1000000' } }).code).toBe(504)
  })

  test.each([
    [{ resourceVersion: 'x' }, 500, 'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax'],
    [{ limit: 'x' }, 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    [
      { resourceVersionMatch: 'Exact' },
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
    [
      { resourceVersionMatch: 'Exact', resourceVersion: '0' },
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
    ],
    [
      { resourceVersionMatch: 'Newest', resourceVersion: '1' },
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "Newest": supported values: "Exact", "NotOlderThan", ""',
    ],
    [
      { sendInitialEvents: 'true' },
      422,
      'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
    ],
  ])('that says %j is refused with %i', (query, code, message) => {
    expect(refusal(query as unknown as Record<string, string>)).toMatchObject({ code, message })
  })
})

test('history that is compacted away can be listed no more, but the rest of a list as it is now', () => {
  const old = new TestCluster(createEtcd())
  for (const name of ['a', 'b', 'c']) old.create(configMap(name))
  const first = old.ask<KubeList>('GET', CONFIGMAPS, undefined, { query: { limit: '1' } }).body.metadata
  old.ask('DELETE', `${CONFIGMAPS}/b`)
  old.create(configMap('d'))
  old.pass(900_000)
  const exact = { resourceVersion: first.resourceVersion ?? '', resourceVersionMatch: 'Exact' }
  expect(old.refusal('GET', CONFIGMAPS, undefined, { query: exact })).toMatchObject({
    code: 410,
    reason: 'Expired',
    message: 'The resourceVersion for the provided list is too old.',
  })
  const token = (first as { continue?: string }).continue ?? ''
  const refused = old.refusal('GET', CONFIGMAPS, undefined, { query: { continue: token } })
  expect(refused).toMatchObject({ code: 410, reason: 'Expired' })
  expect(refused.message).toMatch(
    /^The provided continue parameter is too old to display a consistent list result\. You can start/,
  )
  const next = (refused.metadata as { continue?: string }).continue ?? ''
  const rest = old.ask<KubeList>('GET', CONFIGMAPS, undefined, { query: { continue: next } })
  expect(rest.body.items.map(o => o.metadata.name)).toEqual(['c', 'd'])
})
