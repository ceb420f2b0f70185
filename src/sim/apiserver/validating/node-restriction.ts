// Models plugin/pkg/admission/noderestriction/admission.go: a kubelet writes its own node and its own pods only.
import { forbidden } from '../../api/status'
import type { Attempt, Plugin, Verdict } from '../attempt'
import { nodeOf } from '../authn/authn'

export const nodeRestriction: Plugin = {
  name: 'NodeRestriction',
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  resources: ['nodes', 'pods', 'leases.coordination.k8s.io', 'csinodes.storage.k8s.io'],
  subresources: true,
  admit: attempt => {
    const node = nodeOf(attempt.user)
    if (node === undefined) return undefined
    return attempt.type.groupResource === 'pods' ? ownPods(attempt, node) : ownNode(attempt, node)
  },
}

function ownNode({ type, name, operation, object, old, subresource }: Attempt, node: string): Verdict {
  const no = (why: string): Verdict => ({ refused: forbidden(type, name, why) })
  const own = type.groupResource.startsWith('leases') ? 'lease' : type.plural === 'csinodes' ? 'CSINode' : 'node'
  if (name !== node) {
    if (own === 'node') return no(`node "${node}" is not allowed to modify node "${name}"`)
    return no(
      own === 'lease'
        ? 'can only access node lease with the same name as the requesting node'
        : `can only access CSINode with the same name as the requesting node`,
    )
  }
  if (own !== 'node' || operation !== 'UPDATE' || subresource !== '') return undefined
  return object?.spec?.taints !== old?.spec?.taints && JSON.stringify(object?.spec?.taints) !== JSON.stringify(old?.spec?.taints)
    ? no(`node "${node}" is not allowed to modify taints`)
    : undefined
}

function ownPods({ type, name, operation, object, old, subresource }: Attempt, node: string): Verdict {
  const no = (why: string): Verdict => ({ refused: forbidden(type, name, why) })
  const of: string | undefined = (operation === 'CREATE' ? object : old)?.spec?.nodeName
  if (operation === 'CREATE') {
    if (object?.metadata.annotations?.['kubernetes.io/config.mirror'] === undefined)
      return no(`pod does not have "kubernetes.io/config.mirror" annotation, node "${node}" can only create mirror pods`)
    return of === node ? undefined : no(`node "${node}" can only create pods with spec.nodeName set to itself`)
  }
  if (of === node) return undefined
  if (operation === 'DELETE') return no(`node "${node}" can only delete pods with spec.nodeName set to itself`)
  return subresource === 'status'
    ? no(`node "${node}" can only update pod status for pods with spec.nodeName set to itself`)
    : no(`unexpected operation "UPDATE"`)
}
