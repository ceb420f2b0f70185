/** A blank screen, so that the class looks at the teacher; any key or click brings the stage back. */
import { useT } from '../shared/i18n'
import { useLayout } from '../shared/layout'
import styles from './blank.module.css'

export function Blank() {
  const t = useT()
  const blank = useLayout(state => state.blank)
  const setBlank = useLayout(state => state.setBlank)
  if (!blank) return null
  return (
    <button type="button" className={styles.blank} onClick={() => setBlank(false)}>
      {t('stage.blank')}
    </button>
  )
}
