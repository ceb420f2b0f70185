/**
 * How a text is written in YAML: plain, quoted or as a block. Models resolve.go, encode.go and the scalar analysis of emitterc.go in
 * sigs.k8s.io/yaml's goyaml.v2.
 */

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal'

/** Words that YAML 1.1 reads as a truth value or as nothing. */
const WORDS = new Set(
  'y Y yes Yes YES true True TRUE on On ON n N no No NO false False FALSE off Off OFF ~ null Null NULL'.split(' '),
)
const FLOATS = new Set('.nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF'.split(' '))

const DECIMAL_FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/
const INTEGER = /^[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
const TIMESTAMP = /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}([.,][0-9]+)?.*)?$/

/** Whether a reader would take the bare text for something else than a text: a number, a truth value, a time, nothing. */
function readsAsOther(text: string): boolean {
  if (text === '' || WORDS.has(text) || FLOATS.has(text) || BASE_60.test(text)) return true
  if (!/^[-+.0-9]/.test(text)) return false
  if (TIMESTAMP.test(text)) return true
  const plain = text.startsWith('.') ? text : text.replaceAll('_', '')
  // A number too large for a float is a text.
  return (DECIMAL_FLOAT.test(plain) && Number.isFinite(Number(plain))) || INTEGER.test(plain)
}

/** Whether a reader would mistake the first character, or a colon or hash inside, for syntax. */
const hasIndicators = (text: string): boolean =>
  /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
  /^[-?:]( |$)/.test(text) ||
  /:([ \n]|$)/.test(text.slice(1)) ||
  /[ \n]#/.test(text) ||
  text.startsWith('---') ||
  text.startsWith('...')

/** What a YAML text may hold as it is: no control characters, not even tabs. */
export const isPrintable = (character: string): boolean => {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x80) return code === 0x0a || (code >= 0x20 && code <= 0x7e)
  return code >= 0xa0 && code !== 0xfeff && !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff
}
/** Line breaks other than \n, which only double quotes can hold. */
export const isOddBreak = (character: string): boolean => /[\r\u0085\u2028\u2029]/.test(character)

/** The style that Go's YAML chooses. `asKey`: of a mapping's key, which must stay on one line. */
export function scalarStyle(text: string, asKey: boolean): ScalarStyle {
  const special = [...text].some(character => !isPrintable(character) || isOddBreak(character)) || / \n/.test(text)
  if (text.includes('\n')) return special || asKey || text.endsWith(' ') ? 'double' : 'literal'
  if (readsAsOther(text)) return 'double'
  if (special) return 'double'
  return text.startsWith(' ') || text.endsWith(' ') || hasIndicators(text) ? 'single' : 'plain'
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u00a0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

/** A character as it stands between double quotes. */
export function doubleQuoted(character: string): string {
  if (isPrintable(character) && !isOddBreak(character) && !'\n"\\'.includes(character)) return character
  const code = character.codePointAt(0) ?? 0
  const hex = (digits: number) => code.toString(16).toUpperCase().padStart(digits, '0')
  return ESCAPES[character] ?? (code <= 0xff ? `\\x${hex(2)}` : code <= 0xffff ? `\\u${hex(4)}` : `\\U${hex(8)}`)
}

/** What stands after the `|` of a block: an indentation indicator where the text begins with a space, and what becomes of its end. */
export function blockHints(text: string): string {
  const indent = /^[ \n]/.test(text) ? '2' : ''
  if (!text.endsWith('\n')) return `${indent}-`
  return text === '\n' || text.endsWith('\n\n') ? `${indent}+` : indent
}
