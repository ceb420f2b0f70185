// Models k8s.io/kubectl/pkg/cmd/set/set_selector.go
import { parseSelector, type Requirement } from '../../api/selectors'
import type { KubeObject } from '../../api/types'
import { type Command, flag } from '../command'
import { dryRunOf } from '../dry-run'
import { fail, failWithAll } from '../errors'
import { DRY_RUN, fieldManager, fileFlags, PRINT_FLAGS } from '../flags'
import { type Latest, visitLatest } from '../latest'
import { sendChanged } from '../pod-template'
import { changed, isOn, type Run, type Session, text } from '../session'

function* setSelector(s: Session): Run {
  const dryRun = dryRunOf(s)
  const given = s.args[s.args.length - 1] ?? fail('one selector is required')
  const labels = labelsOf(given)
  yield* visitLatest(
    s,
    function* (info) {
      const operation = 'selector updated'
      const [before, after] = versions(s, info, withSelector(info, labels))
      failWithAll(yield* sendChanged(s, before, after, { operation, dryRun, failure: '', printer: 'own', always: true }))
    },
    { everything: isOn(s, 'all') },
    s.args.slice(0, -1),
  )
}

/** `--resource-version` travels in the patch. */
function versions(s: Session, info: Latest, after: KubeObject): readonly [Latest, KubeObject] {
  if (!changed(s, 'resource-version')) return [info, after]
  const { resourceVersion: _, ...metadata } = info.object.metadata
  const before = { ...info, object: { ...info.object, metadata } as KubeObject }
  return [before, { ...after, metadata: { ...after.metadata, resourceVersion: text(s, 'resource-version') } }]
}

/** metav1.ParseToLabelSelector, of which a Service takes the labels alone. */
function labelsOf(given: string): Readonly<Record<string, string>> {
  const { value, error } = parseSelector(given)
  if (!value) return fail(`couldn't parse the selector string ${JSON.stringify(given)}: ${error}`)
  const isLabel = ({ operator }: Requirement) => operator === '=' || operator === '=='
  const others = value.requirements.filter(requirement => !isLabel(requirement))
  if (others.length > 0) fail(`match expression [${others.map(inGo).join(' ')}] not supported on this object`)
  return Object.fromEntries(value.requirements.map(({ key, values }) => [key, values[0] ?? '']))
}

const OPERATORS: Readonly<Record<string, string>> = {
  in: 'In',
  notin: 'NotIn',
  '!=': 'NotIn',
  exists: 'Exists',
  '!': 'DoesNotExist',
}
const inGo = ({ key, operator, values }: Requirement): string =>
  `{${key} ${OPERATORS[operator] ?? operator} [${values.join(' ')}]}`

function withSelector({ object, resource }: Latest, selector: object): KubeObject {
  if (resource.groupKind !== 'Service') fail('setting a selector is only supported for Services')
  return { ...object, spec: { ...object.spec, selector } }
}

export const selectorCommand: Command = {
  name: 'selector',
  use: 'selector (-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]',
  short: 'Set the selector on a resource',
  long: 'Set the selector of a service. The new one takes the place of the old.',
  examples: ['# Let a service choose other pods', 'kubectl set selector service web app=web,version=v2'],
  flags: [
    flag.bool('all', 'Select all resources in the namespace of the specified resource types'),
    flag.string(
      'resource-version',
      'If non-empty, the selectors update will only succeed if this is the current resource-version for the object. Only valid when specifying a single resource.',
    ),
    DRY_RUN,
    fieldManager('kubectl-set'),
    ...PRINT_FLAGS,
    ...fileFlags('identifying the resource.'),
  ],
  arguments: 'resource',
  run: setSelector,
}
