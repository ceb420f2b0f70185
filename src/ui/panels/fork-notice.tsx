/** Said before Enter: a command that is given now begins a branch. */
import { positionOf } from '../session/playback'
import { useSession } from '../session/session'
import type { Frame } from '../session/types'
import { useT } from '../shared/i18n'

/** A command that is given now would not be at the end of the branch: it begins another. */
export const isInThePast = (frame: Frame | undefined): boolean => frame !== undefined && frame.cursor < frame.length

interface ForkNoticeProps {
  readonly className: string | undefined
  /** In as few words as can be. */
  readonly isShort?: boolean
}

export function ForkNotice({ className, isShort = false }: ForkNoticeProps) {
  const t = useT()
  const frame = useSession(state => state.frame)
  if (!isInThePast(frame)) return null
  const { n, count } = positionOf(frame)
  return (
    <p className={className} role="status" title={t('terminal.forks', { n, count })}>
      {t(isShort ? 'terminal.forksHere' : 'terminal.forks', { n, count })}
    </p>
  )
}
