// Models encoding/json's scanner: where a JSON value ends, or Go's words for what is wrong with it.

/** The end of a value (an index into the text), or what is wrong: `at` is the index of the character that is. */
type Scanned = { readonly end: number } | { readonly problem: string; readonly at: number }

interface Scan {
  readonly text: string
  at: number
}

/** Ends a scan; caught where it began. */
class BadJson extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

/** Scans the value that begins at `from` (blanks before it are passed over). */
export function scanJson(text: string, from = 0): Scanned {
  const scan: Scan = { text, at: from }
  try {
    value(scan)
    return { end: scan.at }
  } catch (problem) {
    if (!(problem instanceof BadJson)) throw problem
    return { problem: problem.message, at: problem.at }
  }
}

const peek = ({ text, at }: Scan): string => text.charAt(at)

function bad(scan: Scan, where: string): never {
  const char = peek(scan)
  if (char === '') throw new BadJson('unexpected EOF', scan.at)
  const shown = char === "'" ? "'\\''" : char === '"' ? "'\"'" : `'${JSON.stringify(char).slice(1, -1)}'`
  throw new BadJson(`invalid character ${shown} ${where}`, scan.at)
}

function blanks(scan: Scan): void {
  while (/[ \t\r\n]/.test(peek(scan))) scan.at++
}

function value(scan: Scan): void {
  blanks(scan)
  const char = peek(scan)
  if (char === '{') members(scan)
  else if (char === '[') elements(scan)
  else if (char === '"') string(scan)
  else if (char === 't') literal(scan, 'true')
  else if (char === 'f') literal(scan, 'false')
  else if (char === 'n') literal(scan, 'null')
  else if (/[-0-9]/.test(char)) number(scan)
  else bad(scan, 'looking for beginning of value')
}

function members(scan: Scan): void {
  scan.at++
  blanks(scan)
  if (peek(scan) === '}') {
    scan.at++
    return
  }
  for (;;) {
    blanks(scan)
    if (peek(scan) !== '"') bad(scan, 'looking for beginning of object key string')
    string(scan)
    blanks(scan)
    if (peek(scan) !== ':') bad(scan, 'after object key')
    scan.at++
    value(scan)
    blanks(scan)
    const char = peek(scan)
    if (char !== ',' && char !== '}') bad(scan, 'after object key:value pair')
    scan.at++
    if (char === '}') return
  }
}

function elements(scan: Scan): void {
  scan.at++
  blanks(scan)
  if (peek(scan) === ']') {
    scan.at++
    return
  }
  for (;;) {
    value(scan)
    blanks(scan)
    const char = peek(scan)
    if (char !== ',' && char !== ']') bad(scan, 'after array element')
    scan.at++
    if (char === ']') return
  }
}

function string(scan: Scan): void {
  for (scan.at++; peek(scan) !== '"'; scan.at++) {
    if (peek(scan) === '' || peek(scan) < ' ') bad(scan, 'in string literal')
    if (peek(scan) !== '\\') continue
    scan.at++
    if (peek(scan) === '' || !'bfnrt\\/"u'.includes(peek(scan))) bad(scan, 'in string escape code')
    if (peek(scan) !== 'u') continue
    for (let i = 0; i < 4; i++) {
      scan.at++
      if (!/[0-9a-fA-F]/.test(peek(scan))) bad(scan, 'in \\u hexadecimal character escape')
    }
  }
  scan.at++
}

function literal(scan: Scan, word: string): void {
  for (const [i, char] of [...word].entries()) {
    if (peek(scan) !== char) bad(scan, i === 0 ? '' : `in literal ${word} (expecting '${char}')`)
    scan.at++
  }
}

function number(scan: Scan): void {
  const digits = (where: string) => {
    if (!/\d/.test(peek(scan))) bad(scan, where)
    while (/\d/.test(peek(scan))) scan.at++
  }
  if (peek(scan) === '-') scan.at++
  if (peek(scan) === '0') scan.at++
  else digits('in numeric literal')
  if (peek(scan) === '.') {
    scan.at++
    digits('after decimal point in numeric literal')
  }
  if (/[eE]/.test(peek(scan))) {
    scan.at++
    if (/[-+]/.test(peek(scan))) scan.at++
    digits('in exponent of numeric literal')
  }
}

/** How many bytes a text is in UTF-8: Go counts so. */
export function byteLength(text: string): number {
  let bytes = 0
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}
