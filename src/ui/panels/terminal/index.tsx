/** The kubectl prompt and what it has printed up to the cursor, in the kubectl room or docked under the stage. */
import { memo, type UIEvent, useEffect, useLayoutEffect, useRef } from 'react'
import { create } from 'zustand'
import { commandText } from '../../../content/captions'
import { usePrompt } from '../../session/prompt'
import { useSession } from '../../session/session'
import type { Seq, TerminalLine } from '../../session/types'
import { useT } from '../../shared/i18n'
import { ForkNotice } from '../fork-notice'
import type { Panel } from '../types'
import { keepHistory } from './history'
import { PromptLine } from './prompt-line'
import styles from './terminal.module.css'

/** What was cleared away: the lines up to this one, while the cursor is beyond it. Shared by all places of the prompt. */
const useCleared = create<{ readonly upTo: Seq | undefined }>(() => ({ upTo: undefined }))
const NONE: readonly TerminalLine[] = []
/** The room is small: so many lines are drawn there. */
const SHOWN = { room: 40, other: 600 } as const

/** The lines that are left after clearing. */
export function visibleLines(lines: readonly TerminalLine[], clearedUpTo: Seq | undefined): readonly TerminalLine[] {
  const last = lines.at(-1)
  if (clearedUpTo === undefined || !last || last.seq < clearedUpTo) return lines
  return lines.filter(line => line.seq > clearedUpTo)
}

const Terminal: Panel = ({ place }) => {
  const t = useT()
  const all = useSession(state => state.frame?.terminal) ?? NONE
  const clearedUpTo = useCleared(state => state.upTo)
  const lines = visibleLines(all, clearedUpTo).slice(place === 'room' ? -SHOWN.room : -SHOWN.other)
  const end = lines.at(-1)?.seq
  const cursor = useSession(state => state.frame?.cursor)
  const scroller = useRef<HTMLDivElement>(null)
  useEffect(keepHistory, [])

  /** One reads at the end, until one scrolls up. */
  const isAtEnd = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was printed last is always shown
  useLayoutEffect(() => {
    isAtEnd.current = true
  }, [end])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only other lines have another end, and the notice below them comes and goes with the cursor
  useLayoutEffect(() => {
    if (isAtEnd.current) scroller.current?.scrollTo?.({ top: scroller.current.scrollHeight })
  }, [all, clearedUpTo, place, cursor])
  useEffect(() => {
    const element = scroller.current
    if (!element || typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(() => isAtEnd.current && element.scrollTo({ top: element.scrollHeight }))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const onScroll = ({ currentTarget: { scrollTop, scrollHeight, clientHeight } }: UIEvent<HTMLElement>) => {
    isAtEnd.current = scrollTop + clientHeight > scrollHeight - 24
  }

  const clear = () => useCleared.setState({ upTo: all.at(-1)?.seq })
  const onPointerUp = () => {
    if (window.getSelection()?.isCollapsed !== false) usePrompt.getState().takeFocus()
  }
  return (
    <div className={styles.terminal} data-place={place} ref={scroller} onScroll={onScroll} onPointerUp={onPointerUp}>
      <div className={styles.output} data-testid="terminal" role="log" aria-label={t('terminal.output')}>
        {lines.map(line => (
          <Output key={line.seq} line={line} isNarrow={place === 'room'} />
        ))}
      </div>
      <PromptLine clear={clear} />
      <ForkNotice className={styles.fork} isShort={place === 'room'} />
    </div>
  )
}

export default Terminal

interface OutputProps {
  readonly line: TerminalLine
  /** There is no room for long lines, and nobody sees that one could scroll: they break. */
  readonly isNarrow: boolean
}

const Output = memo(({ line: { kind, text }, isNarrow }: OutputProps) => {
  const shown = kind === 'command' ? `$ ${commandText(text)}` : text.replace(/\n$/, '')
  return (
    <p className={styles.line} data-kind={kind} data-breaks={isNarrow || undefined}>
      {kind === 'command' ? <Words text={shown} /> : isNarrow && isTable(shown) ? <Rows text={shown} /> : shown}
    </p>
  )
})

/** Its first line is a head of columns, as `NAME   READY`. */
export const isTable = (text: string): boolean => {
  const [head = ''] = text.split('\n')
  return / {2,}/.test(head.trim()) && /^[A-Z][A-Z0-9 ()%/-]*$/.test(head.replaceAll(/\([a-z]+\)/g, ''))
}

/** The rows of a table whose columns have no room beside each other: each row with single spaces, its further lines set in. */
function Rows({ text }: { readonly text: string }) {
  return text.split('\n').map((row, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name and never move
    <span key={i} className={styles.row}>
      {`${row}\n`}
    </span>
  ))
}

/** A command breaks between its words, not within `--replicas`. */
function Words({ text }: { readonly text: string }) {
  return text.split(/(\s+)/).map((word, i) =>
    i % 2 === 0 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: words have no other name and never move
      <span key={i} className={styles.word}>
        {word}
      </span>
    ) : (
      word
    ),
  )
}
