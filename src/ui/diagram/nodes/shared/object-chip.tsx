/** An object on the stage: opens in the inspector. */
import type { ReactNode } from 'react'
import { useSession } from '../../../session/session'
import { classes } from '../../../shared/controls'
import { resourceOf } from '../../../shared/objects'
import { useChanged } from '../../stage-state'
import styles from './object-chip.module.css'

interface ObjectChipProps {
  readonly kind: string
  /** `default/web` */
  readonly objectKey: string
  /** Under which key the beat may have changed it: marked then. */
  readonly mark?: string
  readonly className?: string | undefined
  readonly label?: string
  readonly children: ReactNode
}

export function ObjectChip({ kind, objectKey, mark, className, label, children }: ObjectChipProps) {
  const select = useSession(state => state.select)
  const resource = resourceOf(kind)
  const changed = useChanged(mark ?? '')
  return (
    <button
      type="button"
      className={classes(styles.chip, className)}
      data-object={`${resource} ${objectKey}`}
      data-changed={changed || undefined}
      aria-label={label}
      title={label ?? `${kind} ${objectKey}`}
      onClick={() => select({ kind: 'object', resource, key: objectKey })}
    >
      {children}
    </button>
  )
}
