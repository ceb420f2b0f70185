/**
 * Reads the text form of label selectors, with upstream's grammar and words. Models the lexer and parser of
 * k8s.io/apimachinery/pkg/labels/selector.go.
 */
import { aggregateText, type FieldError, invalid } from './field-error'
import { labelKeyErrors, labelValueErrors } from './names'
import { fail, ok, type Result } from './result'

export type Operator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt'
export interface Requirement {
  readonly key: string
  readonly operator: Operator
  /** Sorted, each once. */
  readonly values: readonly string[]
}

interface Token {
  readonly kind: 'end' | 'identifier' | 'word' | '(' | ')' | ',' | '!' | '=' | '==' | '!=' | '>' | '<'
  readonly text: string
}
const END: Token = { kind: 'end', text: '' }
const SYMBOL = /[=!(),<>]/
const SYMBOLS: ReadonlySet<string> = new Set(['(', ')', ',', '!', '=', '==', '!=', '>', '<'])
const WORDS: Readonly<Record<string, Operator>> = { in: 'in', notin: 'notin' }
const OPERATORS: Readonly<Record<string, Operator>> = { '=': '=', '==': '==', '!=': '!=', '>': 'gt', '<': 'lt' }

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const char = text[at] ?? ''
    if (/\s/.test(char)) at++
    else if (SYMBOL.test(char)) {
      const two = text.slice(at, at + 2)
      const symbol = SYMBOLS.has(two) ? two : char
      tokens.push({ kind: symbol as Token['kind'], text: symbol })
      at += symbol.length
    } else {
      let end = at
      while (end < text.length && !SYMBOL.test(text[end] ?? '') && !/\s/.test(text[end] ?? '')) end++
      const word = text.slice(at, end)
      tokens.push({ kind: Object.hasOwn(WORDS, word) ? 'word' : 'identifier', text: word })
      at = end
    }
  }
  return tokens
}

/** Thrown inside this file only; what leaves it is a value. */
class Unparsable extends Error {}

export function parseRequirements(text: string): Result<Requirement[]> {
  try {
    return ok(new Parser(tokenize(text)).parse())
  } catch (error) {
    if (error instanceof Unparsable) return fail(error.message)
    throw error
  }
}

class Parser {
  private at = 0
  private readonly tokens: readonly Token[]
  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  /** `in` and `notin` are ordinary identifiers except where an operator stands. */
  private peek(): Token {
    const token = this.tokens[this.at] ?? END
    return token.kind === 'word' ? { kind: 'identifier', text: token.text } : token
  }
  private take(): Token {
    const token = this.peek()
    this.at++
    return token
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = []
    for (;;) {
      const token = this.peek()
      if (token.kind === 'end') return requirements
      if (token.kind !== 'identifier' && token.kind !== '!')
        throw new Unparsable(`found '${token.text}', expected: !, identifier, or 'end of string'`)
      requirements.push(this.requirement())
      const next = this.take()
      if (next.kind === 'end') return requirements
      if (next.kind !== ',') throw new Unparsable(`found '${next.text}', expected: ',' or 'end of string'`)
      const after = this.peek()
      if (after.kind !== 'identifier' && after.kind !== '!')
        throw new Unparsable(`found '${after.text}', expected: identifier after ','`)
    }
  }

  private requirement(): Requirement {
    const refuse = (why: string) => new Unparsable(`unable to parse requirement: ${why}`)
    let token = this.take()
    const negated = token.kind === '!'
    if (negated) token = this.take()
    if (token.kind !== 'identifier') throw refuse(`found '${token.text}', expected: identifier`)
    const key = token.text
    const wrong = labelKeyErrors(key)
    if (wrong.length > 0) throw refuse(aggregateText([invalid('<nil>', key, wrong.join('; '))]))
    const next = this.peek()
    if (next.kind === 'end' || next.kind === ',') return { key, operator: negated ? '!' : 'exists', values: [] }
    if (negated) return { key, operator: '!', values: [] }
    const operator = this.operator(refuse)
    const values = operator === 'in' || operator === 'notin' ? this.list(refuse) : this.exact(refuse)
    const sorted = [...new Set(values)].sort()
    const errors = requirementErrors(key, operator, sorted)
    if (errors.length > 0) throw refuse(aggregateText(errors))
    return { key, operator, values: sorted }
  }

  private operator(refuse: (why: string) => Error): Operator {
    const token = this.tokens[this.at++] ?? END
    const operator = token.kind === 'word' ? WORDS[token.text] : OPERATORS[token.kind]
    if (operator === undefined) throw refuse(`found '${token.text}', expected: in, notin, =, ==, !=, gt, lt`)
    return operator
  }

  private exact(refuse: (why: string) => Error): string[] {
    const next = this.peek()
    if (next.kind === 'end' || next.kind === ',') return ['']
    const token = this.take()
    if (token.kind !== 'identifier') throw refuse(`found '${token.text}', expected: identifier`)
    return [token.text]
  }

  private list(refuse: (why: string) => Error): string[] {
    const open = this.take()
    if (open.kind !== '(') throw refuse(`found '${open.text}' expected: '('`)
    const values: string[] = []
    let expectsValue = true
    if (this.peek().kind === ')') {
      this.take()
      return values
    }
    for (;;) {
      const token = this.take()
      if (token.kind === 'identifier' && expectsValue) {
        values.push(token.text)
        expectsValue = false
        const next = this.peek()
        if (next.kind !== ',' && next.kind !== ')') throw refuse(`found '${next.text}', expected: ',' or ')'`)
      } else if (token.kind === ',') {
        if (expectsValue) values.push('')
        expectsValue = true
      } else if (token.kind === ')') {
        if (expectsValue) values.push('')
        return values
      } else throw refuse(`found '${token.text}', expected: ',', or identifier`)
    }
  }
}

/** Models labels.NewRequirement. */
function requirementErrors(key: string, operator: Operator, values: readonly string[]): FieldError[] {
  const errors: FieldError[] = []
  if ((operator === 'in' || operator === 'notin') && values.length === 0)
    errors.push(invalid('values', values, "for 'in', 'notin' operators, values set can't be empty"))
  if ((operator === 'gt' || operator === 'lt') && !values.every(value => /^[+-]?\d+$/.test(value)))
    errors.push(invalid('values[0]', values[0], "for 'Gt', 'Lt' operators, the value must be an integer"))
  values.forEach((value, i) => {
    const wrong = labelValueErrors(value)
    if (wrong.length > 0) errors.push(invalid(`values[${i}][${key}]`, value, wrong.join('; ')))
  })
  return errors
}
