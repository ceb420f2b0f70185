/** The little markup that captions have: `**bold**` and `` `code` ``. */
import type { ReactNode } from 'react'

/** Draws a text with its markup. */
export function RichText({ text }: { readonly text: string }): ReactNode {
  let offset = 0
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map(part => {
    const key = offset
    offset += part.length
    if (part.startsWith('**')) return <strong key={key}>{part.slice(2, -2)}</strong>
    if (part.startsWith('`')) return <code key={key}>{part.slice(1, -1)}</code>
    return part
  })
}
