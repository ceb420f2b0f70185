import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { type CertificateRequest, EMPTY_REQUEST } from '../../api/x509'
import { recognize } from './certificatesigningrequest-approving'

const node = (more: Partial<CertificateRequest> = {}): CertificateRequest => ({
  ...EMPTY_REQUEST,
  commonName: 'system:node:node-9',
  organization: ['system:nodes'],
  ...more,
})
const asked = (spec: object = {}): KubeObject =>
  ({
    spec: {
      signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
      usages: ['digital signature', 'client auth'],
      username: 'system:bootstrap:abc',
      ...spec,
    },
  }) as unknown as KubeObject

describe('a request is recognized as a kubelet’s', () => {
  it('when it asks to be a node, and nothing else', () => {
    expect(recognize(asked(), node())).toEqual(['nodeclient'])
    expect(recognize(asked({ usages: ['key encipherment', 'digital signature', 'client auth'] }), node())).toEqual(['nodeclient'])
    for (const more of [{ commonName: 'jane' }, { organization: ['system:nodes', 'devs'] }, { dnsNames: ['node-9'] }])
      expect(recognize(asked(), node(more))).toEqual([])
    expect(recognize(asked({ usages: ['server auth'] }), node())).toEqual([])
    expect(recognize(asked({ signerName: 'kubernetes.io/kubelet-serving' }), node())).toEqual([])
  })
  it('and as one’s own when it is who asks', () => {
    expect(recognize(asked({ username: 'system:node:node-9' }), node())).toEqual(['selfnodeclient', 'nodeclient'])
  })
})
