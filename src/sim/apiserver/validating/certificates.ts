// Models plugin/pkg/admission/certificates (approval, signing, subjectrestriction) and pkg/certauthorization: who may say yes for a signer.
import { semanticEqual } from '../../api/deep'
import { forbidden } from '../../api/status'
import { readCertificateRequest } from '../../api/x509'
import type { Attempt, Plugin, Verdict } from '../attempt'
import { rbacAllows } from '../authz/rbac'
import type { Reader } from '../state'

const REQUESTS = ['certificatesigningrequests.certificates.k8s.io']

/** IsAuthorizedForSignerName: for that signer, or for all of its domain. */
function may({ user }: Attempt, reader: Reader, verb: 'approve' | 'sign', signer: string): boolean {
  if (user.groups.includes('system:masters')) return true
  return [signer, `${signer.split('/')[0]}/*`].some(name =>
    rbacAllows(reader, user, { verb, group: 'certificates.k8s.io', resource: 'signers', namespace: '', name, path: '' }),
  )
}

function check(attempt: Attempt, reader: Reader, verb: 'approve' | 'sign'): Verdict {
  const signer: string = attempt.old?.spec?.signerName ?? ''
  if (may(attempt, reader, verb, signer)) return undefined
  const why = `user not permitted to ${verb} requests with signerName ${JSON.stringify(signer)}`
  return { refused: forbidden(attempt.type, attempt.name, why) }
}

/** Who approves or denies must be allowed to for the signer. */
export const certificateApproval: Plugin = {
  name: 'CertificateApproval',
  operations: ['UPDATE'],
  resources: REQUESTS,
  subresources: true,
  admit: (attempt, reader) => (attempt.subresource === 'approval' ? check(attempt, reader, 'approve') : undefined),
}

/** Who sets a certificate, or says that there will be none, must be allowed to for the signer. */
export const certificateSigning: Plugin = {
  name: 'CertificateSigning',
  operations: ['UPDATE'],
  resources: REQUESTS,
  subresources: true,
  admit: (attempt, reader) => {
    const { object, old, subresource } = attempt
    if (subresource !== 'status') return undefined
    const [now, then] = [object?.status, old?.status]
    if (now?.certificate === then?.certificate && semanticEqual(now?.conditions, then?.conditions)) return undefined
    return check(attempt, reader, 'sign')
  },
}

/** Nobody gets a certificate that makes one a master. */
export const certificateSubjectRestriction: Plugin = {
  name: 'CertificateSubjectRestriction',
  operations: ['CREATE'],
  resources: REQUESTS,
  admit: ({ object, type, name }) => {
    if (object?.spec?.signerName !== 'kubernetes.io/kube-apiserver-client') return undefined
    const read = readCertificateRequest(object.spec.request ?? '')
    if ('error' in read || !read.request.organization.includes('system:masters')) return undefined
    const why = 'use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed'
    return { refused: forbidden(type, object.metadata.name || name, why) }
  },
}
