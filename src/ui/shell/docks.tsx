/** Where panels are docked: one on the right, the terminal under the stage. Both can be resized, also by keyboard. */
import { X } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, type ReactNode, Suspense } from 'react'
import { PANELS } from '../panels'
import { Button } from '../shared/controls'
import { useT } from '../shared/i18n'
import { BOTTOM_HEIGHT, SIDE_WIDTH, type SidePanel, useLayout } from '../shared/layout'
import { useMedia } from '../shared/preferences'
import styles from './docks.module.css'

export function SideDock({ panel }: { readonly panel: SidePanel }) {
  const t = useT()
  const width = useLayout(state => state.sideWidth)
  const setWidth = useLayout(state => state.setSideWidth)
  const openSide = useLayout(state => state.openSide)
  const close = () => openSide(undefined)
  const narrow = useMedia('(max-width: 860px)')
  const Panel = PANELS[panel]
  return (
    <aside className={styles.side} style={narrow ? undefined : { width }} aria-label={t(`panel.${panel}.title`)}>
      <Handle
        vertical
        label={t('panel.resize')}
        value={width}
        range={SIDE_WIDTH}
        move={(x, _, box) => setWidth(box.right - x)}
        nudge={by => setWidth(width + by)}
      />
      <DockHead title={t(`panel.${panel}.title`)} close={close} />
      <PanelBody>
        <Panel place="side" close={close} />
      </PanelBody>
    </aside>
  )
}

export function BottomDock() {
  const t = useT()
  const height = useLayout(state => state.bottomHeight)
  const setHeight = useLayout(state => state.setBottomHeight)
  const setBottom = useLayout(state => state.setBottom)
  const close = () => setBottom(false)
  return (
    <section className={styles.bottom} style={{ height }} aria-label={t('panel.terminal.title')}>
      <Handle
        vertical={false}
        label={t('panel.resize')}
        value={height}
        range={BOTTOM_HEIGHT}
        move={(_, y, box) => setHeight(box.bottom - y)}
        nudge={by => setHeight(height + by)}
      />
      <Button kind="quiet" icon className={styles.closeBottom} aria-label={t('panel.close')} onClick={close}>
        <X size={16} aria-hidden />
      </Button>
      <PanelBody>
        <PANELS.terminal place="bottom" close={close} />
      </PanelBody>
    </section>
  )
}

function DockHead({ title, close }: { readonly title: string; readonly close: () => void }) {
  const t = useT()
  return (
    <div className={styles.head}>
      <h2>{title}</h2>
      <Button kind="quiet" icon aria-label={t('panel.close')} onClick={close}>
        <X size={16} aria-hidden />
      </Button>
    </div>
  )
}

function PanelBody({ children }: { readonly children: ReactNode }) {
  const t = useT()
  return (
    <div className={styles.body}>
      <Suspense fallback={<p className={styles.loading}>{t('panel.loading')}</p>}>{children}</Suspense>
    </div>
  )
}

interface HandleProps {
  readonly vertical: boolean
  readonly label: string
  readonly value: number
  readonly range: { readonly least: number; readonly most: number }
  readonly move: (x: number, y: number, box: DOMRect) => void
  readonly nudge: (by: number) => void
}

/** The edge by which a dock is resized. */
function Handle({ vertical, label, value, range, move, nudge }: HandleProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    const grow = vertical ? 'ArrowLeft' : 'ArrowUp'
    const shrink = vertical ? 'ArrowRight' : 'ArrowDown'
    if (event.key !== grow && event.key !== shrink) return
    event.preventDefault()
    event.stopPropagation()
    nudge(event.key === grow ? 24 : -24)
  }
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const dock = event.currentTarget.parentElement
    if (dock && event.currentTarget.hasPointerCapture(event.pointerId))
      move(event.clientX, event.clientY, dock.getBoundingClientRect())
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be moved; this is ARIA's window splitter
    <div
      className={vertical ? styles.handleSide : styles.handleBottom}
      role="separator"
      aria-orientation={vertical ? 'vertical' : 'horizontal'}
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={range.least}
      aria-valuemax={range.most}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={event => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
    />
  )
}
