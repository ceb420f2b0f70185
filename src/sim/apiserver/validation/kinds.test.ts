import { describe, expect, it } from 'vitest'
import { errorText, type FieldError } from '../../api/field-error'
import type { KubeObject } from '../../api/types'
import { validateAutoscaler } from './autoscaling'
import { validateSecret } from './config'
import { validateIngress, validateNetworkPolicy } from './networking'
import { validateTaints } from './placement'
import { validateBudget, validateLimitRange, validateQuota } from './policy'
import { scheduleError } from './schedule'
import { validateClaim, validateStorageClass, validateVolume } from './storage'

const object = (fields: object): KubeObject => ({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x' }, ...fields }) as KubeObject
const said = (errors: readonly FieldError[]): readonly string[] => errors.map(errorText)

describe('words of what is wrong', () => {
  it('with an autoscaler: its bounds, its target, its metrics', () => {
    const target = { kind: 'Deployment', name: 'web' }
    expect(said(validateAutoscaler(object({ spec: { minReplicas: 5, maxReplicas: 2, scaleTargetRef: target } })))).toEqual([
      'spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`',
    ])
    const metrics = [{ type: 'Foo' }, { type: 'Resource' }, { type: 'Pods', pods: {}, resource: { name: 'cpu' } }]
    expect(said(validateAutoscaler(object({ spec: { maxReplicas: 2, scaleTargetRef: {}, metrics } })))).toEqual([
      'spec.scaleTargetRef.kind: Required value',
      'spec.scaleTargetRef.name: Required value',
      'spec.metrics[0].type: Unsupported value: "Foo": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
      'spec.metrics[1].resource: Required value: must populate information for the given metric source',
      'spec.metrics[2].resource: Forbidden: must populate the given metric source only',
    ])
  })

  it('with a budget: internal types are shown with the names of their fields in Go', () => {
    expect(said(validateBudget(object({ spec: { minAvailable: 1, maxUnavailable: '150%' } })))).toEqual([
      'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":"150%","UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
      'spec.maxUnavailable: Invalid value: "150%": must not be greater than 100%',
    ])
  })

  it('with a quota: its names, its amounts, its scopes', () => {
    const hard = { foo: '1', pods: '1.5', 'count/jobs.batch': '1', 'example.com/x': '1' }
    expect(said(validateQuota(object({ spec: { hard } })))).toEqual([
      'spec.hard[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
      'spec.hard[foo]: Invalid value: "foo": must be a standard resource for quota',
      'spec.hard[pods]: Invalid value: "1500m": must be an integer',
    ])
    expect(said(validateQuota(object({ spec: { hard: { cpu: '1' }, scopes: ['BestEffort'] } })))).toEqual([
      'spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource',
    ])
    const selected = (counted: object, ...matchExpressions: readonly object[]) =>
      said(validateQuota(object({ spec: { hard: counted, scopeSelector: { matchExpressions } } })))
    const high = { scopeName: 'PriorityClass', operator: 'In', values: ['high'] }
    expect(selected({ pods: '1', 'count/jobs.batch': '1' }, high)).toEqual([])
    expect(selected({ services: '1' }, high)).toEqual([
      'spec.scopeSelector.matchExpressions: Invalid value: {"MatchExpressions":[{"ScopeName":"PriorityClass","Operator":"In","Values":["high"]}]}: unsupported scope applied to resource',
    ])
    expect(
      selected({ pods: '1' }, { scopeName: 'BestEffort', operator: 'In', values: ['x'] }, { scopeName: 'X', operator: 'Y' }),
    ).toEqual([
      expect.stringMatching(
        /^spec\.scopeSelector\.matchExpressions\.operator: Invalid value: "In": must be 'Exist' when scope is any of /,
      ),
      'spec.scopeSelector.matchExpressions.scopeName: Invalid value: "X": unsupported scope',
      'spec.scopeSelector.matchExpressions.operator: Invalid value: "Y": not a valid selector operator',
    ])
    expect(selected({ pods: '1' }, { scopeName: 'PriorityClass', operator: 'In' })).toEqual([
      "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
    ])
  })

  it('with a limit range: least, default and most stand in order', () => {
    const limit = { type: 'Container', min: { cpu: '2' }, max: { cpu: '1' }, default: { cpu: '3' } }
    expect(said(validateLimitRange(object({ spec: { limits: [limit] } })))).toEqual([
      'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
      'spec.limits[0].default[cpu]: Invalid value: "1": default value 3 is greater than max value 1',
    ])
  })

  it('with an Ingress and a NetworkPolicy', () => {
    expect(said(validateIngress(object({ spec: {} })))).toEqual([
      'spec: Invalid value: null: either `defaultBackend` or `rules` must be specified',
    ])
    const paths = [{ path: 'a', pathType: 'Exact', backend: { service: { name: 'x', port: {} } } }]
    expect(said(validateIngress(object({ spec: { rules: [{ host: '*.example.com', http: { paths } }] } })))).toEqual([
      'spec.rules[0].http.paths[0].path: Invalid value: "a": must be an absolute path',
      'spec.rules[0].http.paths[0].backend: Required value: port name or number is required',
    ])
    const ingress = [{ from: [{}, { ipBlock: { cidr: '10.0.0.0/33' }, podSelector: {} }], ports: [{ port: 0 }] }]
    expect(said(validateNetworkPolicy(object({ spec: { podSelector: {}, ingress } })))).toEqual([
      'spec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.ingress[0].from[0]: Required value: must specify a peer',
      'spec.ingress[0].from[1].ipBlock.cidr: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      'spec.ingress[0].from[1]: Forbidden: may not specify both ipBlock and another peer',
    ])
  })

  it('with volumes, claims, classes and the types of secrets', () => {
    expect(said(validateVolume(object({ spec: { accessModes: ['ReadWriteOnce'] } })))).toEqual([
      'spec.capacity: Required value',
      'spec.capacity: Unsupported value: null: supported values: "storage"',
      'spec: Required value: must specify a volume type',
    ])
    expect(said(validateClaim(object({ spec: { accessModes: ['Foo'], resources: { requests: { storage: '0' } } } })))).toEqual([
      'spec.accessModes: Unsupported value: "Foo": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
      'spec.resources[storage]: Invalid value: "0": must be greater than zero',
    ])
    expect(said(validateStorageClass(object({ reclaimPolicy: 'Delete' })))).toEqual(['provisioner: Required value'])
    expect(said(validateSecret(object({ type: 'kubernetes.io/tls', data: { 'tls.crt': '' } })))).toEqual([
      'data[tls.key]: Required value',
    ])
  })

  it('with taints, which are looked for in the metadata', () => {
    expect(said(validateTaints([{ key: 'a', effect: 'Foo' }]))).toEqual([
      'metadata.taints[0].effect: Unsupported value: "Foo": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
    ])
  })

  it.each([
    ['*/5 0-23 1,15 jan-mar mon', undefined],
    ['@daily', undefined],
    ['@every 1h', undefined],
    ['@often', 'unrecognized descriptor: @often'],
    ['61 * * * *', 'end of range (61) above maximum (59): 61'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['* 5-2 * * *', 'beginning of range (5) beyond end of range (2): 5-2'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
    ['* * *', 'expected exactly 5 fields, found 3: [* * *]'],
  ])('with the schedule %s: %s', (schedule, why) => {
    expect(scheduleError(schedule)).toBe(why)
  })
})
