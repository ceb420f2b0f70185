/** etcd, on the only wire that it has. What is stored lies here: the objects. */
import { useT } from '../../../shared/i18n'
import { ETCD } from '../../layout'
import { useHouseView, useStage } from '../../stage-state'
import { Ends } from '../shared/ends'
import { ObjectChip } from '../shared/object-chip'
import { Room } from '../shared/room'
import styles from './etcd.module.css'

/** Objects that are shown one by one. */
const SHOWN = 12

export function EtcdNode() {
  const t = useT()
  const view = useHouseView(ETCD)
  const changed = useStage(state => state.changed)
  if (!view) return null
  const workloads = view.workloads.slice(0, SHOWN)
  const services = view.services.slice(0, SHOWN - workloads.length)
  const hidden = view.workloads.length + view.services.length - workloads.length - services.length
  return (
    <Room room={ETCD} name="etcd" className={styles.etcd}>
      <p className={styles.title}>
        etcd
        <span>
          {t('room.revision', { n: view.etcd.revision })} · {t('room.keys', { n: view.etcd.keys })}
        </span>
      </p>
      <div className={styles.objects}>
        {workloads.map(({ kind, key, ready, desired }) => (
          <ObjectChip key={`${kind} ${key}`} kind={kind} objectKey={key} changed={changed.has(`${kind} ${key}`)}>
            <b>{kind}</b> {name(key)}{' '}
            <em>
              {ready}/{desired}
            </em>
          </ObjectChip>
        ))}
        {services.map(({ key, endpoints }) => (
          <ObjectChip key={key} kind="Service" objectKey={key} changed={changed.has(`Service ${key}`)}>
            <b>Service</b> {name(key)} <em>→ {endpoints}</em>
          </ObjectChip>
        ))}
        {hidden > 0 && <span className={styles.more}>{t('room.more', { n: hidden })}</span>}
        {workloads.length + services.length === 0 && <span className={styles.more}>{t('room.empty')}</span>}
      </div>
      <Ends />
    </Room>
  )
}

const name = (key: string): string => (key.startsWith('default/') ? key.slice('default/'.length) : key)
