// Models k8s.io/kubectl/pkg/cmd/auth/reconcile.go
import { mustResource, type Resource, resourceByKind } from '../../api/kinds'
import type { KubeObject, PolicyRule, Status } from '../../api/types'
import { type Command, flag } from '../command'
import { type DryRun, dryRunOf, warnDryRun } from '../dry-run'
import { CommandFailed, fail, failWith, failWithAll, isNotFound, type KubectlError } from '../errors'
import { localObjects } from '../files'
import { DRY_RUN, fileFlags, PRINT_FLAGS } from '../flags'
import { printChanged } from '../output'
import { isBinding, type Reconciled, reconcile, type Subject } from '../reconcile-rbac'
import { createObject, getObject, replaceObject, requestOn } from '../requests'
import { ask, err, isOn, list, type Run, type Session, text } from '../session'

const GROUP = 'rbac.authorization.k8s.io'
/** An object that comes and goes while it is reconciled is not followed for ever. */
const TRIES = { role: 3, binding: 4 }

function* run(s: Session): Run {
  if (list(s, 'filename').length === 0 && text(s, 'kustomize') === '') fail('must specify one of -f and -k')
  if (s.args.length > 0) fail('no arguments are allowed')
  yield* warnDryRun(s)
  const dryRun = dryRunOf(s)
  if (dryRun === 'server') fail('--dry-run=server for command reconcile is not supported yet')
  const { objects, errors } = localObjects(s)
  const failures: KubectlError[] = []
  for (const object of objects) {
    try {
      yield* reconcileOne(s, object, dryRun)
    } catch (problem) {
      if (!(problem instanceof CommandFailed)) throw problem
      failures.push(problem.why)
    }
  }
  failWithAll([...failures, ...errors])
}

function* reconcileOne(s: Session, given: KubeObject, dryRun: DryRun): Run {
  const [group, version] = given.apiVersion.split('/')
  const resource = resourceByKind(given.apiVersion, given.kind)
  // what is not of RBAC is passed over
  if (group !== GROUP || !resource) return
  if (version !== 'v1') fail(`only ${GROUP}/v1 is supported: not *${version}.${given.kind}`)
  const expected = typed(given)
  for (let tries = 0; tries < TRIES[isBinding(expected) ? 'binding' : 'role']; tries++) {
    const result = yield* reconcileOnce(s, resource, expected, dryRun)
    if (result) return yield* report(s, resource, result, dryRun)
  }
  fail('exceeded maximum attempts')
}

/** What Go reads of the object, and writes again: fields that it does not know are left out. */
function typed({ apiVersion, kind, metadata, ...rest }: KubeObject): KubeObject {
  const head = { apiVersion, kind, metadata }
  if (isBinding({ ...head })) {
    const { roleRef, subjects } = rest
    return { ...head, ...(subjects && { subjects }), roleRef }
  }
  return { ...head, rules: rest.rules ?? null, ...(rest.aggregationRule && { aggregationRule: rest.aggregationRule }) }
}

/** Reads, compares and writes; undefined where the object came or went meanwhile. */
function* reconcileOnce(s: Session, resource: Resource, expected: KubeObject, dryRun: DryRun): Run<Reconciled | undefined> {
  const { name, namespace } = expected.metadata
  const response = yield* ask<KubeObject | Status>(s, getObject(resource, namespace, name))
  const found = response.code < 300 ? (response.body as KubeObject) : undefined
  if (!found && !isNotFound(response.body as Status)) failWith({ kind: 'status', status: response.body as Status })
  const removesExtra = isOn(s, isBinding(expected) ? 'remove-extra-subjects' : 'remove-extra-permissions')
  const result = reconcile(found, expected, removesExtra)
  if (result.isProtected || dryRun === 'client' || result.operation === 'none') return result
  if (result.operation === 'recreate' && found && !(yield* deleteExact(s, resource, found))) return undefined
  const { object } = result
  const written =
    result.operation === 'update'
      ? yield* orAgain(s, replaceObject(resource, namespace, name, object), 'NotFound')
      : yield* createInNamespace(s, resource, object)
  return written && { ...result, object: written }
}

/** Sends a request; undefined where it is refused for a reason that means "look again". */
function* orAgain(s: Session, spec: Parameters<typeof ask>[1], again: string): Run<KubeObject | undefined> {
  const response = yield* ask<KubeObject | Status>(s, spec)
  if (response.code < 300) return response.body as KubeObject
  const status = response.body as Status
  return status.reason === again ? undefined : failWith({ kind: 'status', status })
}

/** Deletes this very object; false where another one has its name now. */
function* deleteExact(s: Session, resource: Resource, { metadata: { name, namespace, uid } }: KubeObject): Run<boolean> {
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid } }
  const response = yield* ask<Status>(s, requestOn('delete', 'DELETE', resource, { namespace, name }, { body }))
  if (response.code < 300 || isNotFound(response.body)) return true
  return response.body.reason === 'Conflict' ? false : failWith({ kind: 'status', status: response.body })
}

function* createInNamespace(s: Session, resource: Resource, object: KubeObject): Run<KubeObject | undefined> {
  const { namespace = '' } = object.metadata
  if (resource.namespaced) yield* ensureNamespace(s, namespace)
  return yield* orAgain(s, createObject(resource, namespace, object), 'AlreadyExists')
}

/** The namespace is made if need be; who may not do that is not told. */
function* ensureNamespace(s: Session, name: string): Run {
  const namespaces = mustResource('v1', 'Namespace')
  const read = yield* ask<Status>(s, getObject(namespaces, undefined, name))
  if (read.code < 300) return
  if (!isNotFound(read.body) && read.body.reason !== 'Forbidden') failWith({ kind: 'status', status: read.body })
  const body: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
  const made = yield* ask<Status>(s, createObject(namespaces, undefined, body))
  if (made.code < 300 || made.body.reason === 'AlreadyExists' || made.body.reason === 'Forbidden') return
  failWith({ kind: 'status', status: made.body })
}

function* report(s: Session, resource: Resource, result: Reconciled, dryRun: DryRun): Run {
  yield* printChanged(s, resource, result.object, 'reconciled', dryRun)
  if (result.operation === 'none') return
  const caveat = result.isProtected ? ', but object opted out (rbac.authorization.kubernetes.io/autoupdate: false)' : ''
  yield* err(s, `\treconciliation required ${result.operation}${caveat}\n`)
  const { missingSubjects, extraSubjects, missingRules, extraRules } = result
  yield* listed(s, 'missing subjects added', missingSubjects.map(subjectWords))
  if (isOn(s, 'remove-extra-subjects')) yield* listed(s, 'extra subjects removed', extraSubjects.map(subjectWords))
  yield* listed(s, 'missing rules added', missingRules.map(ruleWords))
  if (isOn(s, 'remove-extra-permissions')) yield* listed(s, 'extra rules removed', extraRules.map(ruleWords))
}

function* listed(s: Session, title: string, lines: readonly string[]): Run {
  if (lines.length > 0) yield* err(s, `\t${title}:\n${lines.map(line => `\t\t${line}\n`).join('')}`)
}

/** A Subject in Go's syntax, as %+v prints it. */
const subjectWords = ({ kind, apiGroup = '', name, namespace = '' }: Subject): string =>
  `{Kind:${kind} APIGroup:${apiGroup} Name:${name} Namespace:${namespace}}`

const ruleWords = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string => {
  const words = (values: readonly string[] | undefined) => `[${(values ?? []).join(' ')}]`
  return `{Verbs:${words(verbs)} APIGroups:${words(apiGroups)} Resources:${words(resources)} ResourceNames:${words(resourceNames)} NonResourceURLs:${words(nonResourceURLs)}}`
}

export const reconcileCommand: Command = {
  name: 'reconcile',
  use: 'reconcile -f FILENAME',
  short: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
  long: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects.\n\n What is missing is created, with its namespace if need be. Roles get the permissions and bindings the subjects that they lack; what is too much is taken away only where a flag says so.',
  examples: ['# Reconcile RBAC resources from a file', 'kubectl auth reconcile -f my-rbac-rules.yaml'],
  flags: [
    ...PRINT_FLAGS,
    ...fileFlags('identifying the resource to reconcile.'),
    flag.bool('remove-extra-permissions', 'If true, removes extra permissions added to roles'),
    flag.bool('remove-extra-subjects', 'If true, removes extra subjects added to rolebindings'),
    DRY_RUN,
  ],
  arguments: 'none',
  run,
}
