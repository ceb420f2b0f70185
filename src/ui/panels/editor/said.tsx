/** What kubectl answered, below the text. */
import { classes } from '../../shared/controls'
import type { Answer } from './answer'
import styles from './editor.module.css'

export const Said = ({ answer }: { readonly answer: Answer | undefined }) =>
  answer && (
    <output className={classes(styles.answer, answer.isError && styles.refused)} data-testid="editor-answer">
      {answer.text}
    </output>
  )
