/**
 * The way of a request through the apiserver, as a list that can be read. Models the handler chain of k8s.io/apiserver/pkg/server/config.go
 * (DefaultBuildHandlerChain) and pkg/endpoints/handlers (create.go, update.go, patch.go, delete.go).
 */
import type { Resource } from '../api/kinds'
import type { Status } from '../api/types'
import type { Attempt, Operation, Plugin, Question, Verdict } from './attempt'
import { decode } from './decoding'
import { MUTATING } from './mutating'
import type { StageName } from './reasons'
import { runStrategy } from './registry'
import { type Call, type Reader, storedAs, type World } from './state'
import { VALIDATING } from './validating'

/** One stage of a write: a pure verdict on an attempt, or those of admission plugins, each of which sees what those before it have made. */
export type Stage =
  | { readonly name: StageName; readonly run: (attempt: Attempt, reader: Reader) => Verdict }
  | { readonly name: StageName; readonly plugins: readonly Plugin[] }

/** What every request passes before its handler: access.ts. */
export const ACCESS: readonly StageName[] = ['authentication', 'authorization']

/** What every write passes after that, again for each try, before etcd is asked. */
export const WRITE: readonly Stage[] = [
  { name: 'decoding', run: decode },
  { name: 'mutating', plugins: MUTATING },
  { name: 'validation', run: runStrategy },
  { name: 'validating', plugins: VALIDATING },
]

/** Stages passed by requests that got all the way: shared, so that an entry of the trace holds only a reference. */
const PASSED = {
  write: Object.freeze([...ACCESS, ...WRITE.map(stage => stage.name), 'storage'] as const),
  read: Object.freeze([...ACCESS, 'storage'] as const),
  cached: Object.freeze([...ACCESS, 'watch-cache'] as const),
  answer: Object.freeze([...ACCESS, 'answer'] as const),
} satisfies Record<string, readonly StageName[]>

/** One step of a write: a stage, or a plugin of one. */
interface Step {
  readonly stage: StageName
  /** Of the plugin, or the stage. */
  readonly name: string
  readonly run: (attempt: Attempt, reader: Reader) => Verdict
}

/** The steps of all writes so far, by resource: those of objects as such, and those of subresources. */
const known: Readonly<Record<Operation, Record<'object' | 'subresource', Map<Resource, readonly Step[]>>>> = {
  CREATE: { object: new Map(), subresource: new Map() },
  UPDATE: { object: new Map(), subresource: new Map() },
  DELETE: { object: new Map(), subresource: new Map() },
}

/** The steps of an attempt: all stages, and the plugins that have an opinion on its operation on its resource. */
function stepsOf({ operation, type, subresource }: Attempt): readonly Step[] {
  const byType = known[operation][subresource === '' ? 'object' : 'subresource']
  let steps = byType.get(type)
  if (!steps) {
    const resource = storedAs(type)
    const isAsked = (p: Plugin): boolean =>
      p.operations.includes(operation) &&
      (p.resources.includes('*') || p.resources.includes(resource)) &&
      (subresource === '' || p.subresources === true)
    steps = WRITE.flatMap((stage): Step[] =>
      'run' in stage
        ? [{ stage: stage.name, name: stage.name, run: stage.run }]
        : stage.plugins.filter(isAsked).map(({ name, admit }) => ({ stage: stage.name, name, run: admit })),
    )
    byType.set(type, steps)
  }
  return steps
}

/** An attempt while it walks: each step sees it as it is at its turn. */
export type Draft = { -readonly [Key in keyof Attempt]: Attempt[Key] }

/** How a try ended; a question has the name of the plugin that asks. Frozen: procedures keep it. */
export type Outcome =
  | { readonly attempt: Attempt }
  | { readonly refused: Status; readonly stage: StageName }
  | { readonly ask: Question; readonly by: string }

/** Walks down the stages of a write. The attempt becomes what they make of it. */
export function walk(attempt: Draft, reader: Reader): Outcome {
  for (const { stage, name, run } of stepsOf(attempt)) {
    const verdict = run(attempt, reader)
    if (!verdict) continue
    if ('refused' in verdict) return Object.freeze({ refused: verdict.refused, stage })
    if ('ask' in verdict) return Object.freeze({ ask: verdict.ask, by: name })
    if ('object' in verdict) attempt.object = verdict.object
    if (verdict.warnings) attempt.warnings = [...attempt.warnings, ...verdict.warnings]
  }
  return Object.freeze({ attempt: Object.freeze(attempt) })
}

type Asked = Pick<Call, 'request' | 'seq' | 'info'>

/** Writes the entry that shows that a request got all the way. */
export function noteStages({ context }: World, { request, seq, info }: Asked, way: keyof typeof PASSED): void {
  const { verb, resource, namespace, name } = info
  context.note('apiserver.pipeline', { id: request.id, request: seq, verb, resource, namespace, name, stages: PASSED[way] })
}

/** Writes the entry that shows at which stage of its way a request was refused, and why. */
export function noteRefusal(
  { context }: World,
  { request, seq, info }: Asked,
  way: keyof typeof PASSED,
  stage: StageName,
  { code = 500, reason = '', message = '' }: Status,
): void {
  const { verb, resource, namespace, name } = info
  const all: readonly StageName[] = PASSED[way]
  // the store notices a version that is not the newest: after mutating admission, and before validation (GuaranteedUpdate in store.go)
  const isStale = stage === 'decoding' && reason === 'Conflict'
  const stages = all.slice(0, all.indexOf(isStale ? 'validation' : stage))
  const refused = { stage: isStale ? 'storage' : stage, code, reason, message } as const
  context.note('apiserver.pipeline', { id: request.id, request: seq, verb, resource, namespace, name, stages, refused })
}
