// Models k8s.io/kubectl/pkg/cmd/apply/apply.go and patcher.go
import { MEDIA } from '../../api/messages'
import { applyStrategicPatch } from '../../api/patch'
import { parseSelector } from '../../api/selectors'
import { isFailure } from '../../api/status'
import type { KubeObject, Status } from '../../api/types'
import { sleep } from '../../client/effects'
import { type Info, missingNamespace } from '../builder'
import { type Command, flag, refused } from '../command'
import { validationOf } from '../create/generator'
import { type DryRun, dryRunOf } from '../dry-run'
import {
  CommandFailed,
  fail,
  failWith,
  failWithAll,
  isNotFound,
  type KubectlError,
  usageError,
  withSource,
  wordsOf,
} from '../errors'
import { readObjects } from '../files'
import { ALLOW_MISSING, DRY_RUN, fileFlags, output, SELECTOR, SHOW_MANAGED, TEMPLATE, VALIDATE } from '../flags'
import { FORCE_FLAGS, pollUntilGone } from '../force'
import { LAST_APPLIED, lastApplied, saveLastApplied } from '../last-applied'
import { migrate } from '../migrate'
import { formatObject, formatOf, printChanged } from '../output'
import { threeWayPatch } from '../patching'
import { compactJson, listOf } from '../print/objects'
import { checkPrune, prune, prunedKinds } from '../prune'
import { RECORD, recorded } from '../record'
import { refusing } from '../refusing'
import { createObject, getObject, patchObject, requestOn } from '../requests'
import {
  ask,
  changed,
  count,
  demand,
  duration,
  err,
  isOn,
  type KubectlState,
  list,
  out,
  type Run,
  type Session,
  text,
} from '../session'
import { cascadeOf } from './delete'
import { setLastApplied, viewLastApplied } from './last-applied'

type FileInfo = Info & { readonly object: KubeObject }

/** Conflicts are tried again at once, and from the sixth time on after a second. */
const TRIES = { all: 5, atOnce: 5, pauseMs: 1000 }

function* run(s: Session): Run {
  if (s.args.length > 0) usageError(s.path, `Unexpected args: [${s.args.join(' ')}]`)
  const dryRun = dryRunOf(s)
  const validation = validationOf(s)
  check(s, dryRun)
  const pruned = isOn(s, 'prune') ? prunedKinds(s) : []
  const { infos, errors } = yield* readObjects(s, validation !== 'Ignore')
  const chosen = choose(s, infos).map(info => ({ ...info, object: recorded(s, info.object) }))
  if (chosen.length === 0 && errors.length === 0) fail('no objects passed to apply')
  const failures: KubectlError[] = [...errors]
  const applied: KubeObject[] = []
  for (const info of chosen) {
    try {
      applied.push(yield* applyOne(s, info, dryRun))
    } catch (problem) {
      if (!(problem instanceof CommandFailed)) throw problem
      failures.push(problem.why)
    }
  }
  failWithAll(failures)
  const format = formatOf(s)
  const [first, more] = applied
  if (format.name !== '' && format.name !== 'name' && first)
    yield* out(s, formatObject(s, more ? listOf(applied) : first, format))
  if (!isOn(s, 'prune')) return
  const namespaces = [...(s.namespaceSet ? [s.namespace] : []), ...chosen.flatMap(({ namespace }) => namespace ?? [])]
  const uids = new Set(applied.map(({ metadata }) => metadata.uid ?? ''))
  yield* prune(s, [...new Set(namespaces)], uids, pruned, dryRun)
}

function check(s: Session, dryRun: DryRun): void {
  if (list(s, 'filename').length === 0 && text(s, 'kustomize') === '') fail('must specify one of -f and -k')
  if (isOn(s, 'force-conflicts') && !isOn(s, 'server-side')) fail('--force-conflicts only works with --server-side')
  if (dryRun === 'client' && isOn(s, 'server-side'))
    fail("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
  checkPrune(s)
  if (isOn(s, 'force') && isOn(s, 'server-side')) fail('--force cannot be used with --server-side')
}

function choose(s: Session, infos: readonly FileInfo[]): readonly FileInfo[] {
  if (text(s, 'selector') === '') return infos
  const selector = parseSelector(text(s, 'selector'))
  if (selector.value === undefined)
    return fail(`the provided selector ${JSON.stringify(text(s, 'selector'))} is not valid: ${selector.error}`)
  const { matches } = selector.value
  return infos.filter(info => matches(info.object.metadata.labels ?? {}))
}

function* applyOne(s: Session, info: FileInfo, dryRun: DryRun): Run<KubeObject> {
  const generated = info.object.metadata.generateName
  if (info.name === '' && generated) fail(`from ${generated}: cannot use generate name with apply`)
  if (isOn(s, 'server-side')) return yield* applyOnServer(s, info, dryRun)
  const { resource, namespace, name } = info
  if (name === '')
    fail(
      withSource(
        `retrieving current configuration of:\n${describeInfo(info)}\nfrom server for:`,
        info.source,
        'resource name may not be empty',
      ),
    )
  const response = yield* ask<KubeObject | Status>(s, getObject(resource, namespace, name))
  if (response.code >= 300) {
    const status = (yield* missingNamespace(s, info, response.body as Status)) ?? (response.body as Status)
    if (!isNotFound(status))
      failStatus(status, `retrieving current configuration of:\n${describeInfo(info)}\nfrom server for:`, info.source)
    return yield* create(s, info, dryRun)
  }
  return yield* update(s, info, response.body as KubeObject, dryRun)
}

const queryOf = (s: Session, dryRun: DryRun) => ({
  ...(dryRun === 'server' && { dryRun: 'All' }),
  fieldManager: managerOf(s),
  fieldValidation: validationOf(s),
})

const managerOf = (s: Session): string =>
  changed(s, 'field-manager') ? text(s, 'field-manager') : isOn(s, 'server-side') ? 'kubectl' : 'kubectl-client-side-apply'

/** Ends with a Status whose message says what was being done to what. */
function failStatus(status: Status, verb: string, source: string | undefined): never {
  return failWith({
    kind: 'status',
    status,
    ...(source !== undefined && { before: `error when ${verb} ${JSON.stringify(source)}: ` }),
  })
}

const printsObject = (s: Session): boolean => !['', 'name'].includes(text(s, 'output'))

function* report(s: Session, info: Info, object: KubeObject, operation: string, dryRun: DryRun): Run {
  if (!printsObject(s)) yield* printChanged(s, info.resource, object, operation, dryRun)
}

function* create(s: Session, info: FileInfo, dryRun: DryRun): Run<KubeObject> {
  const { resource, namespace } = info
  let object = withoutNulls(saveLastApplied(info.object)) as KubeObject
  if (dryRun !== 'client') {
    const response = yield* ask<KubeObject | Status>(s, createObject(resource, namespace, object, queryOf(s, dryRun)))
    if (response.code >= 300) failStatus(response.body as Status, 'creating', info.source)
    object = response.body as KubeObject
  }
  yield* report(s, info, object, 'created', dryRun)
  return object
}

function* update(s: Session, info: FileInfo, current: KubeObject, dryRun: DryRun): Run<KubeObject> {
  if (lastApplied(current) === undefined)
    yield* err(
      s,
      `Warning: resource ${info.resource.plural}/${info.name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
    )
  const modified = saveLastApplied(info.object)
  let before = current
  let object = current
  let patch: object = {}
  for (let tries = 0; ; tries++) {
    patch = threeWayPatch(s, info, before, modified)
    if (Object.keys(patch).length === 0) break
    if (dryRun === 'client') {
      object = patchedHere(s, info, before, patch)
      break
    }
    const response = yield* ask<KubeObject | Status>(
      s,
      patchObject(info.resource, info.namespace, info.name, patch, MEDIA.strategicMergePatch, queryOf(s, dryRun)),
    )
    if (response.code < 300) {
      object = response.body as KubeObject
      break
    }
    const status = response.body as Status
    if (status.reason !== 'Conflict' || tries >= TRIES.all) {
      const forced = isOn(s, 'force') && (status.reason === 'Conflict' || status.reason === 'Invalid')
      if (!forced) failPatch(status, info, patch)
      object = yield* deleteAndCreate(s, info, before, modified, dryRun)
      break
    }
    if (tries >= TRIES.atOnce) yield* sleep<KubectlState>(TRIES.pauseMs)
    const again = yield* ask<KubeObject | Status>(s, getObject(info.resource, info.namespace, info.name))
    if (again.code >= 300) failPatch(again.body as Status, info, patch)
    before = again.body as KubeObject
  }
  if (object.metadata.deletionTimestamp)
    yield* err(s, `Warning: Detected changes to resource ${info.name} which is currently being deleted.\n`)
  yield* report(s, info, object, Object.keys(patch).length === 0 ? 'unchanged' : 'configured', dryRun)
  return object
}

/** What the apiserver would make of a patch. */
function patchedHere(s: Session, { resource }: FileInfo, before: KubeObject, patch: object): KubeObject {
  const type = s.schema.typeOf(resource.apiVersion, resource.kind)
  return (type && applyStrategicPatch(before, patch, type).value) ?? before
}

/** `--force`: what cannot be patched is deleted and created anew; what was there comes back where that fails. */
function* deleteAndCreate(s: Session, info: FileInfo, before: KubeObject, modified: KubeObject, dryRun: DryRun): Run<KubeObject> {
  const { resource, namespace, name } = info
  const grace = count(s, 'grace-period')
  const options = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...(grace >= 0 && { gracePeriodSeconds: grace }),
    propagationPolicy: cascadeOf(s),
    ...(dryRun === 'server' && { dryRun: ['All'] }),
  }
  yield* demand(s, requestOn('delete', 'DELETE', resource, { namespace, name }, { body: options }))
  yield* pollUntilGone(s, info, duration(s, 'timeout') || Number.MAX_SAFE_INTEGER)
  const query = queryOf(s, dryRun)
  const response = yield* ask<KubeObject | Status>(s, createObject(resource, namespace, modified, query))
  if (response.code < 300) return response.body as KubeObject
  const again = yield* ask<KubeObject | Status>(s, createObject(resource, namespace, before, query))
  const words = wordsOf({ kind: 'status', status: response.body as Status })
  if (again.code < 300) return failWith({ kind: 'status', status: response.body as Status })
  return fail(
    `an error occurred force-replacing the existing object with the newly provided one:\n\n${words}.\n\nAdditionally, an error occurred attempting to restore the original object:\n\n${wordsOf({ kind: 'status', status: again.body as Status })}`,
  )
}

function failPatch(status: Status, info: Info, patch: object): never {
  const source = JSON.stringify(info.source ?? '')
  const before = `error when applying patch:\n${compactJson(patch)}\nto:\n${describeInfo(info)}\nfor: ${source}: error when patching ${source}: `
  return failWith({ kind: 'status', status, before })
}

function* applyOnServer(s: Session, info: FileInfo, dryRun: DryRun): Run<KubeObject> {
  const query = { ...queryOf(s, dryRun), force: String(isOn(s, 'force-conflicts')) }
  function* patch(): Run<KubeObject | Status> {
    const spec = patchObject(info.resource, info.namespace, info.name, info.object, MEDIA.applyPatch, query)
    return (yield* ask<KubeObject | Status>(s, spec)).body
  }
  const first = yield* patch()
  if (isFailure(first)) {
    if (first.reason === 'Conflict') fail(`${first.message}\n${CONFLICT_HELP}`)
    failWith({ kind: 'status', status: first })
  }
  const object = yield* migrate(s, info, first as KubeObject, query, patch)
  if (object.metadata.deletionTimestamp)
    yield* err(s, `Warning: Detected changes to resource ${info.name} which is currently being deleted.\n`)
  yield* report(s, info, object, 'serverside-applied', dryRun)
  return object
}

const CONFLICT_HELP = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`

/** resource.Info's String(). */
const describeInfo = ({ resource: { group, version, plural, kind }, namespace, name }: Info): string =>
  `Resource: "${group}/${version}, Resource=${plural}", GroupVersionKind: "${group}/${version}, Kind=${kind}"\nName: ${JSON.stringify(name)}, Namespace: ${JSON.stringify(namespace ?? '')}`

/** Nulls mean "take away" in a patch, so that a create leaves them out. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null)
      .map(([key, field]) => [key, withoutNulls(field)]),
  )
}

export const applyCommand: Command = {
  name: 'apply',
  use: 'apply (-f FILENAME | -k DIRECTORY)',
  short: 'Apply a configuration to a resource by file name or stdin',
  long: "Apply a configuration to a resource by file name or stdin. The resource will be created if it doesn't exist yet.\n\n What was applied is kept in an annotation, so that the next apply can tell what you took away. JSON and YAML formats are accepted.",
  examples: [
    '# Apply the manifest that stands in the input',
    'cat web.yaml | kubectl apply -f -',
    '',
    '# Apply a file',
    'kubectl apply -f ./web.yaml',
    '',
    '# Let the apiserver merge, and keep who manages which field',
    'kubectl apply --server-side -f ./web.yaml',
  ],
  flags: [
    ...refused('openapi-patch:bool overwrite:bool subresource wait:bool'),
    ALLOW_MISSING,
    flag.bool('all', 'Select all resources in the namespace of the specified resource types.'),
    DRY_RUN,
    flag.string('field-manager', 'Name of the manager used to track field ownership.', { value: 'kubectl-client-side-apply' }),
    ...FORCE_FLAGS,
    RECORD,
    flag.bool('force-conflicts', 'If true, server-side apply will force the changes against conflicts.'),
    output(),
    flag.bool(
      'prune',
      'Automatically delete resource objects, that do not appear in the configs and are created by either apply or create --save-config.',
    ),
    flag.array('prune-allowlist', 'Overwrite the default allowlist with <group/version/kind> for --prune'),
    SELECTOR,
    flag.bool('server-side', 'If true, apply runs in the server instead of the client.'),
    SHOW_MANAGED,
    TEMPLATE,
    VALIDATE,
    ...fileFlags('that contains the configuration to apply'),
  ],
  commands: [
    refusing({
      name: 'edit-last-applied',
      use: 'edit-last-applied (RESOURCE/NAME | -f FILENAME)',
      short: 'Edit latest last-applied-configuration annotations of a resource/object',
      why: 'apply a changed manifest',
    }),
    setLastApplied,
    viewLastApplied,
  ],
  arguments: 'none',
  run,
}
