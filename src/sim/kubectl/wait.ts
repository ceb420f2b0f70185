// Models k8s.io/kubectl/pkg/cmd/wait/delete.go: what `delete` and `wait --for=delete` do.
import type { KubeObject, Status } from '../api/types'
import type { Info } from './builder'
import { fail, failWith, isNotFound } from './errors'
import { follow, setDeadline } from './follow'
import { getObject } from './requests'
import { ask, type Run, type Session } from './session'

/** Waits until each object is gone, one after the other; one with another uid is a new one. A refusal to look ends the wait in silence. */
export function* waitForDeletion(
  s: Session,
  deleted: readonly { readonly info: Info; readonly uid: string | undefined }[],
  timeoutMs: number,
): Run {
  if (timeoutMs < LONG_MS) yield* setDeadline(s, timeoutMs)
  for (const { info, uid } of deleted) {
    const gone = yield* isGone(s, info, uid)
    if (gone === 'forbidden') return
    if (gone === 'timeout') fail(`timed out waiting for the condition on ${info.resource.plural}/${info.name}`)
  }
}

/** Longer waits need no timer: nothing is simulated for so long, and a timer would keep the clock from coming to rest. */
const LONG_MS = 24 * 3600 * 1000

/** Waits until one object is gone. */
export function* isGone(s: Session, info: Info, uid: string | undefined): Run<'gone' | 'timeout' | 'forbidden'> {
  const { resource, namespace, name } = info
  const response = yield* ask<KubeObject | Status>(s, getObject(resource, namespace, name))
  if (response.code >= 300) {
    const status = response.body as Status
    if (isNotFound(status)) return 'gone'
    if (status.reason === 'Forbidden' || status.reason === 'MethodNotAllowed') return 'forbidden'
    return failWith({ kind: 'status', status })
  }
  const other = (object: KubeObject) => uid !== undefined && object.metadata.uid !== uid
  if (other(response.body as KubeObject)) return 'gone'
  const result = yield* follow(s, {
    resource,
    namespace,
    name,
    begin: object => object === undefined || other(object),
    step: event => event === 'DELETED',
  })
  return result === 'done' ? 'gone' : 'timeout'
}
