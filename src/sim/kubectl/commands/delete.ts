// Models k8s.io/kubectl/pkg/cmd/delete/delete.go
import type { Resource } from '../../api/kinds'
import type { KubeObject, Status } from '../../api/types'
import { type Info, readAll, type SelectOptions, select } from '../builder'
import { type Command, flag, refused } from '../command'
import { type DryRun, dryRunOf, dryRunSuffix } from '../dry-run'
import { fail, failWithAll, isNotFound, type KubectlError, withSource } from '../errors'
import { readObjects } from '../files'
import { ALL_NAMESPACES, CASCADE, DRY_RUN, FIELD_SELECTOR, fileFlags, SELECTOR } from '../flags'
import { requestOn } from '../requests'
import { ask, changed, count, duration, err, isOn, list, out, type Run, type Session, text } from '../session'
import { waitForDeletion } from '../wait'

/** As long as kubectl waits where no timeout is given: a week. */
const WEEK_MS = 168 * 3600 * 1000

/** An object whose deletion was accepted, with the uid that must go. */
export interface Deleted {
  readonly info: Info
  readonly uid: string | undefined
}

function* run(s: Session): Run {
  const grace = graceOf(s)
  const dryRun = dryRunOf(s)
  const cascade = cascadeOf(s)
  const batches = yield* targets(s)
  check(s)
  if (grace === 0)
    yield* err(
      s,
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    )
  const options = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...(grace >= 0 && { gracePeriodSeconds: grace }),
    propagationPolicy: cascade,
    ...(dryRun === 'server' && { dryRun: ['All'] }),
  }
  const deleted: Deleted[] = []
  const failures: KubectlError[] = []
  let warned = !s.namespaceSet || isOn(s, 'all-namespaces')
  for (const batch of batches) {
    const { infos, errors } = yield* batch()
    failures.push(...errors)
    for (const info of infos) {
      if (!warned && !info.resource.namespaced) {
        warned = true
        yield* err(s, 'Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n')
      }
      const result = yield* deleteOne(s, info, options, dryRun, grace)
      if ('kind' in result) failures.push(result)
      // what was not there, where that is no error, is waited for all the same
      deleted.push('kind' in result ? { info, uid: undefined } : result)
    }
  }
  failWithAll(failures.filter(error => !(ignoresNotFound(s) && error.kind === 'status' && isNotFound(error.status))))
  if (deleted.length === 0) return yield* out(s, 'No resources found\n')
  if (!isOn(s, 'wait') || dryRun !== 'none') return
  const timeout = duration(s, 'timeout')
  yield* waitForDeletion(s, deleted, timeout === 0 ? WEEK_MS : timeout)
}

function graceOf(s: Session): number {
  const given = count(s, 'grace-period')
  const force = isOn(s, 'force')
  if (isOn(s, 'now')) return given !== -1 ? fail('--now and --grace-period cannot be specified together') : 1
  if (given > 0 && force) fail('--force and --grace-period greater than 0 cannot be specified together')
  if (force) return 0
  return given === 0 ? 1 : given
}

/** The propagation policy of `--cascade`. */
export function cascadeOf(s: Session): 'Background' | 'Foreground' | 'Orphan' {
  const value = text(s, 'cascade')
  if (value === 'background' || value === 'true') return 'Background'
  if (value === 'foreground') return 'Foreground'
  if (value === 'orphan' || value === 'false') return 'Orphan'
  return fail(`invalid cascade value (${value}). Must be "background", "foreground", or "orphan"`)
}

function check(s: Session): void {
  const format = text(s, 'output')
  if (format !== '' && format !== 'name') fail(`unexpected -o output mode: ${format}. We only support '-o name'`)
  if (isOn(s, 'all') && text(s, 'selector') !== '') fail('cannot set --all and --selector at the same time')
  if (isOn(s, 'all') && text(s, 'field-selector') !== '') fail('cannot set --all and --field-selector at the same time')
}

const ignoresNotFound = (s: Session): boolean =>
  isOn(s, 'ignore-not-found') ||
  (!changed(s, 'ignore-not-found') && (isOn(s, 'all') || text(s, 'selector') !== '' || text(s, 'field-selector') !== ''))

interface Found {
  readonly infos: readonly Info[]
  readonly errors: readonly KubectlError[]
}
/** Finds some of what is to go, when its turn has come: each resource is listed after all of the one before is deleted. */
type Batch = () => Run<Found>

function* targets(s: Session): Run<readonly Batch[]> {
  if (list(s, 'filename').length > 0) {
    if (s.args.length > 0) fail('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well')
    const found = yield* readObjects(s, false)
    return [always({ infos: found.infos, errors: [] }), always({ infos: [], errors: found.errors })]
  }
  const options: SelectOptions = {
    selector: text(s, 'selector'),
    fieldSelector: text(s, 'field-selector'),
    all: isOn(s, 'all'),
    allNamespaces: isOn(s, 'all-namespaces'),
  }
  const selected = yield* select(s, s.args, options)
  if (selected.kind === 'named') return [always({ infos: selected.items, errors: [] })]
  return selected.resources.map(resource => () => readAll(s, { ...selected, resources: [resource] }, { goOn: true }))
}

const always = (found: Found): Batch =>
  // biome-ignore lint/correctness/useYield: what is known already needs no request
  function* () {
    return found
  }

/** Deletes one object and says so. */
export function* deleteOne(s: Session, info: Info, options: object, dryRun: DryRun, grace: number): Run<Deleted | KubectlError> {
  const { resource, namespace, name } = info
  let uid = info.object?.metadata.uid
  if (name === '') return { kind: 'text', text: withSource('deleting', info.source, 'resource name may not be empty') }
  if (dryRun !== 'client') {
    const response = yield* ask<KubeObject | Status>(
      s,
      requestOn('delete', 'DELETE', resource, { namespace, name }, { body: options }),
    )
    if (response.code >= 300) {
      const before = info.source === undefined ? undefined : `error when deleting ${JSON.stringify(info.source)}: `
      return { kind: 'status', status: response.body as Status, ...(before !== undefined && { before }) }
    }
    uid = uidOf(response.body as KubeObject | Status)
  }
  yield* out(s, deletedText(s, info.resource, namespace, name, dryRun, grace))
  return { info, uid }
}

const uidOf = (body: KubeObject | Status): string | undefined =>
  body.kind === 'Status' ? (body as Status).details?.uid : (body as KubeObject).metadata?.uid

function deletedText(
  s: Session,
  { kind, group }: Resource,
  namespace: string | undefined,
  name: string,
  dryRun: DryRun,
  grace: number,
): string {
  const what = (group === '' ? kind : `${kind}.${group}`).toLowerCase()
  if (text(s, 'output') === 'name') return `${what}/${name}\n`
  const where = namespace === undefined ? '' : ` from ${namespace} namespace`
  return `${what} "${name}" ${grace === 0 ? 'force deleted' : 'deleted'}${where}${dryRunSuffix(dryRun)}\n`
}

export const deleteCommand: Command = {
  name: 'delete',
  use: 'delete ([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])',
  short: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  long: 'Delete resources by file names, stdin, resources and names, or by resources and label selector.\n\n Some resources, such as pods, are deleted gracefully: they are asked to end and get a grace period. The command waits until what it deleted is gone.',
  examples: [
    '# Delete a pod and a service',
    'kubectl delete pod/web service/web',
    '',
    '# Delete what a manifest holds',
    'kubectl delete -f ./web.yaml',
    '',
    '# Delete pods and services with a label',
    'kubectl delete pods,services -l name=myLabel',
    '',
    '# Delete a pod with minimal delay',
    'kubectl delete pod foo --now',
    '',
    '# Force delete a pod on a dead node',
    'kubectl delete pod foo --force',
    '',
    '# Delete all pods',
    'kubectl delete pods --all',
  ],
  flags: [
    ...refused('raw i/interactive:bool'),
    flag.bool('all', 'Delete all resources, in the namespace of the specified resource types.'),
    ALL_NAMESPACES,
    CASCADE,
    DRY_RUN,
    FIELD_SELECTOR,
    flag.bool(
      'force',
      'If true, immediately remove resources from API and bypass graceful deletion. Note that immediate deletion of some resources may result in inconsistency or data loss and requires confirmation.',
    ),
    flag.int(
      'grace-period',
      'Period of time in seconds given to the resource to terminate gracefully. Ignored if negative. Set to 1 for immediate shutdown. Can only be set to 0 when --force is true (force deletion).',
      { value: -1 },
    ),
    flag.bool(
      'ignore-not-found',
      'Treat "resource not found" as a successful delete. Defaults to "true" when --all is specified.',
    ),
    flag.bool('now', 'If true, resources are signaled for immediate shutdown (same as --grace-period=1).'),
    flag.string('output', 'Output mode. Use "-o name" for shorter output (resource/name).', { short: 'o' }),
    SELECTOR,
    flag.duration(
      'timeout',
      'The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the object',
    ),
    flag.bool('wait', 'If true, wait for resources to be gone before returning. This waits for finalizers.', { value: true }),
    ...fileFlags('containing the resource to delete.'),
  ],
  arguments: 'resources',
  run,
}
