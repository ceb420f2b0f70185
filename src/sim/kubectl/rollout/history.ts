// Models k8s.io/kubectl/pkg/polymorphichelpers/history.go and rollback.go: the revisions of a Deployment, DaemonSet or StatefulSet.
import { mustResource } from '../../api/kinds'
import { isControlledBy } from '../../api/owners'
import { applyStrategicPatch } from '../../api/patch'
import { labelSelector } from '../../api/selectors'
import type { KubeList, KubeObject, PodTemplateSpec, ReplicaSet, Status } from '../../api/types'
import { withKind } from '../builder'
import { writeTemplate } from '../describe/pod'
import type { Writer } from '../describe/writer'
import { fail, wordsOf } from '../errors'
import type { Latest } from '../latest'
import { DESCRIBE_TABS, layOut } from '../print/tabwriter'
import { getObject, listObjects } from '../requests'
import { ask, type Run, type Session } from '../session'

const CHANGE_CAUSE = 'kubernetes.io/change-cause'
export const REVISION = 'deployment.kubernetes.io/revision'

/** One revision: the ReplicaSet or ControllerRevision that keeps it. */
export interface Revision {
  readonly number: number
  readonly cause: string
  readonly keeper: KubeObject
  /** The pod template of that time. */
  readonly template: PodTemplateSpec
}

/** An object as it is now, with its revisions in order. */
export interface History {
  readonly object: KubeObject
  readonly revisions: readonly Revision[]
}

/** Reads the object again and its revisions, as kubectl does. */
export function* readHistory(s: Session, info: Latest): Run<History> {
  const { resource, namespace, name } = info
  const word =
    resource.kind === 'Deployment'
      ? s.path.endsWith('undo')
        ? 'Deployment'
        : 'deployment'
      : resource.kind === 'StatefulSet'
        ? 'Statefulset'
        : resource.kind
  const object = withKind(
    yield* body<KubeObject>(s, getObject(resource, namespace, name), `failed to retrieve ${word} ${name}: `),
    resource,
  )
  const keepers = mustResource('apps/v1', resource.kind === 'Deployment' ? 'ReplicaSet' : 'ControllerRevision')
  const selector = labelSelector(object.spec.selector).text
  const found = yield* body<KubeList>(
    s,
    listObjects(keepers, namespace, { query: { labelSelector: selector } }),
    `failed to retrieve replica sets from deployment ${name}: `,
  )
  const owned = found.items.map(item => withKind(item, keepers)).filter(item => isControlledBy(item, object))
  const revisions = owned.flatMap(keeper => revisionOf(s, object, keeper))
  return { object, revisions: revisions.sort((a, b) => a.number - b.number) }
}

function* body<T>(s: Session, spec: Parameters<typeof ask>[1], before: string): Run<T> {
  const response = yield* ask<T | Status>(s, spec)
  if (response.code >= 300) fail(before + wordsOf({ kind: 'status', status: response.body as Status }))
  return response.body as T
}

function revisionOf(s: Session, object: KubeObject, keeper: KubeObject): readonly Revision[] {
  const cause = keeper.metadata.annotations?.[CHANGE_CAUSE] ?? ''
  if (keeper.kind === 'ControllerRevision') {
    const type = s.schema.typeOf(object.apiVersion, object.kind)
    const applied = type && applyStrategicPatch(object, keeper.data, type).value
    return [{ number: keeper.revision, cause, keeper, template: applied?.spec.template ?? object.spec.template }]
  }
  const number = keeper.metadata.annotations?.[REVISION]
  if (number === undefined) return []
  const { template } = (keeper as ReplicaSet).spec
  if (!template) return []
  const annotations = { ...template.metadata?.annotations, ...(cause && { [CHANGE_CAUSE]: cause }) }
  const metadata = { ...template.metadata, ...(Object.keys(annotations).length > 0 && { annotations }) }
  return [{ number: Number(number), cause, keeper, template: { ...template, metadata } }]
}

/** The table of `rollout history`. */
export function historyTable({ revisions }: History): string {
  if (revisions.length === 0) return 'No rollout history found.'
  const rows = revisions.map(({ number, cause }) => `${number}\t${cause || '<none>'}\n`)
  return layOut(`REVISION\tCHANGE-CAUSE\n${rows.join('')}`, DESCRIBE_TABS)
}

/** A pod template as `rollout history --revision` prints it: its tabs are not laid out. */
export function templateText(template: PodTemplateSpec): string {
  let text = ''
  const writer: Writer = {
    line: (level, ...cells) => {
      text += `${'  '.repeat(level)}${cells.join('\t')}\n`
    },
    flush: () => {},
  }
  writeTemplate(writer, template)
  return text
}
