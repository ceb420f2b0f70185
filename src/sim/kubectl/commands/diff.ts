// Models k8s.io/kubectl/pkg/cmd/diff/diff.go; the comparison that the real one leaves to `diff -u -N` is made here.
import { MEDIA } from '../../api/messages'
import type { KubeObject, Status } from '../../api/types'
import { missingNamespace } from '../builder'
import { type Command, flag, refused } from '../command'
import { unifiedDiff } from '../diff-lines'
import { CommandFailed, fail, failWith, failWithAll, isNotFound, printedError } from '../errors'
import { type FileObjects, readObjects } from '../files'
import { fieldManager, fileFlags, SELECTOR } from '../flags'
import { saveLastApplied } from '../last-applied'
import { threeWayPatch } from '../patching'
import { omitManagedFields } from '../print/objects'
import { yamlOf } from '../print/yaml'
import { createObject, getObject, patchObject } from '../requests'
import { ask, demand, err, isOn, list, out, type Run, type Session, text } from '../session'

/** What goes wrong ends with 2, for 1 says that there are differences: CheckDiffErr. */
function* run(s: Session): Run {
  try {
    yield* compareAll(s)
  } catch (problem) {
    if (!(problem instanceof CommandFailed) || problem.why.kind === 'exit') throw problem
    const { text: words, code } = printedError(problem.why)
    yield* err(s, words.endsWith('\n') ? words : `${words}\n`)
    failWith({ kind: 'exit', code: code + 1 })
  }
}

function* compareAll(s: Session): Run {
  if (list(s, 'filename').length === 0 && text(s, 'kustomize') === '') fail('must specify one of -f and -k')
  if (isOn(s, 'server-side')) fail('diff --server-side is not simulated here')
  const { infos, errors } = yield* readObjects(s, false)
  failWithAll(errors)
  let differs = false
  for (const info of infos) {
    const { live, merged } = yield* compare(s, info)
    const name = [info.resource.group || 'core', info.resource.version, info.resource.kind, info.namespace ?? '', info.name]
      .join('.')
      .replace(/^core\./, '')
    const lines = unifiedDiff(live ? yamlOf(shown(live)) : '', yamlOf(shown(merged)), `LIVE/${name}`, `MERGED/${name}`)
    if (lines === '') continue
    differs = true
    yield* out(s, `diff -u -N LIVE/${name} MERGED/${name}\n${lines}`)
  }
  if (differs) failWith({ kind: 'exit', code: 1 })
}

const shown = (object: KubeObject): KubeObject => omitManagedFields(object)

/** The object as it is, and as it would be: the apiserver is asked without letting it store anything. */
function* compare(
  s: Session,
  info: FileObjects['infos'][number],
): Run<{ readonly live: KubeObject | undefined; readonly merged: KubeObject }> {
  const { resource, namespace, name } = info
  const query = { dryRun: 'All', fieldManager: text(s, 'field-manager') }
  const response = yield* ask<KubeObject | Status>(s, getObject(resource, namespace, name))
  if (response.code >= 300) {
    const status = (yield* missingNamespace(s, info, response.body as Status)) ?? (response.body as Status)
    if (!isNotFound(status) || status !== response.body) failWith({ kind: 'status', status })
    return {
      live: undefined,
      merged: yield* demand<KubeObject>(s, createObject(resource, namespace, saveLastApplied(info.object), query)),
    }
  }
  const live = response.body as KubeObject
  const patch = threeWayPatch(s, info, live, saveLastApplied(info.object))
  if (Object.keys(patch).length === 0) return { live, merged: live }
  return {
    live,
    merged: yield* demand<KubeObject>(s, patchObject(resource, namespace, name, patch, MEDIA.strategicMergePatch, query)),
  }
}

export const diffCommand: Command = {
  name: 'diff',
  use: 'diff -f FILENAME',
  short: 'Diff the live version against a would-be applied version',
  long: 'Diff configurations specified by file name or stdin between the current online configuration, and the configuration as it would be if applied.\n\n Exit status: 0 No differences were found. 1 Differences were found. >1 Kubectl or diff failed with an error.',
  examples: [
    '# Diff resources included in pod.json',
    'kubectl diff -f pod.json',
    '',
    '# Diff file read from stdin',
    'cat service.yaml | kubectl diff -f -',
  ],
  flags: [
    ...refused(
      'concurrency:int force-conflicts:bool prune:bool prune-allowlist:array show-managed-fields:bool show-secrets:bool',
    ),
    fieldManager('kubectl-client-side-apply'),
    SELECTOR,
    flag.bool('server-side', 'If true, apply runs in the server instead of the client.', { hidden: true }),
    ...fileFlags('contains the configuration to diff'),
  ],
  arguments: 'none',
  run,
}
