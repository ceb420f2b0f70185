/** The keys that work everywhere, except where one types. */
import { useEffect } from 'react'
import { DEPTHS } from '../../view/types'
import { goTo, positionOf, stepBack, stepForward, togglePlaying } from '../session/playback'
import { usePrompt } from '../session/prompt'
import { useSession } from '../session/session'
import { useLayout } from '../shared/layout'
import { usePreferences } from '../shared/preferences'

/** What each key does. */
const KEYS: Readonly<Record<string, () => void>> = {
  ArrowRight: stepForward,
  PageDown: stepForward,
  ArrowLeft: stepBack,
  PageUp: stepBack,
  ' ': () => void togglePlaying(),
  Home: () => goTo(0),
  End: () => goTo(positionOf(useSession.getState().frame).count),
  '.': () => useLayout.getState().setBlank(true),
  b: () => useLayout.getState().setBlank(true),
  B: () => useLayout.getState().setBlank(true),
  '?': () => useLayout.getState().setOverlay('help'),
  '/': () => usePrompt.getState().takeFocus(),
  Escape: leave,
}

/** Whether keys belong to the element that has the focus: it is typed into, or moved by keys. */
export function ownsKeys(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  if (target.closest('[role="dialog"], dialog')) return true
  if (target instanceof HTMLInputElement) {
    if (target.type === 'radio') return key.startsWith('Arrow') || key === ' '
    if (target.type === 'range') return key.startsWith('Arrow') || key.startsWith('Page') || key === 'Home' || key === 'End'
    return true
  }
  const isPressed = key === ' ' || key === 'Enter'
  return isPressed && target.closest('button, a, summary, [role="button"], [role="separator"]') !== null
}

function onKeyDown(event: KeyboardEvent): void {
  const { overlay, blank, setBlank, setOverlay } = useLayout.getState()
  if (blank) {
    setBlank(false)
    event.preventDefault()
    return
  }
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
    setOverlay(overlay === 'palette' ? undefined : 'palette')
    event.preventDefault()
    return
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || overlay) return
  if (ownsKeys(event.target, event.key)) return
  const depth = DEPTHS[Number(event.key) - 1]
  const act = depth ? () => void useSession.getState().setDepth(depth) : KEYS[event.key]
  if (!act) return
  event.preventDefault()
  act()
}

/** Escape: out of the presenter look, else the dock is closed. */
function leave(): void {
  const { presenting, setPresenting } = usePreferences.getState()
  if (presenting) setPresenting(false)
  else useLayout.getState().openSide(undefined)
}

/** Listens for the keys while mounted. */
export function useKeys(): void {
  useEffect(() => {
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}
