/** kube-controller-manager: one process, one set of informers, a room for each controller with something to do. */
import { useSession } from '../../../session/session'
import type { ControllerView } from '../../../session/types'
import { useT } from '../../../shared/i18n'
import { CONTROLLER_MANAGER, controllerRoom, type StageLayout } from '../../layout'
import { useHouseView, useStage } from '../../stage-state'
import { Ends } from '../shared/ends'
import { Room, within } from '../shared/room'
import styles from './controller-manager.module.css'

export function ControllerManagerNode() {
  const t = useT()
  const layout = useStage(state => state.layout)
  const controllers = useHouseView(CONTROLLER_MANAGER, view => view.controllers)
  const kinds = useHouseView(CONTROLLER_MANAGER, view => view.informers)
  if (!layout || !controllers || kinds === undefined) return null
  const house = layout.controllerManager
  const { informers, rooms } = layout.controllers
  const shown = new Set(rooms.map(({ part }) => part))
  return (
    <Room room={CONTROLLER_MANAGER} name="kube-controller-manager" className={styles.house}>
      <p className={styles.title}>kube-controller-manager</p>
      <div className={styles.informers} style={within(informers, house)}>
        <span>{t('room.informers')}</span>
        <span>{t('room.kinds', { n: kinds })}</span>
      </div>
      {rooms.map(({ part, rect }) => (
        <Room key={part} room={controllerRoom(part)} name={part} rect={rect} house={house} className={styles.controller}>
          <span>{part}</span>
          <State controller={controllers.find(each => each.part === part)} />
        </Room>
      ))}
      <AtRest layout={layout} parts={controllers.map(({ part }) => part).filter(part => !shown.has(part))} />
      <Ends />
    </Room>
  )
}

/** The one number that matters: what waits, else how far it has come. */
function State({ controller }: { readonly controller: ControllerView | undefined }) {
  const t = useT()
  if (!controller) return <span>–</span>
  const { queue, active, retries, desired, actual } = controller
  if (retries > 0) return <span className={styles.retry}>{t('room.retrying')}</span>
  if (active > 0) return <span className={styles.busy}>{t('room.syncing')}</span>
  if (queue > 0) return <span className={styles.busy}>{t('room.queued', { n: queue })}</span>
  if (desired === undefined || (desired === 0 && !actual)) return <span>–</span>
  return (
    <span>
      {actual ?? 0} / {desired}
    </span>
  )
}

/** Pixels of a line of names at rest: as many as fit are shown whole, the rest can be reached by the keyboard and the palette. */
const REST_LINE = 17

/** Controllers without a room are still there, and can be asked. */
function AtRest({ layout, parts }: { readonly layout: StageLayout; readonly parts: readonly string[] }) {
  const t = useT()
  const select = useSession(state => state.select)
  const { atRest } = layout.controllers
  if (parts.length === 0 || atRest.height < 18) return null
  const lines = Math.max(1, Math.floor((atRest.height - 3) / REST_LINE))
  const rect = { ...atRest, height: lines * REST_LINE + 3 }
  return (
    <div className={styles.atRest} style={within(rect, layout.controllerManager)}>
      <span>{t('room.atRest', { n: parts.length })}</span>
      {parts.map(part => (
        <button
          key={part}
          type="button"
          data-room={controllerRoom(part)}
          aria-label={t('stage.open', { name: part })}
          onClick={() => select({ kind: 'room', room: controllerRoom(part) })}
        >
          {part}
        </button>
      ))}
    </div>
  )
}
