// Models pkg/controller/volume/ephemeral/controller.go: the claims of a pod's generic ephemeral volumes, which go with the pod.
import { controllerOf, controllerRef, isControlledBy } from '../../api/owners'
import type { KubeObject, Pod } from '../../api/types'
import {
  type Controller,
  type ControllerProcedure,
  type ControllerWorld,
  cached,
  type Outcome,
  store,
} from '../../client/controller'
import { succeeded } from '../../client/http'
import type { InformerEvent } from '../../client/informer'
import { createRequest } from '../../client/requests'
import { keyOf } from '../../client/store'
import { ask, say } from '../ask'
import { isDeleting, messageOf } from '../objects'

const SELF = { name: 'ephemeral-volume-controller', part: 'ephemeral-volume', component: 'ephemeral_volume' } as const
const CLAIMS = 'persistentvolumeclaims'

type Volume = NonNullable<Pod['spec']['volumes']>[number]
const isEphemeral = ({ spec }: KubeObject): boolean => (spec?.volumes ?? []).some((v: Volume) => v.ephemeral !== undefined)

/** Makes the claims that pods describe in their own volumes. */
export const ephemeralVolume: Controller = {
  ...SELF,
  workers: 5,
  watches: {
    pods: (_, { type, object }) => (type === 'ADDED' && isEphemeral(object) && !isDeleting(object) ? [keyOf(object)] : []),
    [CLAIMS]: claimGone,
  },
  reconcile,
}

/** A pod whose claim somebody has deleted gets another one. */
function claimGone(world: ControllerWorld, { type, object }: InformerEvent): readonly string[] {
  const owner = type === 'DELETED' ? controllerOf(object) : undefined
  if (owner?.kind !== 'Pod') return []
  const pod = store(world, 'pods').objects.get(`${object.metadata.namespace}/${owner.name}`)
  return pod?.metadata.uid === owner.uid && isEphemeral(pod as KubeObject) ? [keyOf(pod as KubeObject)] : []
}

function* reconcile(key: string): ControllerProcedure<Outcome> {
  const pod = yield* cached<Pod>('pods', key)
  if (!pod || isDeleting(pod as KubeObject)) return
  for (const volume of pod.spec.volumes ?? []) {
    if (!volume.ephemeral) continue
    const error = yield* createClaim(pod, volume)
    if (error === undefined) continue
    const message = `ephemeral volume ${volume.name}: ${error}`
    yield* say(SELF, { object: pod as KubeObject, type: 'Warning', reason: 'FailedBinding', message })
    // what stands in the way goes when somebody takes it away: nothing to keep the clock running for
    return { againAfterMs: RETRY_MS, housekeeping: true }
  }
}
/** The real one's back-off doubles from 5 ms to 1000 s; this is about its middle. */
const RETRY_MS = 60_000

/** handleVolume: the claim, if it is not there; why it can't be. */
function* createClaim(pod: Pod, { name, ephemeral }: Volume): ControllerProcedure<string | undefined> {
  const { namespace } = pod.metadata
  const claim = `${pod.metadata.name}-${name}`
  const there = yield* cached(CLAIMS, `${namespace}/${claim}`)
  if (there)
    return isControlledBy(there, pod)
      ? undefined
      : `PVC ${namespace}/${claim} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)`
  const { metadata, spec } = ephemeral?.volumeClaimTemplate ?? {}
  const { labels, annotations } = metadata ?? {}
  const body: KubeObject = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claim,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ownerReferences: [controllerRef({ ...(pod as KubeObject), apiVersion: 'v1', kind: 'Pod' })],
    },
    spec,
    status: {},
  }
  const response = yield* ask(SELF, createRequest(CLAIMS, namespace, body))
  return succeeded(response) ? undefined : `create PVC ${claim}: ${messageOf(response)}`
}
