// Models the flags of cmd/kube-controller-manager that change what this simulation does.

/** Where one is not given, its default holds. */
export interface ControllerManagerOptions {
  /** --kube-api-qps, of each controller's client */
  readonly qps?: number
  /** --kube-api-burst */
  readonly burst?: number
  /** --cluster-cidr */
  readonly clusterCidr?: string
  /** --node-monitor-period */
  readonly nodeMonitorPeriodMs?: number
  /** --node-monitor-grace-period */
  readonly nodeMonitorGraceMs?: number
  /** --enable-hostpath-provisioner */
  readonly hostPathProvisioner?: boolean
  /** --terminated-pod-gc-threshold */
  readonly terminatedPodLimit?: number
  /** --pvclaimbinder-sync-period */
  readonly claimBinderSyncMs?: number
  /** --horizontal-pod-autoscaler-sync-period */
  readonly autoscalerSyncMs?: number
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A duration as Go writes it (`16s`, `1m30s`, `500ms`), in ms. */
function durationMs(text: string): number {
  let ms = 0
  for (const [, amount, unit = 's'] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) ms += Number(amount) * (UNITS[unit] ?? 0)
  return ms
}

const FLAGS: Readonly<Record<string, (value: string) => ControllerManagerOptions>> = {
  'kube-api-qps': value => ({ qps: Number(value) }),
  'kube-api-burst': value => ({ burst: Number(value) }),
  'cluster-cidr': value => ({ clusterCidr: value }),
  'node-monitor-period': value => ({ nodeMonitorPeriodMs: durationMs(value) }),
  'enable-hostpath-provisioner': value => ({ hostPathProvisioner: value === 'true' }),
  'terminated-pod-gc-threshold': value => ({ terminatedPodLimit: Number(value) }),
  'pvclaimbinder-sync-period': value => ({ claimBinderSyncMs: durationMs(value) }),
  'horizontal-pod-autoscaler-sync-period': value => ({ autoscalerSyncMs: durationMs(value) }),
  'node-monitor-grace-period': value => ({ nodeMonitorGraceMs: durationMs(value) }),
}

/** Reads `--name=value` flags. Throws a RangeError on one that is not honoured. */
export function optionsOfFlags(flags: readonly string[]): ControllerManagerOptions {
  let options: ControllerManagerOptions = {}
  for (const flag of flags) {
    const [, name = '', value = ''] = /^--([^=]+)=(.*)$/s.exec(flag) ?? []
    const set = FLAGS[name]
    if (!set) throw new RangeError(`kube-controller-manager: the flag ${flag} is not simulated`)
    options = { ...options, ...set(value) }
  }
  return options
}
