/** Command-line flags of the components that the cluster honours; any other is refused by name. */
import type { ApiserverConfig } from './apiserver/apiserver'
import type { ControllerManagerOptions } from './controllers'

/** `--name=value` by component: `{ 'kube-controller-manager': ['--node-monitor-period=2s'] }`. */
export type Flags = Readonly<Record<string, readonly string[]>>

export interface FlagOptions {
  readonly apiserver: Partial<ApiserverConfig>
  readonly controllerManager: ControllerManagerOptions
}

type Set = (options: { apiserver: Record<string, unknown>; controllerManager: Record<string, unknown> }, value: string) => void

/** A duration as Go writes it (`16s`, `1m30s`, `500ms`), in ms. */
function durationMs(text: string): number {
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
  let ms = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) ms += Number(amount) * (units[unit ?? 's'] ?? 0)
  return ms
}

const KNOWN: Readonly<Record<string, Readonly<Record<string, Set>>>> = {
  'kube-controller-manager': {
    'node-monitor-period': (o, v) => {
      o.controllerManager['nodeMonitorPeriodMs'] = durationMs(v)
    },
    'node-monitor-grace-period': (o, v) => {
      o.controllerManager['nodeMonitorGraceMs'] = durationMs(v)
    },
    'kube-api-qps': (o, v) => {
      o.controllerManager['qps'] = Number(v)
    },
    'kube-api-burst': (o, v) => {
      o.controllerManager['burst'] = Number(v)
    },
  },
  'kube-apiserver': {
    'default-not-ready-toleration-seconds': (o, v) => {
      o.apiserver['notReadyTolerationSeconds'] = Number(v)
    },
    'default-unreachable-toleration-seconds': (o, v) => {
      o.apiserver['unreachableTolerationSeconds'] = Number(v)
    },
    'endpoint-reconciler-type': (o, v) => {
      o.apiserver['endpointReconciler'] = v !== 'none'
    },
  },
}

/** What the flags ask for. Throws an Error in the words of the component for a flag that is not known here. */
export function readFlags(flags: Flags): FlagOptions {
  const options = { apiserver: {}, controllerManager: {} }
  for (const [component, list] of Object.entries(flags)) {
    for (const flag of list) {
      const [, name = flag, value = 'true'] = /^--([\w-]+)(?:=(.*))?$/.exec(flag) ?? []
      const set = KNOWN[component]?.[name]
      if (!set) throw new Error(`${component}: unknown flag: --${name}`)
      set(options, value)
    }
  }
  return options
}
