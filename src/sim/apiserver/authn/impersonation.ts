// Models k8s.io/apiserver/pkg/endpoints/filters/impersonation: who a request asks to be, and what its sender must be allowed for that.
import type { HttpHeaders } from '../../api/messages'
import type { User } from '../state'
import { serviceAccountName } from './authn'

/** One thing that a request asks to be: whoever sends it must be allowed to `impersonate` it. */
export interface Impersonation {
  /** `users`, `serviceaccounts`, `groups`, `uids`, `userextras/<key>` */
  readonly resource: string
  readonly group: string
  readonly namespace: string
  readonly name: string
}

const AUTHENTICATION = 'authentication.k8s.io'
const AUTHENTICATED = 'system:authenticated'
const UNAUTHENTICATED = 'system:unauthenticated'
const ANONYMOUS = 'system:anonymous'

/** All that a request asks to be, in order; none for most. */
export function impersonationsOf(headers: HttpHeaders): readonly Impersonation[] {
  const { impersonateUser = '', impersonateGroups = [], impersonateUid = '', impersonateExtra = {} } = headers
  const account = serviceAccountName(impersonateUser)
  const user = account
    ? [{ resource: 'serviceaccounts', group: '', ...account }]
    : impersonateUser === ''
      ? []
      : [{ resource: 'users', group: '', namespace: '', name: impersonateUser }]
  return [
    ...user,
    ...impersonateGroups.map(name => ({ resource: 'groups', group: '', namespace: '', name })),
    ...Object.entries(impersonateExtra).flatMap(([key, values]) =>
      values.map(name => ({ resource: `userextras/${key}`, group: AUTHENTICATION, namespace: '', name })),
    ),
    ...(impersonateUid === '' ? [] : [{ resource: 'uids', group: AUTHENTICATION, namespace: '', name: impersonateUid }]),
  ]
}

const GO_KINDS: Readonly<Record<string, string>> = { groups: 'Group', uids: 'UID' }

/** What is said when a request asks to be of a group, and nobody's name with it; undefined when it does not. */
export function namelessError(
  path: string,
  { impersonateUser }: HttpHeaders,
  asked: readonly Impersonation[],
): string | undefined {
  if (impersonateUser || asked.length === 0) return undefined
  const references = asked.map(({ resource, name, group }) => {
    const [plural = '', key = ''] = resource.split('/')
    const version = group === '' ? '' : `${group}/v1`
    return `{${GO_KINDS[plural] ?? 'UserExtra'}  ${name}  ${version}  ${key}}`
  })
  const why = `requested [${references.join(' ')}] without impersonating a user`
  return `an error on the server (${JSON.stringify(`Internal Server Error: ${JSON.stringify(path)}: ${why}`)}) has prevented the request from succeeding`
}

/** Whom the request is treated as from: of the groups that it says, not of those that the name would have. */
export function impersonated({
  impersonateUser = '',
  impersonateGroups = [],
  impersonateUid,
  impersonateExtra,
}: HttpHeaders): User {
  const account = serviceAccountName(impersonateUser)
  const own = account ? ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`] : []
  const groups = impersonateGroups.length > 0 ? [...impersonateGroups] : own
  if (impersonateUser === ANONYMOUS) {
    if (!groups.includes(UNAUTHENTICATED)) groups.push(UNAUTHENTICATED)
  } else if (!groups.includes(AUTHENTICATED) && !groups.includes(UNAUTHENTICATED)) groups.push(AUTHENTICATED)
  return Object.freeze({
    name: impersonateUser,
    key: JSON.stringify([impersonateUser, groups, 'impersonated']),
    groups: Object.freeze(groups),
    ...(impersonateUid && { uid: impersonateUid }),
    ...(impersonateExtra && { extra: impersonateExtra }),
  })
}
