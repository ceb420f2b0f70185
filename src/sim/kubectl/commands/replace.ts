// Models k8s.io/kubectl/pkg/cmd/replace/replace.go
import type { KubeObject, Status } from '../../api/types'
import { type Command, flag, refused } from '../command'
import { validationOf } from '../create/generator'
import { type DryRun, dryRunOf, dryRunQuery } from '../dry-run'
import { fail, failWith, failWithAll, isNotFound, withSource } from '../errors'
import { type FileObject, visitObjects } from '../files'
import { DRY_RUN, fieldManager, fileFlags, PRINT_FLAGS, SAVE_CONFIG, VALIDATE } from '../flags'
import { saveLastApplied } from '../last-applied'
import { printChanged } from '../output'
import { getObject, replaceObject } from '../requests'
import { ask, demand, isOn, list, type Run, type Session, text } from '../session'

function* run(s: Session): Run {
  const dryRun = dryRunOf(s)
  if (list(s, 'filename').length === 0 && text(s, 'kustomize') === '') fail('must specify one of -f and -k')
  if (isOn(s, 'force')) fail('replace --force is not simulated here: delete the object, then create it')
  failWithAll(yield* visitObjects(s, validationOf(s) !== 'Ignore', info => replaceOne(s, info, dryRun)))
}

function* replaceOne(s: Session, info: FileObject, dryRun: DryRun): Run {
  const { resource, namespace, name, source } = info
  let object = isOn(s, 'save-config') ? saveLastApplied(info.object) : info.object
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

export const replaceCommand: Command = {
  name: 'replace',
  use: 'replace -f FILENAME',
  short: 'Replace a resource by file name or stdin',
  long: 'Replace a resource by file name or stdin.\n\n JSON and YAML formats are accepted. The complete resource must be given.',
  examples: ['# Replace a pod using the data in pod.yaml', 'kubectl replace -f ./pod.yaml'],
  flags: [
    ...refused('cascade grace-period:int raw subresource timeout:duration wait:bool'),
    flag.bool('force', 'If true, immediately remove resources from API and bypass graceful deletion.', { hidden: true }),
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
