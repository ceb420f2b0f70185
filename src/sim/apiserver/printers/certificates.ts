// Models printCertificateSigningRequest of pkg/printers/internalversion/printers.go.

import { humanDuration } from '../../api/time'
import type { ObjectMeta } from '../../api/types'
import { age } from './cells'
import { AGE, column, NAME, type Printers, printer } from './types'

interface SigningRequest {
  readonly metadata: ObjectMeta
  readonly spec: { readonly signerName?: string; readonly username?: string; readonly expirationSeconds?: number }
  readonly status?: { readonly certificate?: string; readonly conditions?: readonly { readonly type: string }[] }
}

/** extractCSRStatus: a denial outweighs an approval. */
function stateOf({ status }: SigningRequest): string {
  const has = (type: string): boolean => status?.conditions?.some(condition => condition.type === type) ?? false
  const words = [has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending']
  if (has('Failed')) words.push('Failed')
  if (status?.certificate) words.push('Issued')
  return words.join(',')
}

export const certificatePrinters: Printers = {
  CertificateSigningRequest: printer<SigningRequest>(
    [NAME, AGE, column('SignerName'), column('Requestor'), column('RequestedDuration'), column('Condition')],
    (request, now) => [
      request.metadata.name,
      age(request, now),
      request.spec.signerName || '<none>',
      request.spec.username ?? '',
      request.spec.expirationSeconds === undefined ? '<none>' : humanDuration(request.spec.expirationSeconds * 1e6),
      stateOf(request),
    ],
  ),
}
