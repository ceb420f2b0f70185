import { expect, it } from 'vitest'
import type { HttpRequest } from '../../api/messages'
import type { KubeObject } from '../../api/types'
import { TestCluster } from '../testing'
import { certificatesigningrequestApproving } from './certificatesigningrequest-approving'

/** Made by `openssl req -new -subj /O=system:nodes/CN=system:node:node-9`. */
const REQUEST = [
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQmN6Q0IzUUlCQURBME1SVXdFd1lEVlFRS0RBeHplWE4wWlcwNmJtOWtaWE14',
  'R3pBWkJnTlZCQU1NRW5ONQpjM1JsYlRwdWIyUmxPbTV2WkdVdE9UQ0JuekFOQmdrcWhraUc5dzBCQVFFRkFBT0JqUUF3Z1lrQ2dZRUFxc2JaCnkv',
  'OG1IN2Y5TnJxRXIrdU9jOUkxU3p5dkJyZHJqOFp3cGs0aWd1VVhKdTM0ekR2bURvUEEwTXBhcGdXRWJCRlgKdEIrUHkyT1Vvbm11Y3d0cnJla2o0',
  'R0FEVGMxMDgwN3lLZ1NRbUxnV3lYajQvclZoMmhIOGsyVWVKdUY0VlFtegp5WDVQSVpiRzVCNGlEYyszdkRxZ0ZGcmxra2V6ckttQzRFNWNxZlVD',
  'QXdFQUFhQUFNQTBHQ1NxR1NJYjNEUUVCCkN3VUFBNEdCQUtZUHc1V2NXV1pZVk5FckZGcGRoMGYrUm9lRGNxTDZOeW1HOXp3OUUwOGRQYWtLY0N4',
  'czBDWTYKTi9WamtSclArNnJoSTZaWFpRckFjUGd1R2FqYjdWUVptSGZ3TG9EWHFVbjk5MmdPU0U3UWxQSXh3QUh2c2I3QwpRSFhSNFZ2a2VlanUx',
  'S2kxQ1daY0o1Z2ZxRVFZQzJDbGIvS2I4T0l2TkFQUERrdnlrZ0xYCi0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=',
].join('')
const request = {
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name: 'csr-1', uid: 'uid-csr' },
  spec: {
    request: REQUEST,
    signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
    usages: ['digital signature', 'client auth'],
    username: 'system:node:node-9',
    groups: ['system:nodes'],
  },
  status: {},
} as unknown as KubeObject

it('asks whether a kubelet may have its certificate, again and again with pauses that grow, and approves it as soon as it may', () => {
  const cluster = new TestCluster([certificatesigningrequestApproving])
  let allowed = false
  const asked: number[] = []
  cluster.refuse = ({ path, body }: HttpRequest) => {
    if (!path.endsWith('/subjectaccessreviews')) return undefined
    asked.push(cluster.simulation.now / 1000)
    return { code: 201, body: { ...(body as KubeObject), status: { allowed } } }
  }
  cluster.put(request)
  // for itself, and for any node
  expect(asked).toHaveLength(2)
  cluster.pass(2)
  const firsts = asked.filter((_, i) => i % 2 === 0)
  const pauses = firsts.slice(1).map((at, i) => at - (firsts[i] as number))
  expect(pauses.map(ms => Math.round(ms / 100) * 100)).toEqual([200, 400, 800])
  allowed = true
  cluster.pass(5)
  expect(cluster.list('certificatesigningrequests.certificates.k8s.io')[0]?.status.conditions).toMatchObject([
    { type: 'Approved', message: 'Auto approving self kubelet client certificate after SubjectAccessReview.' },
  ])
})
