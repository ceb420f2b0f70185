// Models pkg/controller/certificates/cleaner/cleaner.go: requests that have been answered, or that nobody answers, do not stay for ever.
import { microsecondsSince } from '../../api/time'
import type { KubeObject } from '../../api/types'
import {
  afterPart,
  type Controller,
  type ControllerProcedure,
  type ControllerWorld,
  cached,
  enqueue,
  type Outcome,
  type PartMessage,
  store,
} from '../../client/controller'
import { deleteRequest } from '../../client/requests'
import type { Time } from '../../kernel/types'
import { ask, DELETE_OPTIONS } from '../ask'

const SELF = { name: 'certificate-controller', part: 'certificatesigningrequest-cleaner' } as const
const REQUESTS = 'certificatesigningrequests.certificates.k8s.io'
const HOUR_US = 3_600_000_000
const PERIOD_MS = HOUR_US / 1000

/** Looks once an hour for requests that have been there for too long. */
export const certificatesigningrequestCleaner: Controller = {
  ...SELF,
  workers: 1,
  watches: { [REQUESTS]: () => [] },
  begin: look,
  receive: look,
  reconcile,
}

function look(world: ControllerWorld): void {
  for (const [key, request] of store(world, REQUESTS).objects)
    if (isOver(request, world.context.now)) world.context.quietly(false, () => enqueue(world, SELF.part, key))
  afterPart(world, PERIOD_MS, { type: 'certificatesigningrequest-cleaner.look', part: SELF.part } as PartMessage, {
    housekeeping: true,
  })
}

interface Condition {
  readonly type: string
  readonly lastUpdateTime?: string
}

/** Whether a request has been there for as long as its state lets it. */
export function isOver({ metadata, status }: KubeObject, now: Time): boolean {
  const isOlder = (since: string | undefined, than: number): boolean => (microsecondsSince(since, now) ?? 0) > than
  const conditions: readonly Condition[] = status?.conditions ?? []
  if (conditions.length === 0) return isOlder(metadata.creationTimestamp, 24 * HOUR_US)
  return conditions.some(
    ({ type, lastUpdateTime }) =>
      (type === 'Denied' || type === 'Failed' || (type === 'Approved' && Boolean(status?.certificate))) &&
      isOlder(lastUpdateTime, HOUR_US),
  )
}

function* reconcile(key: string): ControllerProcedure<Outcome> {
  if (yield* cached(REQUESTS, key)) yield* ask(SELF, deleteRequest(REQUESTS, undefined, key, DELETE_OPTIONS))
}
