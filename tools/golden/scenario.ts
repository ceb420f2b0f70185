/** A scenario of the golden format, read and checked: a field that nobody knows is refused, a step that nobody knows is named and passed over. */
import { parse } from 'yaml'

export type Step =
  | { readonly kind: 'kubectl'; readonly line: string; readonly stdin?: string; readonly user?: string }
  | { readonly kind: 'watch'; readonly line: string }
  | { readonly kind: 'settle'; readonly seconds: number }
  | { readonly kind: 'sleep'; readonly seconds: number }
  | { readonly kind: 'align'; readonly second: number }
  | { readonly kind: 'start' | 'stop'; readonly component: string }
  | { readonly kind: 'unknown'; readonly what: string }

export interface Scenario {
  readonly title: string
  readonly real: boolean
  readonly nodes: readonly string[]
  readonly late: readonly string[]
  readonly setup: readonly string[]
  readonly flags: Readonly<Record<string, readonly string[]>>
  readonly namespaces: readonly string[]
  readonly fromStart: boolean
  readonly steps: readonly Step[]
}

const FIELDS = new Set(['title', 'real', 'nodes', 'late', 'setup', 'flags', 'namespaces', 'fromStart', 'steps'])

type Raw = Readonly<Record<string, unknown>>

/** Reads a scenario. Throws an Error that names what it does not know. */
export function readScenario(text: string): Scenario {
  const raw = parse(text, { merge: true }) as Raw
  for (const field of Object.keys(raw)) if (!FIELDS.has(field)) throw new Error(`scenario: unknown field "${field}"`)
  const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
  const real = raw['real'] === true
  const late = list(raw['late'])
  return {
    title: String(raw['title'] ?? ''),
    real,
    nodes: raw['nodes'] ? list(raw['nodes']) : real ? ['node-1'] : ['node-1', 'node-2', 'node-3'],
    late,
    setup: list(raw['setup']),
    flags: (raw['flags'] ?? {}) as Scenario['flags'],
    namespaces: raw['namespaces'] ? list(raw['namespaces']) : ['default'],
    fromStart: raw['fromStart'] === true,
    steps: (Array.isArray(raw['steps']) ? (raw['steps'] as Raw[]) : []).map(stepOf),
  }
}

function stepOf(raw: Raw): Step {
  const text = (field: string): string => String(raw[field])
  if ('kubectl' in raw)
    return { kind: 'kubectl', line: text('kubectl'), ...(raw['stdin'] !== undefined && { stdin: text('stdin') }), ...(raw['user'] !== undefined && { user: text('user') }) }
  if ('watch' in raw) return { kind: 'watch', line: text('watch') }
  if ('settle' in raw) return { kind: 'settle', seconds: Number(raw['settle']) }
  if ('sleep' in raw) return { kind: 'sleep', seconds: Number(raw['sleep']) }
  if ('align' in raw) return { kind: 'align', second: Number(raw['align']) }
  if ('start' in raw) return { kind: 'start', component: text('start') }
  if ('stop' in raw) return { kind: 'stop', component: text('stop') }
  return { kind: 'unknown', what: Object.keys(raw).join(', ') }
}
