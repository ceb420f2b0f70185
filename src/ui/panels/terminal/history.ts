/** The commands that were given, kept across visits. */
import { usePrompt } from '../../session/prompt'
import { recall, remember } from '../../shared/storage'

const NAME = 'history'
const KEPT = 200

/** Reads what was kept; a text that is no list of lines is as good as none. */
export function readHistory(kept: string | undefined): readonly string[] {
  try {
    const list: unknown = JSON.parse(kept ?? '[]')
    return Array.isArray(list) ? list.filter(line => typeof line === 'string').slice(-KEPT) : []
  } catch {
    return []
  }
}

let begun = false

/** Brings the commands of earlier visits back, and keeps those to come. Does so once. */
export function keepHistory(): void {
  if (begun) return
  begun = true
  const { history } = usePrompt.getState()
  usePrompt.setState({ history: [...readHistory(recall(NAME)), ...history] })
  usePrompt.subscribe((state, before) => {
    if (state.history !== before.history) remember(NAME, JSON.stringify(state.history.slice(-KEPT)))
  })
}

/** Puts a line at the end of the history, unless it stands there. */
export function addToHistory(line: string): void {
  const { history } = usePrompt.getState()
  if (history.at(-1) !== line) usePrompt.setState({ history: [...history, line] })
}
