/** wget (busybox's) and curl: what they ask for, and what they say of what comes of it. Options that are not known are not guessed at. */

/** What such a program has to say, and its exit code. */
export interface Fetched {
  readonly out?: string
  readonly err?: string
  readonly status?: number
}

/** A connection that a program opens, to ask for something over HTTP. */
export interface Ask {
  /** A name or an address. */
  readonly host: string
  readonly port: number
  readonly path: string
  /** µs after the program's start. */
  readonly at: number
  /** It gives up after so many seconds. */
  readonly timeoutSeconds: number
}

/** What came of it, and how many µs it took. */
export interface Reply {
  /** `empty`: the connection was made, and closed without an answer. */
  readonly outcome: 'answered' | 'refused' | 'lost' | 'empty'
  readonly us: number
  /** Where it went. */
  readonly address: string
  readonly status?: number
  /** The program is known to answer with this status: it is not only taken to. */
  readonly isSure?: boolean
  /** Absent: what the program answers is not known. */
  readonly body?: string
}

/** A request as a program was told to make it. */
export interface Fetch {
  readonly program: 'wget' | 'curl'
  readonly host: string
  readonly port: number
  readonly path: string
  readonly timeoutSeconds: number
  /** The file that the body goes to; `-`: its standard output. */
  readonly to: string
  /** curl: it says what went wrong, and an error of the server's is one of its own. */
  readonly says: boolean
  readonly fails: boolean
  /** curl: what it writes after the body, `%{http_code}` filled in. */
  readonly write?: string
}

/** TCP gives up after its retransmissions. */
const SYN_SECONDS = 131
/** Whoever writes there does not want to know it. */
const NOWHERE = '/dev/null'
const URL = /^(?:http:\/\/)?(\[[\da-f:]+\]|[^/:?#]+)(?::(\d+))?([/?].*)?$/

const CODE = /%\{(?:http_code|response_code)\}/g

/** Reads a command line; undefined where it asks for what is not known. Before a terminal curl does not show how far it is. */
export function readFetch(program: 'wget' | 'curl', args: readonly string[], isAtTerminal = false): Fetch | undefined {
  let quiet = false
  let says = false
  let fails = false
  let to: string | undefined
  let timeoutSeconds = SYN_SECONDS
  let url: string | undefined
  let write: string | undefined
  const words = [...args]
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const long = /^--(timeout|max-time|connect-timeout)(?:=(.*))?$/.exec(word)
    if (long) timeoutSeconds = Number(long[2] ?? words.shift())
    else if (word === '--silent' || word === '--quiet') quiet = true
    else if (program === 'curl' && word === '--show-error') says = true
    else if (program === 'curl' && word === '--fail') fails = true
    else if (program === 'curl' && word === '--output') to = words.shift() ?? ''
    else if (program === 'curl' && word === '--write-out') write = words.shift() ?? ''
    else if (/^-[A-Za-z]/.test(word)) {
      for (let i = 1; i < word.length; i++) {
        const flag = word[i] as string
        const value = (): string => {
          const rest = (word as string).slice(i + 1)
          i = (word as string).length
          return rest || (words.shift() ?? '')
        }
        if (flag === 'q' && program === 'wget') quiet = true
        else if (flag === 's' && program === 'curl') quiet = true
        else if (flag === 'S' && program === 'curl') says = true
        else if (flag === 'f' && program === 'curl') fails = true
        else if (flag === 'w' && program === 'curl') write = value()
        else if (flag === (program === 'wget' ? 'O' : 'o')) to = value()
        else if (flag === (program === 'wget' ? 'T' : 'm')) timeoutSeconds = Number(value())
        else return undefined
      }
    } else if (word.startsWith('-') || url !== undefined) return undefined
    else url = word
  }
  const [, host, port = '80', path = '/'] = URL.exec(url ?? '') ?? []
  // what they say while they work is not known
  const isQuiet = quiet || (isAtTerminal && program === 'curl' && (to === undefined || to === '-'))
  if (!isQuiet || host === undefined || !(timeoutSeconds > 0) || write?.replace(CODE, '').includes('%')) return undefined
  const saved = path.split('?')[0]?.split('/').at(-1) || 'index.html'
  return {
    program,
    host,
    port: Number(port),
    path: path.startsWith('/') ? path : `/${path}`,
    timeoutSeconds,
    to: to ?? (program === 'wget' ? saved : '-'),
    says: says || !quiet,
    fails,
    ...(write !== undefined && { write: write.replaceAll('\\n', '\n').replaceAll('\\t', '\t') }),
  }
}

const REASONS: Readonly<Record<number, string>> = { 404: 'Not Found', 500: 'Internal Server Error', 503: 'Service Unavailable' }

/** What the program says when its answer is there: undefined where that is not known. `out` is the body, `more` what it writes after that. */
export function outcomeOf(fetch: Fetch, reply: Reply): (Fetched & { readonly more?: string }) | undefined {
  const more = fetch.write?.replace(CODE, reply.outcome === 'answered' ? String(reply.status ?? 200) : '000')
  const said = withoutMore(fetch, reply)
  return said && more !== undefined ? { ...said, more } : said
}

function withoutMore({ program, host, port, timeoutSeconds, says, fails, to }: Fetch, reply: Reply): Fetched | undefined {
  const { outcome, status = 200, isSure, body, address } = reply
  const isError = status >= 400
  if (outcome === 'answered' && (!isError || (program === 'curl' && !fails)))
    return body === undefined ? (to === NOWHERE && isSure ? { out: '' } : undefined) : { out: body }
  if (program === 'wget') {
    if (outcome === 'answered')
      return { err: `wget: server returned error: HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}\n`, status: 1 }
    if (outcome === 'lost' && timeoutSeconds < SYN_SECONDS) return { err: 'wget: download timed out\n', status: 1 }
    const why = outcome === 'refused' ? 'Connection refused' : 'Connection timed out'
    return { err: `wget: can't connect to remote host (${address}): ${why}\n`, status: 1 }
  }
  const after = `after ${Math.round(reply.us / 1000)} ms`
  const said = (code: number, text: string): Fetched => ({ ...(says && { err: `curl: (${code}) ${text}\n` }), status: code })
  if (outcome === 'answered') return said(22, `The requested URL returned error: ${status}`)
  if (outcome === 'empty') return said(52, 'Empty reply from server')
  if (outcome === 'refused') return said(7, `Failed to connect to ${host} port ${port} ${after}: Could not connect to server`)
  return said(28, `Connection timed out ${after.replace(' ms', ' milliseconds')}`)
}
