// Models cordon and uncordon of k8s.io/kubectl/pkg/cmd/drain/drain.go
import { mustResource } from '../../api/kinds'
import { MEDIA } from '../../api/messages'
import type { KubeObject, Status } from '../../api/types'
import { isStatus, readInfo, readList } from '../builder'
import type { Command } from '../command'
import { discover } from '../discovery'
import { type DryRun, dryRunOf, dryRunQuery } from '../dry-run'
import { fail, failWith, failWithAll, usageError, wordsOf } from '../errors'
import { DRY_RUN, SELECTOR } from '../flags'
import { printChanged } from '../output'
import { patchObject } from '../requests'
import { ask, changed, err, type Run, type Session, text } from '../session'

/** cmdutil.DefaultChunkSize */
const CHUNK = 500

/** The nodes that a command is about, as they are. */
export function* chosenNodes(s: Session, use: string): Run<readonly KubeObject[]> {
  const selector = text(s, 'selector')
  if (s.args.length === 0 && !changed(s, 'selector')) usageError(s.path, `USAGE: ${use} [flags]`)
  if (s.args.length > 0 && selector !== '') usageError(s.path, 'error: cannot specify both a node name and a --selector option')
  yield* discover(s)
  const nodes = mustResource('v1', 'Node')
  if (selector !== '') {
    const { bodies, errors } = yield* readList(s, nodes, { selector, fieldSelector: '', namespace: undefined }, { chunk: CHUNK })
    failWithAll(errors)
    return bodies.flatMap(body => (body as { items: KubeObject[] }).items)
  }
  const found: KubeObject[] = []
  for (const arg of s.args) {
    const name = arg.includes('/') ? (arg.split('/')[1] ?? '') : arg
    if (arg.includes('/') && !/^(no|node|nodes)\//.test(arg))
      fail(`error: expected resource of type node, got ${JSON.stringify(arg.split('/')[0])}`)
    const info = yield* readInfo(s, { resource: nodes, namespace: undefined, name })
    if (isStatus(info)) return failWith({ kind: 'status', status: info })
    found.push(info.object as KubeObject)
  }
  return found
}

/** Makes nodes schedulable, or not; what goes wrong with one does not stop the others. */
export function* setUnschedulable(s: Session, nodes: readonly KubeObject[], desired: boolean, dryRun: DryRun): Run {
  const resource = mustResource('v1', 'Node')
  const word = desired ? 'cordoned' : 'uncordoned'
  for (const node of nodes) {
    if (Boolean(node.spec?.unschedulable) === desired) {
      yield* printChanged(s, resource, node, `already ${word}`, dryRun, 'own')
      continue
    }
    if (dryRun !== 'client') {
      const patch = { spec: { unschedulable: desired ? true : null } }
      const response = yield* ask<KubeObject | Status>(
        s,
        patchObject(resource, undefined, node.metadata.name, patch, MEDIA.strategicMergePatch, dryRunQuery(dryRun)),
      )
      if (response.code >= 300) {
        const why = wordsOf({ kind: 'status', status: response.body as Status })
        yield* err(s, `error: unable to ${desired ? 'cordon' : 'uncordon'} node ${JSON.stringify(node.metadata.name)}: ${why}\n`)
        continue
      }
    }
    yield* printChanged(s, resource, node, word, dryRun, 'own')
  }
}

const command = (name: string, desired: boolean, short: string): Command => ({
  name,
  use: `${name} NODE`,
  short,
  long: `${short}.`,
  examples: [`# ${short} "foo"`.replace('Mark node', 'Mark node "foo"').replace(/ "foo"$/, ''), `kubectl ${name} foo`],
  flags: [SELECTOR, DRY_RUN],
  arguments: 'resource',
  kind: 'nodes',
  run: function* (s) {
    const dryRun = dryRunOf(s)
    yield* setUnschedulable(s, yield* chosenNodes(s, `${name} NODE`), desired, dryRun)
  },
})

export const cordonCommand = command('cordon', true, 'Mark node as unschedulable')
export const uncordonCommand = command('uncordon', false, 'Mark node as schedulable')
