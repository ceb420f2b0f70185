/** The editor of a `kubectl edit`: Save gives the command what the person made of the object; what is refused stays, with the reasons. */
import type { EditorView } from '@codemirror/view'
import { useMemo, useRef, useState } from 'react'
import { useSession } from '../../session/session'
import { Button } from '../../shared/controls'
import { useT } from '../../shared/i18n'
import { type Edit, useDraft } from '../draft'
import { ForkNotice } from '../fork-notice'
import { type Answer, answerTo } from './answer'
import { mark, showTop } from './codemirror'
import styles from './editor.module.css'
import { locate } from './locate'
import { Said } from './said'
import { type Source, Text } from './text'

const editOf = (line: string): Edit | undefined => useDraft.getState().edits.find(edit => edit.line === line)

/** The text of one edit. */
const sourceOf = (line: string): Source => ({
  read: () => editOf(line)?.text ?? '',
  write: text => useDraft.getState().setEdit(line, text),
  subscribe: changed =>
    useDraft.subscribe(({ edits }) => {
      const edit = edits.find(each => each.line === line)
      if (edit) changed(edit.text)
    }),
})

export function EditObject({ line, close }: { readonly line: string; readonly close: () => void }) {
  const t = useT()
  const busy = useSession(state => state.busy)
  const [answer, setAnswer] = useState<Answer>()
  const view = useRef<EditorView>(undefined)
  const source = useMemo(() => sourceOf(line), [line])
  const end = () => {
    useDraft.getState().endEdit(line)
    close()
  }
  const save = async () => {
    const edit = editOf(line)
    if (!edit || useSession.getState().busy) return
    setAnswer(undefined)
    const said = await answerTo({ line, stdin: edit.text, opened: edit.opened })
    if (said?.code === 0) return end()
    setAnswer(said)
    if (said?.reopened === undefined) return
    useDraft.getState().setEdit(line, said.reopened)
    if (!view.current) return
    mark(view.current, locate(said.reopened, said.reopened))
    showTop(view.current)
  }
  return (
    <div className={styles.editor}>
      <div className={styles.toolbar}>
        <h3 className={styles.command} title={line}>
          {line}
        </h3>
        <p className={styles.hint}>{t('editor.editHint')}</p>
      </div>
      <Text source={source} label={t('editor.editLabel', { line })} view={view} apply={() => void save()} takesFocus />
      <Said answer={answer} />
      <ForkNotice className={styles.fork} />
      <div className={styles.actions}>
        <Button kind="primary" disabled={busy} onClick={() => void save()}>
          {busy ? t('editor.saving') : t('editor.save')}
        </Button>
        <Button disabled={busy} onClick={end}>
          {t('editor.cancel')}
        </Button>
      </div>
    </div>
  )
}
