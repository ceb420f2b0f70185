// Models printPersistentVolumeClaim and describeVolumeClaimTemplates of kubectl's describe.go.
import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1'
import { accessModesText, classOf } from '../../api/storage'
import type { ObjectMeta } from '../../api/types'
import { annotations, goList, labels, multiline, sortedBy } from './format'
import type { Writer } from './writer'

/**
 * The part of a claim that a template has, too. `full` is what only a claim has: its status line, and its finalizers.
 * Models printPersistentVolumeClaim.
 */
export function writeClaim(
  writer: Writer,
  level: number,
  {
    metadata,
    spec,
    status,
  }: { metadata?: Partial<ObjectMeta>; spec?: PersistentVolumeClaim['spec']; status?: PersistentVolumeClaim['status'] },
  full?: { readonly status: string },
): void {
  const nested: Writer = { ...writer, line: (own, ...cells) => writer.line(own + level, ...cells) }
  nested.line(0, 'StorageClass:', classOf({ metadata, spec }))
  if (full) nested.line(0, 'Status:', full.status)
  nested.line(0, 'Volume:', spec?.volumeName ?? '')
  labels(nested, 'Labels', metadata?.labels)
  annotations(nested, 'Annotations', metadata?.annotations)
  if (full) nested.line(0, 'Finalizers:', goList(metadata?.finalizers))
  nested.line(0, 'Capacity:', spec?.volumeName ? (status?.capacity?.storage ?? '0') : '')
  nested.line(0, 'Access Modes:', spec?.volumeName ? accessModesText(status?.accessModes) : '')
  if (spec?.volumeMode) nested.line(0, 'VolumeMode:', spec.volumeMode)
  if (!spec?.dataSource) return
  nested.line(0, 'DataSource:')
  if (spec.dataSource.apiGroup) nested.line(1, 'APIGroup:', spec.dataSource.apiGroup)
  nested.line(1, 'Kind:', spec.dataSource.kind)
  nested.line(1, 'Name:', spec.dataSource.name)
}

/** Claims that a StatefulSet makes for its Pods. Models describeVolumeClaimTemplates. */
export function writeClaimTemplates(writer: Writer, templates: readonly PersistentVolumeClaim[] = []): void {
  writer.line(0, 'Volume Claims:', ...(templates.length === 0 ? ['<none>'] : []))
  for (const { metadata, spec } of templates) {
    writer.line(1, 'Name:', metadata?.name ?? '')
    writer.line(1, 'StorageClass:', classOf({ metadata, spec }))
    for (const [title, map] of [
      ['Labels', metadata?.labels],
      ['Annotations', metadata?.annotations],
    ] as const) {
      const entries = sortedBy(Object.entries(map ?? {}), ([key]) => key)
      multiline(
        writer,
        1,
        title,
        entries.map(([key, value]) => `${key}=${value}`),
      )
    }
    writer.line(1, 'Capacity:', spec?.resources?.requests?.storage ?? '<default>')
    writer.line(1, 'Access Modes:', goList(spec?.accessModes))
  }
}
