// Models the flags of cmd/kube-apiserver that change what this simulation does.
import type { Config } from './state'

type Options = Omit<Config, 'schema'>

/** What kubeadm and upstream's defaults say. */
export const DEFAULTS: Options = {
  serviceCIDR: '10.96.0.0/16',
  advertiseAddress: '10.0.0.1',
  endpointReconciler: true,
  addons: [],
  notReadyTolerationSeconds: 300,
  unreachableTolerationSeconds: 300,
}

const FLAGS: Readonly<Record<string, (value: string) => Partial<Options>>> = {
  'service-cluster-ip-range': value => ({ serviceCIDR: value }),
  'advertise-address': value => ({ advertiseAddress: value }),
  'endpoint-reconciler-type': value => ({ endpointReconciler: value !== 'none' }),
  'default-not-ready-toleration-seconds': value => ({ notReadyTolerationSeconds: Number(value) }),
  'default-unreachable-toleration-seconds': value => ({ unreachableTolerationSeconds: Number(value) }),
}

/** Reads `--name=value` flags. Throws a RangeError on one that is not honoured. */
export function configOfFlags(flags: readonly string[]): Partial<Options> {
  let config: Partial<Options> = {}
  for (const flag of flags) {
    const [, name = '', value = ''] = /^--([^=]+)=(.*)$/s.exec(flag) ?? []
    const set = FLAGS[name]
    if (!set) throw new RangeError(`kube-apiserver: the flag ${flag} is not simulated`)
    config = { ...config, ...set(value) }
  }
  return config
}
