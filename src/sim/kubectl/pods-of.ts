// Models k8s.io/kubectl/pkg/polymorphichelpers/helpers.go (SelectorsForObject, GetPodList) and pkg/util/podutils (ByLogging).
import { mustResource, type Resource } from '../api/kinds'
import { labelSelector, mapSelector } from '../api/selectors'
import type { KubeList, KubeObject, Pod, PodCondition, Status } from '../api/types'
import { closeWatch, openWatch } from '../client/effects'
import { fail, failWith } from './errors'
import { nextEventInTime, setDeadline } from './follow'
import { goSort } from './go-sort'
import { listObjects, requestOn } from './requests'
import { demand, type KubectlState, type Run, type Session, signed } from './session'

export const podsResource = (): Resource => mustResource('v1', 'Pod')

const RUNNING = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'])

/** What selects an object's pods, as a query has it; throws words for what has none. */
export function podSelectorOf({ kind, metadata, spec }: KubeObject, asked: (why: string) => string): string {
  if (kind === 'ReplicationController') return mapSelector(spec.selector ?? {}).text
  if (kind === 'Service') {
    if (!spec.selector || Object.keys(spec.selector).length === 0)
      fail(asked(`invalid service '${metadata.name}': Service is defined without a selector`))
    return mapSelector(spec.selector).text
  }
  if (!RUNNING.has(kind)) fail(asked(`selector for ${goType(kind)} not implemented`))
  return labelSelector(spec.selector).text
}

const goType = (kind: string): string => `*v1.${kind}`

/** The pods that a selector matches, the best one to show a log of first; where there are none, the first one that comes in time. */
export function* podsThatMatch(
  s: Session,
  namespace: string,
  selector: string,
  timeoutMs: number,
  order: (a: Pod, b: Pod) => number = byLogging,
): Run<readonly Pod[]> {
  const resource = podsResource()
  const list = yield* demand<KubeList>(s, listObjects(resource, namespace, { query: { labelSelector: selector } }))
  if (list.items.length > 0) return goSort([...(list.items as unknown as readonly Pod[])], (a, b) => order(a, b) < 0)
  const query = { labelSelector: selector, resourceVersion: list.metadata.resourceVersion ?? '', watch: 'true' }
  const { stream, response } = yield* openWatch<KubectlState>(
    signed(s, requestOn('watch', 'GET', resource, { namespace }, { query })),
  )
  if (response.code >= 300) failWith({ kind: 'status', status: response.body as Status })
  yield* setDeadline(s, timeoutMs)
  for (;;) {
    const event = yield* nextEventInTime(s, stream)
    if (!event || event.event === 'END') return fail('timed out waiting for the condition')
    if (event.event === 'ERROR') failWith({ kind: 'status', status: event.object as Status })
    if (event.event !== 'ADDED' && event.event !== 'MODIFIED') continue
    yield* closeWatch<KubectlState>(stream)
    return [event.object as unknown as Pod]
  }
}

const readyOf = (pod: Pod): PodCondition | undefined =>
  pod.status.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True')
/** Succeeded and Failed are where the map of the real one has its zero. */
const PHASES: Readonly<Record<string, number>> = { Unknown: 1, Pending: 2 }
const restartsOf = (pod: Pod): number =>
  Math.max(0, ...(pod.status.containerStatuses ?? []).map(({ restartCount }) => restartCount))
const earlier = (a = '', b = ''): number => (a === b ? 0 : a < b ? -1 : 1)

/** What runs before what waits, ready before not ready, ready for longer, restarted more often, older. */
function byLogging(a: Pod, b: Pod): number {
  const [x, y] = [readyOf(a), readyOf(b)]
  return (
    Number(Boolean(b.spec.nodeName)) - Number(Boolean(a.spec.nodeName)) ||
    (PHASES[a.status.phase ?? ''] ?? 0) - (PHASES[b.status.phase ?? ''] ?? 0) ||
    Number(y !== undefined) - Number(x !== undefined) ||
    (x && y ? earlier(x.lastTransitionTime, y.lastTransitionTime) : 0) ||
    restartsOf(b) - restartsOf(a) ||
    earlier(a.metadata.creationTimestamp, b.metadata.creationTimestamp)
  )
}

const ACTIVE: Readonly<Record<string, number>> = { Unknown: 1, Running: 2 }

/** ActivePods the other way round: what is most alive comes first. */
export function byActivity(a: Pod, b: Pod): number {
  const [x, y] = [readyOf(a), readyOf(b)]
  return (
    Number(Boolean(b.spec.nodeName)) - Number(Boolean(a.spec.nodeName)) ||
    (ACTIVE[b.status.phase ?? ''] ?? 0) - (ACTIVE[a.status.phase ?? ''] ?? 0) ||
    Number(y !== undefined) - Number(x !== undefined) ||
    (x && y ? earlier(x.lastTransitionTime, y.lastTransitionTime) : 0) ||
    restartsOf(a) - restartsOf(b) ||
    earlier(a.metadata.creationTimestamp, b.metadata.creationTimestamp)
  )
}
