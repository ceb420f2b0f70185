import { describe, expect, it } from 'vitest'
import type { PodSpec } from '../../api/types'
import { unifiedDiff } from './diff'
import { internalDiff, internalPodSpec, internalTemplate, toInternal } from './print'

const spec: PodSpec = {
  hostNetwork: true,
  securityContext: {},
  containers: [
    { name: 'web', image: 'nginx', ports: [{ containerPort: 80, protocol: 'TCP' }], resources: { limits: { cpu: '0.5' } } },
  ],
}
const lines = (text: string): string[] => text.split('')

describe('an object as an internal type', () => {
  it('has all of its fields, in the order of their declaration, with the values of Go where there are none', () => {
    expect(JSON.stringify(toInternal('ServicePort', { protocol: 'TCP', port: 80 }))).toBe(
      '{"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    )
  })

  it('knows a pod that shares its network with the host by its security context', () => {
    const internal = internalPodSpec(spec) as Record<string, unknown>
    expect(internal.SecurityContext).toMatchObject({ HostNetwork: true, HostPID: false, HostUsers: null })
    expect(Object.keys(internal).slice(0, 4)).toEqual(['Volumes', 'InitContainers', 'Containers', 'EphemeralContainers'])
    expect(internal.Containers).toMatchObject([{ Resources: { Limits: { cpu: '500m' }, Requests: null, Claims: null } }])
  })

  it('flattens what is embedded, and leaves out what metav1 leaves out', () => {
    const template = internalTemplate({ metadata: { labels: { app: 'web' } }, spec })
    expect(Object.keys(template)).toEqual(['labels', 'Spec'])
    expect(toInternal('LabelSelector', { matchLabels: { b: '1', a: '2' }, matchExpressions: [] })).toEqual({
      matchLabels: { a: '2', b: '1' },
    })
  })

  it.each([
    ['Container', 'TTY', 'tty'],
    ['Probe', 'HTTPGet', 'httpGet'],
    ['PodSecurityContext', 'SELinuxOptions', 'seLinuxOptions'],
    ['VolumeSource', 'CephFS', 'cephfs'],
  ] as const)('%s.%s is %s in the API', (type, go, json) => {
    const internal = toInternal(type, { [json]: { anything: 1 } }) as Record<string, unknown>
    expect(internal[go]).toBeTruthy()
  })
})

describe('the difference of two internal objects', () => {
  it('is a unified one, with three lines around it and no names of files', () => {
    const ports = [{ containerPort: 8080, protocol: 'TCP' }]
    const after = { ...spec, containers: spec.containers.map(container => ({ ...container, ports })) }
    expect(internalDiff(internalPodSpec(spec), internalPodSpec(after))).toBe(
      [
        '@@ -12,7 +12,7 @@',
        '     {',
        '      "Name": "",',
        '      "HostPort": 0,',
        '-     "ContainerPort": 80,',
        '+     "ContainerPort": 8080,',
        '      "Protocol": "TCP",',
        '      "HostIP": ""',
        '     }',
        '',
      ].join('\n'),
    )
  })

  it('writes for browsers, as Go does', () => {
    expect(internalDiff({ A: 'x' }, { A: 'a<b' })).toContain('\\u003c')
  })

  it('has a hunk for each change that is far from the others, and says a single line by its number', () => {
    expect(unifiedDiff(['a'], ['b'], 3)).toBe('@@ -1 +1 @@\n-a\n+b\n')
    expect(unifiedDiff(lines('abcdefghijklmnop'), lines('aXcdefghijklmnYp'), 3)).toBe(
      '@@ -1,5 +1,5 @@\n a\n-b\n+X\n c\n d\n e\n@@ -12,5 +12,5 @@\n l\n m\n n\n-o\n+Y\n p\n',
    )
    expect(unifiedDiff(lines('ab'), lines('axb'), 3)).toBe('@@ -1,2 +1,3 @@\n a\n+x\n b\n')
    expect(unifiedDiff(lines('ab'), lines('ab'), 3)).toBe('')
  })

  it('begins no run of a long text with a line that is everywhere', () => {
    // Python's difflib, too, keeps the one line that is rare, though 200 others stand beside it
    const many = Array.from({ length: 200 }, () => 'x')
    const diff = unifiedDiff(['rare', ...many], [...many, 'rare'], 0)
    expect(diff.split('\n').filter(line => line.startsWith('@@'))).toEqual(['@@ -0,0 +1,200 @@', '@@ -2,200 +201,0 @@'])
  })
})
