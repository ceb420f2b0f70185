// Models k8s.io/kubectl/pkg/cmd/replace/replace.go
import type { KubeObject, Status } from '../../api/types'
import { type Command, refused } from '../command'
import { validationOf } from '../create/generator'
import { type DryRun, dryRunOf, dryRunQuery } from '../dry-run'
import { fail, failWith, failWithAll, isNotFound, type KubectlError, withSource } from '../errors'
import { type FileObject, readObjects, visitObjects } from '../files'
import { DRY_RUN, fieldManager, fileFlags, PRINT_FLAGS, SAVE_CONFIG, VALIDATE } from '../flags'
import { FORCE_FLAGS, pollUntilGone } from '../force'
import { saveLastApplied } from '../last-applied'
import { printChanged } from '../output'
import { RECORD, recorded } from '../record'
import { createObject, getObject, replaceObject } from '../requests'
import { ask, count, demand, duration, isOn, list, type Run, type Session, text } from '../session'
import { cascadeOf, deleteOne } from './delete'

function* run(s: Session): Run {
  const dryRun = dryRunOf(s)
  if (list(s, 'filename').length === 0 && text(s, 'kustomize') === '') fail('must specify one of -f and -k')
  const grace = count(s, 'grace-period') === 0 ? 1 : count(s, 'grace-period')
  if (grace >= 0 && !isOn(s, 'force')) fail('--grace-period must have --force specified')
  if (duration(s, 'timeout') !== 0 && !isOn(s, 'force')) fail('--timeout must have --force specified')
  if (isOn(s, 'force')) return yield* forceReplace(s, grace)
  failWithAll(yield* visitObjects(s, validationOf(s) !== 'Ignore', info => replaceOne(s, info, dryRun)))
}

function* replaceOne(s: Session, info: FileObject, dryRun: DryRun): Run {
  const { resource, namespace, name, source } = info
  let object = recorded(s, isOn(s, 'save-config') ? saveLastApplied(info.object) : info.object)
  if (dryRun !== 'client') {
    if (name === '') fail(withSource('replacing', source, 'resource name may not be empty'))
    const before = `error when replacing ${JSON.stringify(source)}: `
    if (!object.metadata.resourceVersion) object = yield* withVersion(s, info, object, before)
    const query = { ...dryRunQuery(dryRun), fieldManager: text(s, 'field-manager'), fieldValidation: validationOf(s) }
    object = yield* demand<KubeObject>(s, replaceObject(resource, namespace, name, object, query), before)
  }
  yield* printChanged(s, resource, object, 'replaced', dryRun)
}

/** An object without a version replaces whatever is there; where nothing is, the apiserver says so. */
function* withVersion(
  s: Session,
  { resource, namespace, name }: FileObject,
  object: KubeObject,
  before: string,
): Run<KubeObject> {
  const response = yield* ask<KubeObject | Status>(s, getObject(resource, namespace, name))
  if (response.code >= 300) {
    const status = response.body as Status
    return isNotFound(status) ? object : failWith({ kind: 'status', status, before })
  }
  const { resourceVersion } = (response.body as KubeObject).metadata
  return { ...object, metadata: { ...object.metadata, ...(resourceVersion !== undefined && { resourceVersion }) } }
}

/** Deletes what there is, waits until it is gone, and creates it anew. */
function* forceReplace(s: Session, grace: number): Run {
  const { infos, errors } = yield* readObjects(s, false)
  const options = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...(grace >= 0 && { gracePeriodSeconds: grace }),
    propagationPolicy: cascadeOf(s),
  }
  const failures: KubectlError[] = []
  for (const info of infos) {
    const result = yield* deleteOne(s, info, options, 'none', grace)
    if ('kind' in result && !(result.kind === 'status' && isNotFound(result.status))) failures.push(result)
  }
  failWithAll([...failures, ...errors])
  for (const info of infos) yield* pollUntilGone(s, info, duration(s, 'timeout') || FORCE_TIMEOUT_MS)
  failWithAll(yield* visitObjects(s, validationOf(s) !== 'Ignore', info => createAnew(s, info)))
}
const FORCE_TIMEOUT_MS = 5 * 60_000

function* createAnew(s: Session, { resource, namespace, object }: FileObject): Run {
  const full = recorded(s, isOn(s, 'save-config') ? saveLastApplied(object) : object)
  const query = { fieldManager: text(s, 'field-manager'), fieldValidation: validationOf(s) }
  const created = yield* demand<KubeObject>(s, createObject(resource, namespace, full, query))
  yield* printChanged(s, resource, created, 'replaced')
}

export const replaceCommand: Command = {
  name: 'replace',
  use: 'replace -f FILENAME',
  short: 'Replace a resource by file name or stdin',
  long: 'Replace a resource by file name or stdin.\n\n JSON and YAML formats are accepted. The complete resource must be given.',
  examples: ['# Replace a pod using the data in pod.yaml', 'kubectl replace -f ./pod.yaml'],
  flags: [
    ...refused('raw subresource wait:bool'),
    ...FORCE_FLAGS,
    RECORD,
    ...PRINT_FLAGS,
    SAVE_CONFIG,
    VALIDATE,
    DRY_RUN,
    fieldManager('kubectl-replace'),
    ...fileFlags('The files that contain the configurations to replace.'),
  ],
  arguments: 'none',
  run,
}
