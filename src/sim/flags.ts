/** Command-line flags of the components that the cluster honours; any other is refused by name. */
import { configOfFlags } from './apiserver/flags'
import { type ControllerManagerOptions, optionsOfFlags } from './controllers/flags'

/** `--name=value` by component: `{ 'kube-controller-manager': ['--node-monitor-period=2s'] }`. */
export type Flags = Readonly<Record<string, readonly string[]>>

export interface FlagOptions {
  readonly apiserver: ReturnType<typeof configOfFlags>
  readonly controllerManager: ControllerManagerOptions
}

/** What the flags ask for. Throws a RangeError for a component or a flag that is not simulated. */
export function readFlags({
  'kube-apiserver': apiserver = [],
  'kube-controller-manager': manager = [],
  ...others
}: Flags): FlagOptions {
  for (const component of Object.keys(others)) throw new RangeError(`${component}: its flags are not simulated`)
  return { apiserver: configOfFlags(apiserver), controllerManager: optionsOfFlags(manager) }
}
