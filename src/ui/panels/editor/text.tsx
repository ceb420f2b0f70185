/** The editor itself, on one text of the draft. It lives as long as that text; the two follow each other. */
import type { EditorView } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { useSession } from '../../session/session'
import { createEditor, replaceText } from './codemirror'
import styles from './editor.module.css'

/** Where the text is kept. */
export interface Source {
  read(): string
  write(text: string): void
  /** Hears of every change; answers with what ends that. */
  subscribe(changed: (text: string) => void): () => void
}

interface TextProps {
  readonly source: Source
  readonly label: string
  readonly view: { current: EditorView | undefined }
  /** Ctrl-Enter. */
  readonly apply: () => void
  /** It takes the focus when it appears. */
  readonly takesFocus?: boolean
}

export function Text({ source, label, view, apply, takesFocus = false }: TextProps) {
  const place = useRef<HTMLDivElement>(null)
  const act = useRef(apply)
  act.current = apply
  useEffect(() => {
    if (!place.current) return
    const editor = createEditor(place.current, {
      text: source.read(),
      label,
      changed: changed => source.write(changed),
      check: async text => (text.trim() === '' ? [] : ((await useSession.getState().api()?.check(text)) ?? [])),
      apply: () => act.current(),
    })
    view.current = editor
    if (takesFocus) editor.focus()
    const stop = source.subscribe(text => replaceText(editor, text))
    return () => {
      stop()
      view.current = undefined
      editor.destroy()
    }
  }, [source, label, view, takesFocus])
  return <div className={styles.text} ref={place} />
}
