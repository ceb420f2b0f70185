/** How a sentence that is data becomes text. */

export type Args = Readonly<Record<string, string | number>>

/** A part in brackets, which is left out where an argument of it is missing. */
const OPTIONAL = /\[([^[\]]*)\]/g
/** `{name}`, or `{count|pod|pods}`: the first word where the argument is 1, the second elsewhere. */
const PLACEHOLDER = /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g
const LATIN_THEN_HAN = /([A-Za-z0-9)%])(?=[\u4e00-\u9fff])/g
const HAN_SPACE_HAN = /([\u4e00-\u9fff](?:\*\*)?) (?=(?:\*\*)?[\u4e00-\u9fff])/g
const HAN_THEN_LATIN = /([\u4e00-\u9fff])(?=[A-Za-z0-9(])/g

/** The names of a sentence's arguments; without `counts`, only those that are shown. */
export function placeholders(template: string, counts = true): ReadonlySet<string> {
  return new Set([...template.matchAll(PLACEHOLDER)].filter(m => counts || m[2] === undefined).map(m => m[1] ?? ''))
}

/** Fills arguments in. A missing one stays visible as `{name}`, unless it stands in a part in brackets. */
export function fillSentence(template: string, args: Args): string {
  const known = (name: string) => args[name] !== undefined && args[name] !== ''
  const chosen = template.replace(OPTIONAL, (_, part: string) => ([...placeholders(part)].every(known) ? part : ''))
  return chosen.replace(PLACEHOLDER, (whole, name: string, one?: string, other?: string) => {
    const value = args[name]
    if (value === undefined) return whole
    if (one === undefined || other === undefined) return String(value)
    return Number(value) === 1 ? one : other
  })
}

/** Puts the space between Chinese and Latin letters that templates cannot know of, and takes it away between Chinese ones. */
export const spaced = (text: string): string =>
  text.replace(HAN_SPACE_HAN, '$1').replace(LATIN_THEN_HAN, '$1 ').replace(HAN_THEN_LATIN, '$1 ')
