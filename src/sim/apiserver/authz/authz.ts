// Models k8s.io/apiserver/pkg/authorization/union with --authorization-mode=Node,RBAC, and remembers what was decided.
import { nodeOf } from '../authn/authn'
import type { Reader, User } from '../state'
import { nodeDenial } from './node'
import { type Action, rbacAllows, resolutionErrors } from './rbac'

/** Decisions of RBAC by who and what, for one generation of its objects. A cache only: it is not the room's state. */
interface Decisions {
  generation: number
  readonly known: Map<string, boolean>
}
const memo = new WeakMap<object, Decisions>()
const MEMO = 20_000

/**
 * Why the user may not do that ('' when there is nothing more to say); undefined: it may. `owner` is the room's state, whose
 * decisions are remembered until `generation` changes.
 */
export function denial(objects: Reader, user: User, action: Action, owner: object, generation: number): string | undefined {
  if (user.groups.includes('system:masters')) return undefined
  const node = nodeOf(user)
  const why = node === undefined ? '' : nodeDenial(objects, node, action)
  if (why === undefined || isAllowed(objects, user, action, owner, generation)) return undefined
  const wrong = resolutionErrors(objects, user, action.namespace ?? '')
  return [why, wrong && `RBAC: ${wrong}`].filter(each => each !== '').join('\n')
}

function isAllowed(objects: Reader, user: User, action: Action, owner: object, generation: number): boolean {
  let decisions = memo.get(owner)
  if (!decisions || decisions.generation !== generation || decisions.known.size >= MEMO) {
    decisions = { generation, known: new Map() }
    memo.set(owner, decisions)
  }
  const { verb, group, resource, namespace = '', name = '', path } = action
  const key = `${user.key} ${verb} ${group}/${resource === '' ? path : resource} ${namespace}`
  let allowed = decisions.known.get(key)
  if (allowed === undefined) {
    // names are many, and few rules name any: decide without a name first, and remember only that
    allowed = rbacAllows(objects, user, { ...action, name: '' })
    decisions.known.set(key, allowed)
  }
  return allowed || (name !== '' && rbacAllows(objects, user, action))
}
