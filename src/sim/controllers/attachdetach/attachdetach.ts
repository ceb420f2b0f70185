// Models pkg/controller/volume/attachdetach: the volumes of pods are attached to their nodes, and detached when no pod there wants them.
import { MEDIA } from '../../api/messages'
import { microsecondsSince } from '../../api/time'
import type { KubeObject, Pod } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerState,
  type ControllerWorld,
  cached,
  NO_KEYS,
  type Outcome,
  store,
} from '../../client/controller'
import { perform } from '../../client/effects'
import { succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { createRequest, deleteRequest, patchRequest } from '../../client/requests'
import { objectsBy } from '../../client/store'
import { ask, DELETE_OPTIONS, fail, failed, now, type Step, say } from '../ask'
import { alreadyExists } from '../objects'
import { ATTACHMENTS, attachmentName, isExclusive, nodeOfClaims, uniqueName, type Wanted, wantedOn } from './wanted'

const SELF = { name: 'attachdetach-controller', part: 'attachdetach' } as const
/** How long the CSI attacher waits for the driver to say that a volume is attached. */
const TIMEOUT_MS = 120_000

const nodeOf = ({ spec }: KubeObject): string => spec?.nodeName ?? ''
const isAttached = ({ status }: KubeObject): boolean => status?.attached === true

/** Makes VolumeAttachments, which the attacher of a CSI driver answers, and says in a node's status what is attached. Keys are nodes. */
export const attachdetach: Controller = {
  ...SELF,
  workers: 1,
  indices: { pods: { 'claims of node': nodeOfClaims }, [ATTACHMENTS]: { node: a => [nodeOf(a)] } },
  watches: {
    pods: (_, { object, old }) => (old && nodeOf(old) === nodeOf(object) && isSame(old, object) ? NO_KEYS : nodeOfClaims(object)),
    [ATTACHMENTS]: (world, event) => [nodeOf(event.object), ...rivals(world, event)],
    persistentvolumeclaims: (world, { type, object }) => (type === 'MODIFIED' ? nodesOfClaim(world, object) : []),
    persistentvolumes: () => [],
    'csidrivers.storage.k8s.io': () => [],
    'csinodes.storage.k8s.io': () => [],
    nodes: () => [],
  },
  reconcile,
}

/** A pod that still wants what it wanted. */
const isSame = (old: KubeObject, pod: KubeObject): boolean => old.status?.phase === pod.status?.phase

/** Nodes that wait until a volume is detached elsewhere. */
function rivals(world: ControllerWorld, { type }: InformerEvent): readonly string[] {
  return type === 'DELETED' ? [...(store(world, 'pods').indices.get('claims of node')?.keys() ?? [])] : []
}

/** A claim that was bound after its pod had been placed. */
const nodesOfClaim = (world: ControllerWorld, { metadata }: KubeObject): readonly string[] =>
  (objectsBy(store(world, 'pods'), 'namespace', metadata.namespace ?? '') as Pod[])
    .filter(pod => (pod.spec.volumes ?? []).some(v => v.persistentVolumeClaim?.claimName === metadata.name))
    .flatMap(pod => nodeOfClaims(pod as KubeObject))

interface Picture {
  readonly wanted: ReadonlyMap<string, Wanted>
  readonly here: readonly KubeObject[]
  /** Volumes that are attached to other nodes. */
  readonly elsewhere: ReadonlySet<string>
}

const pictureOf = (world: ControllerWorld, node: string): Picture =>
  Object.freeze({
    wanted: wantedOn(world, node),
    here: objectsBy(store(world, ATTACHMENTS), 'node', node),
    elsewhere: new Set([...store(world, ATTACHMENTS).objects.values()].filter(a => nodeOf(a) !== node).map(a => volumeOf(a))),
  })
const volumeOf = ({ spec }: KubeObject): string => spec?.source?.persistentVolumeName ?? ''

function* reconcile(node: string): ControllerProcedure<Outcome> {
  const picture = yield* perform<ControllerState, Picture>(world => pictureOf(world, node))
  if (picture.wanted.size === 0 && picture.here.length === 0) return
  for (const attachment of picture.here) {
    if (picture.wanted.has(volumeOf(attachment)) || attachment.metadata.deletionTimestamp) continue
    const gone = yield* ask(SELF, deleteRequest(ATTACHMENTS, undefined, attachment.metadata.name, DELETE_OPTIONS))
    if (!succeeded(gone) && gone.code !== 404) return fail(gone)
  }
  const at = yield* now()
  // the soonest of what they wait for
  let again: number | undefined
  const soonest = (ms: number | undefined): void => {
    if (ms !== undefined) again = Math.min(again ?? ms, ms)
  }
  for (const [name, wanted] of picture.wanted) {
    const there = picture.here.find(a => volumeOf(a) === name)
    if (!there) {
      const made = yield* attach(node, wanted, picture.elsewhere.has(name))
      if (failed(made)) return made
      soonest(TIMEOUT_MS)
    } else if (!isAttached(there))
      soonest(yield* wait(wanted, there, (microsecondsSince(there.metadata.creationTimestamp, at) ?? 0) / 1000))
  }
  const written = yield* report(node, picture)
  if (failed(written)) return written
  if (again !== undefined) return { againAfterMs: again, housekeeping: true }
}

function* tell({ pods }: Wanted, type: 'Normal' | 'Warning', reason: string, message: string): ControllerProcedure {
  for (const pod of pods) yield* say(SELF, { object: pod as KubeObject, type, reason, message })
}

/** Asks for a volume to be attached; one that only one node may have waits until the other has let go of it. */
function* attach(node: string, wanted: Wanted, isElsewhere: boolean): Step<void> {
  const { volume, driver } = wanted
  const { name } = volume.metadata
  if (isElsewhere && isExclusive(volume)) {
    const why = `Multi-Attach error for volume "${name}" Volume is already exclusively attached to one node and can't be attached to another`
    return yield* tell(wanted, 'Warning', 'FailedAttachVolume', why)
  }
  const body: KubeObject = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    metadata: { name: attachmentName(wanted, node) },
    spec: { attacher: driver, source: { persistentVolumeName: name }, nodeName: node },
    status: { attached: false },
  }
  const response = yield* ask(SELF, createRequest(ATTACHMENTS, undefined, body))
  if (!succeeded(response) && !alreadyExists(response)) return fail(response)
}

/** Nobody has answered yet, or with an error. Milliseconds until the next look. */
function* wait(wanted: Wanted, attachment: KubeObject, ms: number): ControllerProcedure<number> {
  const { volume, driver, handle } = wanted
  const failure: string | undefined = attachment.status?.attachError?.message
  const late = `timed out waiting for external-attacher of ${driver} CSI driver to attach volume ${handle}`
  if (failure === undefined && ms < TIMEOUT_MS) return TIMEOUT_MS - ms
  const message = `AttachVolume.Attach failed for volume "${volume.metadata.name}" : ${failure ?? late}`
  yield* tell(wanted, 'Warning', 'FailedAttachVolume', message)
  return TIMEOUT_MS
}

/** UpdateNodeStatuses: node.status.volumesAttached says what is attached; what is new there is said to the pods. */
function* report(node: string, { wanted, here }: Picture): Step<void> {
  const object = yield* cached('nodes', node)
  if (!object) return
  const attached = here.filter(isAttached).flatMap(a => wanted.get(volumeOf(a)) ?? [])
  const before = new Set(((object.status?.volumesAttached ?? []) as readonly { name: string }[]).map(({ name }) => name))
  const names = attached.map(uniqueName)
  if (names.length === before.size && names.every(name => before.has(name))) return
  const volumesAttached = names.map(name => ({ name, devicePath: '' }))
  const body = { status: { volumesAttached: volumesAttached.length > 0 ? volumesAttached : null } }
  const response = yield* ask(SELF, patchRequest('nodes', undefined, node, body, MEDIA.mergePatch, 'status'))
  if (!succeeded(response) && response.code !== 404) return fail(response)
  for (const each of attached)
    if (!before.has(uniqueName(each)))
      yield* tell(
        each,
        'Normal',
        'SuccessfulAttachVolume',
        `AttachVolume.Attach succeeded for volume "${each.volume.metadata.name}" `,
      )
}
