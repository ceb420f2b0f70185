// Models k8s.io/kubectl/pkg/cmd/scale/scale.go and pkg/scale/scale.go
import { type Resource, subresourceOf } from '../../api/kinds'
import { MEDIA } from '../../api/messages'
import type { KubeObject, Status } from '../../api/types'
import { sleep } from '../../client/effects'
import type { Info } from '../builder'
import { type Command, flag } from '../command'
import { type DryRun, dryRunOf, dryRunQuery } from '../dry-run'
import { fail, failWith, failWithAll } from '../errors'
import { DRY_RUN, fileFlags, PRINT_FLAGS, SELECTOR } from '../flags'
import { readLatest } from '../latest'
import { printChanged } from '../output'
import { RECORD, recordPatch } from '../record'
import { patchObject, requestOn } from '../requests'
import { ask, changed, count, demand, duration, isOn, type KubectlState, type Run, type Session, text } from '../session'

function* run(s: Session): Run {
  const replicas = count(s, 'replicas')
  const dryRun = dryRunOf(s)
  if (replicas < 0) fail('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0')
  if (count(s, 'current-replicas') < -1) fail('The --current-replicas must specify an integer of -1 or greater')
  const { infos, errors } = yield* readLatest(s, { asGiven: true, selector: text(s, 'selector'), everything: isOn(s, 'all') })
  if (infos.length === 0) {
    failWithAll(errors)
    fail('no objects passed to scale')
  }
  for (const info of infos) yield* scale(s, info, replicas, dryRun)
  failWithAll(errors)
}

function* scale(s: Session, info: Info, replicas: number, dryRun: DryRun): Run {
  const { resource, object } = info
  if (object === undefined) return
  if (dryRun !== 'client') yield* resize(s, info, replicas, dryRun)
  if (dryRun === 'none' && isOn(s, 'record')) {
    const { namespace, name } = info
    yield* demand(s, patchObject(resource, namespace, name, recordPatch(s), MEDIA.mergePatch))
  }
  if (dryRun === 'none' && duration(s, 'timeout') > 0) yield* waitForReplicas(s, info, replicas)
  yield* printChanged(s, resource, { ...object, spec: { ...object.spec, replicas } }, 'scaled', dryRun)
}

function* resize(s: Session, { resource, namespace, name }: Info, replicas: number, dryRun: DryRun): Run {
  if (!subresourceOf(resource, 'scale')) fail(notScalable(resource))
  const query = dryRunQuery(dryRun)
  const expected = count(s, 'current-replicas')
  if (expected === -1 && !changed(s, 'resource-version')) {
    yield* demand(s, patchObject(resource, namespace, name, { spec: { replicas } }, MEDIA.mergePatch, query, 'scale'))
    return
  }
  const target = { namespace, name, subresource: 'scale' }
  const current = yield* demand<KubeObject>(s, requestOn('get', 'GET', resource, target))
  const is = Number(current.spec?.replicas ?? 0)
  if (expected !== -1 && is !== expected) fail(`Expected replicas to be ${expected}, was ${is}`)
  const version = text(s, 'resource-version')
  if (version !== '' && current.metadata.resourceVersion !== version)
    fail(`Expected resource version to be ${version}, was ${current.metadata.resourceVersion}`)
  yield* demand(
    s,
    requestOn('update', 'PUT', resource, target, { body: { ...current, spec: { ...current.spec, replicas } }, query }),
  )
}

/** WaitForScaleHasDesiredReplicas: asks each second whether there are as many as there should be. */
function* waitForReplicas(s: Session, { resource, namespace, name }: Info, replicas: number): Run {
  const target = { namespace, name, subresource: 'scale' }
  for (let left = duration(s, 'timeout'); ; left -= POLL_MS) {
    const response = yield* ask<KubeObject | Status>(s, requestOn('get', 'GET', resource, target))
    if (response.code === 404) return
    if (response.code >= 300) failWith({ kind: 'status', status: response.body as Status })
    const { spec, status } = response.body as { spec?: { replicas?: number }; status?: { replicas?: number } }
    if ((spec?.replicas ?? 0) === replicas && (status?.replicas ?? 0) === replicas) return
    if (left < POLL_MS) fail(`timed out waiting for ${JSON.stringify(name)} to be synced`)
    yield* sleep<KubectlState>(POLL_MS)
  }
}
const POLL_MS = 1000

/** What discovery's answer is missed for. */
export const notScalable = ({ group, version, plural }: Resource): string =>
  `could not find scale subresource for ${group}/${version}, Resource=${plural} in discovery information`

export const scaleCommand: Command = {
  name: 'scale',
  use: 'scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  short: 'Set a new size for a deployment, replica set, or replication controller',
  long: 'Set a new size for a deployment, replica set, replication controller, or stateful set.\n\n With --current-replicas, the size is only changed if it is what is expected.',
  examples: [
    "# Scale a replica set named 'foo' to 3",
    'kubectl scale --replicas=3 rs/foo',
    '',
    '# If the deployment named mysql has 2 replicas, scale it to 3',
    'kubectl scale --current-replicas=2 --replicas=3 deployment/mysql',
    '',
    '# Scale several stateful sets',
    'kubectl scale --replicas=5 statefulset/web statefulset/db',
  ],
  flags: [
    flag.bool('all', 'Select all resources in the namespace of the specified resource types'),
    flag.int(
      'current-replicas',
      'Precondition for current size. Requires that the current size of the resource match this value in order to scale. -1 (default) for no condition.',
      { value: -1 },
    ),
    flag.int('replicas', 'The new desired number of replicas. Required.', { required: true }),
    flag.string(
      'resource-version',
      'Precondition for resource version. Requires that the current resource version match this value in order to scale.',
    ),
    flag.duration(
      'timeout',
      "The length of time to wait before giving up on a scale operation, zero means don't wait. Any other values should contain a corresponding time unit (e.g. 1s, 2m, 3h).",
    ),
    SELECTOR,
    RECORD,
    DRY_RUN,
    ...PRINT_FLAGS,
    ...fileFlags('identifying the resource to set a new size'),
  ],
  arguments: 'resources',
  kinds: ['deployment', 'replicaset', 'replicationcontroller', 'statefulset'],
  run,
}
