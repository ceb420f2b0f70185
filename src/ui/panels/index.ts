/** The panels, each a folder, each loaded when it is first opened. */
import { type LazyExoticComponent, lazy } from 'react'
import type { Panel } from './types'

/** A panel's folder is its id. */
export const PANELS = {
  terminal: lazy(() => import('./terminal')),
  editor: lazy(() => import('./editor')),
  inspector: lazy(() => import('./inspector')),
  log: lazy(() => import('./log')),
  ladder: lazy(() => import('./ladder')),
  help: lazy(() => import('./help')),
  palette: lazy(() => import('./palette')),
} satisfies Record<string, LazyExoticComponent<Panel>>

export type PanelId = keyof typeof PANELS
