// Models pkg/kubelet/volumemanager: a pod's volumes are set up by a loop of their own; the pod's worker looks every 300 ms whether they are.
import { claimOf } from '../api/claim-names'
import type { KubeObject, Pod } from '../api/types'
import { call, perform, type SleepMessage, sleep } from '../client/effects'
import { storeOf } from '../client/informer'
import { createSubresourceRequest, getRequest } from '../client/requests'
import { awaitOne } from '../kernel/procedure'
import type { Time } from '../kernel/types'
import { recordPodEvent } from './events'
import { unsyncedError, volumeError } from './references'
import { type KubeletProcedure, type KubeletState, type KubeletWorld, podKey } from './state'

/** Between two looks of the worker (podAttachAndMountRetryInterval). */
const LOOK_MS = 300
/** The volume manager's own loops: desired state every 100 ms, reconciler every 100 ms, which first verifies and then mounts. */
const LOOP_MS = 100
/** First wait after a volume could not be set up, and the longest: doubling (goroutinemap's exponential back-off). */
const RETRY_MS = 500
const RETRY_MOST_MS = 122_000

interface TokenSource {
  readonly expirationSeconds: number
  readonly audience: string | undefined
}

type Volume = NonNullable<Pod['spec']['volumes']>[number]

/** Tokens that a volume needs. */
export function tokensOf({ projected }: Volume): readonly TokenSource[] {
  const tokens: TokenSource[] = []
  for (const { serviceAccountToken: token } of projected?.sources ?? [])
    if (token) tokens.push({ expirationSeconds: token.expirationSeconds ?? 3600, audience: token.audience })
  return tokens
}

function tokenRequest(pod: Pod, { expirationSeconds, audience }: TokenSource): object {
  const { name, uid } = pod.metadata
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {},
    spec: {
      audiences: audience ? [audience] : null,
      expirationSeconds,
      boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name, uid },
    },
    status: { token: '', expirationTimestamp: null },
  }
}

/** Waits until a pod's volumes are set up. Only what comes from the apiserver takes time here. */
export function* mountVolumes(pod: Pod): KubeletProcedure {
  if (!pod.spec.volumes?.length) return
  const { began, loops } = yield* perform(beginLoops, pod)
  yield* sleep(loops)
  const tokens = new Set<string>()
  let left = pod.spec.volumes
  for (let wait = RETRY_MS; ; wait = Math.min(2 * wait, RETRY_MOST_MS)) {
    const failed: Volume[] = []
    for (const volume of left) if (!(yield* setUp(pod, volume, tokens))) failed.push(volume)
    if (failed.length === 0) break
    left = failed
    yield* sleep(wait, { housekeeping: wait > 4000 })
  }
  yield* awaitOne(lookNext, pod, began)
  yield* perform(looked, pod)
}

/** Now, and milliseconds until the volume manager's loops come to a pod. */
function beginLoops({ state, context }: KubeletWorld, pod: Pod): { readonly began: Time; readonly loops: number } {
  const known = state.workers.peek(pod.metadata.uid ?? '')?.addedAt ?? context.now
  const ms = LOOP_MS * (1 + context.random() + context.random()) - (context.now - known) / 1000
  return Object.freeze({ began: context.now, loops: Math.max(0, ms) })
}

function looked({ state }: KubeletWorld, pod: Pod): void {
  const worker = state.workers.get(pod.metadata.uid ?? '')
  if (worker) worker.look = undefined
}

/** The volumes are set up: the worker that waits for them since `began` will see it with its next look. */
function lookNext({ state, context }: KubeletWorld, procedure: number, pod: Pod, began: Time): void {
  context.note('kubelet.volumes', { pod: podKey(pod), volumes: pod.spec.volumes?.length ?? 0 })
  const passed = (context.now - began) / 1000
  const message: SleepMessage = { type: 'client.sleep', procedure, slot: 0 }
  const timer = context.after(LOOK_MS * Math.ceil(passed / LOOK_MS) - passed, message)
  const worker = state.workers.get(pod.metadata.uid ?? '')
  if (!worker) return
  worker.mounted = true
  worker.look = timer
}

/** Waits until a pod's volumes are gone from the node: the loops again, which began when the pod's containers had ended. */
export function* unmountVolumes(pod: Pod, ended: Time): KubeletProcedure {
  if (!pod.spec.volumes?.length) return
  const looks = yield* perform(({ context }: KubeletWorld) => {
    const left = ended / 1000 + LOOP_MS * (context.random() + context.random()) - context.now / 1000
    return Math.max(0, Math.ceil(left / LOOK_MS))
  })
  if (looks > 0) yield* sleep(looks * LOOK_MS)
}

/** One try to set up a volume; false when it has to be tried again. A token that is there (in `tokens`) is not asked for again. */
function* setUp(pod: Pod, volume: Volume, tokens: Set<string>): KubeletProcedure<boolean> {
  const claim = claimOf(pod, volume)
  if (claim !== undefined) return yield* findVolume(pod, claim)
  for (const token of tokensOf(volume)) {
    const key = JSON.stringify(token)
    if (tokens.has(key)) continue
    const error = yield* fetchToken(pod, token)
    if (error !== undefined) return yield* failedMount(pod, volume, `failed to fetch token: ${error}`)
    tokens.add(key)
  }
  let error = yield* perform(volumeError, pod, volume)
  for (let looks = 0; error === 'unknown' && looks < 50; looks++) {
    yield* sleep(20)
    error = yield* perform(volumeError, pod, volume)
  }
  if (error === undefined) return true
  const why = error === 'unknown' ? yield* perform(unsyncedError, pod, volume) : error
  return yield* failedMount(pod, volume, why)
}

function* failedMount(pod: Pod, { name }: Volume, error: string): KubeletProcedure<false> {
  const message = `MountVolume.SetUp failed for volume "${name}" : ${error}`
  yield* perform((world: KubeletWorld) => recordPodEvent(world, pod, { type: 'Warning', reason: 'FailedMount', message }))
  return false
}

/** Asks for a token. Returns what is wrong. */
function* fetchToken(pod: Pod, token: TokenSource): KubeletProcedure<string | undefined> {
  const account = pod.spec.serviceAccountName ?? 'default'
  const body = tokenRequest(pod, token)
  const answer = yield* call<KubeletState, { readonly message?: string; readonly status?: { readonly token?: string } }>(
    createSubresourceRequest('serviceaccounts', pod.metadata.namespace ?? '', account, 'token', body),
  )
  if (answer.code >= 300) return answer.body.message ?? `${answer.code}`
  if (token.audience === undefined)
    yield* perform(({ state }: KubeletWorld) => {
      const worker = state.workers.get(pod.metadata.uid ?? '')
      if (worker) worker.token = answer.body.status
    })
  return undefined
}

/** The populator's getPVCExtractPV and getPVSpec: a claim is asked for, and the volume that it is bound to. */
function* findVolume(pod: Pod, name: string): KubeletProcedure<boolean> {
  const claim = yield* call<KubeletState, KubeObject>(getRequest('persistentvolumeclaims', pod.metadata.namespace, name))
  if (claim.code >= 300 || claim.body.status?.phase !== 'Bound' || claim.body.metadata.deletionTimestamp) return false
  const volume = yield* call<KubeletState, KubeObject>(getRequest('persistentvolumes', undefined, claim.body.spec.volumeName))
  if (volume.code >= 300 || volume.body.spec.claimRef?.uid !== claim.body.metadata.uid) return false
  if (!volume.body.spec.csi) return true
  yield* perform((world: KubeletWorld) => sayNoDriver(world, pod, volume.body))
  return false
}

/** A CSI volume first has to be attached; then its driver's node plugin would mount it, but none is registered with this kubelet. */
function sayNoDriver(world: KubeletWorld, pod: Pod, { metadata, spec }: KubeObject): void {
  const { driver, volumeHandle } = spec.csi
  const node = storeOf(world, 'nodes').objects.get(pod.spec.nodeName ?? '')
  const attached = (node?.status?.volumesAttached ?? []) as readonly { readonly name: string }[]
  const needsAttaching = storeOf(world, 'csidrivers').objects.get(driver)?.spec?.attachRequired !== false
  if (needsAttaching && !attached.some(({ name }) => name === `kubernetes.io/csi/${driver}^${volumeHandle}`)) return
  const why = `kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name ${driver} not found in the list of registered CSI drivers`
  const message = `MountVolume.MountDevice failed for volume "${metadata.name}" : ${why}`
  recordPodEvent(world, pod, { type: 'Warning', reason: 'FailedMount', message })
}
