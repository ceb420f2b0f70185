// Models pkg/controller/certificates/rootcacertpublisher/publisher.go: every namespace has the certificate by which pods know the apiserver.
import type { KubeObject } from '../../api/types'
import { type Controller, type ControllerProcedure, cached, type Outcome } from '../../client/controller'
import { succeeded } from '../../client/http'
import { createRequest, updateRequest } from '../../client/requests'
import { ask } from '../ask'
import { messageOf, namespaceIsTerminating } from '../objects'

const SELF = { name: 'root-ca-cert-publisher', part: 'root-ca-cert-publisher' } as const
const NAME = 'kube-root-ca.crt'
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'
/** The simulated control plane has no certificates: the bundle is empty, as in the recordings. */
const DATA = Object.freeze({ 'ca.crt': '' })

/** Publishes the root certificate. */
export const rootCaCertPublisher: Controller = {
  ...SELF,
  workers: 1,
  watches: {
    namespaces: (_, { type, object }) =>
      type === 'DELETED' || object.status?.phase === 'Terminating' ? [] : [object.metadata.name],
    configmaps: (_, { type, object }) =>
      type !== 'ADDED' && object.metadata.name === NAME ? [object.metadata.namespace ?? ''] : [],
  },
  reconcile,
}

function* reconcile(namespace: string): ControllerProcedure<Outcome> {
  const found = yield* cached('configmaps', `${namespace}/${NAME}`)
  if (found && found.data?.['ca.crt'] === DATA['ca.crt']) return
  const metadata = { name: NAME, annotations: { 'kubernetes.io/description': DESCRIPTION } }
  const body: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: DATA }
  const response = yield* ask(
    SELF,
    found ? updateRequest('configmaps', { ...found, data: DATA }) : createRequest('configmaps', namespace, body),
  )
  if (succeeded(response) || response.code === 404 || namespaceIsTerminating(response)) return
  return { retry: messageOf(response) }
}
