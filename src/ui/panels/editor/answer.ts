/** What kubectl said to a command, wherever the cursor stands: read from the trace. */
import type { WorkerConnection } from '../../../worker/client'
import type { Seq } from '../../session/types'

export interface Answer {
  readonly text: string
  readonly isError: boolean
}

const WINDOW = 500
const WINDOWS = 8

/** What a command printed, from the entry in which it began. */
export async function answerOf(api: Pick<WorkerConnection['api'], 'entries'>, from: Seq, id: number): Promise<Answer> {
  let text = ''
  let isError = false
  for (let i = 0; i < WINDOWS; i++) {
    const begin = from + i * WINDOW
    const entries = await api.entries({ from: begin as Seq, to: (begin + WINDOW - 1) as Seq })
    for (const { reason, args } of entries) {
      if (args.id !== id) continue
      if (reason === 'kubectl.output') text += String(args.text)
      if (reason === 'kubectl.output' && args.stream === 'stderr') isError = true
      if (reason === 'kubectl.exit' || reason === 'kubectl.interrupted')
        return { text: text.trimEnd(), isError: isError || args.code !== 0 }
    }
    if (entries.length < WINDOW) break
  }
  return { text: text.trimEnd(), isError }
}
