// Models CertificateSigningRequestDescriber of kubectl's describe.go.
import { formatLabels } from '../../api/selectors'
import { signingState } from '../../api/signing-requests'
import { humanDuration } from '../../api/time'
import type { ObjectMeta } from '../../api/types'
import { type CertificateRequest, readCertificateRequest } from '../../api/x509'
import { fail } from '../errors'
import { eventsRead, writeEvents } from './events'
import { dateOf } from './format'
import { type DescribeContext, type Describers, describer } from './types'
import type { Writer } from './writer'

interface SigningRequest {
  readonly metadata: ObjectMeta
  readonly spec: {
    readonly request?: string
    readonly signerName?: string
    readonly username?: string
    readonly expirationSeconds?: number
  }
  readonly status?: { readonly certificate?: string; readonly conditions?: readonly { readonly type: string }[] }
}

function requestOf(text: string): CertificateRequest {
  const read = readCertificateRequest(text)
  return 'error' in read ? fail(`Error parsing CSR: ${read.error}`) : read.request
}

/** Names of one sort, one a line; nothing where there are none. An empty first cell indents. */
function names(writer: Writer, title: string, values: readonly string[]): void {
  values.forEach((value, i) => {
    if (i === 0) writer.line(0, '', `${title}:`, value)
    else writer.line(0, '', '', value)
  })
}

function writeRequest(writer: Writer, object: SigningRequest, context: DescribeContext): void {
  const { metadata, spec } = object
  const request = requestOf(spec.request ?? '')
  writer.line(0, 'Name:', metadata.name)
  writer.line(0, 'Labels:', formatLabels(metadata.labels))
  writer.line(0, 'Annotations:', formatLabels(metadata.annotations))
  writer.line(0, 'CreationTimestamp:', dateOf(metadata.creationTimestamp))
  writer.line(0, 'Requesting User:', spec.username ?? '')
  if (spec.signerName) writer.line(0, 'Signer:', spec.signerName)
  if (spec.expirationSeconds !== undefined) writer.line(0, 'Requested Duration:', humanDuration(spec.expirationSeconds * 1e6))
  writer.line(0, 'Status:', signingState(object))
  writer.line(0, 'Subject:')
  writer.line(0, '', 'Common Name:', request.commonName)
  writer.line(0, '', 'Serial Number:', request.serialNumber)
  names(writer, 'Organization', request.organization)
  names(writer, 'Organizational Unit', request.organizationalUnit)
  names(writer, 'Country', request.country)
  names(writer, 'Locality', request.locality)
  names(writer, 'Province', request.province)
  names(writer, 'StreetAddress', request.streetAddress)
  names(writer, 'PostalCode', request.postalCode)
  const { dnsNames, emailAddresses, uris, ipAddresses } = request
  if ([dnsNames, emailAddresses, uris, ipAddresses].some(list => list.length > 0)) {
    writer.line(0, 'Subject Alternative Names:')
    names(writer, 'DNS Names', dnsNames)
    names(writer, 'Email Addresses', emailAddresses)
    names(writer, 'URIs', uris)
    names(writer, 'IP Addresses', ipAddresses)
  }
  writeEvents(writer, context)
}

export const certificateDescribers: Describers = {
  'CertificateSigningRequest.certificates.k8s.io': describer<SigningRequest>(
    (object, settings) => eventsRead(object, settings),
    writeRequest,
  ),
}
