// Models what pkg/kubelet/volumemanager/reconciler does for volumes that say RequiresRemount: the files of ConfigMaps and Secrets
// follow their objects when the pod is next synced, which for a quiet pod is up to a minute and a half after its last sync.
import type { InformerEvent } from '../client/informer'
import type { Message } from '../kernel/types'
import { isInFiles } from './references'
import { type KubeletWorld, type PodWorker, podKey } from './state'

/** A pod's files are written anew. */
export interface RefreshMessage extends Message {
  readonly type: 'kubelet.refresh'
  readonly uid: string
}

/** resyncInterval of a pod's worker, and half as much by chance. */
const RESYNC_MS = 60_000

/** An object that pods' volumes are made of has changed: until their next sync their files are as they were. */
export function onFileSource(world: KubeletWorld, { type, object, old }: InformerEvent): void {
  const resource = object.kind === 'Secret' ? 'secrets' : 'configmaps'
  const { namespace = '', name } = object.metadata
  const key = `${resource}/${name}`
  for (const uid of world.state.references.peek(`${resource}/${namespace}/${name}`) ?? []) {
    const worker = world.state.workers.peek(uid)
    // the first list of an informer tells of what was there when it began
    if (
      !worker?.mounted ||
      worker.phase !== 'sync' ||
      !isInFiles(worker.pod, resource, name) ||
      (type === 'ADDED' && worker.workedAt === 0)
    )
      continue
    const before = type === 'DELETED' ? object : (old ?? null)
    const changing = world.state.workers.get(uid) as PodWorker
    if (changing.stale === undefined) arm(world, changing)
    changing.stale = Object.freeze({ [key]: before, ...changing.stale })
  }
}

function arm({ context }: KubeletWorld, { uid, workedAt }: PodWorker): void {
  const since = (context.now - workedAt) / 1000
  const jitter = 1 + context.random() / 2
  const wait = since < RESYNC_MS ? RESYNC_MS * jitter - since : RESYNC_MS * jitter * context.random()
  context.after(wait, { type: 'kubelet.refresh', uid } as RefreshMessage, { housekeeping: true })
}

/** The pod is synced: its files are written anew if they are old. An object that is gone changes nothing: its files stay. */
export function refresh(world: KubeletWorld, worker: PodWorker): void {
  if (worker.stale === undefined) return
  const gone = Object.entries(worker.stale).filter(([key, before]) => before !== null && !isThere(world, worker, key))
  worker.stale = gone.length > 0 ? Object.freeze(Object.fromEntries(gone)) : undefined
  worker.written = world.context.now
  world.context.note('kubelet.files', { pod: podKey(worker.pod) })
}

function isThere({ state }: KubeletWorld, { pod }: PodWorker, key: string): boolean {
  const [resource = '', name = ''] = key.split('/')
  const { namespace = '' } = pod.metadata
  return state.informers.peek(`${resource}/${namespace}/${name}`)?.store.objects.has(`${namespace}/${name}`) === true
}
