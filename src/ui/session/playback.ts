/** Playing: beat after beat until the end. Steps move the session; each beat that was begun runs the stage clock once. */
import { useEffect } from 'react'
import { useReducedMotion } from '../shared/preferences'
import { complete, hold, playBeat, resume, setClockSpeed, showEnd, useClock } from './clock'
import { type SessionState, useSession } from './session'
import type { Frame } from './types'

/** Speeds on offer. */
export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8] as const

/** What the stage does, for tests and for styling. */
export type StageState = 'idle' | 'playing' | 'paused'

/** The frame, unless the simulation broke: then there is nothing to play. */
export const frameShown = (state: SessionState): Frame | undefined => (state.status === 'failed' ? undefined : state.frame)

/** Position at the depth that is shown. */
export const positionOf = (frame: Frame | undefined): { readonly n: number; readonly count: number } =>
  frame ? frame.positions[frame.depth] : { n: 0, count: 0 }

/** Nothing has been shown. In the middle of the first beat, something has. */
export const isAtBegin = (frame: Frame | undefined): boolean => frame?.scene === undefined

/** Idle: nothing to step, or all has been shown. */
export function stageState(frame: Frame | undefined, playing: boolean): StageState {
  if (playing) return 'playing'
  const { n, count } = positionOf(frame)
  return n >= count ? 'idle' : 'paused'
}

/** Shows the next beat, if there is one. */
export function stepForward(): void {
  const { frame, step } = useSession.getState()
  const { n, count } = positionOf(frame)
  if (n < count) void step(1)
}

/** Goes back by a beat. */
export function stepBack(): void {
  const { frame, step, setPlaying } = useSession.getState()
  setPlaying(false)
  if (!isAtBegin(frame)) void step(-1)
}

/** To the very begin or end. */
export function goTo(position: number): void {
  const { seek, setPlaying } = useSession.getState()
  setPlaying(false)
  void seek({ position })
}

/** Plays on, plays again from the begin when all has been shown, or pauses. */
export async function togglePlaying(): Promise<void> {
  const { frame, playing, setPlaying, seek } = useSession.getState()
  const { n, count } = positionOf(frame)
  if (playing) {
    setPlaying(false)
    hold()
    return
  }
  if (count === 0) return
  if (useClock.getState().motion === 'held') {
    setPlaying(true)
    resume()
    return
  }
  if (n >= count) await seek({ position: 0 })
  setPlaying(true)
  if (useClock.getState().motion === 'still') stepForward()
}

/** Stage milliseconds for which a still is shown when there is no motion and the play goes on. */
const STILL = 1600

/** Runs the stage clock for the session; to be mounted once. */
export function usePlayback(): void {
  const play = useSession(state => state.play)
  const speed = useSession(state => state.speed)
  const playing = useSession(state => state.playing)
  const reduced = useReducedMotion()

  useEffect(() => {
    if (play === 0) return
    const { frame, speed: now } = useSession.getState()
    const duration = frame?.scene?.duration ?? 0
    if (reduced || duration === 0) {
      showEnd(duration)
      const timer = setTimeout(goOn, STILL / now)
      return () => clearTimeout(timer)
    }
    playBeat(duration, now, goOn)
  }, [play, reduced])

  useEffect(() => setClockSpeed(speed), [speed])

  // A frame that came without a beat (seek, step back, another depth) shows its scene's end.
  useEffect(
    () =>
      useSession.subscribe((state, before) => {
        if (state.frame !== before.frame && state.play === before.play) showEnd(state.frame?.scene?.duration ?? 0)
      }),
    [],
  )

  useEffect(() => {
    if (!playing) return
    const onHide = () => document.hidden && complete()
    document.addEventListener('visibilitychange', onHide)
    return () => document.removeEventListener('visibilitychange', onHide)
  }, [playing])
}

/** A beat is over: the next one, or rest. */
function goOn(): void {
  const { playing, frame, setPlaying } = useSession.getState()
  if (!playing) return
  const { n, count } = positionOf(frame)
  if (n < count) stepForward()
  else if (!frame?.running) setPlaying(false)
}
