// Models pkg/scheduler/apis/config/v1/default_plugins.go: the default profile. To add a plugin, add its folder and a line here.
import type { Plugin } from './framework'
import { defaultPreemption } from './plugins/default-preemption/default-preemption'
import { dynamicResources } from './plugins/dynamic-resources/dynamic-resources'
import { imageLocality } from './plugins/image-locality/image-locality'
import { interPodAffinity } from './plugins/inter-pod-affinity/inter-pod-affinity'
import { nodeAffinity } from './plugins/node-affinity/node-affinity'
import { nodeName } from './plugins/node-name/node-name'
import { nodePorts } from './plugins/node-ports/node-ports'
import { nodeResourcesBalancedAllocation } from './plugins/node-resources-balanced-allocation/node-resources-balanced-allocation'
import { nodeResourcesFit } from './plugins/node-resources-fit/node-resources-fit'
import { nodeUnschedulable } from './plugins/node-unschedulable/node-unschedulable'
import { nodeVolumeLimits } from './plugins/node-volume-limits/node-volume-limits'
import { podTopologySpread } from './plugins/pod-topology-spread/pod-topology-spread'
import { prioritySort } from './plugins/priority-sort/priority-sort'
import { schedulingGates } from './plugins/scheduling-gates/scheduling-gates'
import { taintToleration } from './plugins/taint-toleration/taint-toleration'
import { volumeBinding } from './plugins/volume-binding/volume-binding'
import { volumeRestrictions } from './plugins/volume-restrictions/volume-restrictions'
import { volumeZone } from './plugins/volume-zone/volume-zone'

/** The plugins in the order in which every extension point calls them. DefaultBinder, the last, is called by `scheduler.ts`. */
export const PROFILE: readonly { readonly plugin: Plugin; readonly weight: number }[] = [
  { plugin: schedulingGates, weight: 0 },
  { plugin: prioritySort, weight: 0 },
  { plugin: nodeUnschedulable, weight: 0 },
  { plugin: nodeName, weight: 0 },
  { plugin: taintToleration as Plugin, weight: 3 },
  { plugin: nodeAffinity as Plugin, weight: 2 },
  { plugin: nodePorts as Plugin, weight: 0 },
  { plugin: nodeResourcesFit, weight: 1 },
  { plugin: volumeRestrictions as Plugin, weight: 0 },
  { plugin: nodeVolumeLimits, weight: 0 },
  { plugin: volumeBinding as Plugin, weight: 0 },
  { plugin: volumeZone as Plugin, weight: 0 },
  { plugin: podTopologySpread as Plugin, weight: 2 },
  { plugin: interPodAffinity as Plugin, weight: 2 },
  { plugin: dynamicResources, weight: 2 },
  { plugin: defaultPreemption, weight: 0 },
  { plugin: nodeResourcesBalancedAllocation, weight: 1 },
  { plugin: imageLocality as Plugin, weight: 1 },
]

/** The same, without weights. A plugin's place here is its number in a cycle. */
export const PLUGINS: readonly Plugin[] = PROFILE.map(p => p.plugin)
/** The profile's name, and that of the pods' `schedulerName` that it serves. */
export const PROFILE_NAME = 'default-scheduler'
