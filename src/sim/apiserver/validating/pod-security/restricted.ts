// Models k8s.io/pod-security-admission/policy: what the level restricted asks beyond baseline, in upstream's order.
import type { PodSpec } from '../../../api/types'
import { BASELINE, BASELINE_ONLY, type Check, containersOf, named, quoted, those, unconfined, unique } from './baseline'

const allowPrivilegeEscalation: Check = spec => {
  const bad = those(spec, c => c.securityContext?.allowPrivilegeEscalation !== false)
  return bad.length === 0
    ? undefined
    : {
        reason: 'allowPrivilegeEscalation != false',
        detail: `${named('container', bad)} must set securityContext.allowPrivilegeEscalation=false`,
      }
}

const capabilities: Check = spec => {
  const isMore = (name: string): boolean => name !== 'NET_BIND_SERVICE'
  const keep = those(spec, c => !c.securityContext?.capabilities?.drop?.includes('ALL'))
  const add = those(spec, c => c.securityContext?.capabilities?.add?.some(isMore))
  const added = unique(containersOf(spec).flatMap(c => c.securityContext?.capabilities?.add?.filter(isMore) ?? []))
  const wrong = [
    ...(keep.length > 0 ? [`${named('container', keep)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(add.length > 0
      ? [`${named('container', add)} must not include ${quoted(added)} in securityContext.capabilities.add`]
      : []),
  ]
  return wrong.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: wrong.join('; ') }
}

const VOLUMES: ReadonlySet<string> = new Set(
  'configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret'.split(' '),
)

const restrictedVolumes: Check = ({ volumes = [] }) => {
  const kindOf = (volume: object): string => Object.keys(volume).find(field => field !== 'name') ?? 'unknown'
  const bad = volumes.filter(volume => !VOLUMES.has(kindOf(volume)))
  if (bad.length === 0) return undefined
  const kinds = unique(bad.map(kindOf))
  const uses = bad.length === 1 ? 'uses' : 'use'
  const what = `restricted volume type${kinds.length === 1 ? '' : 's'} ${quoted(kinds)}`
  return {
    reason: 'restricted volume types',
    detail: `${named(
      'volume',
      bad.map(v => v.name),
    )} ${uses} ${what}`,
  }
}

const runAsNonRoot: Check = spec => {
  const ofPod = spec.securityContext?.runAsNonRoot
  const explicit = those(spec, c => c.securityContext?.runAsNonRoot === false)
  const silent = those(spec, c => c.securityContext?.runAsNonRoot === undefined)
  const setters = [...(ofPod === false ? ['pod'] : []), ...(explicit.length > 0 ? [named('container', explicit)] : [])]
  const wrong = setters.length > 0 ? [`${setters.join(' and ')} must not set securityContext.runAsNonRoot=false`] : []
  if (ofPod === undefined && silent.length > 0)
    wrong.push(`pod or ${named('container', silent)} must set securityContext.runAsNonRoot=true`)
  return wrong.length === 0 ? undefined : { reason: 'runAsNonRoot != true', detail: wrong.join('; ') }
}

const runAsUser: Check = spec => {
  const bad = those(spec, c => c.securityContext?.runAsUser === 0)
  const setters = [
    ...(spec.securityContext?.runAsUser === 0 ? ['pod'] : []),
    ...(bad.length > 0 ? [named('container', bad)] : []),
  ]
  return setters.length === 0 ? undefined : { reason: 'runAsUser=0', detail: `${setters.join(' and ')} must not set runAsUser=0` }
}

const hasProfile = (of: { seccompProfile?: { type: string } } | undefined): boolean =>
  of?.seccompProfile?.type === 'RuntimeDefault' || of?.seccompProfile?.type === 'Localhost'

const seccompProfile: Check = spec => {
  const wrong = [...unconfined(spec)]
  const silent = hasProfile(spec.securityContext) ? [] : those(spec, c => c.securityContext?.seccompProfile === undefined)
  if (silent.length > 0)
    wrong.push(
      `pod or ${named('container', silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
    )
  return wrong.length === 0 ? undefined : { reason: 'seccompProfile', detail: wrong.join('; ') }
}

const RESTRICTED: readonly Check[] = [
  ...BASELINE.filter(check => !BASELINE_ONLY.includes(check)),
  allowPrivilegeEscalation,
  capabilities,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccompProfile,
]

/** What each level checks. Windows pods are held to the same here. */
export const CHECKS = { privileged: [], baseline: BASELINE, restricted: RESTRICTED } satisfies Record<string, readonly Check[]>
export type Level = keyof typeof CHECKS

/** All that a level has against a pod. */
export function violations(level: Level, spec: PodSpec) {
  return CHECKS[level].flatMap(check => check(spec, {}) ?? [])
}
