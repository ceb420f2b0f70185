// Models k8s.io/kubectl/pkg/cmd/describe/describe.go
import { parseApiPath } from '../../api/kinds'
import type { KubeObject, Status } from '../../api/types'
import type { RequestSpec } from '../../client/http'
import type { Time } from '../../kernel/types'
import { type Info, readAll, type Selected, select } from '../builder'
import { type Command, flag } from '../command'
import { type Answer, type DescribeSettings, describe, describeReads, type ReadSpec } from '../describe'
import { CommandFailed, fail, failWith, failWithAll, isNotFound, type KubectlError, printedError } from '../errors'
import { readFiles } from '../files'
import { ALL_NAMESPACES, CHUNK_SIZE, fileFlags, SELECTOR } from '../flags'
import { ask, changed, count, err, isOn, list, now, out, type Run, type Session, text } from '../session'

function* run(s: Session): Run {
  const fromFiles = list(s, 'filename').length > 0
  if (s.args.length === 0 && !fromFiles)
    fail(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n',
    )
  const options = { selector: text(s, 'selector'), allNamespaces: isOn(s, 'all-namespaces'), everything: true }
  const files = fromFiles ? yield* readFiles(s) : undefined
  const selected: Selected = files ? { kind: 'named', items: files.items } : yield* select(s, s.args, options)
  const found = yield* readAll(s, selected, { goOn: true, chunk: count(s, 'chunk-size') })
  const single = found.errors.length === 0 && found.infos.length === 1
  const showEvents = changed(s, 'show-events')
    ? isOn(s, 'show-events')
    : single || (found.infos.length <= 1 && found.errors.length === 0)
  const settings = { showEvents, chunkSize: count(s, 'chunk-size') }
  const [missing] = found.errors
  if (missing?.kind === 'status' && isNotFound(missing.status) && s.args.length === 2)
    return yield* describeMatching(s, missing, settings)
  const unread: readonly KubectlError[] = files && files.errors.length > 0 ? [{ kind: 'several', errors: files.errors }] : []
  const failures = [...(yield* describeAll(s, found.infos, settings, found.errors)), ...unread]
  if (found.infos.length === 0 && failures.length === 0)
    yield* err(s, isOn(s, 'all-namespaces') ? 'No resources found\n' : `No resources found in ${s.namespace} namespace.\n`)
  failWithAll(failures)
}

/** Describes one after the other; an error that came before is not said again. */
function* describeAll(
  s: Session,
  infos: readonly Info[],
  settings: DescribeSettings,
  before: readonly KubectlError[],
): Run<readonly KubectlError[]> {
  const failures = [...before]
  const said = new Set<string>()
  let first = true
  for (const info of infos) {
    try {
      const words = yield* describeOne(s, info, settings)
      yield* out(s, first ? words : `\n\n${words}`)
      first = false
    } catch (problem) {
      if (!(problem instanceof CommandFailed)) throw problem
      const { text: words } = printedError(problem.why)
      if (!said.has(words)) failures.push(problem.why)
      said.add(words)
    }
  }
  return failures
}

/** A name that is no object's may be the beginning of some. */
function* describeMatching(s: Session, missing: KubectlError, settings: DescribeSettings): Run {
  const [type = '', prefix = ''] = s.args
  const selected = yield* select(s, [type], { everything: true, allNamespaces: isOn(s, 'all-namespaces') })
  const found = yield* readAll(s, selected, { chunk: count(s, 'chunk-size') })
  failWithAll(found.errors)
  const matching = found.infos.filter(info => info.name.startsWith(prefix))
  if (matching.length === 0) failWith(missing)
  for (const info of matching) yield* out(s, `${yield* describeOne(s, info, settings)}\n`)
}

function* describeOne(s: Session, { object, name }: Info, settings: DescribeSettings): Run<string> {
  // of a file: it was not looked for, and its describer cannot look for it either
  if (name === '') fail('resource name may not be empty')
  const known = object as KubeObject
  const answers: Answer[] = []
  for (const read of describeReads(known, settings)) {
    const { code, body } = yield* ask<unknown>(s, readSpec(read))
    if (code >= 300 && read.required) failWith({ kind: 'status', status: body as Status })
    answers.push({ code, body })
  }
  const at = yield* now()
  return describe(known, answers, at as Time, settings)
}

/** A describer's read as a request. */
function readSpec({ path, query }: ReadSpec): RequestSpec {
  const parsed = parseApiPath(path)
  const verb = parsed?.name === undefined ? 'list' : 'get'
  return {
    method: 'GET',
    path,
    query,
    info: {
      verb,
      group: parsed?.group ?? '',
      resource: parsed?.resource ?? path,
      ...(parsed?.namespace !== undefined && { namespace: parsed.namespace }),
      ...(parsed?.name !== undefined && { name: parsed.name }),
    },
  }
}

export const describeCommand: Command = {
  name: 'describe',
  use: 'describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  short: 'Show details of a specific resource or group of resources',
  long: 'Show details of a specific resource or group of resources.\n\n Prints a detailed description of the selected resources, with related ones such as events or controllers. A name that is no object\'s is taken as the beginning of names.\n\nUse "kubectl api-resources" for a complete list of supported resources.',
  examples: [
    '# Describe a node',
    'kubectl describe nodes node-1',
    '',
    '# Describe a pod',
    'kubectl describe pods/nginx',
    '',
    '# Describe all pods',
    'kubectl describe pods',
    '',
    '# Describe pods by label',
    'kubectl describe pods -l name=myLabel',
    '',
    "# Describe all pods whose names begin with 'frontend'",
    'kubectl describe pods frontend',
  ],
  flags: [
    ALL_NAMESPACES,
    CHUNK_SIZE,
    SELECTOR,
    flag.bool(
      'show-events',
      'If true, display events related to the described object. Defaults to true for a single object, false for multiple objects and prefix matching.',
      { value: true },
    ),
    ...fileFlags('containing the resource to describe'),
  ],
  arguments: 'resources',
  run,
}
