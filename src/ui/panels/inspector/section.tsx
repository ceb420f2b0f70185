/** A titled part of the inspector; long ones can be folded. */
import type { ReactNode } from 'react'
import styles from './inspector.module.css'

interface SectionProps {
  readonly title: string
  readonly children: ReactNode
  /** Folded until one opens it. */
  readonly folded?: boolean
}

export function Section({ title, children, folded }: SectionProps) {
  if (folded === undefined) {
    return (
      <section className={styles.section}>
        <h3>{title}</h3>
        {children}
      </section>
    )
  }
  return (
    <details className={styles.section} open={!folded}>
      <summary>
        <h3>{title}</h3>
      </summary>
      {children}
    </details>
  )
}

/** Names and values in two columns: `Fact`s. */
export const Facts = ({ children }: { readonly children: ReactNode }) => <dl className={styles.facts}>{children}</dl>

interface FactProps {
  readonly name: string
  /** A fact without a value is left out. */
  readonly value: ReactNode
  /** The value is code: an address, a path, a field. */
  readonly code?: boolean
}

export function Fact({ name, value, code = false }: FactProps) {
  if (value === undefined || value === null || value === '') return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>{code ? <code>{value}</code> : value}</dd>
    </div>
  )
}
