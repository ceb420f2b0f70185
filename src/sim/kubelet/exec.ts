// Models /exec of pkg/kubelet/server/server.go (getExec) and GetExec of pkg/kubelet/kubelet_pods.go: a command for a container, and how it ended.
import type { KubeletChunk, KubeletRequest, KubeletResponse } from '../api/kubelet-api'
import type { ExecEnd } from '../api/messages'
import { perform } from '../client/effects'
import type { RoomId } from '../kernel/types'
import { instancesOf } from './container-status'
import { type CriAnswer, cri } from './cri-client'
import { mountsOf } from './mounts'
import type { KubeletProcedure, KubeletState, KubeletWorld } from './state'

/** POST /exec/NAMESPACE/POD/CONTAINER: the connection is made (101), then the command runs. */
export function* exec({ id, path, exec: options }: KubeletRequest, client: RoomId): KubeletProcedure<void> {
  const [, , namespace = '', pod = '', container = ''] = path.split('/')
  const found = yield* perform<KubeletState, Found>(world => Object.freeze(containerOf(world, namespace, pod, container)))
  const refused = 'code' in found ? found : undefined
  yield* perform<KubeletState, void>(({ state, context }) => {
    if (refused) state.followed.delete(id)
    const message: KubeletResponse = { type: 'kubelet.response', id, code: refused?.code ?? 101, body: refused?.body ?? '' }
    context.send(client, message, 'kubelet.response', { id, code: message.code, path, ...(refused && { error: refused.body }) })
  })
  if ('code' in found) return
  const mounts = yield* perform<KubeletState, ReturnType<typeof mountsOf>>(world => mountsIn(world, found.uid, container))
  const answer: CriAnswer = yield* cri(found.uid, {
    method: 'Exec',
    container: found.id,
    command: options?.command ?? [],
    ...(options?.stdin !== undefined && { stdin: options.stdin }),
    mounts,
  })
  const { error, stdout = '', stderr = '', exitCode = 0, known } = answer
  const ended: ExecEnd = Object.freeze({
    stderr,
    exitCode,
    // the runtime's streaming server says so of every error
    ...(error !== undefined && { error: `Internal error occurred: ${error}` }),
    ...(known === false && { unknown: true }),
  })
  yield* perform<KubeletState, void>(({ state, context }) => {
    state.followed.delete(id)
    const chunk: KubeletChunk = { type: 'kubelet.chunk', id, text: stdout, last: true, ended }
    context.send(client, chunk, 'kubelet.chunk', { id, path, lines: stdout.split('\n').length - 1, last: true })
  })
}

type Found = { readonly uid: string; readonly id: string } | { readonly code: number; readonly body: string }

/** findContainer looks among what runs. */
function containerOf({ state }: KubeletWorld, namespace: string, name: string, container: string): Found {
  const worker = [...state.workers.values()].find(({ pod }) => pod.metadata.name === name && pod.metadata.namespace === namespace)
  if (!worker) return { code: 404, body: 'pod does not exist' }
  const running = instancesOf(worker.runtime, container).findLast(instance => instance.state === 'running')
  return running ? { uid: worker.uid, id: running.id } : { code: 500, body: `container not found (${JSON.stringify(container)})` }
}

function mountsIn(world: KubeletWorld, uid: string, name: string): ReturnType<typeof mountsOf> {
  const worker = world.state.workers.peek(uid)
  const { containers = [], initContainers = [] } = worker?.pod.spec ?? {}
  const container = [...containers, ...initContainers].find(each => each.name === name)
  return worker && container ? mountsOf(world, worker, container) : []
}
