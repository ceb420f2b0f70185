// Models cobra's SuggestionsFor: commands that are near to what was typed.
import type { Command } from './command'

/** `Did you mean this?` with the commands within two changes of the word, or that begin with it; empty where there is none. */
export function suggestionsFor(root: Command, word: string): string {
  const near = (root.commands ?? [])
    .map(command => command.name)
    .filter(name => distance(word.toLowerCase(), name) <= 2 || name.startsWith(word.toLowerCase()))
  if (near.length === 0) return ''
  return `\n\nDid you mean this?\n${near.map(name => `\t${name}\n`).join('')}`
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a.charAt(i - 1) === b.charAt(j - 1) ? 0 : 1
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same))
    }
    row = next
  }
  return row[b.length] ?? 0
}
