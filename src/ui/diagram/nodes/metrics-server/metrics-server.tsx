/** The metrics server: where its program runs, and how many nodes have told it what is used there. */
import { useT } from '../../../shared/i18n'
import { METRICS_SERVER } from '../../layout'
import { useHouseView } from '../../stage-state'
import { Ends } from '../shared/ends'
import { Room } from '../shared/room'
import styles from './metrics-server.module.css'

export function MetricsServerNode() {
  const t = useT()
  const server = useHouseView(METRICS_SERVER, view => view.metricsServer)
  const nodes = useHouseView(METRICS_SERVER, view => view.nodes.length)
  const runsOn = server?.runsOn ?? []
  const where =
    runsOn.length === 0
      ? t('room.metrics.stopped')
      : runsOn.map(node => (node === '' ? t('room.metrics.beside') : t('room.metrics.pod', { node }))).join(', ')
  return (
    <Room room={METRICS_SERVER} name="metrics-server" className={styles.house}>
      <p className={styles.title}>metrics-server</p>
      <p className={styles.measured}>{t('room.metrics.answered', { n: server?.answered ?? 0, nodes: nodes ?? 0 })}</p>
      <p className={styles.where} title={where}>
        {where}
      </p>
      <Ends />
    </Room>
  )
}
