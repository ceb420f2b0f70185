/** Bodies that chance builds from the schema, for every kind that is served: each request is answered in Kubernetes' form. */
import { expect, test } from 'vitest'
import openapi from '../api/data/openapi.json'
import { apiPath, RESOURCES, type Resource, subresourceOf } from '../api/kinds'
import { type HttpResponse, MEDIA, type Method } from '../api/messages'
import { ROOMS } from '../api/rooms'
import { createSchema, type StructType } from '../api/schema'
import type { Status } from '../api/types'
import { createEtcd, type EtcdState } from '../etcd/etcd'
import { randomOf } from '../fuzz-inputs'
import { bodyOf, type Drawing, jsonPatchOf, patchOf, redrawn } from './fuzz-bodies'
import { type Saying, TestCluster, withAccount } from './testing'

/** More with `KUBESTAGE_FUZZ=100 npx vitest run src/sim/apiserver/schema.fuzz`; another beginning with KUBESTAGE_FUZZ_SEED. */
const ROUNDS = Number(process.env.KUBESTAGE_FUZZ ?? 6)
const SEED = Number(process.env.KUBESTAGE_FUZZ_SEED ?? 1)
/** After so many kinds a new cluster begins, so that its trace stays short. */
const RENEW = 40
/** No request takes so many messages. */
const MOST = 1000

const schema = createSchema(openapi)

/** What no answer of Kubernetes has in it. */
const STRANGE = /\bundefined\b|\[object |\bNaN\b|is not a function|is not iterable|Cannot read|Maximum call/

/** What Kubernetes itself answers with 500, though the client is to blame: errors that have no status of their own. */
const AT_FAULT =
  /^(resourceVersion should not be set on objects to be created$|unknown patch type: |failed to create typed patch object |couldn't get accessor: |list element types are not identical$|json: cannot unmarshal .* (DeleteOptions|Preconditions)\.|map: .* does not contain declared merge key)/s

type Part = Record<string, unknown>
interface Row {
  readonly cells: readonly unknown[]
}

/** What is wrong with the form of an answer; undefined when nothing is. */
function malformed({ code, body }: HttpResponse<unknown>, sent: unknown): string | undefined {
  const { apiVersion, kind, ...rest } = (body ?? {}) as Part
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return 'has no kind'
  const text = JSON.stringify(body, (_, value) => (typeof value === 'number' && !Number.isFinite(value) ? 'NaN' : value))
  if (STRANGE.test(text) && !STRANGE.test(JSON.stringify(sent) ?? '')) return 'has strange words'
  if (code >= 500) return AT_FAULT.test((body as Status).message ?? '') ? undefined : 'says that the server is at fault'
  if (code >= 400) {
    const { status, message, reason, code: same } = body as Status
    return kind === 'Status' && status === 'Failure' && message && reason && same === code ? undefined : 'is no Status'
  }
  if (kind === 'Status') return rest.status === 'Success' ? undefined : 'is a Status without success'
  if (kind === 'Table') {
    const { columnDefinitions, rows } = rest as { columnDefinitions: readonly unknown[]; rows: readonly Row[] }
    const isFull = rows.every(({ cells }) => cells.length === columnDefinitions.length && !cells.includes(undefined))
    return isFull ? undefined : 'has rows that do not fit its columns'
  }
  return typeof rest.metadata === 'object' && rest.metadata !== null ? undefined : 'has no metadata'
}

class Asker {
  cluster = withAccount(new TestCluster(createEtcd()))
  readonly failures: string[] = []
  private readonly seen = new Set<string>()
  where = ''
  accepted = 0
  asked = 0
  private kinds = 0

  begin(where: string): void {
    this.where = where
    if (this.kinds++ % RENEW === RENEW - 1) this.renew()
  }

  renew(): void {
    this.cluster = withAccount(new TestCluster(createEtcd()))
  }

  private get revision(): number {
    return (this.cluster.simulation.state(ROOMS.etcd) as EtcdState).store.revision
  }

  /** Asks, and looks at the answer; undefined when there was none. */
  ask(method: Method, path: string, body?: unknown, saying: Saying = {}): HttpResponse<Part> | undefined {
    const fail = (why: string): void => {
      const sent = `${method} ${path} ${saying.contentType ?? ''} ${JSON.stringify(saying.query ?? {})} ${JSON.stringify(body)?.slice(0, 1500)}`
      const same = `${this.where.split(', ')[1]} ${why.slice(0, 60)}`
      if (!this.seen.has(same)) this.failures.push(`${this.where}: ${sent}: ${why}`)
      this.seen.add(same)
    }
    const { simulation } = this.cluster
    const before = this.revision
    try {
      // as from the wire: what is sent is JSON
      const id = this.cluster.send(method, path, body === undefined ? undefined : JSON.parse(JSON.stringify(body)), saying)
      const most = simulation.trace.length + MOST
      simulation.run({ settled: true, entries: most })
      const answer = this.cluster.state().answers.get(id) as HttpResponse<Part> | undefined
      if (!simulation.settled || !answer) {
        fail(simulation.settled ? 'is not answered' : 'does not end')
        this.renew()
        return undefined
      }
      this.asked++
      if (answer.code < 400) this.accepted++
      const wrong = malformed(answer, body)
      if (wrong !== undefined) fail(`the answer ${wrong}: ${answer.code} ${JSON.stringify(answer.body)?.slice(0, 1500)}`)
      // an eviction says in the pod that it is disrupted, before a precondition may refuse to delete it
      const isEviction = path.endsWith('/eviction')
      const isIdle = (answer.code >= 400 && !isEviction) || method === 'GET' || saying.query?.dryRun === 'All'
      if (isIdle && this.revision !== before)
        fail(`${answer.code} ${JSON.stringify(answer.body).slice(0, 300)}, but something is written`)
      return answer
    } catch (error) {
      fail(
        error instanceof Error
          ? `${error.message} ${(error.cause as Error | undefined)?.stack?.split('\n').slice(1, 4).join('')}`
          : String(error),
      )
      this.renew()
      return undefined
    }
  }
}

const NAMESPACE = 'default'

/** Actions and scales. */
function visitSubresources(asker: Asker, drawing: Drawing, resource: Resource, path: string): void {
  for (const { name, kind, apiVersion, verbs } of resource.subresources) {
    const type = schema.typeOf(apiVersion, kind)
    if (!type || kind === resource.kind) continue
    const to = `${path}/${name}`
    const now = asker.ask('GET', to)
    const method: Method = verbs.includes('create') ? 'POST' : 'PUT'
    asker.ask(method, to, redrawn(drawing, type, method === 'PUT' && now ? now.body : { metadata: { name: 'it' } }, 3))
    asker.ask('PATCH', to, patchOf(drawing, type), { contentType: MEDIA.mergePatch })
  }
}

/** What is done to one kind in a round. */
function visit(asker: Asker, drawing: Drawing, resource: Resource): void {
  const { random } = drawing
  const type = schema.typeOf(resource.apiVersion, resource.kind) as StructType
  const collection = apiPath(resource, NAMESPACE)
  const dry = { query: { dryRun: 'All' } }
  const strictly = random(3) === 0 ? { query: { fieldValidation: 'Strict' } } : {}
  const body = bodyOf(drawing, schema, resource, NAMESPACE)
  asker.ask('POST', collection, body, dry)
  const created = asker.ask('POST', collection, body, strictly)
  if (!created || created.code >= 400 || !resource.verbs.includes('get')) return
  const path = apiPath(resource, NAMESPACE, (created.body.metadata as { name: string }).name)
  const read = (): Part | undefined => {
    asker.ask('GET', path, undefined, { accept: MEDIA.table })
    asker.ask('GET', collection, undefined, { accept: MEDIA.table })
    const answer = asker.ask('GET', path)
    return answer && answer.code < 400 ? answer.body : undefined
  }
  let now = read()
  const status = subresourceOf(resource, 'status') ? `${path}/status` : path
  const patches = [MEDIA.mergePatch, MEDIA.strategicMergePatch, MEDIA.jsonPatch, MEDIA.applyPatch]
  for (let n = 0; n < 3 && now; n++) {
    const to = random(3) === 0 ? status : path
    if (random(3) === 0) asker.ask('PUT', to, redrawn(drawing, type, now, 1 + random(3)), random(4) === 0 ? dry : {})
    else {
      const contentType = patches[random(patches.length)] as string
      const patch =
        contentType === MEDIA.jsonPatch
          ? jsonPatchOf(drawing, type, now)
          : contentType === MEDIA.applyPatch
            ? bodyOf(drawing, schema, resource, NAMESPACE)
            : patchOf(drawing, type)
      const query = { ...(contentType === MEDIA.applyPatch && { fieldManager: 'a' }), ...(random(4) === 0 && { dryRun: 'All' }) }
      asker.ask('PATCH', to, patch, { contentType, query })
    }
    now = read()
  }
  visitSubresources(asker, drawing, resource, path)
  asker.ask('DELETE', path, { gracePeriodSeconds: 0 }, dry)
  asker.ask(
    'DELETE',
    path,
    random(3) === 0 ? redrawn(drawing, schema.typeOf('v1', 'DeleteOptions') as StructType, {}, 2) : undefined,
  )
  // so that the next one finds the name free
  if (asker.ask('GET', path)?.code !== 200) return
  asker.ask('PATCH', path, { metadata: { finalizers: null } }, { contentType: MEDIA.mergePatch })
  asker.ask('DELETE', path, { gracePeriodSeconds: 0 })
}

const SERVED = RESOURCES.filter(({ verbs }) => verbs.includes('create'))

test(`${ROUNDS} rounds of bodies from the schema (seed ${SEED}), for each kind: answered in Kubernetes’ form, and what is refused changes nothing`, () => {
  const asker = new Asker()
  for (let round = 1; round <= ROUNDS && asker.failures.length < 20; round++)
    for (const [i, resource] of SERVED.entries()) {
      const random = randomOf((SEED * 1_000_003 + round) * 101 + i)
      asker.begin(`round ${round} of seed ${SEED}, ${resource.groupKind}`)
      visit(asker, { random, sparse: 2 + random(12), wrong: random(3) === 0 ? 25 : 0 }, resource)
    }
  if (process.env.KUBESTAGE_FUZZ) console.log(`${asker.asked} requests, ${asker.accepted} accepted`)
  expect(asker.failures).toEqual([])
}, 3_600_000)
