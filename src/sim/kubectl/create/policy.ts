// Models create_quota.go, create_pdb.go and create_priorityclass.go of k8s.io/kubectl/pkg/cmd/create
import { canonicalQuantity, QUANTITY_FORMAT_ERROR } from '../../api/quantity'
import { parseSelector } from '../../api/selectors'
import { flag } from '../command'
import { fail } from '../errors'
import { count, isOn, type Session, text } from '../session'
import { creating } from './generator'

/** `pods=10,cpu=1`: names and amounts. */
function resourceAmounts(given: string): Record<string, string> {
  if (given === '') return {}
  return Object.fromEntries(
    given.split(',').map(pair => {
      const [name, value, more] = pair.split('=')
      if (name === undefined || value === undefined || more !== undefined)
        return fail(`Invalid argument syntax ${pair}, expected <resource>=<value>`)
      return [name, canonicalQuantity(value) ?? fail(QUANTITY_FORMAT_ERROR)]
    }),
  )
}

export const quota = creating({
  name: 'quota',
  aliases: ['resourcequota'],
  use: 'quota NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]',
  short: 'Create a quota with the specified name',
  long: 'Create a resource quota with the specified name, hard limits, and optional scopes.',
  examples: [
    '# Create a new resource quota named my-quota',
    'kubectl create quota my-quota --hard=cpu=1,memory=1G,pods=2,services=3,secrets=5',
  ],
  flags: [
    flag.string('hard', 'A comma-delimited set of resource=quantity pairs that define a hard limit.'),
    flag.string('scopes', 'A comma-delimited set of quota scopes that must all match each object tracked by the quota.'),
  ],
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  failure: 'failed to create quota: ',
  build: s => {
    const hard = resourceAmounts(text(s, 'hard'))
    const scopes = text(s, 'scopes') === '' ? [] : text(s, 'scopes').split(',')
    if (scopes.includes('')) fail('invalid resource quota scope ""')
    return { spec: { ...(Object.keys(hard).length > 0 && { hard }), ...(scopes.length > 0 && { scopes }) }, status: {} }
  },
})

function disruptionBudget(s: Session) {
  const [selector, min, max] = [text(s, 'selector'), text(s, 'min-available'), text(s, 'max-unavailable')]
  if (selector === '') fail('a selector must be specified')
  if (min === '' && max === '') fail('one of min-available or max-unavailable must be specified')
  if (min !== '' && max !== '') fail('min-available and max-unavailable cannot be both specified')
  const amount = (given: string, name: string) =>
    /^\d+%?$/.test(given) ? (given.endsWith('%') ? given : Number(given)) : fail(`invalid format specified for ${name}`)
  const parsed = parseSelector(selector)
  if (parsed.value === undefined) return fail(`couldn't parse the selector string "${selector}": ${parsed.error}`)
  return {
    spec: {
      ...(max !== '' && { maxUnavailable: amount(max, 'max-unavailable') }),
      ...(min !== '' && { minAvailable: amount(min, 'min-available') }),
      selector: labelSelectorOf(parsed.value.requirements),
    },
    status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
  }
}

const OPERATORS: Readonly<Record<string, string>> = { in: 'In', notin: 'NotIn', exists: 'Exists', '!': 'DoesNotExist' }

/** metav1.ParseToLabelSelector: `=` becomes a label, what speaks of sets an expression. */
function labelSelectorOf(
  requirements: readonly { readonly key: string; readonly operator: string; readonly values: readonly string[] }[],
): object {
  const matchLabels: Record<string, string> = {}
  const matchExpressions: object[] = []
  for (const { key, operator: given, values } of requirements) {
    if (given === '=' || given === '==') {
      matchLabels[key] = values[0] ?? ''
      continue
    }
    if (given === 'gt' || given === 'lt') fail(`${JSON.stringify(given)} isn't supported in label selectors`)
    const operator = OPERATORS[given] ?? fail(`${JSON.stringify(given)} is not a valid label selector operator`)
    matchExpressions.push({ key, operator, ...(values.length > 0 && { values: [...values].sort() }) })
  }
  return { ...(Object.keys(matchLabels).length > 0 && { matchLabels }), ...(matchExpressions.length > 0 && { matchExpressions }) }
}

export const poddisruptionbudget = creating({
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  use: 'poddisruptionbudget NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]',
  short: 'Create a pod disruption budget with the specified name',
  long: 'Create a pod disruption budget with the specified name, selector, and desired minimum available pods.',
  examples: [
    '# Create a pod disruption budget that keeps at least one of the pods with app=rails',
    'kubectl create poddisruptionbudget my-pdb --selector=app=rails --min-available=1',
  ],
  flags: [
    flag.string('max-unavailable', 'The maximum number or percentage of unavailable pods this budget requires.'),
    flag.string('min-available', 'The minimum number or percentage of available pods this budget requires.'),
    flag.string('selector', 'A label selector to use for this budget. Only equality-based selector requirements are supported.'),
  ],
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  failure: 'failed to create poddisruptionbudgets: ',
  build: disruptionBudget,
})

export const priorityclass = creating({
  name: 'priorityclass',
  aliases: ['pc'],
  use: 'priorityclass NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]',
  short: 'Create a priority class with the specified name',
  long: 'Create a priority class with the specified name, value, globalDefault and description.',
  examples: [
    '# Create a priority class named high-priority',
    'kubectl create priorityclass high-priority --value=1000 --description="high priority"',
  ],
  flags: [
    flag.string(
      'description',
      'description is an arbitrary string that usually provides guidelines on when this priority class should be used.',
    ),
    flag.bool(
      'global-default',
      'global-default specifies whether this PriorityClass should be considered as the default priority.',
    ),
    flag.string('preemption-policy', 'preemption-policy is the policy for preempting pods with lower priority.', {
      value: 'PreemptLowerPriority',
    }),
    flag.int('value', 'the value of this priority class.'),
  ],
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  failure: 'failed to create priorityclass: ',
  build: s => ({
    ...(text(s, 'description') !== '' && { description: text(s, 'description') }),
    ...(isOn(s, 'global-default') && { globalDefault: true }),
    preemptionPolicy: text(s, 'preemption-policy'),
    value: count(s, 'value'),
  }),
})
