import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../api/types'
import { validateController } from './workloads'

const stateful = (mount: string): KubeObject =>
  ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate' },
      selector: { matchLabels: { app: 'db' } },
      template: {
        metadata: { labels: { app: 'db' } },
        spec: {
          restartPolicy: 'Always',
          dnsPolicy: 'ClusterFirst',
          containers: [
            {
              name: 'db',
              image: 'redis:7',
              imagePullPolicy: 'IfNotPresent',
              terminationMessagePolicy: 'File',
              volumeMounts: [{ name: mount, mountPath: '/data' }],
            },
          ],
        },
      },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }],
    },
  }) as unknown as KubeObject

describe('a StatefulSet', () => {
  it('mounts the claims of its templates by their names, and nothing that is not there', () => {
    expect(validateController(stateful('data'))).toEqual([])
    expect(validateController(stateful('log'))).toMatchObject([
      { type: 'FieldValueNotFound', field: 'spec.template.spec.containers[0].volumeMounts[0].name', value: 'log' },
    ])
  })

  it('with an empty selector is refused in words of its own kind', () => {
    const set = stateful('data')
    const object = { ...set, spec: { ...set.spec, selector: {} } } as KubeObject
    expect(validateController(object)).toMatchObject([{ detail: 'empty selector is invalid for statefulset' }])
  })
})
