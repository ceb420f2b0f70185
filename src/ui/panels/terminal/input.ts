/** What was typed or pasted at the prompt, as commands. */

/** A command line with what is fed to it. */
export interface TypedCommand {
  readonly line: string
  readonly stdin?: string
}

const HEREDOC = /\s*<<-?\s*(['"]?)(\w+)\1\s*$/
/** A prompt that was copied along with the command. */
const COPIED_PROMPT = /^\s*[$%>]\s+/

/** The commands of a text: one a line, a backslash at its end goes on in the next, `<<EOF` feeds what follows; comments are left out. */
export function commandsOf(text: string): readonly TypedCommand[] {
  const commands: TypedCommand[] = []
  const lines = text.split(/\r?\n/)
  while (lines.length > 0) {
    let line = (lines.shift() ?? '').replace(COPIED_PROMPT, '')
    while (line.endsWith('\\') && lines.length > 0) line = `${line.slice(0, -1).trimEnd()} ${(lines.shift() ?? '').trim()}`
    line = line.trim()
    if (line === '' || line.startsWith('#')) continue
    const here = HEREDOC.exec(line)
    if (!here) {
      commands.push({ line })
      continue
    }
    const end = lines.findIndex(each => each.trim() === here[2])
    const fed = lines.splice(0, end < 0 ? lines.length : end + 1)
    if (end >= 0) fed.pop()
    commands.push({ line: line.slice(0, here.index).trim(), stdin: `${fed.join('\n')}\n` })
  }
  return commands
}

/** A manifest rather than commands: it belongs into the editor. */
export const isManifest = (text: string): boolean =>
  /^(---|apiVersion:|kind:)/m.test(text) && !HEREDOC.test(text.split('\n')[0] ?? '')

/** Reads its manifest from the keyboard: `apply -f -`. */
export const readsKeyboard = ({ line, stdin }: TypedCommand): boolean =>
  stdin === undefined && /\s(-f|--filename)[= ]\s*-(\s|$)/.test(line)
