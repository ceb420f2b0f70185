import { expect, test } from 'vitest'
import { BOOT_SECONDS, fromUnixSeconds } from '../../api/time'
import type { KubeObject } from '../../api/types'
import { printTable } from '.'

const NOW = fromUnixSeconds(BOOT_SECONDS + 100)
const at = (second: number) => `2026-01-01T00:${second < 60 ? '00' : '01'}:${String(second % 60).padStart(2, '0')}Z`

const running = (more: object = {}) => ({ name: 'a', ready: true, restartCount: 0, state: { running: {} }, ...more })
const waiting = (reason?: string) => running({ ready: false, state: { waiting: reason === undefined ? {} : { reason } } })
const ended = (exitCode: number, more: object = {}) => running({ ready: false, state: { terminated: { exitCode, ...more } } })

interface Case {
  spec?: object
  status?: object
  metadata?: object
}
/** READY, STATUS and RESTARTS of a Pod with one container. */
function cells({ spec, status, metadata }: Case): unknown[] {
  const pod: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', creationTimestamp: at(0), ...metadata },
    spec: { containers: [{ name: 'a' }], ...spec },
    status: { phase: 'Running', ...status },
  }
  return printTable('Pod', [pod], { now: NOW }).rows[0]?.cells.slice(1, 4) ?? []
}
const ready = [{ type: 'Ready', status: 'True' }]
const init = { initContainers: [{ name: 'i' }, { name: 'j' }] }
const sidecar = { initContainers: [{ name: 's', restartPolicy: 'Always' }] }
const i = (status: object, name = 'i') => ({ ...status, name })

test.each<[string, Case, unknown[]]>([
  ['a Pod without statuses shows its phase', { status: { phase: 'Pending' } }, ['0/1', 'Pending', '0']],
  ["a Pod's own reason goes before its phase", { status: { phase: 'Failed', reason: 'Evicted' } }, ['0/1', 'Evicted', '0']],
  [
    'a gated Pod says so',
    { status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] } },
    ['0/1', 'SchedulingGated', '0'],
  ],
  ['a ready container counts', { status: { containerStatuses: [running()] } }, ['1/1', 'Running', '0']],
  [
    "a waiting container's reason shows",
    { status: { containerStatuses: [waiting('ErrImagePull')] } },
    ['0/1', 'ErrImagePull', '0'],
  ],
  [
    'restarts say how long ago the last one was',
    {
      status: {
        containerStatuses: [running({ restartCount: 2, lastState: { terminated: { exitCode: 1, finishedAt: at(95) } } })],
      },
    },
    ['1/1', 'Running', '2 (5s ago)'],
  ],
  [
    'a container that ended without a reason shows its signal',
    { status: { containerStatuses: [ended(137, { signal: 9 })] } },
    ['0/1', 'Signal:9', '0'],
  ],
  ['or its exit code', { status: { containerStatuses: [ended(3)] } }, ['0/1', 'ExitCode:3', '0']],
  [
    'one container that runs hides one that completed, in a ready Pod',
    { status: { conditions: ready, containerStatuses: [ended(0, { reason: 'Completed' }), running()] } },
    ['1/1', 'Running', '0'],
  ],
  [
    'in a Pod that is not ready it shows as NotReady',
    { status: { containerStatuses: [ended(0, { reason: 'Completed' }), running()] } },
    ['1/1', 'NotReady', '0'],
  ],
  [
    'an error goes before completion',
    { status: { phase: 'Failed', containerStatuses: [ended(0, { reason: 'Completed' }), ended(1, { reason: 'Error' })] } },
    ['0/1', 'Error', '0'],
  ],
  [
    'the first init container that has not ended is counted',
    { spec: init, status: { phase: 'Pending', initContainerStatuses: [i(ended(0)), i(running(), 'j')] } },
    ['0/1', 'Init:1/2', '0'],
  ],
  [
    'PodInitializing is no news',
    { spec: init, status: { phase: 'Pending', initContainerStatuses: [i(waiting('PodInitializing'))] } },
    ['0/1', 'Init:0/2', '0'],
  ],
  [
    'an init container that failed says why, with its restarts',
    {
      spec: init,
      status: {
        phase: 'Pending',
        initContainerStatuses: [
          i({
            ...ended(1, { reason: 'Error' }),
            restartCount: 1,
            lastState: { terminated: { exitCode: 1, finishedAt: at(90) } },
          }),
        ],
      },
    },
    ['0/1', 'Init:Error', '1 (10s ago)'],
  ],
  [
    'a waiting init container, too',
    { spec: init, status: { phase: 'Pending', initContainerStatuses: [i(waiting('CrashLoopBackOff'))] } },
    ['0/1', 'Init:CrashLoopBackOff', '0'],
  ],
  [
    'restarts of init containers are forgotten once the Pod is initialized',
    { spec: init, status: { initContainerStatuses: [i({ ...ended(0), restartCount: 4 })], containerStatuses: [running()] } },
    ['1/1', 'Running', '0'],
  ],
  [
    'a sidecar is one of the containers, and its restarts count',
    {
      spec: sidecar,
      status: {
        initContainerStatuses: [i(running({ started: true, restartCount: 3 }), 's')],
        containerStatuses: [running({ restartCount: 1 })],
      },
    },
    ['2/2', 'Running', '4'],
  ],
  [
    'a Pod that is being deleted is Terminating',
    { metadata: { deletionTimestamp: at(90) }, status: { containerStatuses: [running()] } },
    ['1/1', 'Terminating', '0'],
  ],
  [
    'one that has ended is not',
    {
      metadata: { deletionTimestamp: at(90) },
      status: { phase: 'Succeeded', containerStatuses: [ended(0, { reason: 'Completed' })] },
    },
    ['0/1', 'Completed', '0'],
  ],
  [
    'on a lost node it is Unknown',
    { metadata: { deletionTimestamp: at(90) }, status: { reason: 'NodeLost', containerStatuses: [running()] } },
    ['1/1', 'Unknown', '0'],
  ],
])('%s', (_, pod, expected) => {
  expect(cells(pod)).toEqual(expected)
})

test('a row of a Pod that has ended says so in a condition', () => {
  const pod = (phase: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [] },
    status: { phase },
  })
  const { rows } = printTable('Pod', [pod('Running'), pod('Succeeded'), pod('Failed')], { now: NOW })
  expect(rows.map(({ conditions }) => conditions?.map(({ type, status }) => `${type}=${status}`))).toEqual([
    undefined,
    ['Completed=True'],
    ['Completed=True'],
  ])
})
