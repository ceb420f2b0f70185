/** The shell: header, stage, docks, caption, bar. Panels plug into the docks by their ids (panels/index.ts). */
import { Component, lazy, type ReactNode, Suspense, useEffect } from 'react'
import styles from './app.module.css'
import { usePlayback } from './session/playback'
import { useSession } from './session/session'
import { useLanguage, useT } from './shared/i18n'
import { useLayout } from './shared/layout'
import { useLook } from './shared/preferences'
import { Blank } from './shell/blank'
import { CaptionBar } from './shell/caption-bar'
import { ControlBar } from './shell/control-bar'
import { BottomDock, SideDock } from './shell/docks'
import { Header } from './shell/header'
import { useKeys } from './shell/keys'
import { Overlays } from './shell/overlays'
import { Booting, Failed } from './shell/states'

/** Asked for at once, so that it comes while the cluster is switched on; the shell need not wait for it. */
const loading = import('./diagram/stage')
const Stage = lazy(() => loading.then(({ Stage }) => ({ default: Stage })))

/** The whole page. */
export function App() {
  const look = useLook()
  const language = useLanguage(state => state.language)
  const status = useSession(state => state.status)
  const begun = useSession(state => state.frame !== undefined)
  const side = useLayout(state => state.side)
  const bottom = useLayout(state => state.bottom)
  const presenting = look === 'presenter'
  usePlayback()
  useKeys()
  useOpenOnSelect()

  useEffect(() => {
    document.documentElement.dataset.theme = look
    document.documentElement.lang = language
  }, [look, language])

  return (
    <div className={styles.app} data-presenting={presenting || undefined}>
      {presenting ? <NameOnly /> : <Header />}
      <div className={styles.work}>
        <main className={styles.column}>
          {status === 'failed' ? (
            <Failed />
          ) : (
            <Boundary>
              {begun ? (
                <Suspense fallback={<Booting />}>
                  <Stage />
                </Suspense>
              ) : (
                <Booting />
              )}
            </Boundary>
          )}
          {bottom && !presenting && <BottomDock />}
        </main>
        {side && !presenting && <SideDock panel={side} />}
      </div>
      <CaptionBar />
      <ControlBar />
      <Overlays />
      <Blank />
    </div>
  )
}

/** Who cannot see the stage hears what it is, also where there is no header. */
function NameOnly() {
  const t = useT()
  return (
    <header className="visually-hidden">
      <h1>{t('app.name')}</h1>
    </header>
  )
}

/** What breaks in the page is told as what breaks in the worker is. */
class Boundary extends Component<{ readonly children: ReactNode }, { readonly broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError() {
    return { broken: true }
  }

  override componentDidCatch(error: unknown) {
    const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined }
    useSession.setState({ status: 'failed', playing: false, failure: { message, ...(stack !== undefined && { stack }) } })
  }

  override render() {
    return this.state.broken ? <Failed /> : this.props.children
  }
}

/** Whatever is selected opens in the inspector. */
function useOpenOnSelect(): void {
  useEffect(
    () =>
      useSession.subscribe((state, before) => {
        if (state.selection && state.selection !== before.selection) useLayout.getState().openSide('inspector')
      }),
    [],
  )
}
