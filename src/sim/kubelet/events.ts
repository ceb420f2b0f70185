// Models the kubelet's event recorder and the words of pkg/kubelet/events/event.go.
import type { Pod } from '../api/types'
import { type EventRecord, recordEvent } from '../client/events'
import type { KubeletWorld } from './state'

/** Records an Event about a pod, where the node writes any. `container` is `spec.containers{nginx}`. */
export function recordPodEvent(
  world: KubeletWorld,
  pod: Pod,
  event: Omit<EventRecord, 'object' | 'fieldPath'>,
  container?: string,
): void {
  const { profile } = world.state
  if (!profile.writesEvents) return
  const source = { component: 'kubelet', host: profile.name, limiter: 'events' }
  const { type, reason, message } = event
  recordEvent(world, source, { object: pod, type, reason, message, fieldPath: container })
}

/** Records an Event about the node. The kubelet does not know its node's uid. */
export function recordNodeEvent(
  world: KubeletWorld,
  reason: string,
  message: string,
  type: 'Normal' | 'Warning' = 'Normal',
): void {
  const { profile } = world.state
  if (!profile.writesEvents) return
  const object = { apiVersion: 'v1', kind: 'Node', metadata: { name: profile.name } }
  recordEvent(world, { component: 'kubelet', host: profile.name, limiter: 'events' }, { object, type, reason, message })
}

/** `spec.containers{nginx}`: the field of a pod that an Event is about. */
export function fieldPathOf(pod: Pod, container: string): string {
  const isInit = pod.spec.initContainers?.some(c => c.name === container)
  return `${isInit ? 'spec.initContainers' : 'spec.containers'}{${container}}`
}

/** A duration as Go prints it: `195ms`, `1.25s`, `2m40s`. */
export function goDuration(ms: number): string {
  if (ms < 1000) return ms === 0 ? '0s' : `${ms}ms`
  const seconds = Math.floor(ms / 1000)
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  const rest = (ms % 60_000) / 1000
  const text = `${Number.isInteger(rest) ? rest : rest.toFixed(3).replace(/0+$/, '')}s`
  if (hours > 0) return `${hours}h${minutes}m${text}`
  return minutes > 0 ? `${minutes}m${text}` : text
}
