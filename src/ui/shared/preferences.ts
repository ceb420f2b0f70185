/** How the page looks to this person: theme, presenter look, motion. Remembered across visits, except presenting. */
import { useSyncExternalStore } from 'react'
import { create } from 'zustand'
import { recall, remember } from './storage'

export const THEMES = ['light', 'dark', 'system'] as const
export type Theme = (typeof THEMES)[number]
/** What stands in `data-theme` on the root element; tokens.css has a block for each. */
export type Look = 'light' | 'dark' | 'presenter'

interface Preferences {
  readonly theme: Theme
  readonly presenting: boolean
  readonly setTheme: (theme: Theme) => void
  readonly setPresenting: (presenting: boolean) => void
}

const keptTheme = (): Theme => THEMES.find(theme => theme === recall('theme')) ?? 'system'

export const usePreferences = create<Preferences>(set => ({
  theme: keptTheme(),
  presenting: false,
  setTheme: theme => {
    remember('theme', theme)
    set({ theme })
  },
  setPresenting: presenting => set({ presenting }),
}))

/** Follows a media query. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    changed => {
      const list = window.matchMedia(query)
      list.addEventListener('change', changed)
      return () => list.removeEventListener('change', changed)
    },
    () => window.matchMedia(query).matches,
  )
}

/** The person asked for less motion: beats are shown as stills. */
export const useReducedMotion = (): boolean => useMedia('(prefers-reduced-motion: reduce)')

/** The look that theme, system and presenting add up to. */
export function useLook(): Look {
  const { theme, presenting } = usePreferences()
  const systemDark = useMedia('(prefers-color-scheme: dark)')
  if (presenting) return 'presenter'
  if (theme === 'system') return systemDark ? 'dark' : 'light'
  return theme
}
