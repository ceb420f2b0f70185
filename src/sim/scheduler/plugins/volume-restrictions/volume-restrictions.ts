// Models pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go, of which ReadWriteOncePod alone.
import type { Pod } from '../../../api/types'
import { claimNames } from '../../claims'
import { type Cluster, type Plugin, SKIP, unresolvable, unschedulable } from '../../framework'
import { type PodInfo, podInfoOf } from '../../pod-info'

const IN_USE = unschedulable('node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode')

/** A claim that only one pod may use keeps a second pod off every node, wherever the first one is. */
export const volumeRestrictions: Plugin<boolean> = {
  name: 'VolumeRestrictions',
  preFilter(pod, cluster) {
    const exclusive = new Set<string>()
    for (const { name, ephemeral } of claimNames(pod)) {
      if (ephemeral) continue
      const claim = cluster.listers.persistentVolumeClaim(pod.namespace, name)
      if (!claim) return unresolvable(`persistentvolumeclaim "${name}" not found`)
      if ((claim.spec?.accessModes as string[] | undefined)?.includes('ReadWriteOncePod')) exclusive.add(name)
    }
    return exclusive.size === 0 ? SKIP : { state: isUsed(pod.namespace, exclusive, cluster) }
  },
  filter: (_pod, _node, used) => (used ? IN_USE : undefined),
  wakes(event, pod) {
    const { kind, old, now } = event
    if (kind === 'node') return !old
    if (kind === 'claim') return !old && now?.metadata.namespace === pod.namespace && names(pod).includes(now.metadata.name)
    if (kind !== 'assigned-pod' || now || old?.metadata.namespace !== pod.namespace) return false
    return names(podInfoOf(old as unknown as Pod)).some(name => names(pod).includes(name))
  },
}

const names = (pod: PodInfo): readonly string[] => claimNames(pod).flatMap(c => (c.ephemeral ? [] : [c.name]))

/** Whether a pod on some node uses one of the claims (snapshot.go, IsPVCUsedByPods). */
function isUsed(namespace: string, claims: ReadonlySet<string>, { cache }: Cluster): boolean {
  for (const node of cache.nodes.values())
    for (const other of node.pods.values())
      if (other.namespace === namespace && names(other).some(name => claims.has(name))) return true
  return false
}
