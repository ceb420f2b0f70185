/** The worker of `tab.ts`: a run in the browser, where users have it. */
import { playRehearsal, prepare, type Run, worstSeek } from './run'

/** What it is asked for, in this order. */
export type TabQuestion =
  | { readonly ask: 'boot'; readonly nodes: number; readonly pods: number }
  | { readonly ask: 'rehearse' }
  | { readonly ask: 'create' }
  | { readonly ask: 'seek' }

let run: Run | undefined

/** Milliseconds of the worst seek; nothing else is answered but that it is done. */
function answer(question: TabQuestion): number | undefined {
  if (question.ask === 'boot') run = prepare(question.nodes, question.pods)
  if (question.ask === 'rehearse') playRehearsal()
  if (question.ask === 'create') run?.create()
  return question.ask === 'seek' && run ? worstSeek(run) : undefined
}

addEventListener('message', ({ data }: MessageEvent<TabQuestion>) => postMessage(answer(data)))
