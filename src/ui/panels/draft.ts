/** What a person is writing: a manifest, kept across visits, and objects that they edit, kept until those are saved or cancelled. */
import { create } from 'zustand'
import { recall, remember } from '../shared/storage'

const NAME = 'manifest'

/** An object in the editor, as `kubectl edit` opened it. */
export interface Edit {
  /** The command line, which names it. */
  readonly line: string
  /** What the editor opened with. */
  readonly opened: string
  readonly text: string
}

interface Draft {
  readonly text: string
  /** Edits that were begun; the last one is in the editor. */
  readonly edits: readonly Edit[]
  /** Changes the manifest; the editor follows. */
  setText(text: string): void
  /** Puts an object into the editor. One that was changed there and not saved comes back as it was left. */
  beginEdit(line: string, opened: string): void
  /** Changes the text of an edit; the editor follows. */
  setEdit(line: string, text: string): void
  /** Takes an edit away: it was saved or cancelled. */
  endEdit(line: string): void
}

export const useDraft = create<Draft>(set => ({
  text: recall(NAME) ?? '',
  edits: [],
  setText: text => {
    remember(NAME, text)
    set({ text })
  },
  beginEdit: (line, opened) =>
    set(({ edits }) => {
      const left = edits.find(edit => edit.line === line)
      const edit = left && left.text !== left.opened ? left : { line, opened, text: opened }
      return { edits: [...without(edits, line), edit] }
    }),
  setEdit: (line, text) =>
    set(({ edits }) => ({ edits: edits.map(edit => (edit.line === line && edit.text !== text ? { ...edit, text } : edit)) })),
  endEdit: line => set(({ edits }) => ({ edits: without(edits, line) })),
}))

const without = (edits: readonly Edit[], line: string): readonly Edit[] => edits.filter(edit => edit.line !== line)
