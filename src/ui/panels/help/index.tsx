/** The key sheet, and what the shapes on the stage mean. */
import { X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { PACKET_KINDS, ShapeIcon } from '../../diagram/shapes'
import { Button } from '../../shared/controls'
import { type MessageKey, useT } from '../../shared/i18n'
import type { Panel } from '../types'
import styles from './help.module.css'

const KEYS: readonly { readonly keys: readonly string[]; readonly does: MessageKey }[] = [
  { keys: ['→', 'PageDown'], does: 'help.step' },
  { keys: ['←', 'PageUp'], does: 'help.back' },
  { keys: ['Space'], does: 'help.play' },
  { keys: ['Home'], does: 'help.home' },
  { keys: ['End'], does: 'help.end' },
  { keys: ['1', '2', '3'], does: 'help.depth' },
  { keys: ['/'], does: 'help.prompt' },
  { keys: ['.', 'B'], does: 'help.blank' },
  { keys: ['Ctrl K', '⌘ K'], does: 'help.palette' },
  { keys: ['?'], does: 'help.help' },
]

const Help: Panel = ({ close }) => {
  const t = useT()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} className={styles.help} aria-label={t('panel.help.title')} onClose={close} data-testid="help">
      <div className={styles.head}>
        <h2>{t('panel.help.title')}</h2>
        <Button kind="quiet" icon aria-label={t('dialog.close')} onClick={close}>
          <X size={16} aria-hidden />
        </Button>
      </div>
      <dl className={styles.keys}>
        {KEYS.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map(key => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(does)}</dd>
          </div>
        ))}
      </dl>
      <h3>{t('help.legend')}</h3>
      <ul className={styles.legend}>
        {PACKET_KINDS.map(kind => (
          <li key={kind}>
            <ShapeIcon kind={kind} size={14} />
            {t(`packet.${kind}`)}
          </li>
        ))}
      </ul>
    </dialog>
  )
}

export default Help
