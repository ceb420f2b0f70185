/** A place to write or paste a manifest: problems stand at their lines, Apply sends it to the cluster. */
import type { EditorView } from '@codemirror/view'
import { useEffect, useRef, useState } from 'react'
import { useSession } from '../../session/session'
import { Button } from '../../shared/controls'
import { useT } from '../../shared/i18n'
import { useDraft } from '../draft'
import { ForkNotice } from '../fork-notice'
import { type Answer, answerTo } from './answer'
import { mark } from './codemirror'
import styles from './editor.module.css'
import { EXAMPLE_NAMES, EXAMPLES } from './examples'
import { locate } from './locate'
import { Said } from './said'
import { type Source, Text } from './text'

const VERBS = {
  apply: 'apply -f -',
  try: 'apply -f - --dry-run=server',
  delete: 'delete -f -',
} as const

const MANIFEST: Source = {
  read: () => {
    const { text, setText } = useDraft.getState()
    if (text === '') setText(EXAMPLES['editor.deployment'])
    return useDraft.getState().text
  },
  write: text => useDraft.getState().setText(text),
  subscribe: changed => useDraft.subscribe(({ text }) => changed(text)),
}

export function Manifest() {
  const t = useT()
  const busy = useSession(state => state.busy)
  const isEmpty = useDraft(state => state.text.trim() === '')
  const [answer, setAnswer] = useState<Answer>()
  const view = useRef<EditorView>(undefined)
  // What was answered to a text says nothing of another.
  useEffect(() => useDraft.subscribe(() => setAnswer(undefined)), [])
  const send = async (verb: keyof typeof VERBS) => {
    const { text } = useDraft.getState()
    if (text.trim() === '' || useSession.getState().busy) return
    setAnswer(undefined)
    const said = await answerTo({ line: VERBS[verb], stdin: text })
    setAnswer(said)
    if (said?.isError && view.current) mark(view.current, locate(text, said.text))
  }
  return (
    <div className={styles.editor}>
      <Toolbar />
      <Text source={MANIFEST} label={t('editor.label')} view={view} apply={() => void send('apply')} />
      <Said answer={answer} />
      <ForkNotice className={styles.fork} />
      <div className={styles.actions}>
        <Button kind="primary" disabled={busy || isEmpty} onClick={() => void send('apply')}>
          {busy ? t('editor.applying') : t('editor.apply')}
        </Button>
        <Button disabled={busy || isEmpty} onClick={() => void send('try')} title={VERBS.try}>
          {t('editor.try')}
        </Button>
        <Button disabled={busy || isEmpty} onClick={() => void send('delete')} title={VERBS.delete}>
          {t('editor.delete')}
        </Button>
      </div>
    </div>
  )
}

function Toolbar() {
  const t = useT()
  return (
    <div className={styles.toolbar}>
      <label>
        <span className="visually-hidden">{t('editor.examples')}</span>
        <select
          value=""
          onChange={event => {
            const name = EXAMPLE_NAMES.find(each => each === event.target.value)
            if (name) useDraft.getState().setText(EXAMPLES[name])
          }}
        >
          <option value="">{t('editor.examples')}</option>
          {EXAMPLE_NAMES.map(name => (
            <option key={name} value={name}>
              {t(name)}
            </option>
          ))}
        </select>
      </label>
      <p className={styles.hint}>{t('editor.hint')}</p>
    </div>
  )
}
