/** What stands in the stage's place while the cluster is switched on, and when the simulation broke. */
import { Download, RotateCcw } from 'lucide-react'
import { useSession } from '../session/session'
import type { CommandLog } from '../session/types'
import { Button } from '../shared/controls'
import { useT } from '../shared/i18n'
import { Mark } from './mark'
import styles from './states.module.css'

export function Booting() {
  const t = useT()
  return (
    <div className={styles.state} data-testid="stage" data-state="idle" aria-busy="true">
      <div className={styles.booting} role="status">
        <Mark />
        <p>
          <strong>{t('stage.booting')}</strong>
        </p>
        <p>{t('stage.booting.more')}</p>
      </div>
    </div>
  )
}

/** Gives the log of commands to the person as a file. */
function download(log: CommandLog): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(log, undefined, 2)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = 'kubestage-commands.json'
  link.click()
  URL.revokeObjectURL(url)
}

export function Failed() {
  const t = useT()
  const failure = useSession(state => state.failure)
  const log = useSession(state => state.log)
  const restart = useSession(state => state.restart)
  const kept = log?.commands.length ?? 0
  return (
    <div className={styles.state} data-testid="stage" data-state="idle">
      <div className={styles.failed} role="alert">
        <h2>{t('failure.title')}</h2>
        <p className={styles.message}>{failure?.message}</p>
        {failure?.room !== undefined && <p>{t('failure.where', { room: failure.room, seq: failure.seq ?? '?' })}</p>}
        {kept > 0 && <p>{t('failure.kept', { n: kept })}</p>}
        <div className={styles.actions}>
          {kept > 0 && (
            <Button kind="primary" onClick={() => void restart(true)}>
              <RotateCcw size={16} aria-hidden />
              {t('failure.replay')}
            </Button>
          )}
          <Button kind={kept > 0 ? 'plain' : 'primary'} onClick={() => void restart(false)}>
            {t('failure.restart')}
          </Button>
          {log && kept > 0 && (
            <Button onClick={() => download(log)}>
              <Download size={16} aria-hidden />
              {t('failure.download')}
            </Button>
          )}
        </div>
        {failure?.stack && (
          <details>
            <summary>{t('failure.details')}</summary>
            <pre>{failure.stack}</pre>
          </details>
        )}
      </div>
    </div>
  )
}
