/** The line that stands at the kubectl prompt, wherever the prompt is drawn, and the commands that were given there. */
import { create } from 'zustand'
import { useSession } from './session'

export interface PromptState {
  readonly line: string
  /** Oldest first. */
  readonly history: readonly string[]
  /** Counts requests for the cursor: the prompt takes the focus when it changes. */
  readonly focus: number
  setLine(line: string): void
  /** Runs a line as if it had been typed there and entered. */
  run(line: string): Promise<void>
  /** Puts the cursor into the prompt. */
  takeFocus(): void
}

export const usePrompt = create<PromptState>((set, get) => ({
  line: '',
  history: [],
  focus: 0,
  setLine: line => set({ line }),
  async run(line) {
    const text = line.trim()
    if (text === '') return
    const { history } = get()
    set({ line: '', history: history.at(-1) === text ? history : [...history, text] })
    await useSession.getState().command({ type: 'kubectl', line: text })
  },
  takeFocus: () => set(state => ({ focus: state.focus + 1 })),
}))
