/** The manifest that the person is writing: the editor's text, wherever it comes from. Kept across visits. */
import { create } from 'zustand'
import { recall, remember } from '../shared/storage'

const NAME = 'manifest'

interface Draft {
  readonly text: string
  /** Changes the text; the editor follows. */
  setText(text: string): void
}

export const useDraft = create<Draft>(set => ({
  text: recall(NAME) ?? '',
  setText: text => {
    remember(NAME, text)
    set({ text })
  },
}))
