/**
 * What the UI knows: the last Frame, how it is played, what is selected. One zustand store; components select from it.
 * The simulation's state never lives here: control calls go to the worker, Frames come back.
 */
import { create } from 'zustand'
import { connect, type WorkerConnection } from '../../worker/client'
import { share } from './share'
import type { CommandAnswer, CommandLog, Depth, Failure, Frame, RoomId, Seq, UserCommand } from './types'

/** What a person has asked to see inside. */
export type Selection =
  | { readonly kind: 'entry'; readonly seq: Seq }
  | { readonly kind: 'room'; readonly room: RoomId }
  | { readonly kind: 'object'; readonly resource: string; readonly key: string }

export interface SessionState {
  readonly status: 'starting' | 'ready' | 'failed'
  readonly frame: Frame | undefined
  readonly failure: Failure | undefined
  /** The log of the session's commands so far, kept on this side so that a dead worker loses nothing. */
  readonly log: CommandLog | undefined
  readonly playing: boolean
  /** 0.25 to 8 */
  readonly speed: number
  /** Counts the beats that were begun: a new number starts the stage clock over. */
  readonly play: number
  readonly selection: Selection | undefined
  readonly busy: boolean
}

export interface SessionActions {
  start(log?: CommandLog): Promise<void>
  restart(keepLog: boolean): Promise<void>
  command(command: UserCommand): Promise<CommandAnswer | undefined>
  step(by: number): Promise<void>
  seek(to: { readonly position: number } | { readonly seq: Seq }): Promise<void>
  setDepth(depth: Depth): Promise<void>
  switchBranch(id: Frame['branch']): Promise<void>
  skip(): Promise<void>
  setPlaying(playing: boolean): void
  setSpeed(speed: number): void
  select(selection: Selection | undefined): void
  api(): WorkerConnection['api'] | undefined
}

let connection: WorkerConnection | undefined

/** What stays as it was from frame to frame keeps its identity, so that it is not drawn again. A scene is new with every beat. */
const shared = (before: Frame | undefined, { scene, ...rest }: Frame): Frame => ({
  ...share(before, rest),
  ...(scene && { scene: before?.scene && before.scene.beat.from === scene.beat.from ? share(before.scene, scene) : scene }),
})

export const useSession = create<SessionState & SessionActions>((set, get) => {
  const show = (fresh: Frame, animate: boolean) =>
    set(s => {
      const frame = shared(s.frame, fresh)
      return {
        frame,
        failure: frame.failure ?? s.failure,
        busy: false,
        play: animate ? s.play + 1 : s.play,
        ...(frame.failure && { status: 'failed' as const }),
      }
    })
  const died = (failure: Failure) => set({ status: 'failed', failure, playing: false, busy: false })
  /** A control call: its answer is shown; a call that fails is a failure of the worker. */
  const control = async (ask: (api: WorkerConnection['api']) => Promise<Frame>, animate: boolean) => {
    if (!connection) return
    try {
      show(await ask(connection.api), animate)
    } catch (error) {
      died({ message: error instanceof Error ? error.message : String(error) })
    }
  }
  return {
    status: 'starting',
    frame: undefined,
    failure: undefined,
    log: undefined,
    playing: false,
    speed: 1,
    play: 0,
    selection: undefined,
    busy: false,

    async start(log) {
      connection?.terminate()
      set({ status: 'starting', failure: undefined, frame: undefined, playing: false, selection: undefined })
      try {
        const started = await connect({ ...(log && { log }) }, frame => show(frame, false), died)
        connection = started.connection
        set({ status: 'ready' })
        show(started.frame, false)
      } catch (error) {
        died({ message: error instanceof Error ? error.message : String(error) })
      }
    },
    restart: keepLog => get().start(keepLog ? get().log : undefined),
    async command(command) {
      if (!connection) return undefined
      set({ busy: true })
      try {
        const answer = await connection.api.command(command)
        show(answer.frame, !answer.readOnly)
        set({ log: await connection.api.log() })
        return answer
      } catch (error) {
        died({ message: error instanceof Error ? error.message : String(error) })
        return undefined
      }
    },
    step: by => control(api => api.step(by), by > 0),
    seek: to => control(api => api.seek(to), false),
    setDepth: depth => control(api => api.setDepth(depth), false),
    switchBranch: id => control(api => api.switchBranch(id), false),
    skip: () => control(api => api.skip(), false),
    setPlaying: playing => set({ playing }),
    setSpeed: speed => set({ speed }),
    select: selection => set({ selection }),
    api: () => connection?.api,
  }
})
