/** Zoom and fit, for who does not use a wheel. */
import { Maximize, Minus, Plus } from 'lucide-react'
import { Panel, useReactFlow, type Viewport } from 'reactflow'
import { Button } from '../shared/controls'
import { useT } from '../shared/i18n'
import styles from './stage.module.css'

export function ZoomControls({ viewport }: { readonly viewport: Viewport }) {
  const t = useT()
  const { zoomIn, zoomOut, setViewport } = useReactFlow()
  const controls = [
    ['stage.zoomOut', Minus, () => zoomOut({ duration: 150 })],
    ['stage.zoomIn', Plus, () => zoomIn({ duration: 150 })],
    ['stage.fit', Maximize, () => setViewport(viewport, { duration: 150 })],
  ] as const
  return (
    <Panel position="bottom-right" className={styles.zoom}>
      {controls.map(([label, Icon, act]) => (
        <Button key={label} kind="quiet" icon aria-label={t(label)} title={t(label)} onClick={() => void act()}>
          <Icon size={14} aria-hidden />
        </Button>
      ))}
    </Panel>
  )
}
