// Models k8s.io/kubectl/pkg/cmd/set/set_subject.go
import type { KubeObject } from '../../api/types'
import { type Command, flag } from '../command'
import { dryRunOf } from '../dry-run'
import { fail, failWithAll, type KubectlError } from '../errors'
import type { Latest } from '../latest'
import { sendChanged } from '../pod-template'
import { RECORD } from '../record'
import { list, type Run, type Session } from '../session'
import { checkAll, chosenObjects, shared } from './common'

const RBAC = 'rbac.authorization.k8s.io'

interface Subject {
  readonly kind: string
  readonly apiGroup?: string
  readonly name: string
  readonly namespace?: string
}

function* setSubject(s: Session): Run {
  const dryRun = dryRunOf(s)
  const { infos, errors } = yield* chosenObjects(s)
  failWithAll(errors)
  checkAll(s)
  const added = subjectsOf(s, infos)
  const failures: KubectlError[] = []
  for (const info of infos) {
    const modified = withSubjects(info, added)
    if (!modified)
      failures.push({
        kind: 'text',
        text: `error: ${info.resource.plural}/${info.name} setting subjects is only supported for RoleBinding/ClusterRoleBinding\n`,
      })
    else
      failures.push(
        ...(yield* sendChanged(s, info, modified, {
          operation: 'subjects updated',
          dryRun,
          failure: 'failed to patch subjects to rolebinding: ',
        })),
      )
  }
  failWithAll(failures)
}

/** Users, groups and service accounts, each sorted. */
function subjectsOf(s: Session, infos: readonly Latest[]): readonly Subject[] {
  const of = (name: string): readonly string[] => [...new Set(list(s, name))].sort()
  const [users, groups, accounts] = [of('user'), of('group'), of('serviceaccount')]
  if (users.length + groups.length + accounts.length === 0)
    fail('you must specify at least one value of user, group or serviceaccount')
  for (const account of list(s, 'serviceaccount')) {
    const [namespace, name, more] = account.split(':')
    if (!name || more !== undefined) fail('serviceaccount must be <namespace>:<name>')
    if (!namespace && infos.some(({ resource }) => resource.kind === 'ClusterRoleBinding'))
      fail('serviceaccount must be <namespace>:<name>, namespace must be specified')
  }
  return [
    ...users.map(name => ({ apiGroup: RBAC, kind: 'User', name })),
    ...groups.map(name => ({ apiGroup: RBAC, kind: 'Group', name })),
    ...accounts.map(account => {
      const [namespace, name = ''] = account.split(':')
      return { kind: 'ServiceAccount', name, namespace: namespace || s.namespace }
    }),
  ]
}

function withSubjects({ object, resource }: Latest, added: readonly Subject[]): KubeObject | undefined {
  if (!['RoleBinding', 'ClusterRoleBinding'].includes(resource.kind)) return undefined
  const existing = ((object as { subjects?: unknown }).subjects ?? []) as readonly Subject[]
  const missing = added.filter(subject => !existing.some(other => same(other, subject)))
  return { ...object, subjects: [...existing, ...missing] } as KubeObject
}

const same = (a: Subject, b: Subject): boolean =>
  a.kind === b.kind &&
  a.name === b.name &&
  (a.apiGroup ?? '') === (b.apiGroup ?? '') &&
  (a.namespace ?? '') === (b.namespace ?? '')

export const subjectCommand: Command = {
  name: 'subject',
  use: 'subject (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Update the user, group, or service account in a role binding or cluster role binding',
  long: 'Update the user, group, or service account in a role binding or cluster role binding.',
  examples: ['# Bind a service account too', 'kubectl set subject rolebinding admin --serviceaccount=namespace:serviceaccount1'],
  flags: [
    flag.array('group', 'Groups to bind to the role'),
    flag.array('serviceaccount', 'Service accounts to bind to the role'),
    flag.array('user', 'Usernames to bind to the role'),
    ...shared('the resource to update the subjects').filter(each => each !== RECORD),
  ],
  arguments: 'resource',
  run: setSubject,
}
