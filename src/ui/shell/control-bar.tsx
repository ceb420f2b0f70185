/** The bar that never moves: back, step, play, depth, timeline, position, speed. */
import { ChevronLeft, ChevronRight, FastForward, LogOut, Pause, Play } from 'lucide-react'
import { useState } from 'react'
import { DEPTHS, type Depth } from '../../view/types'
import { frameShown, isAtBegin, positionOf, SPEEDS, stepBack, stepForward, togglePlaying } from '../session/playback'
import { useSession } from '../session/session'
import { Button } from '../shared/controls'
import { clockTime, duration } from '../shared/format'
import { useT } from '../shared/i18n'
import { usePreferences } from '../shared/preferences'
import styles from './control-bar.module.css'
import { Timeline } from './timeline'

export function ControlBar() {
  const t = useT()
  const frame = useSession(frameShown)
  const { n, count } = positionOf(frame)
  return (
    <section className={styles.bar} aria-label={t('bar.label')}>
      <Buttons isAtBegin={isAtBegin(frame)} isAtEnd={n >= count} isEmpty={count === 0} />
      <DepthChoice />
      <Timeline />
      <Skip />
      <div className={styles.where}>
        <output className={styles.position} data-testid="position" aria-label={t('bar.position')}>
          {n} / {count}
        </output>
        {frame && (
          <span className={styles.clock} title={t('bar.at')}>
            {clockTime(frame.now)}
          </span>
        )}
      </div>
      <Speed />
      <LeavePresenting />
    </section>
  )
}

function Buttons({
  isAtBegin,
  isAtEnd,
  isEmpty,
}: {
  readonly isAtBegin: boolean
  readonly isAtEnd: boolean
  readonly isEmpty: boolean
}) {
  const t = useT()
  const playing = useSession(state => state.playing)
  return (
    <div className={styles.buttons}>
      <Button
        data-testid="back"
        onClick={stepBack}
        disabled={isAtBegin}
        aria-keyshortcuts="ArrowLeft PageUp"
        title={`${t('bar.back')} (←)`}
      >
        <ChevronLeft size={18} aria-hidden />
        <span className={styles.word}>{t('bar.back')}</span>
      </Button>
      <Button
        kind="primary"
        className={styles.step}
        data-testid="step"
        onClick={stepForward}
        disabled={isAtEnd}
        aria-keyshortcuts="ArrowRight PageDown"
        title={`${t('bar.step')} (→)`}
      >
        <span className={styles.word}>{t('bar.step')}</span>
        <ChevronRight size={18} aria-hidden />
      </Button>
      <Button
        className={styles.play}
        data-testid="play"
        onClick={() => void togglePlaying()}
        disabled={isEmpty}
        aria-keyshortcuts="Space"
        title={`${playing ? t('bar.pause') : t('bar.play')} (␣)`}
      >
        {playing ? <Pause size={16} aria-hidden /> : <Play size={16} aria-hidden />}
        <span className={styles.word}>{playing ? t('bar.pause') : t('bar.play')}</span>
      </Button>
    </div>
  )
}

function DepthChoice() {
  const t = useT()
  const shown = useSession(state => frameShown(state)?.depth ?? 'story')
  /** Chosen, while the worker has not answered yet. */
  const [chosen, setChosen] = useState<Depth>()
  const depth = chosen ?? shown
  const ready = useSession(state => frameShown(state) !== undefined)
  const setDepth = useSession(state => state.setDepth)
  return (
    <div className={styles.depths} role="radiogroup" aria-label={t('bar.depth')}>
      {DEPTHS.map((each, index) => (
        <label key={each} data-checked={each === depth || undefined} title={`${t(`depth.${each}`)} (${index + 1})`}>
          <input
            type="radio"
            name="depth"
            value={each}
            checked={each === depth}
            disabled={!ready}
            onChange={() => {
              setChosen(each)
              void setDepth(each).then(() => setChosen(undefined))
            }}
            // A mouse leaves the keys to the stage; the keyboard keeps the focus here.
            onPointerUp={event => requestAnimationFrame(() => (event.target as HTMLElement).blur())}
          />
          {t(`depth.${each}`)}
        </label>
      ))}
    </div>
  )
}

/** The end is reached, and something waits further on. */
function Skip() {
  const t = useT()
  const frame = useSession(frameShown)
  const skip = useSession(state => state.skip)
  const { n, count } = positionOf(frame)
  if (!frame || frame.running || n < count)
    return frame?.running ? <span className={styles.running}>{t('bar.running')}</span> : null
  if (frame.next === undefined) return null
  return (
    <Button className={styles.skip} title={t('bar.skip.title')} onClick={() => void skip()} data-testid="skip">
      <FastForward size={16} aria-hidden />
      {t('bar.skip', { time: duration((frame.next - frame.end) / 1000) })}
    </Button>
  )
}

function Speed() {
  const t = useT()
  const speed = useSession(state => state.speed)
  const setSpeed = useSession(state => state.setSpeed)
  return (
    <select
      className={styles.speed}
      aria-label={t('bar.speed')}
      title={t('bar.speed')}
      value={speed}
      onChange={event => setSpeed(Number(event.target.value))}
    >
      {SPEEDS.map(each => (
        <option key={each} value={each}>
          {each}×
        </option>
      ))}
    </select>
  )
}

function LeavePresenting() {
  const t = useT()
  const { presenting, setPresenting } = usePreferences()
  if (!presenting) return null
  return (
    <Button
      kind="quiet"
      icon
      aria-label={t('header.present.end')}
      title={`${t('header.present.end')} (Esc)`}
      onClick={() => setPresenting(false)}
    >
      <LogOut size={16} aria-hidden />
    </Button>
  )
}
