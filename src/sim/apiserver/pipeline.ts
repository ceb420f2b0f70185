/**
 * The way of a request through the apiserver, as a list that can be read. Models the handler chain of k8s.io/apiserver/pkg/server/config.go
 * (DefaultBuildHandlerChain) and pkg/endpoints/handlers (create.go, update.go, patch.go, delete.go).
 */
import type { KubeObject, Status } from '../api/types'
import type { Attempt, Plugin, Question, Verdict } from './attempt'
import { decode } from './decoding'
import { MUTATING } from './mutating'
import type { StageName } from './reasons'
import { runStrategy } from './registry'
import { type Call, type Reader, storedAs, type World } from './state'
import { VALIDATING } from './validating'

/** One stage of a write: a pure verdict on an attempt. */
export interface Stage {
  readonly name: StageName
  readonly run: (attempt: Attempt, reader: Reader) => Verdict
}

/** What every request passes before its handler: access.ts. */
export const ACCESS: readonly StageName[] = ['authentication', 'authorization']

/** What every write passes after that, again for each try, before etcd is asked. */
export const WRITE: readonly Stage[] = [
  { name: 'decoding', run: decode },
  { name: 'mutating', run: (attempt, reader) => admit(MUTATING, attempt, reader) },
  { name: 'validation', run: runStrategy },
  { name: 'validating', run: (attempt, reader) => admit(VALIDATING, attempt, reader) },
]

/** Stages passed by requests that got all the way: shared, so that an entry of the trace holds only a reference. */
const PASSED = {
  write: Object.freeze([...ACCESS, ...WRITE.map(stage => stage.name), 'storage'] as const),
  read: Object.freeze([...ACCESS, 'storage'] as const),
  cached: Object.freeze([...ACCESS, 'watch-cache'] as const),
  answer: Object.freeze([...ACCESS, 'answer'] as const),
} satisfies Record<string, readonly StageName[]>

/** Runs a list of admission plugins: each sees what those before it have made of the object. */
function admit(plugins: readonly Plugin[], attempt: Attempt, reader: Reader): Verdict {
  const { operation, subresource } = attempt
  const resource = storedAs(attempt.type)
  let so: Draft | undefined
  for (const plugin of pluginsFor(plugins, operation, resource)) {
    if (subresource !== '' && !plugin.subresources) continue
    const verdict = plugin.admit(so ?? attempt, reader)
    if (!verdict) continue
    if ('refused' in verdict || 'ask' in verdict) return verdict
    so ??= { ...attempt, warnings: [] }
    take(so, verdict)
  }
  if (!so?.object) return undefined
  return so.warnings.length > 0 ? { object: so.object, warnings: so.warnings } : { object: so.object }
}

/** An attempt while its runner works on it; plugins and stages see it as it is at their turn. */
type Draft = { -readonly [Key in keyof Attempt]: Attempt[Key] }

/** What a verdict that goes on has changed. */
function take(draft: Draft, verdict: { readonly object?: KubeObject; readonly warnings?: readonly string[] }): void {
  if (verdict.object) draft.object = verdict.object
  if (verdict.warnings) draft.warnings = [...draft.warnings, ...verdict.warnings]
}

const chosen = new Map<readonly Plugin[], Map<string, readonly Plugin[]>>()

/** The plugins of a list that have an opinion on an operation on a resource. */
function pluginsFor(plugins: readonly Plugin[], operation: Attempt['operation'], resource: string): readonly Plugin[] {
  let byWhat = chosen.get(plugins)
  if (!byWhat) {
    byWhat = new Map()
    chosen.set(plugins, byWhat)
  }
  const key = `${operation} ${resource}`
  let found = byWhat.get(key)
  if (!found) {
    found = plugins.filter(p => p.operations.includes(operation) && (p.resources.includes('*') || p.resources.includes(resource)))
    byWhat.set(key, found)
  }
  return found
}

/** How a try ended. Frozen: procedures keep it. */
export type Outcome =
  | { readonly attempt: Attempt }
  | { readonly refused: Status; readonly stage: StageName }
  | { readonly ask: Question }

/** Walks down the stages of a write. */
export function walk(stages: readonly Stage[], start: Attempt, reader: Reader): Outcome {
  const attempt: Draft = { ...start }
  for (const { name, run } of stages) {
    const verdict = run(attempt, reader)
    if (!verdict) continue
    if ('refused' in verdict) return Object.freeze({ refused: verdict.refused, stage: name })
    if ('ask' in verdict) return Object.freeze({ ask: verdict.ask })
    take(attempt, verdict)
  }
  return Object.freeze({ attempt: Object.freeze(attempt) })
}

/** Writes the entry that shows how far a request came. */
export function noteStages(
  { context }: World,
  { request, seq, info }: Pick<Call, 'request' | 'seq' | 'info'>,
  way: keyof typeof PASSED,
  refused?: { readonly status: Status; readonly stage: StageName },
): void {
  const { verb, resource, namespace, name } = info
  const all: readonly StageName[] = PASSED[way]
  if (!refused) {
    context.note('apiserver.pipeline', { id: request.id, request: seq, verb, resource, namespace, name, stages: all })
    return
  }
  const { stage, status } = refused
  const why = { stage, code: status.code ?? 500, reason: status.reason ?? '', message: status.message ?? '' }
  const stages = all.slice(0, all.indexOf(stage))
  context.note('apiserver.pipeline', { id: request.id, request: seq, verb, resource, namespace, name, stages, refused: why })
}
