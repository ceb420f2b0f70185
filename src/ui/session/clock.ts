/**
 * Stage time: milliseconds since the begin of the beat that is shown, at 1×. framer-motion moves it; what is drawn is a function of
 * it. While it stands, nothing asks for an animation frame.
 */
import { animateValue, motionValue } from 'framer-motion'
import { create } from 'zustand'

/** Milliseconds of the beat that have been shown. */
export const stageTime = motionValue(0)

/** How the clock runs: `still` (the beat is over, or none was begun), `moving`, or `held` in the middle of a beat. */
export const useClock = create<{ readonly motion: 'still' | 'moving' | 'held' }>(() => ({ motion: 'still' }))

let running: ReturnType<typeof animateValue<number>> | undefined
let ended: (() => void) | undefined
let total = 0

function stop(): void {
  running?.stop()
  running = undefined
}

/** Plays a beat from its begin. `done` is called once, when its end is reached or `complete` is called, unless another begins first. */
export function playBeat(duration: number, speed: number, done: () => void): void {
  stop()
  total = duration
  ended = done
  stageTime.jump(0)
  useClock.setState({ motion: 'moving' })
  running = animateValue({
    keyframes: [0, duration],
    duration,
    ease: 'linear',
    onUpdate: (time: number) => stageTime.set(time),
    onComplete: complete,
  })
  running.speed = speed
}

/** Shows the end of a beat at once. */
export function showEnd(duration: number): void {
  stop()
  ended = undefined
  total = duration
  stageTime.jump(duration)
  useClock.setState({ motion: 'still' })
}

/** Jumps to the end of the beat that is played. */
export function complete(): void {
  stop()
  if (useClock.getState().motion === 'still') return
  stageTime.jump(total)
  useClock.setState({ motion: 'still' })
  const done = ended
  ended = undefined
  done?.()
}

/** Stops in the middle of a beat; packets stay where they are and can be asked. */
export function hold(): void {
  if (useClock.getState().motion !== 'moving') return
  running?.pause()
  useClock.setState({ motion: 'held' })
}

/** Goes on after `hold`. */
export function resume(): void {
  if (useClock.getState().motion !== 'held') return
  running?.play()
  useClock.setState({ motion: 'moving' })
}

/** Changes the speed of the beat that is played. */
export function setClockSpeed(speed: number): void {
  if (running) running.speed = speed
}
