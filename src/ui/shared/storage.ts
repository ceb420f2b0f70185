/** Small things that are remembered across visits. Storage may be forbidden (private windows, frames): then nothing is. */

const PREFIX = 'kubestage.'

/** What was remembered under a name. */
export function recall(name: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined
  } catch {
    return undefined
  }
}

/** Remembers a text under a name. */
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value)
  } catch {
    // Not remembered: the next visit begins with the defaults.
  }
}
