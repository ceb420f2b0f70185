// Models pkg/controller/volume/attachdetach/{populator,util} and pkg/volume/csi/csi_attacher.go: which volumes a node is to have attached.
import { claimNames } from '../../api/claim-names'
import { sha256Hex } from '../../api/sha256'
import type { KubeObject, Pod } from '../../api/types'
import { type ControllerWorld, NO_KEYS, store } from '../../client/controller'
import { objectsBy } from '../../client/store'
import { isPodTerminal } from '../pods'

export const ATTACHMENTS = 'volumeattachments.storage.k8s.io'

/** A volume that is to be attached to a node, and the pods there that want it. */
export interface Wanted {
  readonly volume: KubeObject
  readonly driver: string
  readonly handle: string
  readonly pods: readonly Pod[]
}

/** getAttachmentName: the same for a volume and a node, whoever makes it. */
export const attachmentName = ({ driver, handle }: Pick<Wanted, 'driver' | 'handle'>, node: string): string =>
  `csi-${sha256Hex(`${handle}${driver}${node}`)}`
/** A volume's name in a node's status. */
export const uniqueName = ({ driver, handle }: Pick<Wanted, 'driver' | 'handle'>): string =>
  `kubernetes.io/csi/${driver}^${handle}`

/** Index of pods: the node of those that have claims. */
export const nodeOfClaims = (object: KubeObject): readonly string[] => {
  const pod = object as Pod
  return pod.spec.nodeName && claimNames(pod).length > 0 ? [pod.spec.nodeName] : NO_KEYS
}

/** The volume that a claim is bound to, if it is one that has to be attached: those of CSI drivers, unless the driver says that it need not. */
function attachable(world: ControllerWorld, namespace: string, claim: string): KubeObject | undefined {
  const found = store(world, 'persistentvolumeclaims').objects.get(`${namespace}/${claim}`)
  const volume = found?.status?.phase === 'Bound' && store(world, 'persistentvolumes').objects.get(found.spec?.volumeName ?? '')
  if (!volume || volume.spec?.claimRef?.uid !== found?.metadata.uid || !volume.spec?.csi) return undefined
  const driver = store(world, 'csidrivers.storage.k8s.io').objects.get(volume.spec.csi.driver)
  return driver?.spec?.attachRequired === false ? undefined : volume
}

/** What the pods of a node want attached, by the volume's name. */
export function wantedOn(world: ControllerWorld, node: string): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>()
  for (const pod of objectsBy(store(world, 'pods'), 'claims of node', node) as Pod[]) {
    if (isPodTerminal(pod)) continue
    for (const claim of claimNames(pod)) {
      const volume = attachable(world, pod.metadata.namespace ?? '', claim)
      if (!volume) continue
      const { driver, volumeHandle: handle } = volume.spec.csi
      const before = wanted.get(volume.metadata.name)
      wanted.set(volume.metadata.name, { volume, driver, handle, pods: [...(before?.pods ?? []), pod] })
    }
  }
  return wanted
}

const SHARED = new Set(['ReadWriteMany', 'ReadOnlyMany'])
/** isMultiAttachForbidden */
export const isExclusive = ({ spec }: KubeObject): boolean =>
  !((spec?.accessModes ?? []) as readonly string[]).some(mode => SHARED.has(mode))
