// Models pkg/scheduler/framework/plugins/volumebinding/binder.go (bindAPIUpdate, checkBindings): PreBind of VolumeBinding.
import { deepFreeze } from '../api/deep'
import type { HttpResponse } from '../api/messages'
import type { KubeObject, Status } from '../api/types'
import { callAll, perform, sleep } from '../client/effects'
import { succeeded } from '../client/http'
import { updateRequest } from '../client/requests'
import { isBound } from './claims'
import type { VolumeDecision } from './plugins/volume-binding/volume-binding'
import type { SchedulerProcedure, SchedulerState } from './state'

const CHECK_MS = 1000
const TIMEOUT_MS = 600_000

/**
 * Has the claims bound that waited for this pod: a free volume gets its claim's name; for the rest the provisioner learns the node.
 * Then waits for the volume controller. Returns what went wrong.
 */
export function* bindVolumes(decisions: readonly VolumeDecision[], node: string): SchedulerProcedure<string | undefined> {
  if (decisions.length === 0) return undefined
  const answers = yield* callAll<SchedulerState, KubeObject>(
    decisions.map(({ claim, volume }) =>
      volume
        ? updateRequest('persistentvolumes', claimed(volume, claim))
        : updateRequest('persistentvolumeclaims', withSelectedNode(claim, node)),
    ),
  )
  yield* perform<SchedulerState, void>(({ state }) => {
    for (const { volume } of decisions) if (volume) state.claimed.delete(volume.metadata.name)
  })
  const refused = answers.find(answer => !succeeded(answer))
  if (refused) return `binding volumes: ${messageOf(refused)}`
  for (let waited = 0; waited < TIMEOUT_MS; waited += CHECK_MS) {
    yield* sleep<SchedulerState>(CHECK_MS)
    if (yield* allBound(decisions)) return undefined
  }
  return 'binding volumes: context deadline exceeded'
}

const messageOf = ({ body, code }: HttpResponse): string => (body as Status | undefined)?.message ?? String(code)

function* allBound(decisions: readonly VolumeDecision[]): SchedulerProcedure<boolean> {
  return yield* perform<SchedulerState, boolean>(({ state }) => {
    const claims = state.informers.get('persistentvolumeclaims')?.store.objects
    return decisions.every(({ claim }) => {
      const now = claims?.get(`${claim.metadata.namespace}/${claim.metadata.name}`)
      return now !== undefined && isBound(now)
    })
  })
}

/** A volume that is promised to a claim. */
function claimed(volume: KubeObject, claim: KubeObject): KubeObject {
  const { namespace, name, uid, resourceVersion } = claim.metadata
  const claimRef = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid, resourceVersion }
  const annotations = { ...volume.metadata.annotations, 'pv.kubernetes.io/bound-by-controller': 'yes' }
  return deepFreeze({ ...volume, metadata: { ...volume.metadata, annotations }, spec: { ...volume.spec, claimRef } })
}

function withSelectedNode(claim: KubeObject, node: string): KubeObject {
  const annotations = { ...claim.metadata.annotations, 'volume.kubernetes.io/selected-node': node }
  return deepFreeze({ ...claim, metadata: { ...claim.metadata, annotations } })
}
