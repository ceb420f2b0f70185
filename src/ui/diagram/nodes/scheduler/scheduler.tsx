/** kube-scheduler: its queue, and what came of its last cycle. */

import type { SchedulerView } from '../../../session/types'
import { useT } from '../../../shared/i18n'
import { SCHEDULER } from '../../layout'
import { useHouseView } from '../../stage-state'
import { Ends } from '../shared/ends'
import { Room } from '../shared/room'
import styles from './scheduler.module.css'

export function SchedulerNode() {
  const t = useT()
  const view = useHouseView(SCHEDULER)
  if (!view) return null
  const { active, backoff, unschedulable, last } = view.scheduler
  const queues = [
    ['room.active', active],
    ['room.backoff', backoff],
    ['room.waiting', unschedulable],
  ] as const
  return (
    <Room room={SCHEDULER} name="kube-scheduler" className={styles.scheduler}>
      <p className={styles.title}>kube-scheduler</p>
      <dl className={styles.queues}>
        {queues.map(([label, count]) => (
          <div key={label} data-some={count > 0 || undefined}>
            <dd>{count}</dd>
            <dt>{t(label)}</dt>
          </div>
        ))}
      </dl>
      {last ? <LastCycle last={last} /> : <p className={styles.line}>{t('room.schedulerIdle')}</p>}
      <Ends />
    </Room>
  )
}

function LastCycle({ last }: { readonly last: NonNullable<SchedulerView['last']> }) {
  const t = useT()
  const pod = last.pod.split('/').at(-1)?.split('-').at(-1) ?? last.pod
  return (
    <div className={styles.line} title={last.pod}>
      <p>{t('room.lastCycle', { pod, feasible: last.feasible, nodes: last.nodes })}</p>
      <p className={styles.soft}>
        {last.chosen === undefined ? t('room.noNode') : t('room.chosen', { total: last.total ?? '–', node: last.chosen })}
      </p>
    </div>
  )
}
