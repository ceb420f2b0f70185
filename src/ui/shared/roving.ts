/** Lists in which the arrow keys walk: only one of their elements is a stop of Tab. */
import type { KeyboardEvent } from 'react'

/** Put this on the list; its elements carry `data-roving`. */
export function walkByArrows(event: KeyboardEvent<Element>): void {
  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (by === 0 || event.ctrlKey || event.metaKey || event.altKey) return
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement | SVGElement>('[data-roving]')]
  const here = stops.findIndex(stop => stop.contains(document.activeElement))
  const next = stops[here + by]
  if (here < 0 || !next) return
  event.preventDefault()
  event.stopPropagation()
  next.focus()
}
