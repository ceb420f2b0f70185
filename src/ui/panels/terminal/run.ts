/** What Enter and Ctrl-C at the prompt do. */
import { positionOf } from '../../session/playback'
import { usePrompt } from '../../session/prompt'
import { useSession } from '../../session/session'
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

/** Interrupts the last command that runs at the cursor, if one does. */
export async function interrupt(): Promise<void> {
  const { frame, command } = useSession.getState()
  if (frame && frame.goesOn.length > 0) await command({ type: 'interrupt' })
}
