/** The line at which one types: history, completion, interrupting. */
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { usePrompt } from '../../session/prompt'
import { useSession } from '../../session/session'
import type { Completion } from '../../session/types'
import { useT } from '../../shared/i18n'
import { accept, complete, type Line } from './completion'
import { CompletionMenu, optionId } from './menu'
import { interrupt, submit } from './run'
import styles from './terminal.module.css'

interface Menu {
  readonly from: number
  readonly options: Completion['options']
  readonly chosen: number
}

/** Requests for the focus that have been heeded, whichever prompt is drawn. */
let heeded = 0

export function PromptLine({ clear }: { readonly clear: () => void }) {
  const t = useT()
  const id = useId()
  const { line, setLine, focus } = usePrompt()
  const busy = useSession(state => state.busy)
  const last = useSession(state => state.frame?.goesOn.at(-1))
  const input = useRef<HTMLTextAreaElement>(null)
  const [menu, setMenu] = useState<Menu>()
  const past = useHistory()
  const cursor = useRef<number>(undefined)
  /** After Escape, Tab leaves the prompt, as it does everywhere else. */
  const leaving = useRef(false)

  useEffect(() => {
    if (focus > heeded) input.current?.focus()
    heeded = focus
  }, [focus])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the prompt is as high as its line
  useLayoutEffect(() => {
    const element = input.current
    if (!element) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
  }, [line])
  useLayoutEffect(() => {
    const element = input.current
    if (!element || cursor.current === undefined) return
    element.setSelectionRange(cursor.current, cursor.current)
    cursor.current = undefined
  })

  const put = ({ text, cursor: at }: Line) => {
    cursor.current = at
    setLine(text)
  }
  const choose = (index: number) => {
    const option = menu?.options[index]
    const element = input.current
    if (menu && option && element) put(accept({ text: line, cursor: element.selectionStart }, menu.from, option.label))
    setMenu(undefined)
  }
  const tab = async () => {
    const at: Line = { text: line, cursor: input.current?.selectionStart ?? line.length }
    const found = await useSession.getState().api()?.complete(at.text, at.cursor)
    if (!found) return
    const next = complete(at, found)
    if (next.line !== at) put(next.line)
    setMenu(next.menu.length > 0 ? { from: found.from, options: next.menu, chosen: 0 } : undefined)
  }
  const enter = () => {
    past.leave()
    if (!busy) void submit(line)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const action = keyAction(event, { line, hasMenu: menu !== undefined, isLeaving: leaving.current })
    leaving.current = action === 'escape' || (leaving.current && event.key === 'Shift')
    if (!action) return
    event.preventDefault()
    event.stopPropagation()
    if (action === 'escape' && !menu) input.current?.blur()
    if (action !== 'next' && action !== 'previous') setMenu(undefined)
    if (action === 'clear') clear()
    else if (action === 'interrupt') void (line === '' ? interrupt() : setLine(''))
    else if (action === 'older' || action === 'newer') put(past.go(action === 'older' ? -1 : 1, line))
    else if (action === 'complete') void tab()
    else if (action === 'enter') enter()
    else if (menu && action === 'choose') choose(menu.chosen)
    else if (menu && action === 'next') setMenu({ ...menu, chosen: (menu.chosen + 1) % menu.options.length })
    else if (menu && action === 'previous')
      setMenu({ ...menu, chosen: (menu.chosen + menu.options.length - 1) % menu.options.length })
  }

  return (
    <div className={styles.prompt}>
      <span className={styles.sign} aria-hidden="true">
        $
      </span>
      <textarea
        ref={input}
        className={styles.input}
        rows={1}
        value={line}
        aria-label="kubectl"
        aria-busy={busy}
        aria-autocomplete="list"
        aria-controls={menu ? id : undefined}
        aria-activedescendant={menu ? optionId(id, menu.chosen) : undefined}
        placeholder={
          busy ? t('terminal.busy') : last ? t('terminal.goesOn', { command: shortName(last) }) : t('terminal.placeholder')
        }
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        autoComplete="off"
        onChange={event => {
          setMenu(undefined)
          setLine(event.target.value)
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setMenu(undefined)}
      />
      {menu && input.current && (
        <CompletionMenu id={id} options={menu.options} chosen={menu.chosen} anchor={input.current} choose={choose} />
      )}
    </div>
  )
}

/** A command that goes on, by its name: `port-forward`, `get`. Flags before it are left out. */
export const shortName = (line: string): string =>
  /^(?:(?:kubectl|k)\s+)?(?:-\S+=\S*\s+|-\S+\s+\S+\s+)*(\S+)/.exec(line.trim())?.[1] ?? ''

type Action = 'clear' | 'interrupt' | 'older' | 'newer' | 'complete' | 'enter' | 'choose' | 'next' | 'previous' | 'escape'

/** What a key means here; nothing where it only types. */
export function keyAction(
  event: Pick<KeyboardEvent<HTMLTextAreaElement>, 'key' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey' | 'currentTarget'>,
  { line, hasMenu, isLeaving }: { readonly line: string; readonly hasMenu: boolean; readonly isLeaving: boolean },
): Action | undefined {
  const { key, ctrlKey, shiftKey, altKey, metaKey } = event
  if (altKey || metaKey) return undefined
  if (ctrlKey && shiftKey) return undefined
  if (ctrlKey) {
    const { selectionStart, selectionEnd } = event.currentTarget
    const letter = key.toLowerCase()
    if (letter === 'c') return selectionStart === selectionEnd ? 'interrupt' : undefined
    return ({ l: 'clear', p: 'older', n: 'newer' } as const)[letter]
  }
  if (key === 'Escape') return 'escape'
  if (key === 'Tab') {
    if (hasMenu) return shiftKey ? 'previous' : 'next'
    return shiftKey || isLeaving || line.trim() === '' ? undefined : 'complete'
  }
  if (key === 'Enter') return shiftKey ? undefined : hasMenu ? 'choose' : 'enter'
  if (key === 'ArrowUp') return hasMenu ? 'previous' : line.includes('\n') ? undefined : 'older'
  if (key === 'ArrowDown') return hasMenu ? 'next' : line.includes('\n') ? undefined : 'newer'
  return undefined
}

/** Walks through the commands that were given; the line that was begun waits at the end. */
function useHistory(): { go(by: number, line: string): Line; leave(): void } {
  const place = useRef<{ readonly at: number; readonly draft: string }>(undefined)
  const { history } = usePrompt()
  return {
    go(by, line) {
      const { at, draft } = place.current ?? { at: history.length, draft: line }
      const next = Math.max(0, Math.min(history.length, at + by))
      place.current = { at: next, draft }
      const text = history[next] ?? draft
      return { text, cursor: text.length }
    },
    leave() {
      place.current = undefined
    },
  }
}
