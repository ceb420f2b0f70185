/** kube-scheduler: its queue, and what came of its last cycle. */

import type { PodView, SchedulerView } from '../../../session/types'
import { shortName, tailOf } from '../../../shared/format'
import { useT } from '../../../shared/i18n'
import { SCHEDULER } from '../../layout'
import { useHouseView } from '../../stage-state'
import { Ends } from '../shared/ends'
import { ObjectChip } from '../shared/object-chip'
import { Room } from '../shared/room'
import styles from './scheduler.module.css'

export function SchedulerNode() {
  const t = useT()
  const scheduler = useHouseView(SCHEDULER, view => view.scheduler)
  const unbound = useHouseView(SCHEDULER, view => view.unbound)
  const count = useHouseView(SCHEDULER, view => view.unboundCount)
  if (!scheduler || !unbound || count === undefined) return null
  const { active, backoff, unschedulable, last } = scheduler
  const queues = [
    ['room.active', active],
    ['room.backoff', backoff],
    ['room.waiting', unschedulable],
  ] as const
  return (
    <Room room={SCHEDULER} name="kube-scheduler" className={styles.scheduler}>
      <p className={styles.title}>kube-scheduler</p>
      <dl className={styles.queues}>
        {queues.map(([label, waiting]) => (
          <div key={label} data-some={waiting > 0 || undefined}>
            <dd>{waiting}</dd>
            <dt>{t(label)}</dt>
          </div>
        ))}
      </dl>
      <div className={styles.lines}>
        {last && <LastCycle last={last} short={count > 0} />}
        {count > 0 ? <Unbound pods={unbound} count={count} /> : !last && <p className={styles.soft}>{t('room.schedulerIdle')}</p>}
      </div>
      <Ends />
    </Room>
  )
}

/** What came of the last cycle; in one line where pods wait. */
function LastCycle({ last, short }: { readonly last: NonNullable<SchedulerView['last']>; readonly short: boolean }) {
  const t = useT()
  const pod = tailOf(last.pod.split('/').at(-1) ?? last.pod)
  return (
    <>
      <p title={last.pod}>{t('room.lastCycle', { pod, feasible: last.feasible, nodes: last.nodes })}</p>
      {!short && (
        <p className={styles.soft}>
          {last.chosen === undefined ? t('room.noNode') : t('room.chosen', { total: last.total ?? '–', node: last.chosen })}
        </p>
      )}
    </>
  )
}

/** Pods that are named one by one. */
const NAMED = 3

/** Pods that no node has yet. */
function Unbound({ pods, count }: { readonly pods: readonly PodView[]; readonly count: number }) {
  const t = useT()
  const named = pods.slice(0, NAMED)
  return (
    <p className={styles.unbound} title={t('room.unbound', { n: count })}>
      {named.map(pod => (
        <ObjectChip key={pod.uid} kind="Pod" objectKey={pod.key} mark={pod.key} label={`Pod ${pod.key}: ${pod.status}`}>
          {shortName(pod.name, pod.owner)}
        </ObjectChip>
      ))}
      {count > named.length && <span className={styles.soft}>{t('room.more', { n: count - named.length })}</span>}
    </p>
  )
}
