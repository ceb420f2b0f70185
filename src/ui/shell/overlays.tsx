/** Dialogs above everything: the key sheet and the command palette. */
import { Suspense } from 'react'
import { PANELS } from '../panels'
import { useLayout } from '../shared/layout'

export function Overlays() {
  const overlay = useLayout(state => state.overlay)
  const setOverlay = useLayout(state => state.setOverlay)
  if (!overlay) return null
  const Panel = PANELS[overlay]
  return (
    <Suspense fallback={null}>
      <Panel place="overlay" close={() => setOverlay(undefined)} />
    </Suspense>
  )
}
