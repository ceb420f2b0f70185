// Models k8s.io/kubectl/pkg/cmd/diff/diff.go; the comparison that the real one leaves to `diff -u -N` is made here.
import { MEDIA } from '../../api/messages'
import { parseSelector } from '../../api/selectors'
import { rfc3339Micro } from '../../api/time'
import type { KubeObject, Status } from '../../api/types'
import type { RequestSpec } from '../../client/http'
import type { Time } from '../../kernel/types'
import { missingNamespace } from '../builder'
import { type Command, flag, refused } from '../command'
import { unifiedDiff } from '../diff-lines'
import { CommandFailed, fail, failWith, failWithAll, isNotFound, printedError } from '../errors'
import { type FileObjects, readObjects } from '../files'
import { fieldManager, fileFlags, SELECTOR } from '../flags'
import { withoutLastApplied } from '../last-applied'
import { threeWayPatch } from '../patching'
import { omitManagedFields } from '../print/objects'
import { yamlOf } from '../print/yaml'
import { createObject, getObject, patchObject } from '../requests'
import { ask, chance, changed, err, isOn, list, now, out, type Run, type Session, text } from '../session'

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

/** The two files that `diff` would be shown. */
interface Versions {
  readonly name: string
  readonly live: string
  readonly merged: string
  /** When they were written, in virtual µs. */
  readonly at: number
}

function* compareAll(s: Session): Run {
  if (list(s, 'filename').length === 0 && text(s, 'kustomize') === '') fail('must specify one of -f and -k')
  if (isOn(s, 'force-conflicts') && !isOn(s, 'server-side')) fail('--force-conflicts only works with --server-side')
  const { infos, errors } = yield* readObjects(s, false)
  const folders = [`/tmp/LIVE-${yield* chance(2 ** 32)}`, `/tmp/MERGED-${yield* chance(2 ** 32)}`] as const
  const selector = parseSelector(text(s, 'selector'))
  if (selector.value === undefined) fail(selector.error)
  const versions: Versions[] = []
  for (const info of infos.filter(({ object }) => selector.value?.matches(object.metadata.labels ?? {}))) {
    const found = yield* compare(s, info)
    const { live, merged } = info.resource.apiVersion === 'v1' && info.resource.kind === 'Secret' ? masked(found) : found
    const { group, version, kind } = info.resource
    versions.push({
      name: [...(group === '' ? [] : [group]), version, kind, info.namespace ?? '', info.name].join('.'),
      live: live ? yamlOf(shown(s, live)) : '',
      merged: yamlOf(shown(s, merged)),
      at: yield* now(),
    })
    if (found.live?.metadata.deletionTimestamp)
      yield* err(s, `Warning: Detected changes to resource ${info.name} which is currently being deleted.\n`)
  }
  failWithAll(errors)
  if (yield* printDifferences(s, folders, versions)) failWith({ kind: 'exit', code: 1 })
}

/** What `diff -u -N` prints of two folders: file by file, by their names. */
function* printDifferences(s: Session, [live, merged]: readonly [string, string], versions: readonly Versions[]): Run<boolean> {
  let differs = false
  for (const one of [...versions].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const time = rfc3339Micro(one.at as Time)
      .replace('T', ' ')
      .replace('Z', '000 +0000')
    const paths = [`${live}/${one.name}`, `${merged}/${one.name}`] as const
    const lines = unifiedDiff(one.live, one.merged, `${paths[0]}\t${time}`, `${paths[1]}\t${time}`)
    if (lines === '') continue
    differs = true
    yield* out(s, `diff -u -N ${paths[0]} ${paths[1]}\n${lines}`)
  }
  return differs
}

const shown = (s: Session, object: KubeObject): KubeObject =>
  isOn(s, 'show-managed-fields') ? object : omitManagedFields(object)

interface Compared {
  readonly live: KubeObject | undefined
  readonly merged: KubeObject
}

/** Values of a secret are not shown, only whether they differ. Models Masker. */
function masked({ live, merged }: Compared): Compared {
  const dataOf = (object: KubeObject | undefined) => (object as { data?: Readonly<Record<string, string>> } | undefined)?.data
  const [from, to] = [dataOf(live), dataOf(merged)]
  const hide = (data: typeof from, other: typeof from, words: string) =>
    data &&
    Object.fromEntries(Object.keys(data).map(key => [key, other && key in other && data[key] !== other[key] ? words : '***']))
  const withData = (object: KubeObject, data: object | undefined): KubeObject =>
    (data ? { ...object, data } : object) as KubeObject
  return {
    live: live && withData(live, hide(from, to, '*** (before)')),
    merged: withData(merged, hide(to, from, '*** (after)')),
  }
}

/** One that changes meanwhile is compared again so often. */
const TRIES = 4

/** The object as it is, and as it would be: the apiserver is asked without letting it store anything. */
function* compare(s: Session, info: FileObjects['infos'][number]): Run<Compared> {
  const { resource, namespace, name, object } = info
  const manager = changed(s, 'field-manager')
    ? text(s, 'field-manager')
    : isOn(s, 'server-side')
      ? 'kubectl'
      : text(s, 'field-manager')
  const query = { dryRun: 'All', fieldManager: manager }
  for (let tries = 1; ; tries++) {
    const response = yield* ask<KubeObject | Status>(s, getObject(resource, namespace, name))
    if (response.code >= 300) {
      const status = (yield* missingNamespace(s, info, response.body as Status)) ?? (response.body as Status)
      if (!isNotFound(status) || status !== response.body) failWith({ kind: 'status', status })
    }
    const live = response.code < 300 ? (response.body as KubeObject) : undefined
    let request: RequestSpec
    if (isOn(s, 'server-side')) {
      const force = { ...query, force: String(isOn(s, 'force-conflicts')) }
      request = patchObject(resource, namespace, name, object, MEDIA.applyPatch, force)
    } else if (!live) request = createObject(resource, namespace, object, query)
    else {
      const patch = threeWayPatch(s, info, live, withoutLastApplied(object)) as { readonly metadata?: object }
      if (Object.keys(patch).length === 0) return { live, merged: live }
      const { resourceVersion } = live.metadata
      const body = tries < TRIES ? { ...patch, metadata: { ...patch.metadata, resourceVersion } } : patch
      request = patchObject(resource, namespace, name, body, MEDIA.strategicMergePatch, query)
    }
    const answer = yield* ask<KubeObject | Status>(s, request)
    if (answer.code < 300) return { live, merged: answer.body as KubeObject }
    if (answer.code !== 409 || tries === TRIES) failWith({ kind: 'status', status: answer.body as Status })
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
    ...refused('concurrency:int prune:bool prune-allowlist:array show-secrets:bool'),
    flag.bool('force-conflicts', 'If true, server-side apply will force the changes against conflicts.'),
    flag.bool('show-managed-fields', 'If true, include managed fields in the diff.'),
    fieldManager('kubectl-client-side-apply'),
    SELECTOR,
    flag.bool('server-side', 'If true, apply runs in the server instead of the client.'),
    ...fileFlags('contains the configuration to diff'),
  ],
  arguments: 'none',
  run,
}
