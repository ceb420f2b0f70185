/** What Enter and Ctrl-C at the prompt do. */
import { positionOf } from '../../session/playback'
import { usePrompt } from '../../session/prompt'
import { useSession } from '../../session/session'
import type { Seq } from '../../session/types'
import { useLayout } from '../../shared/layout'
import { useDraft } from '../draft'
import { addToHistory } from './history'
import { commandsOf, isManifest, readsKeyboard, type TypedCommand } from './input'

/** Runs all that stands at the prompt, one command after the other. A manifest goes to the editor. */
export async function submit(text: string): Promise<void> {
  const { setLine, run } = usePrompt.getState()
  if (isManifest(text)) {
    setLine('')
    openEditor(text)
    return
  }
  for (const [i, command] of commandsOf(text).entries()) {
    // The next command is given when the one before is through, not in the middle of it.
    if (i > 0) await toEnd()
    if (readsKeyboard(command)) {
      setLine('')
      addToHistory(command.line)
      openEditor()
      return
    }
    if (await beginEdit(command)) return
    if (command.stdin === undefined) await run(command.line)
    else await feed(command)
  }
}

async function feed({ line, stdin }: TypedCommand): Promise<void> {
  usePrompt.getState().setLine('')
  addToHistory(line)
  await useSession.getState().command({ type: 'kubectl', line, ...(stdin !== undefined && { stdin }) })
}

/** `kubectl edit`: the person is the editor. False where the line opens none; then kubectl says why. */
async function beginEdit({ line, stdin }: TypedCommand): Promise<boolean> {
  if (stdin !== undefined || !/\bedit\b/.test(line)) return false
  const opened = await useSession.getState().api()?.edit(line)
  if (opened === undefined) return false
  usePrompt.getState().setLine('')
  addToHistory(line)
  useDraft.getState().beginEdit(line, opened)
  openEditor()
  return true
}

function openEditor(text?: string): void {
  if (text !== undefined) useDraft.getState().setText(text)
  useLayout.getState().openSide('editor')
}

async function toEnd(): Promise<void> {
  const { frame, seek } = useSession.getState()
  await seek({ position: positionOf(frame).count })
}

/** Windows of entries that are searched for a command's end. */
const WINDOWS = 8
const WINDOW = 500

/** Interrupts the command that runs at the cursor, if one does. */
export async function interrupt(): Promise<void> {
  const { frame, command } = useSession.getState()
  const last = frame?.terminal.findLast(line => line.kind === 'command')
  if (!frame || !last || (await hasEnded(last.seq, last.id, frame.cursor))) return
  await command({ type: 'interrupt' })
}

async function hasEnded(from: Seq, id: number, until: Seq): Promise<boolean> {
  const api = useSession.getState().api()
  if (!api) return true
  for (let i = 0; i < WINDOWS; i++) {
    const begin = from + i * WINDOW
    if (begin > until) return false
    const entries = await api.entries({ from: begin as Seq, to: Math.min(until, begin + WINDOW - 1) as Seq })
    if (entries.some(e => (e.reason === 'kubectl.exit' || e.reason === 'kubectl.interrupted') && e.args.id === id)) return true
  }
  return false
}
