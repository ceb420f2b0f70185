/**
 * Label selectors. Models k8s.io/apimachinery/pkg/labels/selector.go and meta/v1's LabelSelectorAsSelector.
 */

import { ok, type Result } from './result'
import { type Operator, parseRequirements, type Requirement } from './selector-parser'
import type { LabelSelector } from './types'

export type { Operator, Requirement }
export type Labels = Readonly<Record<string, string>>

/** A compiled selector. It holds functions: keep its source in state, and compile again (that is memoised). */
export interface Selector {
  /** Sorted by key. */
  readonly requirements: readonly Requirement[]
  /** As upstream prints it, and as the query parameter has it. */
  readonly text: string
  /** Selects everything. */
  readonly empty: boolean
  readonly matches: (labels: Labels | undefined) => boolean
}

/** Whether a value passes all tests. A loop: this is asked of every change for every watch. */
export function passes<T>(tests: readonly ((value: T) => boolean)[], value: T): boolean {
  for (let i = 0; i < tests.length; i++) if (tests[i]?.(value) === false) return false
  return true
}

const byKey = (a: Requirement, b: Requirement) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
const NO_LABELS: Labels = {}

/** Selects every object. Models labels.Everything. */
export const EVERYTHING: Selector = { requirements: [], text: '', empty: true, matches: () => true }
/** Selects no object. Models labels.Nothing. */
export const NOTHING: Selector = { requirements: [], text: '', empty: false, matches: () => false }

/** Compiles requirements that are known to be valid. */
export function selectorOf(requirements: readonly Requirement[]): Selector {
  if (requirements.length === 0) return EVERYTHING
  const sorted = [...requirements].sort(byKey)
  const tests = sorted.map(compile)
  const [first] = tests
  const matches =
    tests.length === 1 && first !== undefined
      ? (labels: Labels | undefined) => first(labels ?? NO_LABELS)
      : (labels: Labels | undefined) => passes(tests, labels ?? NO_LABELS)
  return { requirements: sorted, text: sorted.map(requirementText).join(','), empty: false, matches }
}

/** A key that is absent satisfies `!=` and `notin`. Models Requirement.Matches. */
function compile({ key, operator, values }: Requirement): (labels: Labels) => boolean {
  const [value = ''] = values
  switch (operator) {
    case '=':
    case '==':
      return labels => labels[key] === value
    case '!=':
      return labels => labels[key] !== value
    case 'in':
      if (values.length === 1) return labels => labels[key] === value
      return labels => labels[key] !== undefined && values.includes(labels[key])
    case 'notin':
      return labels => labels[key] === undefined || !values.includes(labels[key])
    case 'exists':
      return labels => labels[key] !== undefined
    case '!':
      return labels => labels[key] === undefined
    case 'gt':
      return labels => isInteger(labels[key]) && Number(labels[key]) > Number(value)
    case 'lt':
      return labels => isInteger(labels[key]) && Number(labels[key]) < Number(value)
  }
}
const isInteger = (text: string | undefined) => text !== undefined && /^[+-]?\d+$/.test(text)

/** Models Requirement.String. */
function requirementText({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'exists':
      return key
    case '!':
      return `!${key}`
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values.join(',')})`
    case 'gt':
      return `${key}>${values.join(',')}`
    case 'lt':
      return `${key}<${values.join(',')}`
    default:
      return `${key}${operator}${values.join(',')}`
  }
}

const parsed = new Map<string, Result<Selector>>()
const PARSED_LIMIT = 10_000

/** Reads `a=b,c!=d,e in (x,y),!f`. The error is what kubectl and the apiserver say. Models labels.Parse. */
export function parseSelector(text: string): Result<Selector> {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const { value, error } = parseRequirements(text)
  const result: Result<Selector> = value === undefined ? { error: error ?? '' } : ok(selectorOf(value))
  if (parsed.size >= PARSED_LIMIT) parsed.clear()
  parsed.set(text, result)
  return result
}

const compiled = new WeakMap<LabelSelector, Selector>()
const OPERATORS: Readonly<Record<string, Operator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' }

/**
 * Compiles an object's selector, which validation has let through: missing selects nothing, empty selects everything.
 * Models LabelSelectorAsSelector.
 */
export function labelSelector(source: LabelSelector | undefined): Selector {
  if (source === undefined) return NOTHING
  const known = compiled.get(source)
  if (known !== undefined) return known
  const requirements: Requirement[] = Object.entries(source.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: '=',
    values: [value],
  }))
  for (const { key, operator, values } of source.matchExpressions ?? []) {
    const known = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined
    if (known === undefined) throw new Error(`"${operator}" is not a valid label selector operator`)
    requirements.push({ key, operator: known, values: [...new Set(values ?? [])].sort() })
  }
  const selector = selectorOf(requirements)
  compiled.set(source, selector)
  return selector
}

const compiledMaps = new WeakMap<Labels, Selector>()
/** Compiles a map of labels, as Services, ReplicationControllers and nodeSelectors have. Empty selects everything. Models labels.SelectorFromSet. */
export function mapSelector(source: Labels): Selector {
  const known = compiledMaps.get(source)
  if (known !== undefined) return known
  const selector = selectorOf(Object.entries(source).map(([key, value]) => ({ key, operator: '=', values: [value] })))
  compiledMaps.set(source, selector)
  return selector
}

/** For people: `app=web`, or `<none>`. Models meta/v1's FormatLabelSelector. */
export function formatLabelSelector(source: LabelSelector | undefined): string {
  const { text } = labelSelector(source)
  return text === '' ? '<none>' : text
}
/** Labels for people: `app=web,tier=front`, or `<none>`. Models labels.FormatLabels. */
export const formatLabels = (labels: Labels | undefined): string => labelsText(labels) || '<none>'
/** `app=web,tier=front`, by key. Models labels.Set.String. */
export const labelsText = (labels: Labels | undefined): string =>
  Object.keys(labels ?? {})
    .sort()
    .map(key => `${key}=${labels?.[key]}`)
    .join(',')

/** A selector as Go prints it (the generated String of metav1.LabelSelector). */
export function goLabelSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.keys(matchLabels)
    .sort()
    .map(name => `${name}: ${matchLabels[name]},`)
  const expressions = matchExpressions.map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  )
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`
}
