// Models pkg/controller/servicecidrs/servicecidrs_controller.go: ranges of Service addresses are not gone while they are in use.
import { MEDIA } from '../../api/messages'
import { rfc3339 } from '../../api/time'
import type { KubeObject } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  cached,
  type Outcome,
  store,
} from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import { patchRequest } from '../../client/requests'
import { ask, fail, failed, now, type Step } from '../ask'
import { inRange } from './range'

const SELF = { name: 'service-cidrs-controller', part: 'service-cidrs' } as const
const CIDRS = 'servicecidrs.networking.k8s.io'
const FINALIZER = 'networking.k8s.io/service-cidr-finalizer'
/** Time for allocators to hear that a range goes away (deletionGracePeriod). */
const GRACE_MS = 10_000

/** Holds ServiceCIDRs by a finalizer, and says whether they can be used. */
export const serviceCidrs: Controller = {
  ...SELF,
  workers: 5,
  watches: {
    [CIDRS]: (_, { type, object }) => (type === 'DELETED' ? [] : [object.metadata.name]),
    services: (world, { type }) =>
      type === 'DELETED'
        ? [...store(world, CIDRS).objects.values()].filter(c => c.metadata.deletionTimestamp).map(c => c.metadata.name)
        : [],
  },
  reconcile,
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}
const READY: Condition = { type: 'Ready', status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' }
const HELD: Condition = {
  type: 'Ready',
  status: 'False',
  reason: 'Terminating',
  message: 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
}

function* reconcile(name: string): ControllerProcedure<Outcome> {
  const range = yield* cached(CIDRS, name)
  if (!range) return
  const finalizers = range.metadata.finalizers ?? []
  if (range.metadata.deletionTimestamp) {
    if (!finalizers.includes(FINALIZER)) return
    if (yield* isUsed(range)) {
      const said = yield* say(range, HELD)
      return failed(said) ? said : { againAfterMs: GRACE_MS, housekeeping: true }
    }
    return yield* hold(
      name,
      finalizers.filter(f => f !== FINALIZER),
    )
  }
  if (!finalizers.includes(FINALIZER)) {
    const held = yield* hold(name, [...finalizers, FINALIZER])
    if (failed(held)) return held
  }
  return yield* say(range, READY)
}

/** Whether a Service has an address of the range that no other range has. */
function* isUsed(range: KubeObject): ControllerProcedure<boolean> {
  return yield* perform<ControllerState, boolean>(world => {
    const others = [...store(world, CIDRS).objects.values()].filter(o => !o.metadata.deletionTimestamp)
    const has = ({ spec }: KubeObject, ip: string): boolean => ((spec?.cidrs ?? []) as string[]).some(cidr => inRange(ip, cidr))
    for (const { spec } of store(world, 'services').objects.values())
      for (const ip of (spec?.clusterIPs ?? []) as string[])
        if (has(range, ip) && !others.some(other => has(other, ip))) return true
    return false
  })
}

function* hold(name: string, finalizers: readonly string[]): Step<void> {
  const response = yield* ask(SELF, patchRequest(CIDRS, undefined, name, { metadata: { finalizers } }, MEDIA.mergePatch))
  if (!succeeded(response) && response.code !== 404) return fail(response)
}

/** Applies the condition; nothing when it is said already. */
function* say({ kind, apiVersion, metadata: { name }, status }: KubeObject, condition: Condition): Step<void> {
  const said = ((status?.conditions ?? []) as Condition[]).find(c => c.type === condition.type)
  if (said?.status === condition.status && said.message === condition.message) return
  const { type, status: value, ...why } = condition
  const conditions = [{ type, status: value, lastTransitionTime: rfc3339(yield* now()), ...why }]
  const request = patchRequest(
    CIDRS,
    undefined,
    name,
    { kind, apiVersion, metadata: { name }, status: { conditions } },
    MEDIA.applyPatch,
    'status',
  )
  const response = yield* ask(SELF, { ...request, query: { fieldManager: 'service-cidr-controller', force: 'true' } })
  if (!succeeded(response)) return fail(response)
}
