// Models pkg/scheduler/framework/plugins/dynamicresources/dynamicresources.go where no driver has published a device.
import { deepEqual } from '../../../api/deep'
import { isControlledBy } from '../../../api/owners'
import type { KubeObject, Pod } from '../../../api/types'
import { type Cluster, type ClusterEvent, type Plugin, type PreFilterVerdict, unresolvable } from '../../framework'
import type { PodInfo } from '../../pod-info'

const NO_STATE = Object.freeze({ state: false })
const NO_DEVICES = Object.freeze({ state: true })
const UNSUPPORTED = unresolvable('allocation of devices is not simulated')
const NOT_ALLOCATED = unresolvable('cannot allocate all claims')

/** Keeps out pods whose resource claims are not there; a pod whose claims are there finds that no node has such devices. */
export const dynamicResources: Plugin<boolean> = {
  name: 'DynamicResources',
  preEnqueue(pod, cluster) {
    const claims = claimsOf(pod, cluster)
    return typeof claims === 'string' ? unresolvable(claims) : undefined
  },
  opens: event => event.kind === 'own-pod' || event.kind === 'node' || isOfDevices(event),
  preFilter,
  filter: (_pod, _node, wanting) => (wanting ? NOT_ALLOCATED : undefined),
  /** Where another plugin ended PreFilter before this one, its state is missing, and that is an error. */
  postFilter: (_attempt, ready) =>
    ready ? { kind: 'refused', message: 'no new claims to deallocate' } : { kind: 'error', message: 'not found' },
  score: () => 0,
  wakes,
}

const isOfDevices = ({ kind }: ClusterEvent): boolean => kind === 'resource-claim' || kind === 'device-class'

function preFilter(pod: PodInfo, cluster: Cluster): PreFilterVerdict<boolean> {
  const claims = claimsOf(pod, cluster)
  if (typeof claims === 'string') return unresolvable(claims)
  if (claims.length === 0) return NO_STATE
  for (const claim of claims) {
    const missing = missingClass(claim, cluster)
    if (missing) return unresolvable(missing)
  }
  const isPlain = claims.every(({ spec, status }) => !status?.allocation && spec?.devices?.requests?.length > 0)
  return isPlain && !cluster.listers.hasDevices() ? NO_DEVICES : UNSUPPORTED
}

/** The resource claims of a pod, or what is wrong with one (foreachPodResourceClaim). One that needs no claim has none. */
function claimsOf({ pod, namespace }: PodInfo, { listers }: Cluster): readonly KubeObject[] | string {
  const named = pod.spec.resourceClaims as readonly ClaimReference[] | undefined
  if (!named?.length) return NONE
  const found: KubeObject[] = []
  for (const { name, resourceClaimName, resourceClaimTemplateName } of named) {
    const made =
      resourceClaimTemplateName === undefined ? undefined : pod.status.resourceClaimStatuses?.find(s => s.name === name)
    if (resourceClaimTemplateName !== undefined && !made)
      return `pod "${namespace}/${pod.metadata.name}": ResourceClaim not created yet`
    const key = resourceClaimName ?? made?.resourceClaimName
    if (key === undefined) continue
    const claim = listers.resourceClaim(namespace, key)
    if (!claim) return `could not find v1.ResourceClaim "${namespace}/${key}"`
    if (claim.metadata.deletionTimestamp) return `resourceclaim "${key}" is being deleted`
    if (made && !isControlledBy(claim, pod))
      return `ResourceClaim ${namespace}/${key} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)`
    found.push(claim)
  }
  return found
}
const NONE: readonly KubeObject[] = Object.freeze([])

/** A pod's reference to a claim, or to the template of one. */
interface ClaimReference {
  readonly name: string
  readonly resourceClaimName?: string
  readonly resourceClaimTemplateName?: string
}

interface Request {
  readonly name: string
  readonly exactly?: { readonly deviceClassName?: string }
  readonly firstAvailable?: readonly { readonly name: string; readonly deviceClassName?: string }[]
}

/** The first request of a claim whose class is not there (validateDeviceClass). */
function missingClass({ spec }: KubeObject, { listers }: Cluster): string | undefined {
  for (const { name, exactly, firstAvailable = [] } of (spec?.devices?.requests ?? []) as readonly Request[]) {
    const wanted = exactly
      ? [{ name, of: exactly.deviceClassName }]
      : firstAvailable.map(s => ({ name: `${name}/${s.name}`, of: s.deviceClassName }))
    const missing = wanted.find(({ of }) => of !== undefined && !listers.deviceClass(of))
    if (missing) return `request ${missing.name}: device class ${missing.of} does not exist`
  }
  return undefined
}

function wakes({ kind, old, now }: ClusterEvent, pod: PodInfo, cluster: Cluster): boolean {
  if (!now) return false
  if (kind === 'device-class') return true
  if (kind === 'node')
    return (
      !old || !deepEqual(old.metadata.labels, now.metadata.labels) || !deepEqual(old.status?.allocatable, now.status?.allocatable)
    )
  if (kind === 'own-pod') return !deepEqual(statusesOf(old), statusesOf(now)) && typeof claimsOf(pod, cluster) !== 'string'
  if (kind !== 'resource-claim') return false
  const claims = claimsOf(pod, cluster)
  if (typeof claims === 'string') return false
  if (old?.status?.allocation && !now.status?.allocation) return true
  const mine = claims.some(claim => claim.metadata.uid === now.metadata.uid)
  return mine && (!old || !deepEqual(old.status, now.status))
}

const statusesOf = (pod: KubeObject | undefined): unknown => (pod as unknown as Pod | undefined)?.status.resourceClaimStatuses
