import { expect, test } from 'vitest'
import type { Method } from '../api/messages'
import { createEtcd } from '../etcd/etcd'
import errors from './golden/errors.json'
import { deployment, TestCluster, withAccount } from './testing'

interface Recorded {
  readonly method: Method
  readonly path: string
  readonly query: Record<string, string>
  readonly contentType: string
  readonly body?: unknown
  readonly code: number
  readonly response: unknown
}

const cluster = withAccount(new TestCluster(createEtcd()))
cluster.create(deployment('web', 1), { query: { fieldManager: 'kubectl-create', fieldValidation: 'Strict' } })

for (const [i, { method, path, query, contentType, body, code, response }] of (errors as unknown as Recorded[]).entries())
  test(`a real apiserver's refusal ${i + 1} is repeated word for word: ${code} to ${method} ${path}`, () => {
    const answer = cluster.ask(method, path, body, { query, contentType })
    expect(answer.body).toEqual(response)
    expect(answer.code).toBe(code)
  })
