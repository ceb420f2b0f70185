import { describe, expect, it } from 'vitest'
import { bytesOfBase64 } from './base64'
import { certificatesError, EMPTY_REQUEST, readCertificateRequest } from './x509'

/**
 * Made by `openssl req -new -subj /C=DE/O=devs/O=ops/CN=jane -outform DER
 * -addext subjectAltName=DNS:jane.example.com,IP:10.0.0.1,IP:2001:db8::1:0:0:7,email:j@example.com`.
 */
const DER = [
  'MIIBzjCCATcCAQAwOTELMAkGA1UEBhMCREUxDTALBgNVBAoMBGRldnMxDDAKBgNVBAoMA29wczENMAsGA1UEAwwEamFuZTCBnzANBgkqhkiG9w0B',
  'AQEFAAOBjQAwgYkCgYEAqsbZy/8mH7f9NrqEr+uOc9I1SzyvBrdrj8Zwpk4iguUXJu34zDvmDoPA0MpapgWEbBFXtB+Py2OUonmucwtrrekj4GAD',
  'Tc10807yKgSQmLgWyXj4/rVh2hH8k2UeJuF4VQmzyX5PIZbG5B4iDc+3vDqgFFrlkkezrKmC4E5cqfUCAwEAAaBVMFMGCSqGSIb3DQEJDjFGMEQw',
  'QgYDVR0RBDswOYIQamFuZS5leGFtcGxlLmNvbYcECgAAAYcQIAENuAAAAAAAAQAAAAAAB4ENakBleGFtcGxlLmNvbTANBgkqhkiG9w0BAQsFAAOB',
  'gQBKY7VdfK0KnTcg7fvVo8eQ0PaEhX+5Ko5vsgfOK3FE/fX/Iz4Yu5LhH6Vu4mjVD3OhppnalIm7j0uMyGJsPyHJafH1++TAXzHlssSY6x0mu7RB',
  'jhVUH6oNIle/EtwztvvnaGL+udA1sr2tefJ/cblFnnLs6HCEU19JA71Jy5HT0w==',
].join('')
const base64 = (bytes: readonly number[] | string): string => Buffer.from(bytes as string).toString('base64')
const pem = (der: readonly number[], type = 'CERTIFICATE REQUEST'): string =>
  base64(`-----BEGIN ${type}-----\n${base64(der)}\n-----END ${type}-----\n`)
const bytes = bytesOfBase64(DER) as number[]

/** DER of a value. */
const value = (tag: number, ...content: (number | readonly number[])[]): number[] => {
  const flat = content.flat()
  return [tag, ...(flat.length < 128 ? [flat.length] : [0x82, flat.length >> 8, flat.length & 255]), ...flat]
}
const SHA256_WITH_RSA = value(0x30, value(0x06, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b]))
/** A request whose key has these numbers. */
const withKey = (modulus: readonly number[], exponent: readonly number[]): number[] => {
  const key = value(0x30, SHA256_WITH_RSA, value(0x03, [0], value(0x30, value(0x02, modulus), value(0x02, exponent))))
  return value(0x30, value(0x30, value(0x02, [0]), value(0x30), key), SHA256_WITH_RSA, value(0x03, [0, 1]))
}

describe('a request for a certificate', () => {
  it('says by which names somebody wants to be known', () => {
    expect(readCertificateRequest(pem(bytes))).toEqual({
      request: {
        ...EMPTY_REQUEST,
        commonName: 'jane',
        country: ['DE'],
        organization: ['devs', 'ops'],
        dnsNames: ['jane.example.com'],
        emailAddresses: ['j@example.com'],
        ipAddresses: ['10.0.0.1', '2001:db8::1:0:0:7'],
      },
    })
  })
  it('is refused where somebody has changed it', () => {
    const changed = bytes.map((byte, at) => (byte === 0x6a && bytes[at + 1] === 0x61 ? 0x4a : byte))
    expect(readCertificateRequest(pem(changed))).toEqual({ error: 'crypto/rsa: verification error' })
  })
  it.each<[string, string, string]>([
    ['what is none', base64('jane'), 'PEM block type must be CERTIFICATE REQUEST'],
    ['a certificate', pem(bytes, 'CERTIFICATE'), 'PEM block type must be CERTIFICATE REQUEST'],
    ['a part of one', pem(bytes.slice(0, 99)), 'asn1: syntax error: data truncated'],
    ['another structure', pem(value(0x31, [])), "asn1: structure error: tags don't match"],
    ['a key of nothing', pem(withKey([0], [3])), 'x509: RSA modulus is not a positive number'],
    ['a key below zero', pem(withKey([0x80, 1], [3])), 'x509: RSA modulus is not a positive number'],
    ['a key without an exponent', pem(withKey([7], [0])), 'x509: RSA public exponent is not a positive number'],
    ['a key whose exponent is endless', pem(withKey([7], new Array(40).fill(1))), 'crypto/rsa: public exponent too large'],
  ])('is not %s', (_, request, error) => {
    expect(readCertificateRequest(request)).toEqual({ error })
  })
})

it('certificates are some in PEM, and nothing else', () => {
  const certificate = pem(value(0x30, value(0x30), value(0x30), value(0x03)), 'CERTIFICATE')
  expect(certificatesError(certificate)).toBeUndefined()
  expect(certificatesError(pem(value(0x30, value(0x30)), 'CERTIFICATE'))).toBe('x509: malformed certificate')
  expect(certificatesError(pem(bytes))).toBe('only CERTIFICATE PEM blocks are allowed, found "CERTIFICATE REQUEST"')
  expect(certificatesError('')).toBe('must contain at least one CERTIFICATE PEM block')
})
