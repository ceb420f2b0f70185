/** What kubectl writes into the trace: a terminal is a fold of these, by `id`. */
declare module '../kernel/types' {
  interface Reasons {
    /** A command line begins to run. */
    'kubectl.command': { id: number; line: string }
    /** A running command prints. */
    'kubectl.output': { id: number; stream: 'stdout' | 'stderr'; text: string }
    /** `edit` opens an editor with a text: first with the object, then with what was wrong. */
    'kubectl.editor': { id: number; text: string }
    /** A command has ended. */
    'kubectl.exit': { id: number; code: number }
    /** Ctrl-C stopped a command. */
    'kubectl.interrupted': { id: number }
  }
}

export type {}
