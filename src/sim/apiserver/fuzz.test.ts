import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apiPath, mustResource } from '../api/kinds'
import { MEDIA } from '../api/messages'
import type { KubeList, KubeObject, Status } from '../api/types'
import { createEtcd } from '../etcd/etcd'
import { SEEDS } from './fuzz-objects'
import { TestCluster, withAccount } from './testing'

/** More with `KUBESTAGE_FUZZ=20000 npx vitest run src/sim/apiserver/fuzz`; another beginning with KUBESTAGE_FUZZ_SEED. */
const RUNS = Number(process.env.KUBESTAGE_FUZZ ?? 1500)
const SEED = Number(process.env.KUBESTAGE_FUZZ_SEED ?? 1)

/** Every place in a value: the keys that lead there. */
function places(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]]
  return [[...path], ...Object.entries(value).flatMap(([key, part]) => places(part, [...path, key]))]
}

/** The value with something else at a place; undefined takes it away. */
function changed(value: unknown, path: readonly string[], put: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return put
  if (Array.isArray(value))
    return value.map((part, i) => (String(i) === key ? changed(part, rest, put) : part)).filter(part => part !== undefined)
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) }
  const next = changed(copy[key], rest, put)
  if (next === undefined) delete copy[key]
  else copy[key] = next
  return copy
}

const junk = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, '', 'x', '-1', 0, -1, 70_000, 1.5, true, false),
  fc.constantFrom<unknown>([], {}, [null], [{}], { a: null }, ['x'], { name: 'x' }, 'A_B', 'a'.repeat(300), '100%', '1.5Gi'),
)
const mutation = fc.record({ at: fc.nat(), put: junk })
const mutate = (object: KubeObject, mutations: readonly { at: number; put: unknown }[]): unknown =>
  mutations.reduce<unknown>((so, { at, put }) => {
    const all = places(so)
    return changed(so, all[at % all.length] ?? [], put)
  }, object)

const isRefusal = (code: number, body: unknown): boolean =>
  code >= 400 && (body as Status | undefined)?.status === 'Failure' && Boolean((body as Status).message)

describe(`whatever is sent (seed ${SEED})`, () => {
  test('every seed is good by itself', () => {
    for (const seed of SEEDS) {
      const cluster = withAccount(new TestCluster(createEtcd()))
      const { code, body } = cluster.create(seed)
      expect(code, `${seed.kind}: ${(body as unknown as Status).message}`).toBe(201)
    }
  })

  test('an answer comes, in Kubernetes’ words, and what is refused changes nothing', () => {
    const cluster = withAccount(new TestCluster(createEtcd()))
    fc.assert(
      fc.property(
        fc.constantFrom(...SEEDS),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (seed, mutations, strict) => {
          const type = mustResource(seed.apiVersion, seed.kind)
          const path = apiPath(type, 'default')
          const list = (): string => JSON.stringify(cluster.ask<KubeList>('GET', path).body.items)
          const before = list()
          const { code, body } = cluster.ask(
            'POST',
            path,
            mutate(seed, mutations),
            strict ? { query: { fieldValidation: 'Strict' } } : {},
          )
          if (code === 201) cluster.ask('DELETE', apiPath(type, 'default', body.metadata.name), { gracePeriodSeconds: 0 })
          else {
            expect(isRefusal(code, body)).toBe(true)
            expect(list()).toBe(before)
          }
        },
      ),
      { numRuns: RUNS, seed: SEED },
    )
  }, 600_000)

  test('a patch or a replacement is applied or refused, never half of it', () => {
    const cluster = withAccount(new TestCluster(createEtcd()))
    for (const seed of SEEDS) cluster.create(seed)
    let [applied, refused] = [0, 0]
    const media = fc.constantFrom(MEDIA.strategicMergePatch, MEDIA.mergePatch, MEDIA.jsonPatch, MEDIA.json)
    fc.assert(
      fc.property(
        fc.constantFrom(...SEEDS),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        media,
        junk,
        (seed, mutations, contentType, value) => {
          const type = mustResource(seed.apiVersion, seed.kind)
          const path = apiPath(type, 'default', 'it')
          const { body: before, code: there } = cluster.ask('GET', path)
          if (there !== 200) return
          const at = places(seed)
          const pointer = `/${(at[(mutations[0]?.at ?? 0) % at.length] ?? []).join('/')}`
          const body =
            contentType === MEDIA.jsonPatch ? [{ op: 'replace', path: pointer, value: value ?? null }] : mutate(seed, mutations)
          const { code, body: answer } = cluster.ask(contentType === MEDIA.json ? 'PUT' : 'PATCH', path, body, { contentType })
          if (code < 300) {
            expect(cluster.ask('GET', path).body).toEqual(answer)
            applied++
            return
          }
          refused++
          expect(isRefusal(code, answer)).toBe(true)
          expect(cluster.ask('GET', path).body).toEqual(before)
        },
      ),
      { numRuns: RUNS, seed: SEED },
    )
    // chance has made enough of both
    expect(Math.min(applied, refused)).toBeGreaterThan(RUNS / 20)
  }, 600_000)
})
