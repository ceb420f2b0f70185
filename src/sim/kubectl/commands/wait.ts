// Models k8s.io/kubectl/pkg/cmd/wait

import { notFound } from '../../api/status'
import type { KubeObject } from '../../api/types'
import { sleep } from '../../client/effects'
import { BadTemplate } from '../bad-template'
import { type Info, readAll, type Selected, type SelectOptions, select } from '../builder'
import { type Command, flag, refused } from '../command'
import { fail, failWith, failWithAll, isNotFound } from '../errors'
import { readFiles } from '../files'
import {
  ALL_NAMESPACES,
  ALLOW_MISSING,
  FIELD_SELECTOR,
  filename,
  output,
  RECURSIVE,
  SELECTOR,
  SHOW_MANAGED,
  TEMPLATE,
} from '../flags'
import { follow, setDeadline } from '../follow'
import { valuesAt, valueText } from '../jsonpath'
import { parseJsonPath, relaxedPath } from '../jsonpath-parser'
import { printChanged } from '../output'
import { duration, isOn, type KubectlState, list, now, type Run, type Session, text } from '../session'
import { isGone } from '../wait'

/** One `--for`. */
type Condition =
  | { readonly kind: 'delete' | 'create' }
  | { readonly kind: 'condition'; readonly name: string; readonly value: string }
  | { readonly kind: 'jsonpath'; readonly path: string; readonly value: string | undefined }

const POLL_MS = 500

function* run(s: Session): Run {
  const conditions = list(s, 'for').map(readCondition)
  if (conditions.length === 0) fail('unrecognized condition: []')
  const given = duration(s, 'timeout')
  const timeout = given < 0 ? 168 * 3600 * 1000 : given
  if (conditions.some(({ kind }) => kind === 'create')) yield* waitForCreation(s, timeout)
  const infos = yield* targets(
    s,
    conditions.some(({ kind }) => kind === 'delete'),
  )
  if (infos.length === 0) {
    if (conditions.some(({ kind }) => kind === 'delete')) return
    fail('no matching resources found')
  }
  if (timeout > 0 && given >= 0) yield* setDeadline(s, timeout)
  for (const info of infos)
    for (const condition of conditions) {
      const object = yield* waitFor(s, info, condition, timeout)
      yield* printChanged(s, info.resource, object ?? placeholder(info), 'condition met')
    }
}

const placeholder = ({ resource, namespace, name }: Info): KubeObject => ({
  apiVersion: resource.apiVersion,
  kind: resource.kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
})

function readCondition(given: string): Condition {
  const lower = given.toLowerCase()
  if (lower === 'delete' || lower === 'create') return { kind: lower }
  if (given.startsWith('condition=')) {
    const [name = '', ...value] = given.slice('condition='.length).split('=')
    return { kind: 'condition', name, value: value.length > 0 ? value.join('=') : 'true' }
  }
  if (given.startsWith('jsonpath=')) return readJsonPathCondition(given.slice('jsonpath='.length))
  return fail(`unrecognized condition: ${JSON.stringify(given)}`)
}

/** A single `=` parts the path from the value; a double one belongs to the path. */
function readJsonPathCondition(input: string): Condition {
  const parts = input
    .replaceAll('==', '\u0000')
    .split('=')
    .map(part => part.replaceAll('\u0000', '=='))
  if (parts.length > 2)
    fail("jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'")
  const [path = '', given] = parts
  const value = given?.replace(/^['"]+|['"]+$/g, '')
  if (value === '') fail("jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3")
  try {
    parseJsonPath(relaxedPath(path))
  } catch (problem) {
    if (!(problem instanceof BadTemplate)) throw problem
    fail(problem.message)
  }
  return { kind: 'jsonpath', path, value }
}

const selection = (s: Session): SelectOptions => ({
  selector: text(s, 'selector'),
  fieldSelector: text(s, 'field-selector'),
  all: isOn(s, 'all'),
  allNamespaces: isOn(s, 'all-namespaces'),
})

function* selected(s: Session): Run<Selected> {
  if (list(s, 'filename').length === 0) return yield* select(s, s.args, selection(s))
  const { items, errors } = yield* readFiles(s)
  failWithAll(errors)
  return { kind: 'named', items }
}

/** The objects to wait for, each read once; what must go need not be there. */
function* targets(s: Session, forDelete: boolean): Run<readonly Info[]> {
  const choice = yield* selected(s)
  if (choice.kind === 'named' && !forDelete) return choice.items
  if (choice.kind === 'named') {
    const found = yield* readAll(s, choice, { goOn: true })
    failWithAll(found.errors.filter(error => !(error.kind === 'status' && isNotFound(error.status))))
    return found.infos
  }
  const found = yield* readAll(s, choice, {})
  failWithAll(found.errors.filter(error => !(forDelete && error.kind === 'status' && isNotFound(error.status))))
  return found.infos
}

function* waitForCreation(s: Session, timeout: number): Run {
  const began = yield* now()
  for (;;) {
    const found = yield* readAll(s, yield* selected(s), { goOn: true })
    const other = found.errors.filter(error => !(error.kind === 'status' && isNotFound(error.status)))
    failWithAll(other)
    if (found.infos.length > 0 && found.errors.length === 0) return
    if ((yield* now()) - began >= timeout * 1000) fail('timed out waiting for the condition')
    yield* sleep<KubectlState>(POLL_MS)
  }
}

function* waitFor(s: Session, info: Info, condition: Condition, timeout: number): Run<KubeObject | undefined> {
  const { resource, namespace, name } = info
  const timedOut = `timed out waiting for the condition on ${resource.plural}/${name}`
  if (condition.kind === 'create') return info.object
  if (condition.kind === 'delete') {
    const gone = yield* isGone(s, info, info.object?.metadata.uid)
    return gone === 'timeout' ? fail(timedOut) : info.object
  }
  const found = yield* readAll(s, { kind: 'named', items: [info] })
  failWithAll(found.errors)
  if (timeout === 0) {
    const object = found.infos[0]?.object
    return object && isMet(object, condition) ? object : fail(`condition not met for ${resource.plural}/${name}`)
  }
  let last: KubeObject | undefined
  const result = yield* follow(s, {
    resource,
    namespace,
    name,
    begin: object => (object === undefined ? failWith({ kind: 'status', status: notFound(resource, name) }) : false),
    step: (event, object) => {
      last = object
      return event !== 'DELETED' && isMet(object, condition)
    },
  })
  return result === 'timeout' ? fail(timedOut) : last
}

function isMet(object: KubeObject, condition: Condition): boolean {
  if (condition.kind === 'condition') return hasCondition(object, condition.name, condition.value)
  return condition.kind === 'jsonpath' && hasValue(object, condition.path, condition.value)
}

interface StatusCondition {
  readonly type?: string
  readonly status?: string
  readonly observedGeneration?: number
}

/** A condition counts only if it was made for the newest spec. */
function hasCondition({ metadata, status }: KubeObject, name: string, value: string): boolean {
  const conditions: readonly StatusCondition[] = status?.conditions ?? []
  const found = conditions.find(({ type }) => type?.toLowerCase() === name.toLowerCase())
  if (found?.status === undefined) return false
  const observed = found.observedGeneration ?? status.observedGeneration
  if (metadata.generation !== undefined && observed !== undefined && observed < metadata.generation) return false
  return found.status.toLowerCase() === value.toLowerCase()
}

function hasValue(object: KubeObject, path: string, expected: string | undefined): boolean {
  let values: readonly unknown[]
  try {
    values = valuesAt(path, object)
  } catch (problem) {
    if (!(problem instanceof BadTemplate)) throw problem
    return fail(problem.message)
  }
  if (values.length === 0) return false
  if (values.length > 1) fail('given jsonpath expression matches more than one value')
  if (expected === undefined) return true
  const [value] = values
  if (typeof value === 'object' && value !== null) fail('jsonpath leads to a nested object or list which is not supported')
  return valueText(value).trim() === expected.trim()
}

export const waitCommand: Command = {
  name: 'wait',
  use: "wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
  short: 'Wait for a specific condition on one or many resources',
  long: 'Wait for a specific condition on one or many resources.\n\n The command takes multiple resources and waits until the condition is seen in the status of each, or until each is gone.',
  examples: [
    '# Wait for the pod "busybox1" to contain the status condition of type "Ready"',
    'kubectl wait --for=condition=Ready pod/busybox1',
    '',
    '# Wait for the pod "busybox1" to contain the status phase to be "Running"',
    "kubectl wait --for=jsonpath='{.status.phase}'=Running pod/busybox1",
    '',
    '# Wait for the pod "busybox1" to be deleted, with a timeout of 60s',
    'kubectl wait --for=delete pod/busybox1 --timeout=60s',
  ],
  flags: [
    ...refused('local:bool'),
    flag.bool('all', 'Select all resources in the namespace of the specified resource types'),
    ALL_NAMESPACES,
    ALLOW_MISSING,
    FIELD_SELECTOR,
    flag.array(
      'for',
      "The condition to wait on: [create|delete|condition=condition-name[=condition-value]|jsonpath='{JSONPath expression}'=[JSONPath value]]. The default condition-value is true. Condition values are compared after Unicode simple case folding, which is a more general form of case-insensitivity.",
    ),
    output(),
    SELECTOR,
    SHOW_MANAGED,
    TEMPLATE,
    flag.duration(
      'timeout',
      "The length of time to wait before giving up. Zero means check once and don't wait, negative means wait for a week.",
      { value: '30s' },
    ),
    filename('identifying the resource.'),
    { ...RECURSIVE, value: true },
  ],
  arguments: 'resources',
  run,
}
