/** wget (busybox's) and curl: what they ask for, and what they say of what comes of it. Options that are not known are not guessed at. */
import type { Said } from './applets'

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
  readonly outcome: 'answered' | 'refused' | 'lost'
  readonly us: number
  /** Where it went. */
  readonly address: string
  readonly status?: number
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
}

/** TCP gives up after its retransmissions. */
const SYN_SECONDS = 131
const URL = /^(?:http:\/\/)?([^/:?#]+)(?::(\d+))?([/?].*)?$/

/** Reads a command line; undefined where it asks for what is not known. */
export function readFetch(program: 'wget' | 'curl', args: readonly string[]): Fetch | undefined {
  let quiet = false
  let says = false
  let fails = false
  let to: string | undefined
  let timeoutSeconds = SYN_SECONDS
  let url: string | undefined
  const words = [...args]
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const long = /^--(timeout|max-time|connect-timeout)(?:=(.*))?$/.exec(word)
    if (long) timeoutSeconds = Number(long[2] ?? words.shift())
    else if (word === '--silent' || word === '--quiet') quiet = true
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
        else if (flag === (program === 'wget' ? 'O' : 'o')) to = value()
        else if (flag === (program === 'wget' ? 'T' : 'm')) timeoutSeconds = Number(value())
        else return undefined
      }
    } else if (word.startsWith('-') || url !== undefined) return undefined
    else url = word
  }
  const [, host, port = '80', path = '/'] = URL.exec(url ?? '') ?? []
  // what they say while they work is not known
  if (!quiet || host === undefined || !(timeoutSeconds > 0)) return undefined
  const saved = path.split('?')[0]?.split('/').at(-1) || 'index.html'
  return {
    program,
    host,
    port: Number(port),
    path: path.startsWith('/') ? path : `/${path}`,
    timeoutSeconds,
    to: to ?? (program === 'wget' ? saved : '-'),
    says,
    fails,
  }
}

const REASONS: Readonly<Record<number, string>> = { 404: 'Not Found', 500: 'Internal Server Error', 503: 'Service Unavailable' }

/** What the program says when its answer is there: undefined where that is not known. */
export function outcomeOf({ program, host, port, timeoutSeconds, says, fails }: Fetch, reply: Reply): Said | undefined {
  const { outcome, status = 200, body, address } = reply
  const isError = status >= 400
  if (outcome === 'answered' && (!isError || (program === 'curl' && !fails)))
    return body === undefined ? undefined : { out: body }
  if (program === 'wget') {
    if (outcome === 'answered')
      return { err: `wget: server returned error: HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}\n`, status: 1 }
    if (outcome === 'lost' && timeoutSeconds < SYN_SECONDS) return { err: 'wget: download timed out\n', status: 1 }
    const why = outcome === 'refused' ? 'Connection refused' : 'Connection timed out'
    return { err: `wget: can't connect to remote host (${address}): ${why}\n`, status: 1 }
  }
  const after = `after ${Math.round(reply.us / 1000)} ms`
  const said = (code: number, text: string): Said => ({ ...(says && { err: `curl: (${code}) ${text}\n` }), status: code })
  if (outcome === 'answered') return said(22, `The requested URL returned error: ${status}`)
  if (outcome === 'refused') return said(7, `Failed to connect to ${host} port ${port} ${after}: Could not connect to server`)
  return said(28, `Connection timed out ${after.replace(' ms', ' milliseconds')}`)
}
