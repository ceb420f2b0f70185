// Models k8s.io/kubectl/pkg/cmd/util/helpers.go: what kubectl prints when something fails, and its exit code.
import type { Status } from '../api/types'
import { isConnectionError, isConnectionRefused } from '../client/connection'

/** Why a command failed, as data. */
export type KubectlError =
  /** kubectl's own words; `error: ` is put before them. */
  | { readonly kind: 'text'; readonly text: string; readonly code?: number }
  /** Words that stand alone, without `error: ` before them. */
  | { readonly kind: 'plain'; readonly text: string }
  /** The apiserver said no; `before` stands in front of its message (`error when creating "STDIN": `). */
  | { readonly kind: 'status'; readonly status: Status; readonly before?: string }
  /** Several at once. */
  | { readonly kind: 'several'; readonly errors: readonly KubectlError[] }
  /** It has said what there was to say. */
  | { readonly kind: 'exit'; readonly code: number }

/** Ends the command that throws it: cmdutil.CheckErr ends the process there. The runner of commands catches it, nobody else. */
export class CommandFailed extends Error {
  readonly why: KubectlError
  constructor(why: KubectlError) {
    super(why.kind)
    this.why = why
  }
}

/** Ends the command with kubectl's own words. */
export function fail(text: string, code?: number): never {
  throw new CommandFailed({ kind: 'text', text, ...(code !== undefined && { code }) })
}

/** Ends the command with an error that is known. */
export function failWith(why: KubectlError): never {
  throw new CommandFailed(why)
}

/** Ends the command for what it has collected, if that is anything. */
export function failWithAll(errors: readonly KubectlError[]): void {
  const [first] = errors
  if (first) failWith(errors.length === 1 ? first : { kind: 'several', errors })
}

/** cmdutil.UsageErrorf: the words, and where help is. */
export const usageError = (path: string, text: string): never => fail(`${text}\nSee '${path} -h' for help and examples`)

/** cmdutil.AddSourceToErr: what was being done, with which file. */
export const withSource = (verb: string, source: string | undefined, words: string): string =>
  source === undefined ? words : `error when ${verb} ${JSON.stringify(source)}: ${words}`

/** Whether the apiserver did not answer at all. */
export const isUnreachable = isConnectionError

/** What kubectl says of that (StandardErrorMessage): not what was being done. */
function unreachableText(status: Status): string {
  const { message = '' } = status
  if (!isConnectionRefused(status)) return `Unable to connect to the server: ${message.slice(message.lastIndexOf(': ') + 2)}`
  const host = /dial tcp ([^ ]+): connect/.exec(message)?.[1] ?? ''
  return `The connection to the server ${host} was refused - did you specify the right host or port?`
}

export const isNotFound = (status: Status): boolean => status.reason === 'NotFound'

/** The text on stderr (without a newline at its end) and the exit code. */
export function printedError(why: KubectlError): { readonly text: string; readonly code: number } {
  switch (why.kind) {
    case 'exit':
      return { text: '', code: why.code }
    case 'several':
      return { text: flatten(why).map(messageOf).join('\n'), code: 1 }
    case 'status':
      return { text: statusText(why.status, why.before), code: 1 }
    case 'plain':
      return { text: why.text, code: 1 }
    default:
      return { text: why.text.startsWith('error: ') ? why.text : `error: ${why.text}`, code: why.code ?? 1 }
  }
}

function flatten(why: KubectlError): readonly KubectlError[] {
  return why.kind === 'several' ? why.errors.flatMap(flatten) : [why]
}

/** Models messageForError: one of several has no `error: ` in front. */
function messageOf(why: KubectlError): string {
  if (why.kind === 'text' || why.kind === 'plain') return why.text
  if (why.kind === 'status') return serverText(why.status, why.before)
  return ''
}

/** The plain words of an error, as Go's Error() gives them: to be wrapped into others. */
export function wordsOf(why: KubectlError): string {
  if (why.kind === 'status') return (why.before ?? '') + (why.status.message ?? '')
  if (why.kind === 'text' || why.kind === 'plain') return why.text
  if (why.kind === 'several') {
    const words = why.errors.map(wordsOf)
    return words.length === 1 ? (words[0] ?? '') : `[${words.join(', ')}]`
  }
  return ''
}

function statusText(status: Status, before = ''): string {
  if (isUnreachable(status)) return before === '' ? unreachableText(status) : `error: ${before}${status.message ?? ''}`
  if (status.reason !== 'Invalid') return serverText(status, before)
  const { details, message } = status
  if (!details) return `The request is invalid: ${before}${message ?? ''}`
  const causes = details.causes ?? []
  let what = 'The request is invalid'
  if (details.kind || details.name) what = `The ${details.kind ?? ''} ${JSON.stringify(details.name ?? '')} is invalid`
  else if (message && causes.length === 0) what = `${what}: ${before}${message}`
  const reasons = [...new Set(causes.map(cause => `${cause.field ?? ''}: ${cause.message ?? ''}`))]
  if (reasons.length === 0) return what
  if (reasons.length === 1) return `${what}: ${reasons[0]}`
  return `${what}: \n${reasons.map(reason => `* ${reason}`).join('\n')}`
}

function serverText(status: Status, before = ''): string {
  if (isUnreachable(status)) return before === '' ? unreachableText(status) : before + (status.message ?? '')
  const message = before + (status.message ?? '')
  if (status.reason === 'Unauthorized') return `error: You must be logged in to the server (${message})`
  return status.reason ? `Error from server (${status.reason}): ${message}` : `Error from server: ${message}`
}
