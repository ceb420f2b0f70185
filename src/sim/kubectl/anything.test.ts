import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseApiPath } from '../api/kinds'
import { MEDIA } from '../api/messages'
import { type BranchId, History } from '../kernel/history'
import type { Seq } from '../kernel/types'
import { parseManifest } from './manifest'
import { bookmark, type Scripted, TestKubectl } from './testing'
import golden from './words.golden.json'

const MAIN = 0 as BranchId
const lines = golden.commands.map(({ line }) => line)
const manifests = Object.values(golden.files)

/** A text with some of its words or characters changed. */
const changed = (texts: readonly string[], parts: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom(...texts),
      fc.array(fc.tuple(fc.nat(), fc.nat(4), fc.constantFrom(...parts)), { minLength: 1, maxLength: 3 }),
    )
    .map(([text, changes]) => {
      let now = text
      for (const [at, length, part] of changes) {
        const from = at % (now.length + 1)
        now = now.slice(0, from) + part + now.slice(from + length)
      }
      return now
    })

const WORDS = [
  '',
  ' ',
  '-',
  '--',
  '=',
  ',',
  '/',
  "'",
  '"',
  '{',
  '}',
  '[',
  '$',
  '|',
  '.',
  ':',
  '\\',
  'x',
  ' -o yaml ',
  ' -f web.yaml ',
  ' -o jsonpath={.',
  ' -w ',
  '*',
  'é',
  '0',
  ' -- ',
]
const MARKS = [
  '',
  ' ',
  '\n',
  '\n\n',
  '-',
  ': ',
  '\t',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '&a',
  '*a',
  '|',
  '>',
  '#',
  '---\n',
  '<<: ',
  '!!',
  '?',
  ',',
  'null',
  '1',
  'é',
  '\r\n',
  'kind: List\nitems:\n- ',
  '%',
]

/** Answers that no request of its kind should get, and answers that it should. */
const ANSWERS: readonly Scripted[] = [
  { code: 404, body: { kind: 'Status', status: 'Failure', reason: 'NotFound', message: 'pods "a" not found', code: 404 } },
  { code: 403, body: { kind: 'Status', status: 'Failure', reason: 'Forbidden', message: 'no', code: 403 } },
  { code: 409, body: { kind: 'Status', status: 'Failure', reason: 'Conflict', message: 'changed', code: 409 } },
  { body: { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] } },
  {
    body: {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { name: 'a', namespace: 'default', uid: 'u' },
      spec: { containers: [] },
      status: {},
    },
  },
]

const TABLE = { kind: 'Table', metadata: { resourceVersion: '1' }, columnDefinitions: [], rows: [] }

describe('whatever is typed', () => {
  it('ends in words, or waits for a watch (seed 1)', () => {
    fc.assert(
      fc.property(changed(lines, WORDS), fc.constantFrom(...ANSWERS), (line, answer) => {
        const list = answer.body as { kind: string }
        const kubectl = new TestKubectl(({ path, method, query, headers }) => {
          if (/^\/(api|apis|openapi)/.test(path) && path.split('/').length < 3) return undefined
          // a table or a list where one is asked for, an object where not
          const parsed = parseApiPath(path)
          const named = parsed?.name !== undefined
          const listing = method === 'GET' && !named && !query.watch
          if (!query.watch && headers.accept?.startsWith(MEDIA.table) && (answer.code ?? 200) === 200) return { body: TABLE }
          if (list.kind === 'PodList') return listing ? answer : ANSWERS[0]
          if (list.kind === 'Pod') return listing ? ANSWERS[3] : parsed?.type?.kind === 'Pod' ? answer : ANSWERS[0]
          return answer
        })
        const { code, stdout, stderr, requests } = kubectl.run(line, { files: golden.files })
        if (code === undefined) expect(requests.some(request => request.includes('watch=true'))).toBe(true)
        else if (code !== 0 && !/can-i|diff/.test(line)) expect(stdout + stderr).not.toBe('')
      }),
      { seed: 1, numRuns: 600 },
    )
  })

  it('as a manifest is read or refused, with its place (seed 2)', () => {
    fc.assert(
      fc.property(changed(manifests, MARKS), text => {
        const { documents, problems } = parseManifest(text)
        const count = text.split('\n').length
        for (const { line } of [...documents, ...problems]) {
          expect(line).toBeGreaterThan(0)
          expect(line).toBeLessThanOrEqual(count + 1)
        }
      }),
      { seed: 2, numRuns: 1500 },
    )
  })

  it('as a manifest is applied or refused (seed 3)', () => {
    fc.assert(
      fc.property(
        changed(manifests, MARKS),
        fc.constantFrom('apply', 'create', 'delete', 'get', 'replace', 'scale --replicas=1'),
        (stdin, verb) => {
          const kubectl = new TestKubectl(() => undefined)
          expect(kubectl.run(`${verb} -f -`, { stdin }).code).toBeDefined()
        },
      ),
      { seed: 3, numRuns: 400 },
    )
  })
})

describe('a command that runs', () => {
  const pod = (version: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'default', uid: 'u', resourceVersion: version },
  })
  const script = ({ query }: { query: Readonly<Record<string, string>> }): Scripted =>
    query.watch
      ? {
          events: [
            { event: 'ADDED', object: pod('1') },
            bookmark(),
            { event: 'MODIFIED', object: pod('2'), afterMs: 300 },
            { event: 'DELETED', object: pod('2'), afterMs: 600 },
          ],
        }
      : { body: pod('1') }

  it('goes on from any entry that is sought to as it did the first time', () => {
    const history = new History(new TestKubectl(script).config())
    const command = (id: number, line: string) =>
      history.command(MAIN, { to: 'kubectl', message: { type: 'kubectl', id, line }, text: line } as never)
    history.run(MAIN, { settled: true })
    command(1, 'delete pod a')
    command(2, 'get pod a -w -o yaml')
    command(3, 'config set-context --current --namespace=demo')
    history.run(MAIN, { settled: true })
    command(4, 'label pod a b=c -o yaml')
    history.run(MAIN, { settled: true })
    const { trace } = history.branch(MAIN).simulation
    const { commands } = history.log(MAIN)
    for (let seq = 1; seq <= trace.length; seq++) {
      const fork = history.fork(MAIN, seq as Seq)
      for (const { at, deliveries, command } of commands.slice(fork.commands.length)) {
        history.run(fork.id, { deliveries: deliveries - fork.simulation.deliveries })
        fork.simulation.pass(at)
        history.command(fork.id, command)
      }
      history.run(fork.id, { entries: trace.length })
      expect(fork.simulation.trace.hash()).toBe(trace.hash())
    }
  })
})
