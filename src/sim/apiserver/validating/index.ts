/**
 * Validating admission, in upstream's order (pkg/kubeapiserver/options/plugins.go): the plugins that are on by default.
 * Not here yet: ValidatingAdmissionPolicy, ValidatingAdmissionWebhook,
 * ClusterTrustBundleAttest, DenyServiceExternalIPs (off by default).
 */
import type { Plugin } from '../attempt'
import { runtimeClassOverhead } from '../mutating/runtime-class'
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificates'
import { defaultPriority } from './default-priority'
import { limitRangerLimits } from './limit-ranger'
import { nodeRestriction } from './node-restriction'
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize'
import { podResize } from './pod-resize'
import { podSecurity } from './pod-security/plugin'
import { rbacEscalation } from './rbac-escalation'
import { resourceQuota } from './resource-quota'

export const VALIDATING: readonly Plugin[] = [
  rbacEscalation,
  limitRangerLimits,
  podSecurity,
  nodeRestriction,
  defaultPriority,
  persistentVolumeClaimResize,
  runtimeClassOverhead,
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
  podResize,
  resourceQuota,
]
