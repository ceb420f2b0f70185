/** Buttons, the same everywhere. */
import type { ButtonHTMLAttributes } from 'react'
import styles from './controls.module.css'

/** How much a button asks to be pressed. */
export type ButtonKind = 'primary' | 'plain' | 'quiet'

/** Joins class names; what is not one is left out. */
export const classes = (...names: readonly (string | false | undefined)[]): string => names.filter(Boolean).join(' ')

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: ButtonKind
  /** Only an icon: give an `aria-label`. */
  readonly icon?: boolean
}

/** A button. A `quiet` one with `aria-pressed` is a toggle. */
export function Button({ kind = 'plain', icon = false, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(
        styles.button,
        kind === 'primary' && styles.primary,
        kind === 'quiet' && styles.quiet,
        icon && styles.icon,
        className,
      )}
    />
  )
}
