/** The top line: what this is, what the cluster holds, which panels are open, language, theme, presenting. */
import { Keyboard, Monitor, Moon, Presentation, Search, Sun } from 'lucide-react'
import { useSession } from '../session/session'
import { Button } from '../shared/controls'
import { LANGUAGES, useLanguage, useT } from '../shared/i18n'
import { type SidePanel, useLayout } from '../shared/layout'
import { THEMES, usePreferences } from '../shared/preferences'
import { Branches } from './branches'
import styles from './header.module.css'
import { Mark } from './mark'

const SIDE: readonly {
  readonly panel: SidePanel
  readonly label: 'header.inspector' | 'header.yaml' | 'header.log' | 'header.ladder'
}[] = [
  { panel: 'inspector', label: 'header.inspector' },
  { panel: 'editor', label: 'header.yaml' },
  { panel: 'log', label: 'header.log' },
  { panel: 'ladder', label: 'header.ladder' },
]

export function Header() {
  const t = useT()
  return (
    <header className={styles.header}>
      <h1 className={styles.name}>
        <Mark />
        {t('app.name')}
      </h1>
      <Summary />
      <Branches />
      <nav className={styles.panels} aria-label={t('header.panels')}>
        <PanelToggles />
      </nav>
      <div className={styles.tools}>
        <LanguageSwitch />
        <ThemeSwitch />
        <Tools />
      </div>
    </header>
  )
}

/** What counts ready Pods of its own: a Deployment's are its ReplicaSets', and a Job counts those that are done. */
const HOLDS_PODS: ReadonlySet<string> = new Set(['ReplicaSet', 'StatefulSet', 'DaemonSet', 'ReplicationController'])

/** The cluster in a few words. */
function Summary() {
  const t = useT()
  const nodes = useSession(state => state.frame?.view.nodes.length)
  const workloads = useSession(state => state.frame?.view.workloads)
  const pods = useSession(state => state.frame?.view)
  if (nodes === undefined || !pods) return <p className={styles.summary} />
  const bound = pods.nodes.flatMap(node => node.pods)
  const count = pods.nodes.reduce((sum, node) => sum + node.podCount, 0) + pods.unboundCount
  const ready =
    count > bound.length
      ? (workloads ?? []).reduce((sum, w) => sum + (HOLDS_PODS.has(w.kind) ? w.ready : 0), 0)
      : bound.filter(p => p.ready).length
  return (
    <p className={styles.summary}>
      {t('header.nodes', { n: nodes })} · {count === 0 ? t('header.nothing') : t('header.pods', { ready, count })}
    </p>
  )
}

function PanelToggles() {
  const t = useT()
  const { side, bottom, toggleSide, setBottom } = useLayout()
  return (
    <>
      <Button kind="quiet" aria-pressed={bottom} onClick={() => setBottom(!bottom)}>
        {t('header.kubectl')}
      </Button>
      {SIDE.map(({ panel, label }) => (
        <Button key={panel} kind="quiet" aria-pressed={side === panel} onClick={() => toggleSide(panel)}>
          {t(label)}
        </Button>
      ))}
    </>
  )
}

/** Both languages stand there in their own words, so that either is found by who reads only that one. */
function LanguageSwitch() {
  const t = useT()
  const { language, setLanguage } = useLanguage()
  return (
    <fieldset className={styles.languages}>
      <legend className="visually-hidden">{t('language.label')}</legend>
      {LANGUAGES.map(each => (
        <button key={each} type="button" lang={each} aria-pressed={each === language} onClick={() => setLanguage(each)}>
          {t(`language.${each}`)}
        </button>
      ))}
    </fieldset>
  )
}

const THEME_ICONS = { light: Sun, dark: Moon, system: Monitor } as const

function ThemeSwitch() {
  const t = useT()
  const { theme, setTheme } = usePreferences()
  const Icon = THEME_ICONS[theme]
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system'
  const label = `${t('theme.label')}: ${t(`theme.${theme}`)}`
  return (
    <Button kind="quiet" icon aria-label={label} title={label} onClick={() => setTheme(next)}>
      <Icon size={16} aria-hidden />
    </Button>
  )
}

function Tools() {
  const t = useT()
  const setPresenting = usePreferences(state => state.setPresenting)
  const setOverlay = useLayout(state => state.setOverlay)
  return (
    <>
      <Button
        kind="quiet"
        icon
        aria-label={t('header.palette')}
        title={`${t('header.palette')} (Ctrl K)`}
        onClick={() => setOverlay('palette')}
      >
        <Search size={16} aria-hidden />
      </Button>
      <Button
        kind="quiet"
        icon
        aria-label={t('header.help')}
        title={`${t('header.help')} (?)`}
        onClick={() => setOverlay('help')}
      >
        <Keyboard size={16} aria-hidden />
      </Button>
      <Button kind="quiet" onClick={() => setPresenting(true)}>
        <Presentation size={16} aria-hidden />
        {t('header.present')}
      </Button>
    </>
  )
}
