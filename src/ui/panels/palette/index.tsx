/** The command palette: everything that can be done or opened, by its name. */
import { Command } from 'cmdk'
import { DEPTHS } from '../../../view/types'
import { goTo, positionOf, stepBack, stepForward, togglePlaying } from '../../session/playback'
import { usePrompt } from '../../session/prompt'
import { useSession } from '../../session/session'
import type { Frame, RoomId } from '../../session/types'
import { LANGUAGES, type Translate, useLanguage, useT } from '../../shared/i18n'
import { useLayout } from '../../shared/layout'
import { resourceOf } from '../../shared/objects'
import { THEMES, usePreferences } from '../../shared/preferences'
import { isProcess, turn } from '../processes'
import type { Panel } from '../types'
import styles from './palette.module.css'

interface Entry {
  readonly label: string
  readonly keys?: string
  readonly act: () => void
}

/** What can be done. */
function actions(t: Translate): readonly Entry[] {
  const session = useSession.getState()
  const layout = useLayout.getState()
  const { count } = positionOf(session.frame)
  return [
    { label: t('bar.step'), keys: '→', act: stepForward },
    { label: t('bar.back'), keys: '←', act: stepBack },
    { label: session.playing ? t('bar.pause') : t('bar.play'), keys: '␣', act: () => void togglePlaying() },
    { label: t('help.home'), keys: 'Home', act: () => goTo(0) },
    { label: t('help.end'), keys: 'End', act: () => goTo(count) },
    ...DEPTHS.map((depth, i) => ({
      label: `${t('bar.depth')}: ${t(`depth.${depth}`)}`,
      keys: String(i + 1),
      act: () => void session.setDepth(depth),
    })),
    { label: t('help.prompt'), keys: '/', act: () => usePrompt.getState().takeFocus() },
    { label: t('panel.inspector.title'), act: () => layout.openSide('inspector') },
    { label: t('panel.editor.title'), act: () => layout.openSide('editor') },
    { label: t('panel.log.title'), act: () => layout.openSide('log') },
    { label: t('panel.ladder.title'), act: () => layout.openSide('ladder') },
    { label: t('header.present'), act: () => usePreferences.getState().setPresenting(true) },
    { label: t('help.blank'), keys: 'B', act: () => layout.setBlank(true) },
    ...LANGUAGES.map(each => ({ label: t(`language.${each}`), act: () => useLanguage.getState().setLanguage(each) })),
    ...THEMES.map(theme => ({
      label: `${t('theme.label')}: ${t(`theme.${theme}`)}`,
      act: () => usePreferences.getState().setTheme(theme),
    })),
  ]
}

function roomNames(frame: Frame | undefined): readonly string[] {
  if (!frame) return []
  const parts = frame.view.controllers.map(({ part }) => `controller-manager/${part}`)
  const nodes = frame.view.nodes
    .slice(0, 50)
    .flatMap(({ name }) => ['node', 'kubelet', 'kube-proxy', 'runtime'].map(kind => `${kind}/${name}`))
  return ['kubectl', 'apiserver', 'etcd', 'scheduler', 'controller-manager', ...parts, ...nodes]
}

/** Rooms that can be opened. */
const rooms = (frame: Frame | undefined): readonly Entry[] =>
  roomNames(frame).map(room => ({
    label: room,
    act: () => useSession.getState().select({ kind: 'room', room: room as RoomId }),
  }))

/** Processes that can be stopped, or started again. */
function processes(t: Translate, frame: Frame | undefined): readonly Entry[] {
  return roomNames(frame)
    .filter(isProcess)
    .map(room => ({
      label: t(frame?.view.stopped.includes(room) ? 'inspector.start' : 'inspector.stop', { room }),
      act: () => turn(room as RoomId),
    }))
}

/** Objects on the stage. */
function objects(frame: Frame | undefined): readonly Entry[] {
  if (!frame) return []
  const { workloads, services, nodes, unbound } = frame.view
  const all = [
    ...workloads.map(({ kind, key }) => ({ kind, key })),
    ...services.map(({ key }) => ({ kind: 'Service', key })),
    ...[...unbound, ...nodes.flatMap(node => node.pods)].map(({ key }) => ({ kind: 'Pod', key })),
  ]
  return all.slice(0, 200).map(({ kind, key }) => ({
    label: `${kind} ${key}`,
    act: () => useSession.getState().select({ kind: 'object', resource: resourceOf(kind), key }),
  }))
}

const Palette: Panel = ({ close }) => {
  const t = useT()
  const frame = useSession(state => state.frame)
  const groups = [
    { heading: t('palette.actions'), entries: [...actions(t), ...processes(t, frame)] },
    { heading: t('palette.rooms'), entries: rooms(frame) },
    { heading: t('palette.objects'), entries: objects(frame) },
  ]
  const choose = (entry: Entry) => {
    close()
    entry.act()
  }
  return (
    <Command.Dialog
      open
      onOpenChange={open => !open && close()}
      label={t('panel.palette.title')}
      overlayClassName={styles.overlay ?? ''}
      contentClassName={styles.palette ?? ''}
    >
      <Command.Input className={styles.input} placeholder={t('palette.placeholder')} />
      <Command.List className={styles.list}>
        <Command.Empty className={styles.empty}>{t('palette.empty')}</Command.Empty>
        {groups.map(({ heading, entries }) => (
          <Command.Group key={heading} heading={heading} className={styles.group}>
            {entries.map(entry => (
              <Command.Item
                key={entry.label}
                value={`${heading} ${entry.label}`}
                className={styles.item}
                onSelect={() => choose(entry)}
              >
                {entry.label}
                {entry.keys && <kbd>{entry.keys}</kbd>}
              </Command.Item>
            ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command.Dialog>
  )
}

export default Palette
