// Models pkg/controller/resourcequota: counts anew what a quota's namespace uses, when something was given back.

import { deepEqual, semanticEqual } from '../../api/deep'
import { resourceNamed } from '../../api/kinds'
import { type Amounts, addAmounts, inScope, isQuotaPod, maskAmounts, matchingNames, sameAmounts, usageOf } from '../../api/quota'
import type { KubeObject, Pod } from '../../api/types'
import {
  afterPart,
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  cached,
  enqueue,
  NO_KEYS,
  type Outcome,
  type PartMessage,
  store,
} from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { updateRequest } from '../../client/requests'
import { keyOf, objectsBy } from '../../client/store'
import type { Time } from '../../kernel/types'
import { ask, fail } from '../ask'
import { WATCHED } from '../watched'

const SELF = { name: 'resourcequota-controller', part: 'resource-quota' } as const
/** --resource-quota-sync-period */
const RESYNC_MS = 300_000
/** What can be counted: everything that is watched and has a namespace. */
const COUNTED = WATCHED.filter(resource => resourceNamed(resource).namespaced)

/** Keeps `status.used` of ResourceQuotas; the apiserver's admission adds to it, this controller takes away. */
export const resourceQuota: Controller = {
  ...SELF,
  workers: 5,
  watches: {
    ...Object.fromEntries(
      COUNTED.map(resource => [resource, (world: ControllerWorld, event: InformerEvent) => givenBack(world, resource, event)]),
    ),
    resourcequotas: (world, event) => {
      const { type, object, old } = event
      // what admission writes into the status is no reason to count
      if (type === 'MODIFIED' && deepEqual(old?.spec.hard, object.spec.hard)) return []
      return [...new Set([keyOf(object), ...givenBack(world, 'resourcequotas', event)])]
    },
  },
  begin: arm,
  receive: world => {
    for (const key of store(world, 'resourcequotas').objects.keys()) enqueue(world, SELF.part, key)
    arm(world)
  },
  reconcile,
}

function arm(world: ControllerWorld): void {
  afterPart(world, RESYNC_MS, { type: 'resource-quota.resync', part: SELF.part } as PartMessage, { housekeeping: true })
}

/** The quotas that a change may have made room in (QuotaMonitor's update filter, replenishQuota). */
function givenBack(world: ControllerWorld, resource: string, { type, object, old }: InformerEvent): readonly string[] {
  const quotas = store(world, 'resourcequotas')
  if (type === 'ADDED' || quotas.objects.size === 0) return NO_KEYS
  if (type === 'MODIFIED' && !(old && usesLess(resource, old, object, world.context.now))) return []
  return objectsBy(quotas, 'namespace', object.metadata.namespace ?? '')
    .filter(quota => matchingNames(resource, Object.keys(quota.status?.hard ?? {})).length > 0)
    .map(keyOf)
}

/** An update that gives something back, or changes what it is counted as. */
export function usesLess(resource: string, old: KubeObject, object: KubeObject, now: Time): boolean {
  switch (resource) {
    case 'pods':
      return isQuotaPod(old as Pod, now) && (!isQuotaPod(object as Pod, now) || containersDiffer(old as Pod, object as Pod))
    case 'services':
      return !deepEqual(usageOf(old, resource, now), usageOf(object, resource, now))
    case 'persistentvolumeclaims':
      return !deepEqual(usageOf(old, resource, now), usageOf(object, resource, now))
    default:
      return false
  }
}

const containersDiffer = (old: Pod, pod: Pod): boolean =>
  old.spec !== pod.spec &&
  !deepEqual(
    old.spec.containers.map(c => c.resources),
    pod.spec.containers.map(c => c.resources),
  )

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const quota = yield* cached('resourcequotas', key)
  if (!quota) return
  const hard: Amounts = quota.spec?.hard ?? {}
  const counted = yield* perform<ControllerState, Amounts>(world => Object.freeze(usageOfNamespace(world, quota, hard)))
  const before: Amounts | undefined = quota.status?.used
  const used = maskAmounts({ ...before, ...counted }, Object.keys(hard))
  if (semanticEqual(hard, quota.status?.hard) && before && sameAmounts(used, before)) return
  const response = yield* ask(SELF, updateRequest('resourcequotas', { ...quota, status: { hard, used } }, 'status'))
  if (!succeeded(response)) return fail(response)
}

/** CalculateUsage: every object in a quota's scope, by the names that the quota limits. */
function usageOfNamespace(world: ControllerWorld, quota: KubeObject, hard: Amounts): Amounts {
  let used: Amounts = {}
  const { now } = world.context
  for (const resource of COUNTED) {
    const names = matchingNames(resource, Object.keys(hard))
    if (names.length === 0) continue
    used = { ...used, ...Object.fromEntries(names.map(name => [name, '0'])) }
    for (const object of objectsBy(store(world, resource), 'namespace', quota.metadata.namespace ?? ''))
      if (inScope(quota, object, resource)) used = addAmounts(used, maskAmounts(usageOf(object, resource, now), names))
  }
  return used
}
