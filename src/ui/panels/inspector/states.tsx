/** What stands there while an answer is awaited, and when there is none. */
import type { ReactNode } from 'react'
import { useT } from '../../shared/i18n'
import styles from './inspector.module.css'
import type { Detail } from './use-detail'

interface AnsweredProps<T> {
  readonly detail: Detail<T>
  readonly children: (value: T) => ReactNode
}

export function Answered<T>({ detail, children }: AnsweredProps<T>) {
  const t = useT()
  if (detail.error !== undefined) {
    return (
      <div className={styles.state} role="alert">
        <p>{t('inspector.error')}</p>
        <p className={styles.hint}>{detail.error}</p>
      </div>
    )
  }
  if (detail.value === undefined) return <p className={styles.state}>{t('panel.loading')}</p>
  return <div aria-busy={detail.isLoading}>{children(detail.value)}</div>
}
