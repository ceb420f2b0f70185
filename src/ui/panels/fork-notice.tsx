/** Said before Enter: a command that is given now begins a branch. */
import { positionOf } from '../session/playback'
import { useSession } from '../session/session'
import type { Frame } from '../session/types'
import { useT } from '../shared/i18n'

/** A command that is given now would not be at the end of the branch: it begins another. */
export const isInThePast = (frame: Frame | undefined): boolean => frame !== undefined && frame.cursor < frame.length

export function ForkNotice({ className }: { readonly className: string | undefined }) {
  const t = useT()
  const frame = useSession(state => state.frame)
  if (!isInThePast(frame)) return null
  const { n, count } = positionOf(frame)
  return (
    <p className={className} role="status">
      {t('terminal.forks', { n, count })}
    </p>
  )
}
