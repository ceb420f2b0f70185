// Models k8s.io/kubectl/pkg/cmd/create/create.go
import type { KubeObject } from '../../api/types'
import { type Command, refused } from '../command'
import { GENERATORS } from '../create'
import { validationOf } from '../create/generator'
import { type DryRun, dryRunOf } from '../dry-run'
import { fail, failWithAll, usageError } from '../errors'
import { type FileObject, visitObjects } from '../files'
import { DRY_RUN, fieldManager, fileFlags, PRINT_FLAGS, SAVE_CONFIG, SELECTOR, VALIDATE } from '../flags'
import { saveLastApplied } from '../last-applied'
import { printChanged } from '../output'
import { RECORD, recorded } from '../record'
import { createObject } from '../requests'
import { demand, isOn, list, type Run, type Session, text } from '../session'

function* run(s: Session): Run {
  if (s.args.length > 0) usageError(s.path, `Unexpected args: [${s.args.join(' ')}]`)
  if (list(s, 'filename').length === 0 && text(s, 'kustomize') === '') fail('must specify one of -f and -k')
  const dryRun = dryRunOf(s)
  let found = 0
  const errors = yield* visitObjects(s, validationOf(s) !== 'Ignore', info => {
    found++
    return createOne(s, info, dryRun)
  })
  failWithAll(errors)
  if (found === 0) fail('no objects passed to create')
}

function* createOne(s: Session, { resource, namespace, object, source }: FileObject, dryRun: DryRun): Run {
  const full = recorded(s, isOn(s, 'save-config') ? saveLastApplied(object) : object)
  const query = {
    ...(dryRun === 'server' && { dryRun: 'All' }),
    fieldManager: text(s, 'field-manager'),
    fieldValidation: validationOf(s),
  }
  const created =
    dryRun === 'client'
      ? full
      : yield* demand<KubeObject>(
          s,
          createObject(resource, namespace, full, query),
          `error when creating ${JSON.stringify(source)}: `,
        )
  yield* printChanged(s, resource, created, 'created', dryRun)
}

export const createCommand: Command = {
  name: 'create',
  use: 'create -f FILENAME',
  short: 'Create a resource from a file or from stdin',
  long: 'Create a resource from a file or from stdin.\n\n JSON and YAML formats are accepted.',
  examples: [
    '# Create a pod using the data in pod.yaml',
    'kubectl create -f ./pod.yaml',
    '',
    '# Create a deployment',
    'kubectl create deployment web --image=nginx --replicas=3',
  ],
  flags: [
    SELECTOR,
    ...refused('edit:bool raw windows-line-endings:bool'),
    RECORD,
    ...PRINT_FLAGS,
    SAVE_CONFIG,
    VALIDATE,
    DRY_RUN,
    fieldManager('kubectl-create'),
    ...fileFlags('to use to create the resource'),
  ],
  commands: GENERATORS,
  arguments: 'none',
  run,
}
