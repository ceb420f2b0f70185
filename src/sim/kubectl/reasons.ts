/** What kubectl writes into the trace: a terminal is a fold of these, by `id`. */
declare module '../kernel/types' {
  interface Reasons {
    /** A command line begins to run; `program`, where it is not kubectl's. */
    'kubectl.command': { id: number; line: string; program?: 'curl' }
    /** A running command prints. */
    'kubectl.output': { id: number; stream: 'stdout' | 'stderr'; text: string; program?: 'curl' }
    /** A program of the same machine connects to a port on which the command `by` listens. */
    'kubectl.connect': { id: number; to: string; by: number; program: 'curl' }
    /** `edit` opens an editor with a text: first with the object, then with what was wrong. */
    'kubectl.editor': { id: number; text: string }
    /** A command has ended. */
    'kubectl.exit': { id: number; code: number; program?: 'curl' }
    /** Ctrl-C stopped a command. */
    'kubectl.interrupted': { id: number }
  }
}

export type {}
