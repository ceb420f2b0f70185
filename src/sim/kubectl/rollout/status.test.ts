import { expect, it } from 'vitest'
import type { Deployment } from '../../api/types'
import { deploymentStatus } from './status'

const said = (status: object, revision = 0): unknown =>
  deploymentStatus(
    {
      metadata: { name: 'web', generation: 2, annotations: { 'deployment.kubernetes.io/revision': '3' } },
      spec: { replicas: 3 },
      status: { observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3, ...status },
    } as unknown as Deployment,
    revision,
  )
const LEAD = 'Waiting for deployment "web" rollout to finish:'

it.each([
  [{}, { text: 'deployment "web" successfully rolled out\n', done: true }],
  [{ observedGeneration: 1 }, { text: 'Waiting for deployment spec update to be observed...\n', done: false }],
  [{ updatedReplicas: 1 }, { text: `${LEAD} 1 out of 3 new replicas have been updated...\n`, done: false }],
  [{ replicas: 4 }, { text: `${LEAD} 1 old replicas are pending termination...\n`, done: false }],
  [{ availableReplicas: 2 }, { text: `${LEAD} 2 of 3 updated replicas are available...\n`, done: false }],
  [
    { conditions: [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded' }] },
    { error: 'deployment "web" exceeded its progress deadline' },
  ],
])('of a rollout with %j is told', (status, expected) => expect(said(status)).toEqual(expected))

it('a revision that is asked for is the one that runs', () => {
  expect(said({}, 3)).toMatchObject({ done: true })
  expect(said({}, 2)).toEqual({ error: 'desired revision (2) is different from the running revision (3)' })
})
