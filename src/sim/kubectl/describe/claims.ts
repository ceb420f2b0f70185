// Models printPersistentVolumeClaim and describeVolumeClaimTemplates of kubectl's describe.go.
import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1'
import type { ObjectMeta } from '../../api/types'
import { annotations, goList, labels, multiline, sortedBy } from './format'
import type { Writer } from './writer'

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class'
const MODES = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
] as const

/** `RWO,ROX`. Models storageutil.GetAccessModesAsString. */
export const accessModes = (modes: readonly string[] = []): string =>
  MODES.flatMap(([mode, short]) => (modes.includes(mode) ? short : [])).join(',')

/** The annotation is older than the field, and wins. Models storageutil.GetPersistentVolumeClaimClass. */
export const className = (
  metadata: Pick<ObjectMeta, 'annotations'> | undefined,
  spec: { storageClassName?: string } | undefined,
): string => metadata?.annotations?.[CLASS_ANNOTATION] ?? spec?.storageClassName ?? ''

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
  nested.line(0, 'StorageClass:', className(metadata, spec))
  if (full) nested.line(0, 'Status:', full.status)
  nested.line(0, 'Volume:', spec?.volumeName ?? '')
  labels(nested, 'Labels', metadata?.labels)
  annotations(nested, 'Annotations', metadata?.annotations)
  if (full) nested.line(0, 'Finalizers:', goList(metadata?.finalizers))
  nested.line(0, 'Capacity:', spec?.volumeName ? (status?.capacity?.storage ?? '0') : '')
  nested.line(0, 'Access Modes:', spec?.volumeName ? accessModes(status?.accessModes) : '')
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
    writer.line(1, 'StorageClass:', className(metadata, spec))
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
