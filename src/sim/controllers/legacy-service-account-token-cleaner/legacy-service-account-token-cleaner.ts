// Models pkg/controller/serviceaccount/legacy_serviceaccount_token_cleaner.go, its daily look.
import {
  afterPart,
  type Controller,
  type ControllerProcedure,
  type ControllerWorld,
  enqueue,
  type Outcome,
  type PartMessage,
} from '../../client/controller'
import { succeeded } from '../../client/http'
import { getRequest } from '../../client/requests'
import { ask, fail } from '../ask'

const SELF = { name: 'legacy-service-account-token-cleaner', part: 'legacy-service-account-token-cleaner' } as const
const PERIOD_MS = 24 * 3600 * 1000
const TRACKING = 'kube-apiserver-legacy-service-account-token-tracking'

/** Asks once a day since when the use of tokens is tracked; what has not been used for a year since then would go. */
export const legacyServiceAccountTokenCleaner: Controller = {
  ...SELF,
  workers: 1,
  watches: {},
  begin: look,
  receive: look,
  reconcile,
}

function look(world: ControllerWorld): void {
  enqueue(world, SELF.part, 'tokens')
  afterPart(world, PERIOD_MS, { type: 'legacy-service-account-token-cleaner.look', part: SELF.part } as PartMessage, {
    housekeeping: true,
  })
}

function* reconcile(): ControllerProcedure<Outcome> {
  const response = yield* ask(SELF, getRequest('configmaps', 'kube-system', TRACKING))
  if (!succeeded(response) && response.code !== 404) return fail(response)
}
