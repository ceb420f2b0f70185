/** A place to write or paste a manifest: problems stand at their lines, Apply sends it to the cluster. */
import type { EditorView } from '@codemirror/view'
import { useEffect, useRef, useState } from 'react'
import { useSession } from '../../session/session'
import { Button, classes } from '../../shared/controls'
import { useT } from '../../shared/i18n'
import { useDraft } from '../draft'
import { ForkNotice } from '../fork-notice'
import type { Panel } from '../types'
import { type Answer, answerOf } from './answer'
import { createEditor, mark, replaceText } from './codemirror'
import styles from './editor.module.css'
import { EXAMPLE_NAMES, EXAMPLES } from './examples'
import { locate } from './locate'

const VERBS = {
  apply: 'apply -f -',
  try: 'apply -f - --dry-run=server',
  delete: 'delete -f -',
} as const

const Editor: Panel = () => {
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
    const said = await run(VERBS[verb], text)
    setAnswer(said)
    if (said?.isError && view.current) mark(view.current, locate(text, said.text))
  }
  return (
    <div className={styles.editor}>
      <Toolbar />
      <Text view={view} apply={() => void send('apply')} />
      {answer && (
        <output className={classes(styles.answer, answer.isError && styles.refused)} data-testid="editor-answer">
          {answer.text}
        </output>
      )}
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

export default Editor

/** Gives the command and waits for what it prints. */
async function run(line: string, stdin: string): Promise<Answer | undefined> {
  const { command, api } = useSession.getState()
  const given = await command({ type: 'kubectl', line, stdin })
  const begun = given?.frame.terminal.findLast(each => each.kind === 'command')
  const worker = api()
  return begun && worker ? answerOf(worker, begun.seq, begun.id) : undefined
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

interface TextProps {
  readonly view: { current: EditorView | undefined }
  readonly apply: () => void
}

/** The editor itself. It lives as long as the panel; the draft and it follow each other. */
function Text({ view, apply }: TextProps) {
  const t = useT()
  const place = useRef<HTMLDivElement>(null)
  const act = useRef(apply)
  act.current = apply
  const label = t('editor.label')
  useEffect(() => {
    if (!place.current) return
    const { text, setText } = useDraft.getState()
    if (text === '') setText(EXAMPLES['editor.deployment'])
    const editor = createEditor(place.current, {
      text: useDraft.getState().text,
      label,
      changed: changed => setText(changed),
      check: async manifest => (manifest.trim() === '' ? [] : ((await useSession.getState().api()?.check(manifest)) ?? [])),
      apply: () => act.current(),
    })
    view.current = editor
    const stop = useDraft.subscribe(state => replaceText(editor, state.text))
    return () => {
      stop()
      view.current = undefined
      editor.destroy()
    }
  }, [label, view])
  return <div className={styles.text} ref={place} />
}
