// Models pkg/controller/serviceaccount/serviceaccounts_controller.go: every namespace has a ServiceAccount named default.
import type { KubeObject } from '../../api/types'
import { type Controller, type ControllerProcedure, cached, type Outcome } from '../../client/controller'
import { succeeded } from '../../client/http'
import { createRequest } from '../../client/requests'
import { ask } from '../ask'
import { messageOf, namespaceIsTerminating } from '../objects'

const SELF = { name: 'service-account-controller', part: 'service-account' } as const
const NAME = 'default'

/** Creates the ServiceAccount that pods use unless they name another. */
export const serviceAccount: Controller = {
  ...SELF,
  workers: 1,
  watches: {
    namespaces: (_, { type, object }) => (type === 'DELETED' ? [] : [object.metadata.name]),
    serviceaccounts: (_, { type, object }) =>
      type === 'DELETED' && object.metadata.name === NAME ? [object.metadata.namespace ?? ''] : [],
  },
  reconcile,
}

function* reconcile(namespace: string): ControllerProcedure<Outcome> {
  const found = yield* cached('namespaces', namespace)
  if (found?.status?.phase !== 'Active') return
  if (yield* cached('serviceaccounts', `${namespace}/${NAME}`)) return
  const body: KubeObject = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace } }
  const response = yield* ask(SELF, createRequest('serviceaccounts', namespace, body))
  if (!succeeded(response) && response.code !== 409 && !namespaceIsTerminating(response)) return { retry: messageOf(response) }
}
