/** Scenarios of which no recording is at hand: what upstream's source says must come of them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import openapi from '../../src/sim/api/data/openapi.json'
import { play, type Transcript } from './player'
import { type Recording, recordingOf } from './recording'
import { readScenario } from './scenario'

interface Row {
  readonly actor: string
  readonly verb: string
  readonly resource?: string
  readonly name?: string
  readonly code: number
  readonly request?: { readonly status?: { readonly phase?: string } }
}
interface Event {
  readonly reason: string
  readonly message: string
  readonly count?: number
  readonly involvedObject?: { readonly name?: string }
}

const DIR = join(import.meta.dirname, 'unrecorded')
const played = new Map<string, Recording>()
const scenarioOf = (name: string) => readScenario(readFileSync(join(DIR, `${name}.yaml`), 'utf8'))
function recorded(name: string): Recording {
  const scenario = scenarioOf(name)
  const known = played.get(name)
  if (known) return known
  const run = play(scenario, openapi)
  expect(run.left).toEqual([])
  const recording = recordingOf(scenario, run, openapi)
  played.set(name, recording)
  return recording
}
const rows = (name: string) => recorded(name).requests as readonly Row[]
const events = (name: string) => recorded(name).events as readonly Event[]
/** What the commands printed that begin so. */
const printed = (name: string, command: string): string[] =>
  recorded(name).transcript.flatMap((t: Transcript) => (t.kubectl?.startsWith(command) ? `${t.stdout}${t.stderr}` : []))

describe.each(readdirSync(DIR).map(file => file.replace('.yaml', '')))('%s', name => {
  it('is played to its end, and nothing in it is answered with an error of the server', () => {
    const commands = scenarioOf(name).steps.filter(({ kind }) => kind === 'kubectl')
    expect(recorded(name).transcript.filter((t: Transcript) => t.kubectl !== undefined)).toHaveLength(commands.length)
    expect(rows(name).length).toBeGreaterThan(0)
    // a hollow node has no address where its logs could be read
    expect(rows(name).filter(({ code, resource }) => code >= 500 && resource !== 'pods/log')).toEqual([])
  })
})

describe('sets that are deleted without their pods', () => {
  const writes = (resource: string) =>
    rows('orphaned-sets')
      .filter(r => r.resource === resource && !['get', 'list', 'watch'].includes(r.verb) && r.actor.endsWith('set-controller'))
      .map(r => r.verb)
  it('leave revisions that their successors adopt; only a new template makes a new one', () => {
    expect(writes('controllerrevisions').sort()).toEqual(['create', 'create', 'create', 'patch', 'patch'])
  })
  it('leave pods that their successors adopt: made once, and once more for the one that was deleted', () => {
    expect(writes('pods').sort()).toEqual([...new Array(6).fill('create'), ...new Array(5).fill('patch')])
  })
  it('make a pod that was deleted by hand of the new template', () => {
    expect(printed('orphaned-sets', 'get pod db-0')).toEqual(['postgres:17'])
  })
})

describe('a namespace that is held by a finalizer', () => {
  it('says what is left in it, and goes when that goes', () => {
    expect(printed('stuck-namespace', 'get namespace stuck')).toEqual([
      'Some resources are remaining: configmaps. has 1 resource instances\nSome content in the namespace has finalizers remaining: example.com/hold in 1 resource instances\n',
      'Error from server (NotFound): namespaces "stuck" not found\n',
    ])
  })
})

describe('an applied field that was scaled by kubectl', () => {
  it('is in conflict with kubectl, by name', () => {
    expect(printed('stuck-namespace', 'apply --server-side')[1]).toContain(
      'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
    )
  })
})

describe('a node that stops for good', () => {
  it('holds the pod of a StatefulSet until the node is deleted; then it ends, and waits for a place of its own', () => {
    const [stopped = '', gone = ''] = printed('gone-node', 'get pods')
    expect(stopped.match(/Terminating/g)).toHaveLength(1)
    expect(gone.match(/Running/g)).toHaveLength(2)
    expect(gone.match(/Pending/g)).toHaveLength(1)
    const ends = rows('gone-node').filter(r => r.actor === 'pod-garbage-collector' && r.verb !== 'get')
    expect(ends.map(r => `${r.verb} ${r.resource} ${r.request?.status?.phase ?? ''}`.trim())).toEqual([
      'patch pods/status Failed',
      'delete pods',
    ])
  })
  it('lets a claim of a class that is not there complain with each look at everything, not more often', () => {
    const seconds = recorded('gone-node').transcript.at(-1)?.at ?? 0
    const [failed, ...others] = events('gone-node').filter(e => e.reason === 'ProvisioningFailed')
    expect(others).toEqual([])
    expect(failed?.message).toBe('storageclass.storage.k8s.io "nothing" not found')
    expect(failed?.count).toBeLessThanOrEqual(Math.ceil(seconds / 15) + 1)
  })
})

describe('a Service that is a load balancer no more', () => {
  it('had a port for health checks, and gives back all that only a load balancer needs', () => {
    expect(printed('services-and-gates', 'describe service')[0]).toMatch(/HealthCheck NodePort: +3\d{4}\n/)
    expect(printed('services-and-gates', 'get service front')).toEqual(['///'])
  })
})

describe('pods that wait', () => {
  it('say for what: a gate, an init container that never ends', () => {
    const [before = '', after = ''] = printed('services-and-gates', 'get pods')
    expect(before).toMatch(/^gated +0\/1 +SchedulingGated/)
    expect(after).toMatch(/^gated +1\/1 +Running/)
    expect(after).toMatch(/slow +0\/1 +Init:0\/1/)
  })
})

describe('preemption', () => {
  it('takes as many victims as it needs, and takes none for a pod that is polite', () => {
    expect(printed('polite-preemption', 'get pod vip')).toEqual(['node-1 Running'])
    expect(events('polite-preemption').filter(e => e.reason === 'Preempted')).toHaveLength(2)
    expect(events('polite-preemption').map(e => e.message)).toContain(
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.',
    )
  })
})

describe('components that stop', () => {
  it('leave undone what is theirs, and do it when they come back', () => {
    const [pending = '', running = ''] = printed('stopped-components', 'get pods')
    expect([pending.match(/Pending/g)?.length, running.match(/1\/1 +Running/g)?.length]).toEqual([2, 2])
    const [without = '', after = ''] = printed('stopped-components', 'get deployments,rs,pods')
    expect(without).toMatch(/deployment.apps\/web +2\/4 /)
    expect(without).not.toMatch(/replicaset.apps\/api/)
    expect(after).toMatch(/deployment.apps\/web +4\/4 /)
    expect(after).toMatch(/deployment.apps\/api +1\/1 /)
  })
})

describe('the guestbook', () => {
  it('runs in full twice, and leaves nothing but the Service of the apiserver', () => {
    const all = printed('guestbook', 'get all')
    expect(all).toHaveLength(4)
    for (const full of [all[0], all[2]]) expect(full?.match(/^pod\/.* 1\/1 +Running/gm)).toHaveLength(6)
    for (const left of [all[1], all[3]])
      expect(left?.trim().split('\n').slice(1)).toEqual([expect.stringMatching(/^service\/kubernetes /)])
  })
})

describe('an autoscaler without a metrics API', () => {
  const said = (name: string, reason: string): string[] =>
    events('autoscalers').flatMap(e => (e.reason === reason && e.involvedObject?.name === name ? [e.message] : []))
  const RESOURCE =
    'unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)'
  const CUSTOM = 'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'
  it('says which metric it could not get, and what the first of them was', () => {
    const external =
      'unable to get external metric default/queue_len/&LabelSelector{MatchLabels:map[string]string{queue: worker,},MatchExpressions:[]LabelSelectorRequirement{},}: unable to fetch metrics from external metrics API: the server could not find the requested resource (get queue_len.external.metrics.k8s.io)'
    expect(said('custom', 'FailedGetExternalMetric')).toEqual([external])
    expect(said('custom', 'FailedGetPodsMetric')).toEqual([`unable to get metric packets-per-second: ${CUSTOM}`])
    expect(said('custom', 'FailedGetObjectMetric')).toEqual([`unable to get metric requests: Ingress on default main/${CUSTOM}`])
    expect(said('custom', 'FailedGetContainerResourceMetric')).toEqual([
      `failed to get memory usage: unable to get metrics for resource memory: ${RESOURCE}`,
    ])
    expect(said('custom', 'FailedComputeMetricsReplicas')).toEqual([
      `invalid metrics (4 invalid out of 4), first error is: failed to get queue_len external metric value: failed to get queue_len external metric: ${external}`,
    ])
    expect(printed('autoscalers', 'get hpa custom')).toEqual(['1/[{"type":""},{"type":""},{"type":""},{"type":""}]'])
  })
  it('keeps the scale as it is', () => {
    const [status = '{}'] = printed('autoscalers', 'get hpa cpu')
    expect(JSON.parse(status)).toMatchObject({ currentReplicas: 1, desiredReplicas: 0 })
    expect(rows('autoscalers').filter(r => r.resource?.endsWith('/scale') && r.verb === 'update')).toEqual([])
  })
  it('and another of the same target stand in each other’s way', () => {
    const why = 'pods by selector app=shared are controlled by multiple HPAs: [default/shared default/rival]'
    expect(said('rival', 'AmbiguousSelector')).toEqual([why])
    expect(printed('autoscalers', 'get hpa rival')).toEqual([why])
  })
  it('that has no target says so', () => {
    expect(said('gone', 'FailedGetScale')).toEqual(['deployments.apps "gone" not found'])
  })
})

describe('a certificate signing request', () => {
  it('says who made it, whatever its maker has written there, and what is asked', () => {
    expect(printed('certificates', 'get csr jane')[0]).toMatch(
      /^jane +\S+ +kubernetes.io\/kube-apiserver-client +kubernetes-admin +24h +Pending$/m,
    )
    expect(printed('certificates', 'describe csr')[0]).toContain(
      'Subject:\n  Common Name:    jane\n  Serial Number:  \n  Organization:   devs\n                  ops\nSubject Alternative Names:\n         DNS Names:        a.example\n',
    )
  })
  it('can’t make one a master', () => {
    expect(printed('certificates', 'create -f')[1]).toBe(
      'Error from server (Forbidden): error when creating "STDIN": certificatesigningrequests.certificates.k8s.io "masters" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed\n',
    )
  })
  it('is decided by who may decide for its signer, once', () => {
    expect(printed('certificates', 'certificate')).toEqual([
      'Error from server (Forbidden): certificatesigningrequests.certificates.k8s.io "serving" is forbidden: user not permitted to approve requests with signerName "example.com/serving"\n',
      'certificatesigningrequest.certificates.k8s.io/jane approved\n',
      'certificatesigningrequest.certificates.k8s.io/serving denied\n',
      'error: certificate signing request "serving" is already Denied\n',
      'Error from server (NotFound): certificatesigningrequests.certificates.k8s.io "nobody" not found\n',
    ])
  })
  it('of a kubelet is approved without a person, and nobody signs any', () => {
    expect(printed('certificates', 'get csr -o')[0]?.replace(/ +/g, ' ')).toBe(
      'jane kubernetes-admin KubectlApprove <none>\nkubelet kubernetes-admin AutoApproved <none>\nserving kubernetes-admin KubectlDeny <none>\n',
    )
    expect(printed('certificates', 'get csr --no-headers')[0]).toMatch(/Approved,Issued\n.*Approved\n.*Denied\n/)
  })
})

describe('a pod whose claim waits for it', () => {
  const written = (resource: string, verb: string): number =>
    rows('first-consumer').findIndex(r => r.actor === 'kube-scheduler' && r.resource === resource && r.verb === verb)
  it('is nominated, then has its volume promised, then is bound, and is nominated no more', () => {
    const order = [written('pods/status', 'patch'), written('persistentvolumes', 'update'), written('pods/binding', 'create')]
    expect(order[0]).toBeGreaterThan(0)
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(printed('first-consumer', 'get pod first')).toEqual(['node-2/Running/'])
  })
  it('that another pod has for itself waits for that one to go; one whose claim of devices is missing waits without a word', () => {
    expect(printed('first-consumer', 'get pod second gpu')).toEqual([
      '0/3 nodes are available: 3 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode. no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.||',
    ])
    expect(printed('first-consumer', 'get pod second -o')).toEqual(['node-2/Running'])
  })
})

describe('a Secret for the token of a service account', () => {
  it('is filled by the controller manager, in its own name, if there is such an account, and else goes', () => {
    expect(printed('token-secrets', 'get secrets')[0]).toMatch(/^robot-token +kubernetes.io\/service-account-token +2 +\S+\n$/)
    const writes = rows('token-secrets').filter(r => r.actor === 'kube-controller-manager' && r.verb !== 'get')
    expect(writes.map(r => `${r.verb} ${r.resource} ${r.name}`).sort()).toEqual([
      'delete secrets nobody-token',
      'delete secrets robot-token',
      'update secrets robot-token',
    ])
  })
  it('says whose it is', () => {
    const [text = '{}'] = printed('token-secrets', 'get secret robot-token')
    const { data, metadata } = JSON.parse(text)
    const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString()
    const uid = metadata.annotations['kubernetes.io/service-account.uid']
    expect(JSON.parse(decoded(decoded(data.token).split('.')[1] ?? ''))).toEqual({
      iss: 'kubernetes/serviceaccount',
      'kubernetes.io/serviceaccount/namespace': 'default',
      'kubernetes.io/serviceaccount/secret.name': 'robot-token',
      'kubernetes.io/serviceaccount/service-account.name': 'robot',
      'kubernetes.io/serviceaccount/service-account.uid': uid,
      sub: 'system:serviceaccount:default:robot',
    })
    expect(printed('token-secrets', 'describe secret')[0]).toContain(`token:      ${decoded(data.token)}\n`)
  })
  it('goes with its account', () => {
    expect(printed('token-secrets', 'get secrets')[1]).toBe('No resources found in default namespace.\n')
  })
})

describe('a node with two pods of a budget that spares one', () => {
  const about = (verb: string, resource: string) => rows('drained-node').filter(r => r.verb === verb && r.resource === resource)
  it('is drained without a refusal: the second eviction waits half a second for the budget that the first one has written', () => {
    expect(about('create', 'pods/eviction').map(({ code }) => code)).toEqual([201, 201])
    expect(about('update', 'poddisruptionbudgets/status').filter(({ actor }) => actor === 'kube-apiserver')).toHaveLength(3)
    expect(printed('drained-node', 'drain')[0]).not.toContain('will retry')
    expect(printed('drained-node', 'get pods')).toEqual([''])
  })
  it('has each of its pods looked at by itself, from its own eviction on', () => {
    const looks = rows('drained-node').filter(r => r.actor === 'kubectl' && r.verb === 'get' && r.resource === 'pods')
    const [first, second, third] = looks.map(({ name }) => name)
    expect([first === second, first === third]).toEqual([false, true])
  })
})
