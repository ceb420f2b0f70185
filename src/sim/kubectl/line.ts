/** Splits a command line as a shell does: blanks, quotes and escapes. What only a shell can do is refused in words. */

export type SplitLine = { readonly words: readonly string[] } | { readonly error: string }

const BLANK = /\s/
/** Characters that a shell would act on, with what they would do. */
const SHELL: Readonly<Record<string, string>> = {
  '|': 'pipes (|)',
  '>': 'redirections (>)',
  '<': 'redirections (<): give a manifest as the input of the command instead',
  ';': 'several commands on one line (;)',
  '&': 'background jobs and && (&); a command that goes on leaves it free',
  '`': 'command substitution (`…`)',
}

/** The words of a command line; a leading `kubectl` is left out. */
export function splitLine(line: string): SplitLine {
  const words: string[] = []
  let at = 0
  while (at < line.length) {
    if (BLANK.test(line.charAt(at))) {
      at++
      continue
    }
    if (line.charAt(at) === '#') break
    if (line.startsWith('\\\n', at)) {
      at += 2
      continue
    }
    const word = readWord(line, at)
    if ('error' in word) return word
    words.push(word.text)
    at = word.end
  }
  if (words[0] === 'kubectl' || words[0] === 'k') words.shift()
  return { words }
}

function readWord(line: string, start: number): { readonly text: string; readonly end: number } | { readonly error: string } {
  let text = ''
  let at = start
  while (at < line.length) {
    const char = line.charAt(at)
    if (BLANK.test(char)) break
    if (char === "'" || char === '"') {
      const quoted = readQuoted(line, at)
      if ('error' in quoted) return quoted
      text += quoted.text
      at = quoted.end
    } else if (char === '\\') {
      // a backslash before the end of a line continues it
      if (line.charAt(at + 1) !== '\n') text += line.charAt(at + 1)
      at += 2
    } else {
      const refused = refusal(line, at)
      if (refused) return { error: refused }
      text += char
      at++
    }
  }
  return { text, end: at }
}

function readQuoted(line: string, start: number): { readonly text: string; readonly end: number } | { readonly error: string } {
  const quote = line.charAt(start)
  let text = ''
  let at = start + 1
  for (;;) {
    if (at >= line.length) return { error: `unexpected end of line: the quote ${quote} is not closed` }
    const char = line.charAt(at)
    if (char === quote) return { text, end: at + 1 }
    if (quote === '"' && char === '\\' && '"\\$`\n'.includes(line.charAt(at + 1))) {
      if (line.charAt(at + 1) !== '\n') text += line.charAt(at + 1)
      at += 2
      continue
    }
    if (quote === '"' && char === '$' && line.charAt(at + 1) === '(') return { error: unsupported('command substitution ($(…))') }
    text += char
    at++
  }
}

function refusal(line: string, at: number): string | undefined {
  const char = line.charAt(at)
  if (char === '$' && line.charAt(at + 1) === '(') return unsupported('command substitution ($(…))')
  if (char === '$' && /[A-Za-z_{]/.test(line.charAt(at + 1))) return unsupported('shell variables ($NAME)')
  const what = SHELL[char]
  return what && unsupported(what)
}

const unsupported = (what: string): string => `this prompt runs kubectl and curl, it is no shell: no ${what}`
