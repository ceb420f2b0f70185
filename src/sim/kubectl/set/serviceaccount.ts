// Models k8s.io/kubectl/pkg/cmd/set/set_serviceaccount.go
import type { Command } from '../command'
import { fail, failWithAll } from '../errors'
import type { Run, Session } from '../session'
import { changeAll, chosenObjects, shared } from './common'

function* setServiceAccount(s: Session): Run {
  const name = s.args[s.args.length - 1] ?? fail('serviceaccount is required')
  const { infos, errors } = yield* chosenObjects(s, s.args.slice(0, -1))
  failWithAll(errors)
  yield* changeAll(
    s,
    infos,
    spec => ({ spec: { ...spec, serviceAccountName: name }, errors: [] }),
    'serviceaccount updated',
    'failed to patch ServiceAccountName ',
    true,
  )
}

export const serviceAccountCommand: Command = {
  name: 'serviceaccount',
  aliases: ['sa'],
  use: 'serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
  short: 'Update the service account of a resource',
  long: 'Update the service account of pod template resources.\n\n Possible resources (case insensitive) can be:\n\n  replicationcontroller (rc), deployment (deploy), daemonset (ds), job, replicaset (rs), statefulset',
  examples: ['# Let the pods of a deployment be the service account robot', 'kubectl set serviceaccount deployment web robot'],
  flags: shared('identifying the resource to get from a server.').filter(({ name }) => name !== 'selector'),
  arguments: 'resource',
  run: setServiceAccount,
}
