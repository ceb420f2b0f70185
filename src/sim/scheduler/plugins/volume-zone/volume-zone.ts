// Models pkg/scheduler/framework/plugins/volumezone/volume_zone.go.
import { deepEqual } from '../../../api/deep'
import { claimNames } from '../../claims'
import { type Plugin, SKIP, unresolvable } from '../../framework'

const NO_ZONE = unresolvable('node(s) had no available volume zone')
const TOPOLOGY = [
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
]

const withoutBeta = (key: string): string => key.replace('failure-domain.beta.kubernetes.io', 'topology.kubernetes.io')

interface Topology {
  readonly key: string
  readonly values: readonly string[]
}

/** Keeps a pod in the zone of its volumes, where these say theirs by label. */
export const volumeZone: Plugin<readonly Topology[]> = {
  name: 'VolumeZone',
  preFilter(pod, { listers }) {
    const wanted: Topology[] = []
    for (const { name, ephemeral } of claimNames(pod)) {
      const volumeName = ephemeral ? undefined : listers.persistentVolumeClaim(pod.namespace, name)?.spec?.volumeName
      if (!volumeName) continue
      const volume = listers.persistentVolume(volumeName)
      if (!volume) return unresolvable(`persistentvolume "${volumeName}" not found`)
      for (const key of TOPOLOGY) {
        const value = volume.metadata.labels?.[key]
        if (value) wanted.push({ key, values: value.split('__') })
      }
    }
    return wanted.length === 0 ? SKIP : { state: wanted }
  },
  filter(_pod, { labels }, wanted) {
    if (!TOPOLOGY.some(key => labels[key] !== undefined)) return undefined
    for (const { key, values } of wanted) if (!values.includes(labels[key] ?? labels[withoutBeta(key)] ?? '')) return NO_ZONE
    return undefined
  },
  wakes({ kind, old, now }, pod) {
    if (!now) return false
    if (kind === 'storage-class') return !old && now.volumeBindingMode === 'WaitForFirstConsumer'
    if (kind === 'claim')
      return now.metadata.namespace === pod.namespace && claimNames(pod).some(c => !c.ephemeral && c.name === now.metadata.name)
    if (kind === 'volume') return !old || TOPOLOGY.some(key => old.metadata.labels?.[key] !== now.metadata.labels?.[key])
    return kind === 'node' && (!old || !deepEqual(old.metadata.labels, now.metadata.labels))
  },
}
