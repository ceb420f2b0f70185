/** Which panels are open, and how large the docks are. */
import { create } from 'zustand'
import { recall, remember } from './storage'

/** Panels of the dock on the right: one at a time. */
export type SidePanel = 'inspector' | 'editor' | 'log' | 'ladder'
/** Dialogs above everything: one at a time. */
export type Overlay = 'help' | 'palette'

export const SIDE_WIDTH = { least: 320, usual: 376, most: 760 } as const
export const BOTTOM_HEIGHT = { least: 120, usual: 190, most: 480 } as const

export interface LayoutState {
  readonly side: SidePanel | undefined
  readonly sideWidth: number
  /** The terminal is docked under the stage instead of in the kubectl room. */
  readonly bottom: boolean
  readonly bottomHeight: number
  readonly overlay: Overlay | undefined
  /** The stage is blanked, so that the class looks at the teacher. */
  readonly blank: boolean
  openSide(panel: SidePanel | undefined): void
  toggleSide(panel: SidePanel): void
  setSideWidth(px: number): void
  setBottom(open: boolean): void
  setBottomHeight(px: number): void
  setOverlay(overlay: Overlay | undefined): void
  setBlank(blank: boolean): void
}

const clamp = (value: number, { least, most }: { readonly least: number; readonly most: number }): number =>
  Math.min(most, Math.max(least, value))
const kept = (name: string, range: { readonly least: number; readonly usual: number; readonly most: number }): number =>
  clamp(Number(recall(name)) || range.usual, range)

export const useLayout = create<LayoutState>(set => ({
  side: undefined,
  sideWidth: kept('side', SIDE_WIDTH),
  bottom: false,
  bottomHeight: kept('bottom', BOTTOM_HEIGHT),
  overlay: undefined,
  blank: false,
  openSide: side => set({ side }),
  toggleSide: panel => set(state => ({ side: state.side === panel ? undefined : panel })),
  setSideWidth: px => {
    const sideWidth = clamp(px, SIDE_WIDTH)
    remember('side', String(sideWidth))
    set({ sideWidth })
  },
  setBottom: bottom => set({ bottom }),
  setBottomHeight: px => {
    const bottomHeight = clamp(px, BOTTOM_HEIGHT)
    remember('bottom', String(bottomHeight))
    set({ bottomHeight })
  },
  setOverlay: overlay => set({ overlay }),
  setBlank: blank => set({ blank }),
}))
