/** You, at a terminal. The prompt stands in this room, so that one sees where to type. */
import { Suspense } from 'react'
import { PANELS } from '../../../panels'
import { useSession } from '../../../session/session'
import { useT } from '../../../shared/i18n'
import { useLayout } from '../../../shared/layout'
import { usePreferences } from '../../../shared/preferences'
import { KUBECTL } from '../../layout'
import { Ends } from '../shared/ends'
import { Room } from '../shared/room'
import styles from './kubectl.module.css'

export function KubectlNode() {
  const t = useT()
  const presenting = usePreferences(state => state.presenting)
  const docked = useLayout(state => state.bottom) && !presenting
  const setBottom = useLayout(state => state.setBottom)
  return (
    <Room room={KUBECTL} name="kubectl" className={styles.kubectl}>
      <p className={styles.title}>
        kubectl <span>{t('room.you')}</span>
      </p>
      <div className={`${styles.body} nodrag nopan nowheel`}>
        {docked ? (
          <LastLines />
        ) : (
          <Suspense fallback={<p className={styles.waiting}>{t('room.kubectl.waiting')}</p>}>
            <PANELS.terminal place="room" close={() => setBottom(false)} />
          </Suspense>
        )}
      </div>
      <Ends />
    </Room>
  )
}

/** What was typed last, while the prompt and what it prints are docked. */
function LastLines() {
  const t = useT()
  const lines = useSession(state => state.frame?.terminal)
  const last = (lines ?? []).filter(line => line.kind === 'command').slice(-2)
  return (
    <div className={styles.lines}>
      {last.map(line => (
        <p key={line.seq} data-kind={line.kind}>
          {`$ ${line.text}`}
        </p>
      ))}
      <p className={styles.waiting}>{t('room.kubectl.docked')}</p>
    </div>
  )
}
