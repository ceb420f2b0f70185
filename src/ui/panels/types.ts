/** What the shell and its panels agree on. */
import type { ComponentType } from 'react'

/**
 * Where a panel is drawn: `room` is the small prompt inside the kubectl room on the stage (about 280 × 110 px, dark); `side` the dock
 * on the right (320 to 720 px wide); `bottom` the dock under the stage; `overlay` a dialog above everything.
 */
export type PanelPlace = 'room' | 'side' | 'bottom' | 'overlay'

export interface PanelProps {
  readonly place: PanelPlace
  /** Closes the panel; the shell draws the close button of docks itself. */
  readonly close: () => void
}

/** A panel's folder exports this as its default. The shell draws the frame, the title and the close button around it. */
export type Panel = ComponentType<PanelProps>
