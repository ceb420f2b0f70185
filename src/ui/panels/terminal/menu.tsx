/** The options of a completion, in a list beside the prompt. It hangs in the page, so that no room cuts it off. */
import { createPortal } from 'react-dom'
import type { Completion } from '../../session/types'
import { useT } from '../../shared/i18n'
import styles from './terminal.module.css'

const HEIGHT = 232
const WIDTH = 340
const MOST = 100

interface MenuProps {
  readonly id: string
  readonly options: Completion['options']
  readonly chosen: number
  /** The prompt. */
  readonly anchor: HTMLElement
  readonly choose: (index: number) => void
}

/** The DOM id of an option. */
export const optionId = (id: string, index: number): string => `${id}-${index}`

export function CompletionMenu({ id, options, chosen, anchor, choose }: MenuProps) {
  const t = useT()
  const box = anchor.getBoundingClientRect()
  const isAbove = box.bottom + HEIGHT > window.innerHeight
  const left = Math.max(8, Math.min(box.left, window.innerWidth - WIDTH - 8))
  const place = isAbove ? { left, bottom: window.innerHeight - box.top + 6 } : { left, top: box.bottom + 6 }
  return createPortal(
    <div className={styles.menu} style={place} id={id} role="listbox" aria-label={t('terminal.options')}>
      {options.slice(0, MOST).map(({ label, detail }, i) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the prompt, which names the option as its active descendant
        // biome-ignore lint/a11y/useKeyWithClickEvents: the prompt has the keys
        <div
          key={label}
          id={optionId(id, i)}
          role="option"
          aria-selected={i === chosen}
          className={styles.option}
          ref={i === chosen ? element => element?.scrollIntoView?.({ block: 'nearest' }) : undefined}
          onMouseDown={event => event.preventDefault()}
          onClick={() => choose(i)}
        >
          <span>{label}</span>
          {detail && <small>{detail}</small>}
        </div>
      ))}
    </div>,
    document.body,
  )
}
