// Models k8s.io/kubectl/pkg/cmd/label/label.go and cmd/annotate/annotate.go
import { MEDIA } from '../../api/messages'
import { labelValueErrors } from '../../api/names'
import type { KubeObject } from '../../api/types'
import { type Command, flag } from '../command'
import { type DryRun, dryRunOf } from '../dry-run'
import { fail, failWithAll, type KubectlError } from '../errors'
import { ALL_NAMESPACES, DRY_RUN, FIELD_SELECTOR, fieldManager, fileFlags, PRINT_FLAGS, SELECTOR } from '../flags'
import { type Latest, visitLatest } from '../latest'
import { printChanged } from '../output'
import { type Changes, resourcesAndPairs } from '../pairs'
import { patchObject } from '../requests'
import { demand, isOn, list, out, type Run, type Session, text } from '../session'

/** What labels and annotations differ in. */
interface Sort {
  readonly what: 'label' | 'annotation'
  readonly field: 'labels' | 'annotations'
  readonly done: string
  readonly undone: string
  readonly none: string
}
const LABEL: Sort = { what: 'label', field: 'labels', done: 'labeled', undone: 'unlabeled', none: 'not labeled' }
const ANNOTATION: Sort = { what: 'annotation', field: 'annotations', done: 'annotated', undone: 'annotated', none: 'annotated' }

function* run(s: Session, sort: Sort): Run {
  const dryRun = dryRunOf(s)
  const { resources, pairs } = resourcesAndPairs(s.args, sort.what)
  const changes = readChanges(pairs, sort)
  if (isOn(s, 'all') && text(s, 'selector') !== '') fail('cannot set --all and --selector at the same time')
  if (isOn(s, 'all') && text(s, 'field-selector') !== '') fail('cannot set --all and --field-selector at the same time')
  if (isOn(s, 'local')) {
    if (dryRun === 'server') fail('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
    if (resources.length > 0) fail('can only use local files by -f rsrc.yaml or --filename=rsrc.json when --local=true is set')
    if (list(s, 'filename').length === 0) fail('one or more files must be specified as -f rsrc.yaml or --filename=rsrc.json')
  } else if (resources.length < 1 && list(s, 'filename').length === 0)
    fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  if (changes.set.size === 0 && changes.remove.length === 0 && !isOn(s, 'list'))
    fail(`at least one ${sort.what} update is required`)
  const options = {
    selector: text(s, 'selector'),
    fieldSelector: text(s, 'field-selector'),
    allNamespaces: isOn(s, 'all-namespaces'),
    everything: isOn(s, 'all'),
  }
  const single = isSingle(resources)
  if (!single && text(s, 'resource-version') !== '') fail('--resource-version may only be used with a single resource')
  const act = isOn(s, 'list')
    ? (info: Latest) => listPairs(s, sort, info, changes, single)
    : (info: Latest) => change(s, sort, info, changes, dryRun)
  yield* visitLatest(s, act, options, resources)
}

/** Models IntoSingleItemImplied: one object by its name. */
const isSingle = ([first = '', ...names]: readonly string[]): boolean =>
  first.includes('/') ? names.length === 0 : names.length === 1 && !first.includes(',')

type Pairs = Readonly<Record<string, string>>

const pairsOf = (sort: Sort, { object }: Latest): Pairs => object.metadata[sort.field] ?? {}

function* listPairs(s: Session, sort: Sort, info: Latest, changes: Changes, single: boolean): Run {
  const { kind, group } = info.resource
  const after = changedPairs(pairsOf(sort, info), changes)
  const indent = single ? '' : ' '
  if (!single) yield* out(s, `Listing ${sort.field} for ${kind}.${group}/${info.name}:\n`)
  yield* out(
    s,
    Object.keys(after)
      .sort()
      .map(key => `${indent}${key}=${after[key]}\n`)
      .join(''),
  )
}

function changedPairs(before: Pairs, { set, remove }: Changes): Pairs {
  const after = { ...before, ...Object.fromEntries(set) }
  return Object.fromEntries(Object.entries(after).filter(([key]) => !remove.includes(key)))
}

function withPairs(object: KubeObject, sort: Sort, after: Pairs): KubeObject {
  const { [sort.field]: _, ...metadata } = object.metadata
  return {
    ...object,
    metadata: { ...metadata, ...(Object.keys(after).length > 0 && { [sort.field]: after }) } as KubeObject['metadata'],
  }
}

function readChanges(pairs: readonly string[], { what }: Sort): Changes {
  const set = new Map<string, string>()
  const remove: string[] = []
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at < 0) remove.push(pair.slice(0, -1))
    else {
      const value = pair.slice(at + 1)
      if (what === 'label') checkLabel(pair, value)
      set.set(pair.slice(0, at), value)
    }
  }
  for (const key of remove)
    if (set.has(key))
      fail(
        `can not both modify and remove ${what === 'label' ? 'a label' : 'the following annotation(s)'} in the same command${what === 'label' ? '' : `: ${key}`}`,
      )
  return { set, remove }
}

function checkLabel(pair: string, value: string): void {
  if (value.includes('=')) fail(`invalid label spec: ${pair}`)
  const problems = labelValueErrors(value)
  if (problems.length > 0) fail(`invalid label value: ${JSON.stringify(pair)}: ${problems.join(';')}`)
}

function* change(s: Session, sort: Sort, info: Latest, changes: Changes, dryRun: DryRun): Run {
  const { set, remove } = changes
  const before = pairsOf(sort, info)
  if (!isOn(s, 'overwrite')) failWithAll(overwritten(before, set, sort))
  const here = dryRun === 'client' || isOn(s, 'local')
  const patch: Record<string, string | null> = {}
  for (const [key, value] of set) if (before[key] !== value) patch[key] = value
  const added = Object.keys(patch).length
  for (const key of remove) {
    if (key in before) patch[key] = null
    else if (sort.what === 'label' && !here) yield* out(s, `label ${JSON.stringify(key)} not found.\n`)
  }
  const all = Object.keys(patch).length
  let changed = withPairs(info.object, sort, changedPairs(before, changes))
  // a patch that changes nothing is sent too
  if (!here) {
    const answer = yield* send(s, sort, info, patch, dryRun)
    // label prints what it made of the object, annotate what the server did
    if (sort.what === 'annotation') changed = answer
  }
  const word =
    all === 0
      ? sort.none
      : added === all
        ? sort.done
        : added === 0
          ? sort.undone
          : sort.what === 'label'
            ? 'label(s) changed'
            : sort.done
  yield* printChanged(s, info.resource, changed, word, dryRun, sort.what === 'label' ? 'own' : 'shared')
}

function* send(
  s: Session,
  sort: Sort,
  { resource, namespace, name }: Latest,
  patch: Readonly<Record<string, string | null>>,
  dryRun: DryRun,
): Run<KubeObject> {
  const query = { ...(dryRun === 'server' && { dryRun: 'All' }), fieldManager: text(s, 'field-manager') }
  const version = text(s, 'resource-version')
  const metadata = { ...(Object.keys(patch).length > 0 && { [sort.field]: patch }), ...(version && { resourceVersion: version }) }
  const body = Object.keys(metadata).length > 0 ? { metadata } : {}
  return yield* demand<KubeObject>(s, patchObject(resource, namespace, name, body, MEDIA.mergePatch, query))
}

/** What would be overwritten without leave; a change-cause may always be. */
function overwritten(
  before: Readonly<Record<string, string>>,
  set: ReadonlyMap<string, string>,
  { what }: Sort,
): readonly KubectlError[] {
  const taken = [...set].filter(([key, value]) => before[key] !== undefined && before[key] !== value)
  const words = (key: string) => `'${key}' already has a value (${before[key]})`
  if (what === 'label') return taken.map(([key]) => ({ kind: 'text', text: `${words(key)}, and --overwrite is false` }))
  const declared = taken.filter(([key]) => key !== 'kubernetes.io/change-cause').map(([key]) => words(key))
  return declared.length === 0
    ? []
    : [{ kind: 'text', text: `--overwrite is false but found the following declared annotation(s): ${declared.join('; ')}` }]
}

const flagsOf = (sort: Sort) => [
  flag.bool('local', `If true, ${sort.what === 'label' ? 'label' : 'annotation'} will NOT contact api-server but run locally.`),
  flag.bool('all', `Select all resources, in the namespace of the specified resource types`),
  ALL_NAMESPACES,
  flag.bool('list', `If true, display the ${sort.field} for a given resource.`),
  flag.bool(
    'overwrite',
    `If true, allow ${sort.field} to be overwritten, otherwise reject ${sort.what} updates that overwrite existing ${sort.field}.`,
  ),
  flag.string(
    'resource-version',
    `If non-empty, the ${sort.field} update will only succeed if this is the current resource-version for the object. Only valid when specifying a single resource.`,
  ),
  SELECTOR,
  FIELD_SELECTOR,
  DRY_RUN,
  fieldManager(sort.what === 'label' ? 'kubectl-label' : 'kubectl-annotate'),
  ...PRINT_FLAGS,
  ...fileFlags(`identifying the resource to update the ${sort.field}`),
]

export const labelCommand: Command = {
  name: 'label',
  use: 'label [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  short: 'Update the labels on a resource',
  long: 'Update the labels on a resource.\n\n A label is a key and a value of at most 63 letters, numbers, hyphens, dots and underscores. A key with a dash behind it takes the label away.',
  examples: [
    "# Give the pod foo the label 'unhealthy' and the value 'true'",
    'kubectl label pods foo unhealthy=true',
    '',
    '# Change a label that is there',
    'kubectl label --overwrite pods foo status=unhealthy',
    '',
    '# Label all pods in the namespace',
    'kubectl label pods --all status=unhealthy',
    '',
    "# Take the label 'bar' away",
    'kubectl label pods foo bar-',
  ],
  flags: flagsOf(LABEL),
  arguments: 'resource',
  run: s => run(s, LABEL),
}

export const annotateCommand: Command = {
  name: 'annotate',
  use: 'annotate [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  short: 'Update the annotations on a resource',
  long: 'Update the annotations on one or more resources.\n\n Annotations are keys with values of any text, for tools and people. A key with a dash behind it takes the annotation away.',
  examples: [
    "# Give the pod foo the annotation 'description'",
    "kubectl annotate pods foo description='my frontend'",
    '',
    '# Change one that is there',
    "kubectl annotate --overwrite pods foo description='my frontend running nginx'",
    '',
    "# Take the annotation 'description' away",
    'kubectl annotate pods foo description-',
  ],
  flags: flagsOf(ANNOTATION),
  arguments: 'resource',
  run: s => run(s, ANNOTATION),
}
