// Stands where pkg/scheduler/framework/plugins/nodevolumelimits/csi.go stands.
import { type Plugin, SKIP } from '../../framework'

/** Nodes of the simulation have no CSI drivers with a limit, so the plugin has nothing to say. */
export const nodeVolumeLimits: Plugin = { name: 'NodeVolumeLimits', preFilter: () => SKIP, filter: () => undefined }
