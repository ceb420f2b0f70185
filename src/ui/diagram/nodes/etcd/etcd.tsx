/** etcd, on the only wire that it has. What is stored lies here: the objects. */
import { classes } from '../../../shared/controls'
import { useT } from '../../../shared/i18n'
import { shortOf } from '../../../shared/objects'
import { ETCD } from '../../layout'
import { useHouseView, useStage } from '../../stage-state'
import { Ends } from '../shared/ends'
import { ObjectChip } from '../shared/object-chip'
import { Room } from '../shared/room'
import styles from './etcd.module.css'

/** World pixels that an object takes, about. */
const CHIP = 156

export function EtcdNode() {
  const t = useT()
  const etcd = useHouseView(ETCD, view => view.etcd)
  const stored = useHouseView(ETCD, view => view.workloads)
  const exposed = useHouseView(ETCD, view => view.services)
  const width = useStage(state => state.layout?.etcd.width ?? 0)
  if (!etcd || !stored || !exposed) return null
  const room = Math.max(1, Math.floor((width - 60) / CHIP))
  const workloads = stored.slice(0, room)
  const services = exposed.slice(0, room - workloads.length)
  const hidden = stored.length + exposed.length - workloads.length - services.length
  return (
    <Room room={ETCD} name="etcd" className={styles.etcd}>
      <p className={styles.title}>
        etcd
        <span>
          {t('room.revision', { n: etcd.revision })} · {t('room.keys', { n: etcd.keys })}
        </span>
      </p>
      <div className={styles.objects}>
        {workloads.map(({ kind, key, ready, desired }) => (
          <ObjectChip key={`${kind} ${key}`} className={chip(key)} kind={kind} objectKey={key} mark={`${kind} ${key}`}>
            <b>{shortOf(kind)}</b>
            <span>{name(key)}</span>
            <em>
              {ready}/{desired}
            </em>
          </ObjectChip>
        ))}
        {services.map(({ key, endpoints }) => (
          <ObjectChip key={key} className={chip(key)} kind="Service" objectKey={key} mark={`Service ${key}`}>
            <b>svc</b>
            <span>{name(key)}</span>
            <em>→ {endpoints}</em>
          </ObjectChip>
        ))}
        {hidden > 0 && <span className={styles.more}>{t('room.more', { n: hidden })}</span>}
        {workloads.length + services.length === 0 && <span className={styles.more}>{t('room.empty')}</span>}
      </div>
      <Ends />
    </Room>
  )
}

/** Names that are longer than this share what room there is. */
const LONG = 18
const chip = (key: string): string => classes(styles.chip, name(key).length > LONG && styles.long)

const name = (key: string): string => (key.startsWith('default/') ? key.slice('default/'.length) : key)
