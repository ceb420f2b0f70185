/** Kinds that configure the cluster: what may be said of them, through the apiserver. */
import { describe, expect, test } from 'vitest'
import { apiPath, mustResource } from '../../api/kinds'
import { MEDIA } from '../../api/messages'
import type { KubeObject } from '../../api/types'
import { createEtcd } from '../../etcd/etcd'
import { TestCluster } from '../testing'

const cluster = new TestCluster(createEtcd())
let count = 0
/** A new object's fields, and what is wrong with them, each error once. */
function wrong(apiVersion: string, kind: string, fields: object, name = `it-${++count}`): readonly string[] {
  const object = { apiVersion, kind, metadata: { name }, ...fields } as KubeObject
  const { code, body } = cluster.create(object)
  return code < 400 ? [] : (body.details.causes ?? []).map((c: { field: string; message: string }) => `${c.field}: ${c.message}`)
}
/** What is wrong with a change of one that has been created. */
function changed(apiVersion: string, kind: string, fields: object, patch: object, name = `it-${++count}`): readonly string[] {
  expect(wrong(apiVersion, kind, fields, name)).toEqual([])
  const path = apiPath(mustResource(apiVersion, kind), 'default', name)
  const { body } = cluster.ask('PATCH', path, patch, { contentType: MEDIA.mergePatch })
  return (body.details?.causes ?? []).map((c: { field: string; message: string }) => `${c.field}: ${c.message}`)
}
const EXAMPLE = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'

describe('an IngressClass', () => {
  const one = (spec: object) => wrong('networking.k8s.io/v1', 'IngressClass', { spec })
  test('has a controller with a domain, and parameters of a place that fits', () => {
    expect(one({})).toEqual(['spec.controller: Required value'])
    expect(one({ controller: 'nginx' })).toEqual([
      'spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")',
    ])
    const parameters = { kind: 'X', name: 'x', scope: 'Namespace' }
    expect(one({ controller: 'a.b/c', parameters })).toEqual([
      "spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'",
    ])
    expect(one({ controller: 'a.b/c', parameters: { name: 'a/b', namespace: 'x' } })).toEqual([
      'spec.parameters.kind: Required value: kind is required',
      'spec.parameters.name: Invalid value: "a/b": may not contain \'/\'',
      "spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'",
    ])
  })
  test('keeps its controller', () => {
    expect(
      changed('networking.k8s.io/v1', 'IngressClass', { spec: { controller: 'a.b/c' } }, { spec: { controller: 'a.b/d' } }),
    ).toEqual(['spec.controller: Invalid value: "a.b/d": field is immutable'])
  })
})

describe('addresses of Services', () => {
  test('are named by themselves, and have a parent that stays', () => {
    const parentRef = { resource: 'services', namespace: 'default', name: 'web' }
    expect(wrong('networking.k8s.io/v1', 'IPAddress', { spec: { parentRef } }, 'web')).toEqual([
      `metadata.name: Invalid value: "web": ${EXAMPLE}`,
    ])
    expect(wrong('networking.k8s.io/v1', 'IPAddress', { spec: {} }, '10.0.0.1')).toEqual(['spec.parentRef: Required value'])
    const patch = { spec: { parentRef: { name: 'other' } } }
    expect(changed('networking.k8s.io/v1', 'IPAddress', { spec: { parentRef } }, patch, '10.0.0.2')).toEqual([
      'spec.parentRef: Invalid value: {"Group":"","Resource":"services","Namespace":"default","Name":"other"}: field is immutable',
    ])
  })
  test('come from ranges: one of each family, for ever', () => {
    const one = (...cidrs: string[]) => wrong('networking.k8s.io/v1', 'ServiceCIDR', { spec: { cidrs } })
    expect(one()).toEqual(['spec.cidrs: Required value: at least one CIDR required'])
    expect(one('10.0.0.0/8', '11.0.0.0/8')[0]).toContain('{"CIDRs":["10.0.0.0/8","11.0.0.0/8"]}: may specify no more than one IP')
    expect(one('x')).toEqual([
      'spec.cidrs[0]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ])
    const spec = { cidrs: ['172.16.0.0/16', 'fd00::/112'] }
    expect(changed('networking.k8s.io/v1', 'ServiceCIDR', { spec }, { spec: { cidrs: ['172.17.0.0/16'] } })).toEqual([
      'spec.cidrs: Invalid value: ["172.17.0.0/16"]: field is immutable',
    ])
  })
})

describe('a RuntimeClass', () => {
  test('has a handler that is a label, and stays', () => {
    const kind = ['node.k8s.io/v1', 'RuntimeClass'] as const
    expect(wrong(...kind, { handler: 'a.b' })).toEqual(['handler: Invalid value: "a.b": must not contain dots'])
    const toleration = { key: 'a', operator: 'Exists' }
    expect(wrong(...kind, { handler: 'a', scheduling: { tolerations: [toleration, toleration] } })).toEqual([
      'scheduling.tolerations[1]: Duplicate value: {"Key":"a","Operator":"Exists","Value":"","Effect":"","TolerationSeconds":null}',
    ])
    expect(changed(...kind, { handler: 'a' }, { handler: 'b' })).toEqual(['handler: Invalid value: "b": field is immutable'])
  })
})

describe('drivers of volumes', () => {
  test('say how they are used, and stay with it', () => {
    const kind = ['storage.k8s.io/v1', 'CSIDriver'] as const
    const spec = { fsGroupPolicy: 'X', tokenRequests: [{ audience: 'a', expirationSeconds: 1 }, { audience: 'a' }] }
    expect(wrong(...kind, { spec })).toEqual([
      'spec.fsGroupPolicy: Unsupported value: "X": supported values: "File", "None", "ReadWriteOnceWithFSType"',
      'spec.tokenRequests[0].expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes',
      'spec.tokenRequests[1].audience: Duplicate value: "a"',
    ])
    expect(changed(...kind, { spec: {} }, { spec: { attachRequired: false, podInfoOnMount: true } })).toEqual([
      'spec.attachedRequired: Invalid value: false: field is immutable',
    ])
  })
  test('attach one volume to one node', () => {
    const kind = ['storage.k8s.io/v1', 'VolumeAttachment'] as const
    const spec = { attacher: 'a.b', nodeName: 'n', source: { persistentVolumeName: 'pv' } }
    expect(wrong(...kind, { spec: { ...spec, source: {} } })).toEqual([
      'spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName',
    ])
    expect(changed(...kind, { spec }, { spec: { nodeName: 'm' } })).toEqual([
      'spec: Invalid value: {"Attacher":"a.b","Source":{"PersistentVolumeName":"pv","InlineVolumeSpec":null},"NodeName":"m"}: field is immutable',
    ])
  })
  test('a class of attributes has some', () => {
    expect(wrong('storage.k8s.io/v1', 'VolumeAttributesClass', { driverName: 'a.b' })).toEqual([
      'parameters: Required value: must contain at least one key/value pair',
    ])
  })
})

describe('where Services lead', () => {
  const slice = (fields: object) =>
    wrong('discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4', endpoints: [], ...fields })
  test('a slice has addresses of its type, which another machine can have', () => {
    const addresses = (addressType: string, ...list: string[]) => slice({ addressType, endpoints: [{ addresses: list }] })
    expect(slice({ addressType: 'X' })).toEqual(['addressType: Unsupported value: "X": supported values: "FQDN", "IPv4", "IPv6"'])
    expect(slice({ endpoints: [{ addresses: [] }] })).toEqual([
      'endpoints[0].addresses: Required value: must contain at least 1 address',
    ])
    const first = 'endpoints[0].addresses[0]: Invalid value:'
    expect(addresses('IPv4', 'fd00::1')).toEqual([`${first} "fd00::1": must be an IPv4 address`])
    expect(addresses('IPv4', '127.0.0.1')).toEqual([
      `${first} "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)`,
    ])
    expect(addresses('IPv4', 'x')).toEqual([`${first} "x": ${EXAMPLE}`, `${first} "x": must be a valid IP address`])
    expect(addresses('FQDN', 'web')).toEqual([`${first} "web": should be a domain with at least two segments separated by dots`])
    expect(addresses('FQDN', 'web.example.com')).toEqual([])
  })
  test('ports of a slice have names of their own', () => {
    expect(slice({ ports: [{ port: 1 }, { port: 2 }] })).toEqual(['ports[1].name: Duplicate value: ""'])
    expect(slice({ ports: [{ name: 'A', protocol: 'X' }] }).map(text => text.slice(0, 40))).toEqual([
      'ports[0].name: Invalid value: "A": a low',
      'ports[0].protocol: Unsupported value: "X',
    ])
  })
  test('Endpoints have addresses, and names for several ports', () => {
    const subsets = [{ ports: [{ port: 80 }, { name: 'b', port: 0 }] }]
    expect(wrong('v1', 'Endpoints', { subsets })).toEqual([
      'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
      'subsets[0].ports[0].name: Required value',
      'subsets[0].ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive',
    ])
  })
})

describe('an Event', () => {
  const about = { kind: 'Pod', name: 'web', namespace: 'default' }
  test('is in the namespace of what it is about', () => {
    expect(wrong('v1', 'Event', { involvedObject: { ...about, namespace: 'other' } })).toEqual([
      'involvedObject.namespace: Invalid value: "other": does not match event.namespace',
    ])
    expect(wrong('v1', 'Event', { involvedObject: { kind: 'Node', name: 'n' } })).toEqual([])
  })
  test('of the new API says all that it must, and never otherwise', () => {
    const kind = ['events.k8s.io/v1', 'Event'] as const
    expect(wrong(...kind, { eventTime: null, regarding: about })).toEqual([
      'eventTime: Required value',
      'type: Invalid value: "": has invalid value: ',
    ])
    const event = {
      eventTime: '2026-01-01T00:00:00.000000Z',
      regarding: about,
      reportingController: 'a.b/c',
      reportingInstance: 'x',
      action: 'Test',
      reason: 'Tested',
      type: 'Normal',
      note: 'once',
    }
    expect(wrong(...kind, { ...event, action: undefined, reportingController: undefined })[0]).toBe(
      'reportingController: Required value',
    )
    expect(changed(...kind, event, { note: 'twice', series: { count: 1, lastObservedTime: event.eventTime } })).toEqual([
      'series.count: Invalid value: "": should be at least 2',
      'message: Invalid value: "twice": field is immutable',
    ])
  })
})

test('a Lease lasts some time', () => {
  const spec = { leaseDurationSeconds: 0, leaseTransitions: -1, preferredHolder: 'a' }
  expect(wrong('coordination.k8s.io/v1', 'Lease', { spec })).toEqual([
    'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
    'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0',
    'spec.preferredHolder: Forbidden: may only be specified if `strategy` is defined',
  ])
})

test('a webhook says whom to ask about what', () => {
  const kind = ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'] as const
  const rule = { operations: ['*', 'CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods/*', 'pods/log'] }
  const hook = { name: 'a.b.c', rules: [rule], sideEffects: 'Some', admissionReviewVersions: ['v1'], clientConfig: {} }
  expect(
    wrong(...kind, { webhooks: [hook, { name: 'a', admissionReviewVersions: ['x'], clientConfig: { url: 'http://a/?b' } }] }),
  ).toEqual([
    'webhooks[0].rules[0].operations: Invalid value: ["*","CREATE"]: if \'*\' is present, must not specify other operations',
    'webhooks[0].rules[0].resources[1]: Invalid value: "pods/log": if \'pods/*\' is present, must not specify pods/log',
    'webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"',
    'webhooks[0].clientConfig: Required value: exactly one of url or service is required',
    'webhooks[1].name: Invalid value: "a": should be a domain with at least three segments separated by dots',
    'webhooks[1].sideEffects: Required value: must specify one of None, NoneOnDryRun',
    'webhooks[1].clientConfig.url: Invalid value: "http": \'https\' is the only allowed URL scheme; desired format: https://host[/path]',
    'webhooks[1].clientConfig.url: Invalid value: "b": query parameters are not permitted in the URL',
    'webhooks[1].admissionReviewVersions: Invalid value: ["x"]: must include at least one of v1, v1beta1',
  ])
})

test('what keeps a Namespace has the name of a finalizer', () => {
  const why = 'name is neither a standard finalizer name nor is it fully qualified'
  expect(wrong('v1', 'Namespace', { spec: { finalizers: ['mine', 'example.com/mine'] } })).toEqual([
    `spec.finalizers: Invalid value: "mine": ${why}`,
  ])
  cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kept' } })
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kept' }, spec: { finalizers: ['mine'] } }
  expect(cluster.refusal('PUT', '/api/v1/namespaces/kept/finalize', body).message).toBe(
    `Namespace "kept" is invalid: spec.finalizers[0]: Invalid value: "mine": ${why}`,
  )
})
