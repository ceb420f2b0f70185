// Models pkg/controller/certificates/approver/sarapprove.go: requests of kubelets for client certificates are approved without a person.
import type { KubeObject } from '../../api/types'
import { type CertificateRequest, readCertificateRequest } from '../../api/x509'
import { type Controller, type ControllerProcedure, cached, type Outcome } from '../../client/controller'
import { succeeded } from '../../client/http'
import { createRequest, updateRequest } from '../../client/requests'
import { keyOf } from '../../client/store'
import { ask, fail } from '../ask'

const SELF = { name: 'certificate-controller', part: 'certificatesigningrequest-approving' } as const
const REQUESTS = 'certificatesigningrequests.certificates.k8s.io'

/** Approves what kubelets ask for, if they may have it. */
export const certificatesigningrequestApproving: Controller = {
  ...SELF,
  workers: 5,
  backOff: [200, 1_000_000],
  watches: { [REQUESTS]: (_, { object }) => [keyOf(object)] },
  reconcile,
}

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const request = yield* cached(REQUESTS, key)
  if (!request || isDecided(request)) return
  const read = readCertificateRequest(request.spec?.request ?? '')
  if ('error' in read) return { retry: `unable to parse csr ${JSON.stringify(key)}: ${read.error}` }
  const kinds = recognize(request, read.request)
  if (kinds.length === 0) return
  for (const kind of kinds) {
    const review = yield* ask<KubeObject>(
      SELF,
      createRequest('subjectaccessreviews.authorization.k8s.io', undefined, question(request, kind)),
    )
    if (!succeeded(review)) return fail(review)
    if (!review.body.status?.allowed) continue
    const approved = yield* ask(SELF, updateRequest(REQUESTS, withApproval(request, kind), 'approval'))
    return succeeded(approved) ? undefined : fail(approved)
  }
  // who may not now may later
  return {
    retry: `recognized csr ${JSON.stringify(key)} as [${kinds.join(' ')}] but subject access review was not approved`,
    housekeeping: true,
  }
}

const isDecided = ({ status }: KubeObject): boolean =>
  Boolean(status?.certificate) ||
  ((status?.conditions ?? []) as readonly { readonly type: string }[]).some(
    ({ type }) => type === 'Approved' || type === 'Denied',
  )

/** What a kubelet asks for: for itself, or for a node that is not there yet. */
type Kind = 'selfnodeclient' | 'nodeclient'

/** The recognizers, in their order. */
export function recognize({ spec }: KubeObject, request: CertificateRequest): readonly Kind[] {
  if (spec?.signerName !== 'kubernetes.io/kube-apiserver-client-kubelet' || !isKubeletClient(request, spec.usages ?? []))
    return []
  return spec.username === request.commonName ? ['selfnodeclient', 'nodeclient'] : ['nodeclient']
}

/** IsKubeletClientCSR: a node and nothing else. */
function isKubeletClient(request: CertificateRequest, usages: readonly string[]): boolean {
  const { organization, commonName, dnsNames, emailAddresses, ipAddresses, uris } = request
  if (organization.length !== 1 || organization[0] !== 'system:nodes' || !commonName.startsWith('system:node:')) return false
  if ([dnsNames, emailAddresses, ipAddresses, uris].some(list => list.length > 0)) return false
  const asked = new Set(usages)
  asked.delete('key encipherment')
  return asked.size === 2 && asked.has('digital signature') && asked.has('client auth')
}

/** Whether the requester may: RBAC says who may have such certificates. */
const question = ({ spec }: KubeObject, subresource: Kind): KubeObject => ({
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SubjectAccessReview',
  metadata: {} as KubeObject['metadata'],
  spec: {
    resourceAttributes: { verb: 'create', group: 'certificates.k8s.io', resource: 'certificatesigningrequests', subresource },
    user: spec?.username,
    groups: spec?.groups,
    ...(spec?.extra && { extra: spec.extra }),
    ...(spec?.uid && { uid: spec.uid }),
  },
  status: { allowed: false },
})

function withApproval(request: KubeObject, kind: Kind): KubeObject {
  const condition = {
    type: 'Approved',
    status: 'True',
    reason: 'AutoApproved',
    message: `Auto approving ${kind === 'selfnodeclient' ? 'self ' : ''}kubelet client certificate after SubjectAccessReview.`,
    lastUpdateTime: null,
    lastTransitionTime: null,
  }
  return { ...request, status: { ...request.status, conditions: [...(request.status?.conditions ?? []), condition] } }
}
