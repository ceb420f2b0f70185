// Models k8s.io/kubectl/pkg/polymorphichelpers/rollback.go
import { semanticEqual } from '../../api/deep'
import { MEDIA } from '../../api/messages'
import type { KubeObject, PodTemplateSpec, Status } from '../../api/types'
import { type DryRun, dryRunQuery } from '../dry-run'
import { fail, wordsOf } from '../errors'
import { LAST_APPLIED } from '../last-applied'
import type { Latest } from '../latest'
import { patchObject } from '../requests'
import { ask, count, err, type Run, type Session } from '../session'
import { type History, REVISION, type Revision, readHistory, templateText } from './history'

/** Annotations that stay the Deployment's own when a ReplicaSet's are taken over. */
const KEPT = [
  LAST_APPLIED,
  REVISION,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]
const HASH = 'pod-template-hash'

/** Goes back to an earlier revision; returns what to say of it. */
export function* undo(s: Session, info: Latest, dryRun: DryRun): Run<string> {
  const { resource, object } = info
  if (object.metadata.annotations?.[LAST_APPLIED] !== undefined)
    yield* err(
      s,
      `Warning: resource ${resource.plural}/${info.name} was previously managed with 'kubectl apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n`,
    )
  const to = count(s, 'to-revision')
  if (to < 0) fail(`unable to find specified revision ${to} in history`)
  const history = yield* readHistory(s, info)
  const revision = chooseRevision(history, to)
  if (dryRun === 'client') return templateText(revision.template)
  if (history.object.kind === 'Deployment' && history.object.spec.paused)
    fail("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again")
  if (semanticEqual(withoutHash(revision.template), withoutHash(history.object.spec.template)))
    return `skipped rollback (current template already matches revision ${to})`
  const patch =
    history.object.kind === 'Deployment' ? deploymentPatch(history.object, revision) : (revision.keeper.data as object)
  const media = history.object.kind === 'Deployment' ? MEDIA.jsonPatch : MEDIA.strategicMergePatch
  const response = yield* ask<KubeObject | Status>(
    s,
    patchObject(resource, info.namespace, info.name, patch, media, dryRunQuery(dryRun)),
  )
  if (response.code >= 300)
    fail(`failed restoring revision ${to}: ${wordsOf({ kind: 'status', status: response.body as Status })}`)
  return 'rolled back'
}

function chooseRevision({ object, revisions }: History, to: number): Revision {
  if (to > 0)
    return revisions.find(revision => revision.number === to) ?? fail(`unable to find specified revision ${to} in history`)
  const previous = revisions[revisions.length - 2]
  if (previous) return previous
  return fail(
    object.kind === 'Deployment'
      ? `no rollout history found for deployment ${JSON.stringify(object.metadata.name)}`
      : 'no last revision to roll back to',
  )
}

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [HASH]: _, ...labels } = template.metadata?.labels ?? {}
  const { annotations, ...metadata } = template.metadata ?? {}
  const { 'kubernetes.io/change-cause': __, ...kept } = annotations ?? {}
  return { ...template, metadata: { ...metadata, labels, ...(Object.keys(kept).length > 0 && { annotations: kept }) } }
}

/** getDeploymentPatch: the template as it was, and the annotations of its ReplicaSet. */
function deploymentPatch(object: KubeObject, { keeper }: Revision): readonly object[] {
  const annotations: Record<string, string> = {}
  for (const key of KEPT) {
    const value = object.metadata.annotations?.[key]
    if (value !== undefined) annotations[key] = value
  }
  for (const [key, value] of Object.entries(keeper.metadata.annotations ?? {})) if (!KEPT.includes(key)) annotations[key] = value
  const { [HASH]: _, ...labels } = keeper.spec.template.metadata?.labels ?? {}
  const template = { ...keeper.spec.template, metadata: { ...keeper.spec.template.metadata, labels } }
  return [
    { op: 'replace', path: '/spec/template', value: template },
    { op: 'replace', path: '/metadata/annotations', value: annotations },
  ]
}
