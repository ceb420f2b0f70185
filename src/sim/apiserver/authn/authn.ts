// Models k8s.io/apiserver/pkg/authentication: who asks, told from the credential (a client certificate's name or a token's account).
import type { HttpHeaders } from '../../api/messages'
import { USERS } from '../../api/rooms'
import type { User } from '../state'

const AUTHENTICATED = 'system:authenticated'
const NODE = 'system:node:'
const NODES = 'system:nodes'
const SERVICE_ACCOUNT = 'system:serviceaccount:'

/** Groups that the certificates of kubeadm-like set-ups carry, by common name. */
const CERTIFICATES: Readonly<Record<string, readonly string[]>> = {
  [USERS.admin]: ['system:masters'],
  [USERS.apiserver]: ['system:masters'],
}

const users = new Map<string, User>()

/** The user that a credential names, with its groups. */
export function userOf(name: string): User {
  let user = users.get(name)
  if (!user) {
    user = Object.freeze({
      name,
      key: JSON.stringify([name]),
      groups: Object.freeze([...groupsOf(name), AUTHENTICATED]),
      ...(name === USERS.admin && { uid: USERS.admin }),
    })
    users.set(name, user)
  }
  return user
}

function groupsOf(name: string): readonly string[] {
  if (Object.hasOwn(CERTIFICATES, name)) return CERTIFICATES[name] as readonly string[]
  if (name.startsWith(NODE)) return [NODES]
  if (name.startsWith(SERVICE_ACCOUNT)) {
    const namespace = name.slice(SERVICE_ACCOUNT.length).split(':')[0] ?? ''
    return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
  }
  return []
}

/** Who asks; undefined: nobody that the apiserver knows (401). */
export function authenticate({ user, groups }: HttpHeaders): User | undefined {
  if (user === '') return undefined
  return groups && groups.length > 0 ? withGroups(userOf(user), groups) : userOf(user)
}

const withGroups = (user: User, groups: readonly string[]): User =>
  Object.freeze({
    ...user,
    key: JSON.stringify([user.name, groups]),
    groups: Object.freeze([...groups, ...user.groups.filter(group => !groups.includes(group))]),
  })

/** The node that a user is the kubelet of, by its name and its group (pkg/auth/nodeidentifier). */
export const nodeOf = ({ name, groups }: User): string | undefined =>
  name.startsWith(NODE) && groups.includes(NODES) ? name.slice(NODE.length) : undefined

/** Namespace and name of the service account that a user's name stands for. */
export function serviceAccountName(user: string): { readonly namespace: string; readonly name: string } | undefined {
  if (!user.startsWith(SERVICE_ACCOUNT)) return undefined
  const [namespace, name] = user.slice(SERVICE_ACCOUNT.length).split(':')
  return namespace && name ? { namespace, name } : undefined
}

/** A user as authentication.k8s.io/v1 UserInfo. */
export const infoOf = ({ name, uid, groups, extra }: User): unknown => ({
  username: name,
  ...(uid && { uid }),
  groups,
  ...(extra && { extra }),
})
