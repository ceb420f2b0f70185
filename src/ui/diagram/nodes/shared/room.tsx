/** A room on the stage. All of it can be clicked and focused; what lies in it and can be asked for itself stands above. */
import type { CSSProperties, ReactNode } from 'react'
import { pointAtRoom, usePointer } from '../../../session/pointer'
import { useSession } from '../../../session/session'
import type { RoomId } from '../../../session/types'
import { classes } from '../../../shared/controls'
import { useT } from '../../../shared/i18n'
import type { Rect } from '../../layout'
import { useLit, useStopped } from '../../stage-state'
import styles from './room.module.css'

interface RoomProps {
  readonly room: RoomId
  /** What the room is called. */
  readonly name: string
  /** Its place; without one it fills the node that it is in. */
  readonly rect?: Rect
  /** The house that it stands in: places are relative to it. */
  readonly house?: Rect
  readonly className?: string | undefined
  readonly children?: ReactNode
}

/** A room lower than this has one line. */
export const SHORT = 40

/** Places a rectangle within a house. */
export const within = (rect: Rect, house: Rect): CSSProperties => ({
  left: rect.x - house.x,
  top: rect.y - house.y,
  width: rect.width,
  height: rect.height,
})

export function Room({ room, name, rect, house, className, children }: RoomProps) {
  const t = useT()
  const lit = useLit(room)
  const isStopped = useStopped(room)
  const selected = useSession(state => state.selection?.kind === 'room' && state.selection.room === room)
  const pointed = usePointer(state => state.room === room)
  const select = useSession(state => state.select)
  return (
    <div
      className={classes(styles.room, className)}
      data-room={room}
      data-lit={lit || undefined}
      data-dim={lit === false || undefined}
      data-short={(rect && rect.height < SHORT) || undefined}
      data-stopped={isStopped || undefined}
      data-pointed={pointed || selected || undefined}
      style={rect && house ? within(rect, house) : { inset: 0 }}
    >
      <button
        type="button"
        className={styles.cover}
        aria-label={t('stage.open', { name })}
        aria-pressed={selected}
        onClick={() => select({ kind: 'room', room })}
        onPointerEnter={() => pointAtRoom(room)}
        onPointerLeave={() => pointAtRoom(undefined)}
      />
      {children}
      {isStopped && !rect && <span className={styles.stopped}>{t('room.stopped')}</span>}
    </div>
  )
}
