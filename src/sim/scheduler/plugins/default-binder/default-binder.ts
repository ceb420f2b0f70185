// Models pkg/scheduler/framework/plugins/defaultbinder/default_binder.go.
import type { PodInfo } from '../../pod-info'

/** What is posted to pods/binding. */
export interface Binding {
  readonly apiVersion: 'v1'
  readonly kind: 'Binding'
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string }
  readonly target: { readonly kind: 'Node'; readonly name: string }
}

/** Binds a pod to a node. */
export const defaultBinder = {
  name: 'DefaultBinder',
  bind: ({ pod, namespace, uid }: PodInfo, node: string): Binding =>
    Object.freeze({
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: Object.freeze({ name: pod.metadata.name, namespace, uid }),
      target: Object.freeze({ kind: 'Node', name: node }),
    }),
}
