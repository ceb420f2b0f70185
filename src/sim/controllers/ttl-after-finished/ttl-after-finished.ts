// Models pkg/controller/ttlafterfinished/ttlafterfinished_controller.go: finished Jobs that say how long they are worth keeping.
import { microsecondsSince } from '../../api/time'
import type { Job, KubeObject } from '../../api/types'
import { type Controller, type ControllerProcedure, cached, type Outcome } from '../../client/controller'
import { succeeded } from '../../client/http'
import { deleteRequest, getRequest } from '../../client/requests'
import { keyOf } from '../../client/store'
import type { Time } from '../../kernel/types'
import { ask, fail, now } from '../ask'
import { isDeleting } from '../objects'

const SELF = { name: 'ttl-after-finished-controller', part: 'ttl-after-finished' } as const

/** Deletes finished Jobs when their time is up. */
export const ttlAfterFinished: Controller = {
  ...SELF,
  workers: 5,
  watches: { 'jobs.batch': (_, { type, object }) => (type !== 'DELETED' && expires(object as Job) ? [keyOf(object)] : []) },
  reconcile,
}

const finishOf = (job: Job) =>
  job.status?.conditions?.find(c => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True')
const expires = (job: Job): boolean =>
  job.spec.ttlSecondsAfterFinished !== undefined && finishOf(job) !== undefined && !isDeleting(job as KubeObject)

/** Milliseconds that a Job has left; undefined for one that stays. */
export function leftMs(job: Job, at: Time): number | undefined {
  const since = microsecondsSince(finishOf(job)?.lastTransitionTime, at)
  if (!expires(job) || since === undefined) return undefined
  return (job.spec.ttlSecondsAfterFinished ?? 0) * 1000 - since / 1000
}

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const job = yield* cached<Job>('jobs.batch', key)
  const left = job && leftMs(job, yield* now())
  if (!job || left === undefined) return
  if (left > 0) return { againAfterMs: left, housekeeping: true }
  const { namespace, name } = job.metadata
  const fresh = yield* ask<Job>(SELF, getRequest('jobs.batch', namespace, name))
  if (fresh.code === 404) return
  if (!succeeded(fresh)) return fail(fresh)
  const still = leftMs(fresh.body, yield* now())
  if (still === undefined || still > 0) return
  const options = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    preconditions: { uid: fresh.body.metadata.uid },
    propagationPolicy: 'Foreground',
  }
  const response = yield* ask(SELF, deleteRequest('jobs.batch', namespace, name, options))
  if (!succeeded(response) && response.code !== 404) return fail(response)
}
