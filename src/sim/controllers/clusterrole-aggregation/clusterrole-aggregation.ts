// Models pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go: roles that are the sum of others.
import { deepEqual, semanticEqual } from '../../api/deep'
import { MEDIA } from '../../api/messages'
import { labelSelector } from '../../api/selectors'
import type { ClusterRole, PolicyRule } from '../../api/types'
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
import { ask, fail } from '../ask'

const SELF = { name: 'clusterrole-aggregation-controller', part: 'clusterrole-aggregation' } as const
const ROLES = 'clusterroles.rbac.authorization.k8s.io'

/** Writes the rules of ClusterRoles with an aggregationRule. */
export const clusterroleAggregation: Controller = {
  ...SELF,
  workers: 5,
  watches: {
    // who adds to whom is not known: all sums are looked at
    [ROLES]: world =>
      ([...store(world, ROLES).objects.values()] as ClusterRole[])
        .filter(role => role.aggregationRule)
        .map(role => role.metadata.name),
  },
  reconcile,
}

/** The rules of all roles that a role's selectors choose, by name, each rule once. */
export function aggregated(role: ClusterRole, roles: readonly ClusterRole[]): readonly PolicyRule[] {
  const rules: PolicyRule[] = []
  const byName = [...roles].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  for (const source of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const selector = labelSelector(source)
    for (const other of byName) {
      if (other.metadata.name === role.metadata.name || !selector.matches(other.metadata.labels)) continue
      for (const rule of other.rules ?? []) if (!rules.some(known => deepEqual(known, rule))) rules.push(rule)
    }
  }
  return rules
}

function* reconcile(name: string): ControllerProcedure<Outcome> {
  const role = yield* cached<ClusterRole>(ROLES, name)
  if (!role?.aggregationRule) return
  const rules = yield* perform<ControllerState, readonly PolicyRule[]>(world =>
    Object.freeze(aggregated(role, [...store(world, ROLES).objects.values()] as ClusterRole[])),
  )
  if (semanticEqual(rules, role.rules ?? [])) return
  const { kind, apiVersion } = role
  const request = patchRequest(ROLES, undefined, name, { kind, apiVersion, metadata: { name }, rules }, MEDIA.applyPatch)
  const response = yield* ask(SELF, { ...request, query: { fieldManager: SELF.name, force: 'true' } })
  if (!succeeded(response)) return fail(response)
}
