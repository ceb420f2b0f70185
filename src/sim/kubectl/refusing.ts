/** Commands of the real kubectl that need what is not simulated: they are known, say what is wrong with their arguments, and then why not. */
import type { Command } from './command'
import { fail } from './errors'
import type { Run, Session } from './session'

interface Refusing extends Omit<Command, 'run'> {
  readonly why: string
  /** What the real one does first: it complains of arguments ... */
  readonly check?: (s: Session) => void
  /** ... and looks at the object. */
  readonly look?: (s: Session) => Run
}

export const refusing = ({ why, check, look, ...command }: Refusing): Command => ({
  arguments: 'none',
  anyFlags: true,
  long: `${command.short}.\n\n Not simulated here: ${why}.`,
  ...command,
  run: function* (s) {
    check?.(s)
    if (look) yield* look(s)
    fail(`${s.path.slice('kubectl '.length)} is not simulated here: ${why}`)
  },
})
