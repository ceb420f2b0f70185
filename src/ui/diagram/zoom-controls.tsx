/** Zoom and fit, for who does not use a wheel. They show once the stage was moved, where it shows a part only, or when the keyboard reaches them. */
import { Maximize, Minus, Plus } from 'lucide-react'
import { Panel, useReactFlow, useStore } from 'reactflow'
import { Button } from '../shared/controls'
import { useT } from '../shared/i18n'
import type { Viewport } from './layout'
import styles from './stage.module.css'

export function ZoomControls({ viewport, whole }: { readonly viewport: Viewport; readonly whole: Viewport }) {
  const t = useT()
  const { zoomIn, zoomOut, setViewport } = useReactFlow()
  const [x, y, zoom] = useStore(state => state.transform)
  const isMoved =
    whole.zoom < viewport.zoom ||
    Math.abs(x - viewport.x) + Math.abs(y - viewport.y) > 1 ||
    Math.abs(zoom - viewport.zoom) > 0.001
  const controls = [
    ['stage.zoomOut', Minus, () => zoomOut({ duration: 150 })],
    ['stage.zoomIn', Plus, () => zoomIn({ duration: 150 })],
    ['stage.fit', Maximize, () => setViewport(whole, { duration: 150 })],
  ] as const
  return (
    <Panel position="bottom-right" className={styles.zoom ?? ''} data-moved={isMoved || undefined}>
      {controls.map(([label, Icon, act]) => (
        <Button key={label} kind="quiet" icon aria-label={t(label)} title={t(label)} onClick={() => void act()}>
          <Icon size={14} aria-hidden />
        </Button>
      ))}
    </Panel>
  )
}
