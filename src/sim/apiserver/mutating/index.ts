/**
 * Mutating admission, in upstream's order (pkg/kubeapiserver/options/plugins.go, AllOrderedPlugins): the plugins that are on by default.
 * Not here yet: MutatingAdmissionPolicy, MutatingAdmissionWebhook, DefaultIngressClass, PodTopologyLabels.
 */
import type { Plugin } from '../attempt'
import { limitRangerDefaults } from './limit-ranger'
import { namespaceLifecycle } from './namespace-lifecycle'
import { priority } from './priority'
import { runtimeClass } from './runtime-class'
import { serviceAccount } from './service-account'
import { defaultStorageClass, storageObjectInUseProtection } from './storage'
import { defaultTolerationSeconds, taintNodesByCondition } from './tolerations'

export const MUTATING: readonly Plugin[] = [
  namespaceLifecycle,
  limitRangerDefaults,
  serviceAccount,
  taintNodesByCondition,
  priority,
  defaultTolerationSeconds,
  storageObjectInUseProtection,
  defaultStorageClass,
  runtimeClass,
]
