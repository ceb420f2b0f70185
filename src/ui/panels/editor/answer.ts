/** What kubectl said to a command, wherever the cursor stands: read from the trace. */
import type { WorkerConnection } from '../../../worker/client'
import { useSession } from '../../session/session'
import type { Seq } from '../../session/types'

export interface Answer {
  readonly text: string
  readonly isError: boolean
  /** Undefined while the command runs. */
  readonly code?: number
  /** With what an `edit` opened its editor again. */
  readonly reopened?: string
}

const WINDOW = 500
const WINDOWS = 8

/** Gives a command and waits for what it prints. */
export async function answerTo(given: {
  readonly line: string
  readonly stdin: string
  readonly opened?: string
}): Promise<Answer | undefined> {
  const { command, api } = useSession.getState()
  const answer = await command({ type: 'kubectl', ...given })
  const begun = answer?.frame.terminal.findLast(each => each.kind === 'command')
  const worker = api()
  return begun && worker ? answerOf(worker, begun.seq, begun.id) : undefined
}

/** What a command printed, from the entry in which it began. */
export async function answerOf(api: Pick<WorkerConnection['api'], 'entries'>, from: Seq, id: number): Promise<Answer> {
  let text = ''
  let isError = false
  let editors = 0
  let reopened: string | undefined
  for (let i = 0; i < WINDOWS; i++) {
    const begin = from + i * WINDOW
    const entries = await api.entries({ from: begin as Seq, to: (begin + WINDOW - 1) as Seq })
    for (const { reason, args } of entries) {
      if (args.id !== id) continue
      if (reason === 'kubectl.output') text += String(args.text)
      if (reason === 'kubectl.output' && args.stream === 'stderr') isError = true
      if (reason === 'kubectl.editor' && ++editors > 1) reopened = String(args.text)
      if (reason === 'kubectl.exit' || reason === 'kubectl.interrupted')
        return {
          text: text.trimEnd(),
          isError: isError || args.code !== 0,
          ...(typeof args.code === 'number' && { code: args.code }),
          ...(reopened !== undefined && { reopened }),
        }
    }
    if (entries.length < WINDOW) break
  }
  return { text: text.trimEnd(), isError }
}
