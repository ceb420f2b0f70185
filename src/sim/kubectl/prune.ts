// Models k8s.io/kubectl/pkg/cmd/apply/prune.go: `apply --prune` deletes what was applied and is not in the files any more.
import { mustResource, type Resource, resourceByKind } from '../api/kinds'
import type { KubeList, Status } from '../api/types'
import { withKind } from './builder'
import { cascadeOf } from './commands/delete'
import type { DryRun } from './dry-run'
import { fail, wordsOf } from './errors'
import { lastApplied } from './last-applied'
import { printChanged } from './output'
import { listObjects, type Query, requestOn } from './requests'
import { ask, count, isOn, list, type Run, type Session, text } from './session'

/** What is looked through unless `--prune-allowlist` says otherwise. */
const NAMESPACED = [
  ['v1', 'ConfigMap'],
  ['v1', 'Endpoints'],
  ['v1', 'PersistentVolumeClaim'],
  ['v1', 'Pod'],
  ['v1', 'ReplicationController'],
  ['v1', 'Secret'],
  ['v1', 'Service'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['apps/v1', 'DaemonSet'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'ReplicaSet'],
  ['apps/v1', 'StatefulSet'],
] as const
const OTHERS = [
  ['v1', 'Namespace'],
  ['v1', 'PersistentVolume'],
] as const

/** Ends the command where `--all` and `--prune` do not go with its other flags. */
export function checkPrune(s: Session): void {
  if (isOn(s, 'all') && text(s, 'selector') !== '') fail('cannot set --all and --selector at the same time')
  if (!isOn(s, 'prune')) return
  if (!isOn(s, 'all') && text(s, 'selector') === '')
    fail(
      'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
    )
  if (isOn(s, 'server-side')) fail("--prune is in alpha and doesn't currently work on objects created by server-side apply")
}

/** The kinds that are looked through. */
export function prunedKinds(s: Session): readonly Resource[] {
  const allowed = list(s, 'prune-allowlist')
  if (allowed.length === 0) return [...NAMESPACED, ...OTHERS].map(([apiVersion, kind]) => mustResource(apiVersion, kind))
  return allowed.map(given => {
    const [group = '', version = '', kind, more] = given.split('/')
    if (kind === undefined || more !== undefined)
      return fail(`invalid GroupVersionKind format: ${given}, please follow <group/version/kind>`)
    const apiVersion = group === 'core' || group === '' ? version : `${group}/${version}`
    return (
      resourceByKind(apiVersion, kind) ??
      fail(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`)
    )
  })
}

/** Deletes what was applied to these namespaces before, and has none of these uids. */
export function* prune(
  s: Session,
  namespaces: readonly string[],
  uids: ReadonlySet<string>,
  kinds: readonly Resource[],
  dryRun: DryRun,
): Run {
  for (const namespace of namespaces)
    for (const resource of kinds.filter(({ namespaced }) => namespaced))
      yield* pruneKind(s, resource, namespace, uids, dryRun, 'namespaced')
  for (const resource of kinds.filter(({ namespaced }) => !namespaced))
    yield* pruneKind(s, resource, undefined, uids, dryRun, 'nonNamespaced')
}

function* pruneKind(
  s: Session,
  resource: Resource,
  namespace: string | undefined,
  uids: ReadonlySet<string>,
  dryRun: DryRun,
  scope: 'namespaced' | 'nonNamespaced',
): Run {
  const { group, version, kind } = resource
  const failed = (status: Status): never =>
    fail(`error pruning ${scope} object ${group}/${version}, Kind=${kind}: ${wordsOf({ kind: 'status', status })}`)
  const selector = text(s, 'selector')
  const query: Query = selector === '' ? {} : { labelSelector: selector }
  const answer = yield* ask<KubeList | Status>(s, listObjects(resource, namespace, { query }))
  if (answer.code >= 300) return failed(answer.body as Status)
  for (const item of (answer.body as KubeList).items) {
    if (lastApplied(item) === undefined || uids.has(item.metadata.uid ?? '')) continue
    if (dryRun !== 'client') {
      const target = { namespace, name: item.metadata.name }
      const deleted = yield* ask<Status>(s, requestOn('delete', 'DELETE', resource, target, { body: deleteOptions(s, dryRun) }))
      if (deleted.code >= 300) return failed(deleted.body)
    }
    yield* printChanged(s, resource, withKind(item, resource), 'pruned', dryRun)
  }
}

function deleteOptions(s: Session, dryRun: DryRun): object {
  const grace = count(s, 'grace-period')
  return {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(grace >= 0 && { gracePeriodSeconds: grace }),
    propagationPolicy: cascadeOf(s),
    ...(dryRun === 'server' && { dryRun: ['All'] }),
  }
}
