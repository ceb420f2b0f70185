// Models pkg/controller/volume/persistentvolume/pv_controller_base.go: brings claims and volumes together.
import {
  afterPart,
  type Controller,
  type ControllerProcedure,
  type ControllerWorld,
  enqueue,
  type Outcome,
  type PartMessage,
  store,
} from '../../client/controller'
import type { InformerEvent } from '../../client/informer'
import { keyOf } from '../../client/store'
import { CLAIMS, forget, newOwn, type Own, read, SELF, VOLUMES } from './cache'
import { syncClaim } from './claims'
import { syncVolume } from './volumes'

/**
 * Binds PersistentVolumeClaims to PersistentVolumes, and sees to volumes whose claim is gone. Keys: `claim namespace/name`, `volume name`.
 * `resyncMs` is --pvclaimbinder-sync-period.
 */
export const persistentVolumeBinder = (hostPath: boolean, resyncMs = 15_000): Controller<Own> => ({
  ...SELF,
  workers: 2,
  own: () => newOwn(hostPath),
  watches: {
    [CLAIMS]: claimChanged,
    [VOLUMES]: volumeChanged,
    'storageclasses.storage.k8s.io': () => [],
  },
  begin: world => arm(world, resyncMs),
  receive: world => {
    for (const name of store(world, VOLUMES).objects.keys()) enqueue(world, SELF.part, `volume ${name}`)
    for (const key of store(world, CLAIMS).objects.keys()) enqueue(world, SELF.part, `claim ${key}`)
    arm(world, resyncMs)
  },
  reconcile,
})

/** Claims that found no volume look again: nothing else tells them of a new one. */
function arm(world: ControllerWorld, resyncMs: number): void {
  afterPart(world, resyncMs, { type: 'persistent-volume-binder.resync', part: SELF.part } as PartMessage, { housekeeping: true })
}

function claimChanged(world: ControllerWorld, { type, object }: InformerEvent): readonly string[] {
  forget(world, CLAIMS, object, type === 'DELETED')
  if (type !== 'DELETED') return [`claim ${keyOf(object)}`]
  const volume = object.spec?.volumeName
  return volume ? [`volume ${volume}`] : []
}

function volumeChanged(world: ControllerWorld, { type, object }: InformerEvent): readonly string[] {
  forget(world, VOLUMES, object, type === 'DELETED')
  if (type !== 'DELETED') return [`volume ${object.metadata.name}`]
  const ref = object.spec?.claimRef
  return ref ? [`claim ${ref.namespace}/${ref.name}`] : []
}

/** claimWorker, volumeWorker: what fails is not tried again by itself; the next change or the next look at everything does that. */
function* reconcile(key: string): ControllerProcedure<Outcome> {
  const [what, name = ''] = key.split(' ')
  if (what === 'claim') {
    const claim = yield* read(CLAIMS, name)
    if (claim) yield* syncClaim(claim)
    return
  }
  const volume = yield* read(VOLUMES, name)
  if (volume) yield* syncVolume(volume)
}
