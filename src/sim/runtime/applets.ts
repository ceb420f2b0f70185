/** Small programs that make text of text: busybox's, as far as their usual options go. Pure; undefined where an option is not known. */

/** What a program has to say, and its exit code. */
export interface Said {
  readonly out?: string
  readonly err?: string
  readonly status?: number
}
type Filter = (args: readonly string[], input: string) => Said | undefined

/** Lines of a text; what follows the last line break is one if there is something. */
const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))
const textOf = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('')

/** Letters of the options, and the other arguments; undefined where one is not among those that are known. */
function optionsOf(
  args: readonly string[],
  known: string,
): { readonly flags: string; readonly rest: readonly string[] } | undefined {
  let flags = ''
  let i = 0
  for (; i < args.length && /^-[A-Za-z]+$/.test(args[i] as string); i++) flags += (args[i] as string).slice(1)
  if (args[i] === '--') i++
  return [...flags].every(flag => known.includes(flag)) ? { flags, rest: args.slice(i) } : undefined
}

const grep: Filter = (args, input) => {
  const options = optionsOf(args, 'vicqEFow')
  const [pattern, ...files] = options?.rest ?? []
  if (!options || pattern === undefined || files.length > 0) return undefined
  const has = (flag: string): boolean => options.flags.includes(flag)
  const escaped = has('F')
    ? pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    : has('E')
      ? pattern
      : // in a basic expression these are themselves, unless a backslash says otherwise
        pattern.replace(/\\?[+?(){}|]/g, found => (found.startsWith('\\') ? found.slice(1) : `\\${found}`))
  if (/\[\[:|\\[<>]/.test(escaped)) return undefined
  let matcher: RegExp
  try {
    matcher = new RegExp(has('w') ? `\\b(?:${escaped})\\b` : escaped, has('i') ? 'i' : '')
  } catch {
    return undefined
  }
  const found = linesOf(input).filter(line => matcher.test(line) !== has('v'))
  const status = found.length > 0 ? 0 : 1
  if (has('q')) return { status }
  if (has('c')) return { out: `${found.length}\n`, status }
  return { out: textOf(has('o') ? found.map(line => matcher.exec(line)?.[0] ?? '') : found), status }
}

const sort: Filter = (args, input) => {
  const options = optionsOf(args, 'rnu')
  if (!options || options.rest.length > 0) return undefined
  const { flags } = options
  const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
  const value = (line: string): number => Number.parseFloat(line) || 0
  const sorted = linesOf(input).sort((a, b) => (flags.includes('n') && value(a) - value(b)) || byText(a, b))
  const lines = flags.includes('u') ? sorted.filter((line, i) => line !== sorted[i - 1]) : sorted
  return { out: textOf(flags.includes('r') ? lines.reverse() : lines) }
}

/** `-n 3`, `-n3`, `-3` */
function countOf(args: readonly string[]): number | undefined {
  if (args.length === 0) return 10
  const found = /^-n?(\d+)$/.exec(args.join('').replace(/^-n-/, 'x'))
  return found ? Number(found[1]) : undefined
}

const head: Filter = (args, input) => {
  const count = countOf(args)
  return count === undefined ? undefined : { out: textOf(linesOf(input).slice(0, count)) }
}
const tail: Filter = (args, input) => {
  const count = countOf(args)
  return count === undefined ? undefined : { out: count === 0 ? '' : textOf(linesOf(input).slice(-count)) }
}

const wc: Filter = (args, input) => {
  const options = optionsOf(args, 'lwc')
  if (!options || options.rest.length > 0 || options.flags.length !== 1) return undefined
  const [flag] = options.flags
  const words = input.split(/\s+/).filter(word => word !== '').length
  return { out: `${flag === 'l' ? input.split('\n').length - 1 : flag === 'w' ? words : input.length}\n` }
}

const uniq: Filter = (args, input) => {
  if (args.length > 0) return undefined
  return { out: textOf(linesOf(input).filter((line, i, all) => line !== all[i - 1])) }
}

const cut: Filter = (args, input) => {
  const text = args.join(' ')
  const found = /^-d ?(.) ?-f ?(\d+)$/.exec(text) ?? undefined
  if (!found) return undefined
  const [, by = '', field] = found
  return { out: textOf(linesOf(input).map(line => (line.includes(by) ? (line.split(by)[Number(field) - 1] ?? '') : line))) }
}

const tr: Filter = (args, input) => {
  const range = (text: string): string | undefined =>
    text === 'a-z' || text === '[:lower:]'
      ? 'abcdefghijklmnopqrstuvwxyz'
      : text === 'A-Z' || text === '[:upper:]'
        ? 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
        : /^(\\n|[^\\[\]-])$/.test(text)
          ? text.replace('\\n', '\n')
          : undefined
  const isDelete = args[0] === '-d'
  const from = range(args[isDelete ? 1 : 0] ?? '')
  const to = isDelete ? '' : range(args[1] ?? '')
  if (from === undefined || to === undefined || args.length !== 2) return undefined
  return { out: [...input].map(c => (from.includes(c) ? (to[Math.min(from.indexOf(c), to.length - 1)] ?? '') : c)).join('') }
}

/** Programs that read a text and write another. */
export const FILTERS: Readonly<Record<string, Filter>> = {
  grep,
  egrep: (args, input) => grep(['-E', ...args], input),
  sort,
  head,
  tail,
  wc,
  uniq,
  cut,
  tr,
}

/** Arguments of a filter without its files, where it has some: they are read in place of its input. */
export function filesIn(name: string, args: readonly string[]): readonly [args: readonly string[], files: readonly string[]] {
  const takes = name === 'grep' || name === 'egrep' ? 1 : name === 'tr' ? 2 : 0
  const own: string[] = []
  const others: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string
    if (/^-[ndf]$/.test(arg) && name !== 'grep' && name !== 'sort' && name !== 'tr') own.push(arg, args[++i] ?? '')
    else if (arg.startsWith('-') && arg !== '-') own.push(arg)
    else if (others.length < takes) {
      others.push(arg)
      own.push(arg)
    } else others.push(arg)
  }
  return [own, others.slice(takes)]
}

/** echo and printf. */
export function echo(args: readonly string[]): string {
  let i = 0
  let flags = ''
  for (; /^-[neE]+$/.test(args[i] ?? ''); i++) flags += args[i]
  const text = args.slice(i).join(' ')
  return (flags.includes('e') ? escapes(text) : text) + (flags.includes('n') ? '' : '\n')
}
const escapes = (text: string): string =>
  text.replace(/\\([\\ntr])/g, (_, c: string) => ({ '\\': '\\', n: '\n', t: '\t', r: '\r' })[c] ?? c)

export function printf([format = '', ...args]: readonly string[]): string {
  let text = ''
  const left = [...args]
  do {
    const before = left.length
    text += escapes(format).replace(/%([%sd])/g, (_, what: string) =>
      what === '%' ? '%' : (left.shift() ?? (what === 'd' ? '0' : '')),
    )
    if (left.length === before) break
  } while (left.length > 0)
  return text
}

export function seq(args: readonly string[]): Said | undefined {
  const numbers = args.map(Number)
  if (numbers.length === 0 || numbers.length > 3 || !numbers.every(Number.isInteger)) return undefined
  const [first, step, last] =
    numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers
  if (!step || Math.abs(((last ?? 0) - (first ?? 0)) / step) > 100_000) return undefined
  const lines: string[] = []
  for (let n = first ?? 0; step > 0 ? n <= (last ?? 0) : n >= (last ?? 0); n += step) lines.push(String(n))
  return { out: textOf(lines) }
}

/** The value of `1 + 2 * i`; undefined where it is not understood. */
export function arithmetic(text: string, variable: (name: string) => string): number | undefined {
  const tokens = text.match(/\d+|\$?[A-Za-z_]\w*|[-+*/%()]|\S/g) ?? []
  let at = 0
  let isWrong = false
  const value = (): number => {
    const token = tokens[at++] ?? ''
    if (token === '(') {
      const inner = sum()
      at++
      return inner
    }
    if (token === '-') return -value()
    if (token === '+') return value()
    if (/^\d+$/.test(token)) return Number(token)
    if (/^\$?[A-Za-z_]/.test(token)) return Number.parseInt(variable(token.replace('$', '')), 10) || 0
    isWrong = true
    return 0
  }
  const product = (): number => {
    let result = value()
    for (let op = tokens[at]; op === '*' || op === '/' || op === '%'; op = tokens[at]) {
      at++
      const right = value()
      if (right === 0 && op !== '*') isWrong = true
      else result = op === '*' ? result * right : op === '/' ? Math.trunc(result / right) : result % right
    }
    return result
  }
  const sum = (): number => {
    let result = product()
    for (let op = tokens[at]; op === '+' || op === '-'; op = tokens[at]) {
      at++
      result += op === '+' ? product() : -product()
    }
    return result
  }
  const result = sum()
  return isWrong || at < tokens.length ? undefined : result
}
