// Models printCertificateSigningRequest of pkg/printers/internalversion/printers.go.
import { signingState } from '../../api/signing-requests'
import { humanDuration } from '../../api/time'
import type { ObjectMeta } from '../../api/types'
import { age } from './cells'
import { AGE, column, NAME, type Printers, printer } from './types'

interface SigningRequest {
  readonly metadata: ObjectMeta
  readonly spec: { readonly signerName?: string; readonly username?: string; readonly expirationSeconds?: number }
  readonly status?: { readonly certificate?: string; readonly conditions?: readonly { readonly type: string }[] }
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
      signingState(request),
    ],
  ),
}
