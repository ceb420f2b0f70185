/** How a shell reads a script: words and operators, then commands, pipes, `if`, `for`, `while`. What is not understood is a node that says so. */

/** Where output of a command goes, or input comes from; `to` is a word that is not expanded yet, or `&1` and `&2`. */
export interface Redirection {
  readonly fd: 0 | 1 | 2
  readonly append: boolean
  readonly to: string
}
export interface Simple {
  /** As written, quotes and all. */
  readonly words: readonly string[]
  readonly redirections: readonly Redirection[]
}
type When = 'always' | 'ok' | 'failed'
export type Node = { readonly when: When } & (
  | { readonly do: 'pipeline'; readonly not: boolean; readonly commands: readonly Simple[]; readonly behind: boolean }
  | { readonly do: 'if'; readonly test: readonly Node[]; readonly body: readonly Node[]; readonly other: readonly Node[] }
  | { readonly do: 'while'; readonly until: boolean; readonly test: readonly Node[]; readonly body: readonly Node[] }
  | { readonly do: 'for'; readonly name: string; readonly words: readonly string[]; readonly body: readonly Node[] }
  | { readonly do: 'unknown' }
)

/** An operator, or a word. */
interface Token {
  readonly op: boolean
  readonly text: string
}

const OPERATOR = /^(?:&&|\|\||;;|&>>?|\d?>>|\d?>&\d|\d?>|<<-?|\d?<|[;&|()\n])/

/** The place after a quoted part or an expansion that begins at `at`; undefined where it does not end. */
function past(text: string, at: number): number | undefined {
  const start = text[at]
  if (start === '\\') return at + 2
  if (start === "'" || start === '`') {
    const end = text.indexOf(start, at + 1)
    return end < 0 ? undefined : end + 1
  }
  const close = start === '"' ? '"' : text[at + 1] === '{' ? '}' : ')'
  let i = start === '"' ? at + 1 : at + 2
  while (i < text.length && text[i] !== close) {
    const opens = text[i] === '\\' || text[i] === "'" || text[i] === '"' || text[i] === '`'
    const nested = text[i] === '$' && (text[i + 1] === '(' || text[i + 1] === '{')
    const isText = start === '"' && (text[i] === "'" || text[i] === '"')
    if ((opens && !isText) || nested) i = past(text, i) ?? text.length + 1
    else if (text[i] === '(' && close === ')') i = past(text, i - 1) ?? text.length + 1
    else i++
  }
  return i < text.length ? i + 1 : undefined
}

/** Words and operators; undefined where a quote is left open. */
export function tokensOf(script: string): readonly Token[] | undefined {
  const tokens: Token[] = []
  let i = 0
  while (i < script.length) {
    const here = script[i] as string
    if (here === '\\' && script[i + 1] === '\n') i += 2
    else if (/[^\S\n]/.test(here)) i++
    else if (here === '#') while (i < script.length && script[i] !== '\n') i++
    else {
      const operator = OPERATOR.exec(script.slice(i, i + 4))?.[0]
      if (operator !== undefined) {
        tokens.push({ op: true, text: operator })
        i += operator.length
        continue
      }
      const from = i
      while (i < script.length && !/[\s;&|()<>]/.test(script[i] as string)) {
        const c = script[i] as string
        const opens = c === '\\' || c === "'" || c === '"' || c === '`' || (c === '$' && /[({]/.test(script[i + 1] ?? ''))
        const next = opens ? past(script, i) : i + 1
        if (next === undefined) return undefined
        i = next
      }
      tokens.push({ op: false, text: script.slice(from, i) })
    }
  }
  return tokens
}

const UNKNOWN = (when: When): Node => ({ do: 'unknown', when })

class Reader {
  private at = 0

  constructor(private readonly tokens: readonly Token[]) {}

  private isOp(...texts: readonly string[]): boolean {
    const token = this.tokens[this.at]
    return token?.op === true && texts.includes(token.text)
  }

  private isWord(...texts: readonly string[]): boolean {
    const token = this.tokens[this.at]
    return token?.op === false && texts.includes(token.text)
  }

  /** Commands up to a word that closes them, which is left to be read. */
  list(...close: readonly string[]): Node[] {
    const nodes: Node[] = []
    let when: When = 'always'
    while (this.at < this.tokens.length && !this.isWord(...close)) {
      if (this.isOp(';', '\n', '&&', '||', '&')) {
        when = this.isOp('&&') ? 'ok' : this.isOp('||') ? 'failed' : this.isOp('\n') ? when : 'always'
        this.at++
        continue
      }
      const node = this.node(when)
      nodes.push(node)
      if (node.do === 'unknown') {
        this.at = this.tokens.length
        break
      }
      if (this.isOp('\n')) when = 'always'
    }
    return nodes
  }

  private closed(word: string): boolean {
    if (!this.isWord(word)) return false
    this.at++
    // what a compound command as a whole reads and writes is left out
    return !this.isOp('|', '&') && !(this.tokens[this.at]?.op === true && /[<>]/.test(this.tokens[this.at]?.text ?? ''))
  }

  private node(when: When): Node {
    const word = this.tokens[this.at]
    if (this.isWord('if')) return this.condition(when)
    if (this.isWord('while', 'until')) {
      this.at++
      const test = this.list('do')
      this.at++
      const body = this.list('done')
      return this.closed('done') ? { do: 'while', when, until: word?.text === 'until', test, body } : UNKNOWN(when)
    }
    if (this.isWord('for')) {
      const name = this.tokens[this.at + 1]?.text ?? ''
      this.at += 2
      const words: string[] = []
      while (this.at < this.tokens.length && !this.isWord('do')) {
        const token = this.tokens[this.at++] as Token
        if (!token.op) words.push(token.text)
      }
      this.at++
      const body = this.list('done')
      return words[0] === 'in' && this.closed('done') ? { do: 'for', when, name, words: words.slice(1), body } : UNKNOWN(when)
    }
    return this.pipeline(when)
  }

  private condition(when: When): Node {
    this.at++
    const test = this.list('then')
    this.at++
    const body = this.list('elif', 'else', 'fi')
    let other: Node[] = []
    if (this.isWord('elif')) {
      const rest = this.condition('always')
      return rest.do === 'unknown' ? rest : { do: 'if', when, test, body, other: [rest] }
    }
    if (this.isWord('else')) {
      this.at++
      other = this.list('fi')
    }
    return this.closed('fi') ? { do: 'if', when, test, body, other } : UNKNOWN(when)
  }

  private pipeline(when: When): Node {
    const commands: Simple[] = []
    const not = this.isWord('!')
    if (not) this.at++
    for (;;) {
      const command = this.simple()
      if (!command) return UNKNOWN(when)
      commands.push(command)
      if (!this.isOp('|')) break
      this.at++
      while (this.isOp('\n')) this.at++
    }
    return { do: 'pipeline', when, not, commands, behind: this.isOp('&') }
  }

  private simple(): Simple | undefined {
    const words: string[] = []
    const redirections: Redirection[] = []
    for (; this.at < this.tokens.length; this.at++) {
      const { op, text } = this.tokens[this.at] as Token
      if (!op) {
        if (words.length === 0 && /^(case|select|function|\{|\[\[|\w+\(\))$/.test(text)) return undefined
        words.push(text)
        continue
      }
      const duplicated = /^(\d?)>&(\d)$/.exec(text)
      const redirected = /^(\d?)(>>?|<)$/.exec(text)
      if (duplicated) redirections.push({ fd: duplicated[1] === '2' ? 2 : 1, append: true, to: `&${duplicated[2]}` })
      else if (redirected || text === '&>') {
        const to = this.tokens[++this.at]
        if (!to || to.op) return undefined
        const fd = redirected?.[2] === '<' ? 0 : redirected?.[1] === '2' ? 2 : 1
        redirections.push({ fd, append: redirected?.[2] === '>>', to: to.text })
        if (text === '&>') redirections.push({ fd: 2, append: true, to: '&1' })
      } else if (/[()<]/.test(text) || text === ';;') return undefined
      else break
    }
    return { words, redirections }
  }
}

/** What a script says to do. */
export function parseScript(script: string): readonly Node[] {
  const tokens = tokensOf(script)
  return tokens ? new Reader(tokens).list() : [UNKNOWN('always')]
}
