// Models k8s.io/kubectl/pkg/cmd/rollout
import { rfc3339 } from '../../api/time'
import type { DaemonSet, Deployment, KubeObject, StatefulSet } from '../../api/types'
import type { Time } from '../../kernel/types'
import { type Command, type Flag, flag } from '../command'
import { dryRunOf } from '../dry-run'
import { fail, failWithAll, type KubectlError } from '../errors'
import { DRY_RUN, fieldManager, fileFlags, PRINT_FLAGS, SELECTOR } from '../flags'
import { follow, setDeadline } from '../follow'
import { type Latest, readLatest, visitLatest } from '../latest'
import { formatOf, printChanged, printOne } from '../output'
import { sendChanged } from '../pod-template'
import { nameOf } from '../print/objects'
import { historyTable, readHistory, templateText } from '../rollout/history'
import { daemonSetStatus, deploymentStatus, type RolloutStatus, statefulSetStatus } from '../rollout/status'
import { undo } from '../rollout/undo'
import { count, duration, err, isOn, list, now, out, type Run, type Session, text } from '../session'

const ROLLED = ['Deployment.apps', 'DaemonSet.apps', 'StatefulSet.apps']
const options = (s: Session) => ({ selector: text(s, 'selector'), everything: true })

function requireResource(s: Session): void {
  if (s.args.length === 0 && list(s, 'filename').length === 0) fail('required resource not specified')
}

function* status(s: Session): Run {
  requireResource(s)
  const revision = count(s, 'revision')
  if (revision < 0) fail(`revision must be a positive integer: ${revision}`)
  const visited = yield* visitLatest(s, info => followRollout(s, info, revision), options(s))
  if (visited === 0) yield* err(s, `No resources found in ${s.namespace} namespace.\n`)
}

function* followRollout(s: Session, { resource, namespace, name }: Latest, revision: number): Run {
  if (!ROLLED.includes(resource.groupKind)) fail(`no status viewer has been implemented for ${resource.groupKind}`)
  yield* setDeadline(s, duration(s, 'timeout'))
  const result = yield* follow(s, {
    resource,
    namespace,
    name,
    step: function* (event, object) {
      if (event === 'DELETED') fail('object has been deleted')
      const said = statusOf(object, resource.kind, revision)
      if ('error' in said) return fail(said.error)
      yield* out(s, said.text)
      return said.done || !isOn(s, 'watch')
    },
  })
  if (result === 'timeout') fail('timed out waiting for the condition')
}

function statusOf(object: KubeObject, kind: string, revision: number): RolloutStatus {
  if (kind === 'Deployment') return deploymentStatus(object as unknown as Deployment, revision)
  if (kind === 'DaemonSet') return daemonSetStatus(object as unknown as DaemonSet)
  return statefulSetStatus(object as unknown as StatefulSet)
}

function* history(s: Session): Run {
  requireResource(s)
  const revision = count(s, 'revision')
  if (revision < 0) fail(`revision must be a positive integer: ${revision}`)
  const format = formatOf(s)
  yield* visitLatest(
    s,
    function* (info) {
      if (!ROLLED.includes(info.resource.groupKind))
        fail(`no history viewer has been implemented for ${JSON.stringify(info.resource.groupKind)}`)
      const found = yield* readHistory(s, info)
      const one = found.revisions.find(({ number }) => number === revision)
      if (revision > 0 && !one) fail('unable to find the specified revision')
      if (format.name !== '') for (const { keeper } of one ? [one] : found.revisions) yield* printOne(s, keeper, format)
      else
        yield* out(
          s,
          `${nameOf(info.object)} ${one ? `with revision #${revision}` : ''}\n${one ? templateText(one.template) : historyTable(found)}\n`,
        )
    },
    options(s),
  )
}

function* undoAll(s: Session): Run {
  requireResource(s)
  const dryRun = dryRunOf(s)
  yield* visitLatest(
    s,
    function* (info) {
      if (!ROLLED.includes(info.resource.groupKind))
        fail(`no rollbacker has been implemented for ${JSON.stringify(info.resource.groupKind)}`)
      yield* printChanged(s, info.resource, info.object, yield* undo(s, info, dryRun), dryRun, 'own')
    },
    options(s),
  )
}

/** What a subcommand changes, or why it does not. */
type Change = (
  object: KubeObject,
  at: number,
) => { readonly object: KubeObject } | { readonly error: string } | { readonly failure: string }

/** Changes all chosen objects at once: restart, pause, resume. */
function* changeAll(s: Session, change: Change, done: string): Run {
  requireResource(s)
  const { infos, errors } = yield* readLatest(s, options(s))
  if (infos.length === 0 && errors.length === 0) return yield* err(s, `No resources found in ${s.namespace} namespace.\n`)
  const failures: KubectlError[] = [...errors]
  const at = yield* now()
  const sending = { operation: done, failure: 'failed to patch: ', dryRun: 'none', printer: 'own' } as const
  for (const info of infos) {
    const made = change(info.object, at)
    if ('error' in made)
      failures.push({ kind: 'text', text: `error: ${info.resource.groupResource} ${JSON.stringify(info.name)} ${made.error}` })
    else if ('failure' in made) failures.push({ kind: 'text', text: made.failure })
    else failures.push(...(yield* sendChanged(s, info, made.object, sending)))
  }
  failWithAll(failures)
}

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt'

const restarted: Change = (object, at) => {
  if (!ROLLED.includes(`${object.kind}.${object.apiVersion.split('/')[0]}`)) return { error: 'restarting is not supported' }
  const { spec } = object
  if (object.kind === 'Deployment' && spec.paused) return { error: "can't restart paused deployment (run rollout resume first)" }
  const before = spec.template.metadata?.annotations
  const annotations = { ...before, [RESTARTED_AT]: rfc3339(at as Time) }
  // the annotation knows seconds only, so that the patch would be empty
  if (before?.[RESTARTED_AT] === annotations[RESTARTED_AT])
    return {
      failure: `failed to create patch for ${object.metadata.name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
    }
  return {
    object: {
      ...object,
      spec: { ...spec, template: { ...spec.template, metadata: { ...spec.template.metadata, annotations } } },
    },
  }
}

const paused: Change = object => {
  if (object.kind !== 'Deployment') return { error: 'pausing is not supported' }
  return object.spec.paused ? { error: 'is already paused' } : { object: { ...object, spec: { ...object.spec, paused: true } } }
}

const resumed: Change = object => {
  if (object.kind !== 'Deployment') return { error: 'resuming is not supported' }
  const { paused: was, ...spec } = object.spec
  return was ? { object: { ...object, spec } } : { error: 'is not paused' }
}

const COMMON: readonly Flag[] = [SELECTOR, ...fileFlags('identifying the resource to get from a server.')]
const VALID = '\n\n Valid resource types include:\n\n  *  deployments\n  *  daemonsets\n  *  statefulsets'

const sub = (
  name: string,
  short: string,
  long: string,
  examples: readonly string[],
  flags: readonly Flag[],
  run: (s: Session) => Run,
): Command => ({
  name,
  use: `${name} ${['pause', 'restart', 'resume'].includes(name) ? 'RESOURCE' : '(TYPE NAME | TYPE/NAME) [flags]'}`,
  short,
  long,
  examples,
  flags: [...flags, ...COMMON],
  arguments: 'resource',
  kinds: ['pause', 'resume'].includes(name) ? ['deployment'] : ['deployment', 'daemonset', 'statefulset'],
  run,
})

export const rolloutCommand: Command = {
  name: 'rollout',
  use: 'rollout SUBCOMMAND',
  helpsOn: 'stdout',
  short: 'Manage the rollout of a resource',
  long: `Manage the rollout of one or many resources.${VALID}`,
  examples: [
    '# Roll back to the previous deployment',
    'kubectl rollout undo deployment/abc',
    '',
    '# Check the rollout status of a daemonset',
    'kubectl rollout status daemonset/foo',
    '',
    '# Restart a deployment',
    'kubectl rollout restart deployment/abc',
  ],
  commands: [
    sub(
      'history',
      'View rollout history',
      'View previous rollout revisions and configurations.',
      [
        '# View the rollout history of a deployment',
        'kubectl rollout history deployment/abc',
        '',
        '# View the details of daemonset revision 3',
        'kubectl rollout history daemonset/abc --revision=3',
      ],
      [flag.int('revision', 'See the details, including podTemplate of the revision specified'), ...PRINT_FLAGS],
      history,
    ),
    sub(
      'pause',
      'Mark the provided resource as paused',
      'Mark the provided resource as paused.\n\n Paused resources will not be reconciled by a controller. Currently only deployments support being paused.',
      [
        '# Pause the nginx deployment: changes to it have no effect as long as it is paused',
        'kubectl rollout pause deployment/nginx',
      ],
      [...PRINT_FLAGS, fieldManager('kubectl-rollout')],
      s => changeAll(s, paused, 'paused'),
    ),
    sub(
      'restart',
      'Restart a resource',
      'Restart a resource.\n\n The pods of the resource are replaced as in a rolling update.',
      [
        '# Restart all deployments in the namespace',
        'kubectl rollout restart deployment',
        '',
        '# Restart a daemon set',
        'kubectl rollout restart daemonset/abc',
      ],
      [...PRINT_FLAGS, fieldManager('kubectl-rollout')],
      s => changeAll(s, restarted, 'restarted'),
    ),
    sub(
      'resume',
      'Resume a paused resource',
      'Resume a paused resource.\n\n Paused resources will not be reconciled by a controller; by resuming a resource, it is again. Currently only deployments support being resumed.',
      ['# Resume an already paused deployment', 'kubectl rollout resume deployment/nginx'],
      [...PRINT_FLAGS, fieldManager('kubectl-rollout')],
      s => changeAll(s, resumed, 'resumed'),
    ),
    sub(
      'status',
      'Show the status of the rollout',
      'Show the status of the rollout.\n\n Follows the rollout until it is done; --watch=false looks once.',
      ['# Watch the rollout status of a deployment', 'kubectl rollout status deployment/nginx'],
      [
        flag.int('revision', 'Pin to a specific revision for showing its status. Defaults to 0 (last revision).'),
        flag.duration(
          'timeout',
          'The length of time to wait before ending watch, zero means never. Any other values should contain a corresponding time unit (e.g. 1s, 2m, 3h).',
        ),
        flag.bool('watch', "Watch the status of the rollout until it's done.", { short: 'w', value: true }),
      ],
      status,
    ),
    sub(
      'undo',
      'Undo a previous rollout',
      'Roll back to a previous rollout.',
      [
        '# Roll back to the previous deployment',
        'kubectl rollout undo deployment/abc',
        '',
        '# Roll back to daemonset revision 3',
        'kubectl rollout undo daemonset/abc --to-revision=3',
      ],
      [flag.int('to-revision', 'The revision to rollback to. Default to 0 (last revision).'), ...PRINT_FLAGS, DRY_RUN],
      undoAll,
    ),
  ],
}
