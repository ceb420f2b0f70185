// Models pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go, of which ReadWriteOncePod alone.
import { claimNames } from '../../claims'
import { type Plugin, SKIP, unschedulable } from '../../framework'

const IN_USE = unschedulable('node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode')

/** A claim that only one pod may use keeps a second pod off every node. */
export const volumeRestrictions: Plugin<ReadonlySet<string>> = {
  name: 'VolumeRestrictions',
  preFilter(pod, { listers }) {
    const exclusive = claimNames(pod).filter(({ name }) =>
      (listers.persistentVolumeClaim(pod.namespace, name)?.spec?.accessModes as string[] | undefined)?.includes(
        'ReadWriteOncePod',
      ),
    )
    return exclusive.length === 0 ? SKIP : { state: new Set(exclusive.map(c => c.name)) }
  },
  filter(pod, node, exclusive) {
    for (const other of node.pods.values())
      if (other.namespace === pod.namespace && claimNames(other).some(c => exclusive.has(c.name))) return IN_USE
    return undefined
  },
  wakes: event => event.kind === 'assigned-pod' && event.now === undefined,
}
