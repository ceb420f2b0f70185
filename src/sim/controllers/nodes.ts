// Models pkg/controller/util/node/controller_utils.go: Events about nodes.

import { controllerRoom, controllerUser } from '../api/rooms'
import type { KubeObject } from '../api/types'
import type { ControllerProcedure, ControllerState } from '../client/controller'
import { perform } from '../client/effects'
import { recordEvent } from '../client/events'
import type { InformerSpec } from '../client/informer'
import type { Self } from './ask'

/** Index of pods by the node that they are on; '' for those that wait for one. */
export const BY_NODE: NonNullable<InformerSpec<ControllerState>['indices']> = { node: pod => pod.spec.nodeName ?? '' }

/** An Event about an object that is named only: without the version, and where `uid` is left out without that too. */
export function* eventAbout(
  self: Self,
  object: Pick<KubeObject, 'kind' | 'metadata'>,
  event: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string; readonly component?: string },
): ControllerProcedure {
  const { component = self.name, ...said } = event
  const { namespace, name, uid } = object.metadata
  const named: KubeObject = {
    apiVersion: 'v1',
    kind: object.kind,
    metadata: { name, ...(namespace && { namespace }), ...(uid && { uid }) },
  }
  yield* perform<ControllerState, void>(world =>
    recordEvent(world, { component, user: controllerUser(self.name) }, { object: named, ...said }, controllerRoom(self.part)),
  )
}
