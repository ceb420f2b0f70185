// Models pkg/controller/volume/persistentvolume/pv_controller.go, provisionClaim, and pkg/volume/hostpath: volumes made for claims.
import type { KubeObject } from '../../api/types'
import type { ControllerProcedure } from '../../client/controller'
import { succeeded } from '../../client/http'
import { createRequest, deleteRequest, getRequest } from '../../client/requests'
import { ask, fail, failed, type Step } from '../ask'
import { messageOf } from '../objects'
import { CLAIMS, HOST_PATH, isInTree, remember, SELF, VOLUMES } from './cache'
import { annotation, BOUND_BY_CONTROLLER, PROVISIONED_BY, STORAGE_PROVISIONER } from './matching'
import { annotated, event, setPhase, write } from './writes'

/** A volume that the controller made is not gone before the controller has deleted what is behind it. */
const FINALIZER = 'kubernetes.io/pv-controller'

/** Has a volume made: here, or by somebody else who watches claims. */
export function* provision(claim: KubeObject, name: string, storageClass: KubeObject | undefined): Step<void> {
  if (!storageClass) return yield* refuse(claim, `storageclass.storage.k8s.io "${name}" not found`)
  const provisioner = String(storageClass.provisioner)
  const inTree = yield* isInTree(provisioner)
  if (!inTree && provisioner.startsWith('kubernetes.io/'))
    return yield* refuse(claim, `no volume plugin matched name: ${provisioner}`)
  const named = yield* nameProvisioner(claim, provisioner)
  if (failed(named)) return named
  if (inTree) return yield* makeVolume(named, storageClass)
  const message =
    `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. ` +
    'If volume creation is delayed, please verify that the provisioner is running and correctly registered.'
  yield* event(named, 'Normal', 'ExternalProvisioning', message)
}

function* refuse(claim: KubeObject, why: string): Step<void> {
  yield* event(claim, 'Warning', 'ProvisioningFailed', why)
  return { retry: why }
}

/** setClaimProvisioner */
function* nameProvisioner(claim: KubeObject, provisioner: string): Step<KubeObject> {
  if (STORAGE_PROVISIONER.every(name => annotation(claim, name) === provisioner)) return claim
  return yield* write(CLAIMS, annotated(claim, Object.fromEntries(STORAGE_PROVISIONER.map(name => [name, provisioner]))))
}

/** provisionClaimOperation: a volume that is promised to the claim from the beginning. */
function* makeVolume(claim: KubeObject, storageClass: KubeObject): Step<void> {
  const name = `pvc-${claim.metadata.uid}`
  const there = yield* ask(SELF, getRequest(VOLUMES, undefined, name))
  if (succeeded(there)) return
  const response = yield* ask<KubeObject>(SELF, createRequest(VOLUMES, undefined, volumeFor(claim, storageClass, name)))
  if (!succeeded(response)) {
    yield* event(claim, 'Warning', 'ProvisioningFailed', `Error creating provisioned PV object for claim: ${messageOf(response)}`)
    return fail(response)
  }
  yield* remember(VOLUMES, response.body)
  yield* event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name} using ${HOST_PATH}`)
}

function volumeFor(claim: KubeObject, storageClass: KubeObject, name: string): KubeObject {
  const { namespace, uid, resourceVersion } = claim.metadata
  const policy = storageClass.reclaimPolicy ?? 'Delete'
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name,
      annotations: {
        'kubernetes.io/createdby': 'hostpath-dynamic-provisioner',
        [BOUND_BY_CONTROLLER]: 'yes',
        [PROVISIONED_BY]: HOST_PATH,
      },
      ...(policy === 'Delete' && { finalizers: [FINALIZER] }),
    },
    spec: {
      capacity: { storage: claim.spec.resources.requests.storage },
      hostPath: { path: `/tmp/hostpath_pv/${uid}`, type: '' },
      accessModes: claim.spec.accessModes,
      claimRef: { kind: 'PersistentVolumeClaim', namespace, name: claim.metadata.name, uid, apiVersion: 'v1', resourceVersion },
      persistentVolumeReclaimPolicy: policy,
      storageClassName: storageClass.metadata.name,
      volumeMode: claim.spec.volumeMode ?? 'Filesystem',
    },
    status: {},
  }
}

/** reclaimVolume: what becomes of a volume whose claim is gone, by its policy. Retain: nothing. */
export function* reclaim(volume: KubeObject): Step<void> {
  const { name, finalizers = [], deletionTimestamp } = volume.metadata
  const policy = volume.spec.persistentVolumeReclaimPolicy
  if (policy === 'Retain') return
  if (policy === 'Recycle') return yield* giveUp(volume, 'VolumeFailedRecycle', 'No recycler plugin found for the volume!')
  const newest = yield* ask(SELF, getRequest(VOLUMES, undefined, name))
  if (!succeeded(newest)) return
  const error = yield* deletionError(volume)
  if (error === 'external') return
  if (error !== undefined) return yield* giveUp(volume, 'VolumeFailedDelete', error)
  if (finalizers.includes(FINALIZER)) {
    const metadata = { ...volume.metadata, finalizers: finalizers.filter(f => f !== FINALIZER) }
    const freed = yield* write(VOLUMES, { ...volume, metadata })
    if (failed(freed)) return freed
  }
  if (deletionTimestamp) return
  const response = yield* ask(SELF, deleteRequest(VOLUMES, undefined, name))
  if (!succeeded(response) && response.code !== 404) return fail(response)
}

/** doDeleteVolume: why what is behind a volume can't be deleted here; `external` where who made it elsewhere deletes it. */
function* deletionError(volume: KubeObject): ControllerProcedure<string | undefined> {
  const provisioner = annotation(volume, PROVISIONED_BY) ?? ''
  if (provisioner !== '') {
    if (!provisioner.startsWith('kubernetes.io/')) return 'external'
    return (yield* isInTree(provisioner)) ? undefined : 'no deletable volume plugin matched'
  }
  const { hostPath, local, nfs } = volume.spec
  if (!hostPath) {
    const why = local || nfs ? 'no deletable volume plugin matched' : 'no volume plugin matched'
    return `error getting deleter volume plugin for volume "${volume.metadata.name}": ${why}`
  }
  return /\/tmp\/./.test(hostPath.path)
    ? undefined
    : `host_path deleter only supports /tmp/.+ but received provided ${hostPath.path}`
}

function* giveUp(volume: KubeObject, reason: string, message: string): Step<void> {
  if (volume.status?.phase === 'Failed') return
  const written = yield* setPhase(volume, 'Failed', message)
  if (failed(written)) return written
  yield* event(written, 'Warning', reason, message)
}
