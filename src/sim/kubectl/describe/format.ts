/** Pieces of text that many describers share. Models the helpers at the end of kubectl's describe.go. */

import type { Labels } from '../../api/selectors'
import { civilFromDays, parseTime, unixSeconds } from '../../api/time'
import type { ObjectMeta, Taint, Toleration } from '../../api/types'
import type { Writer } from './writer'

const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAY = 86_400
const two = (n: number) => String(n).padStart(2, '0')

/** `Thu, 01 Jan 2026 00:00:05 +0000` (Go's RFC1123Z). A time that is not set is Go's zero time. */
export function dateOf(timestamp: string | null | undefined): string {
  const time = timestamp ? parseTime(timestamp) : undefined
  if (time === undefined) return 'Mon, 01 Jan 0001 00:00:00 +0000'
  const seconds = unixSeconds(time)
  const days = Math.floor(seconds / DAY)
  const rest = seconds - days * DAY
  const { year, month, day } = civilFromDays(days)
  const clock = `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`
  return `${DAYS[((days % 7) + 7) % 7]}, ${two(day)} ${MONTHS[month - 1]} ${String(year).padStart(4, '0')} ${clock} +0000`
}

/** Go's `%v` of a list: `[a b]`. */
export const goList = (items: readonly string[] | null | undefined): string => `[${(items ?? []).join(' ')}]`
/** `True` or `False`. */
export const yesNo = (value: boolean | undefined): string => (value ? 'True' : 'False')
/** The same, of what may be missing. Models printBoolPtr. */
export const yesNoUnset = (value: boolean | undefined): string => (value === undefined ? '<unset>' : yesNo(value))

/** A title, and one value a line beside it. */
export function multiline(writer: Writer, level: number, title: string, values: readonly string[]): void {
  if (values.length === 0) writer.line(level, `${title}:`, '<none>')
  values.forEach((value, index) => {
    if (index === 0) writer.line(level, `${title}:`, value)
    else writer.line(level, '', value)
  })
}

/** `Labels:  app=web`, one a line, by key. `title` may be indented; lines after the first are not. Models printLabelsMultiline. */
export function labels(writer: Writer, title: string, map: Labels | undefined | null): void {
  const entries = Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  multiline(
    writer,
    0,
    title,
    entries.map(([key, value]) => `${key}=${value}`),
  )
}

const HIDDEN = 'kubectl.kubernetes.io/last-applied-configuration'
const LONGEST = 140
const shorten = (text: string, length: number) => (text.length > length ? `${text.slice(0, length)}...` : text)

/** Annotations but the last applied configuration; long ones and those of several lines below their key. Models printAnnotationsMultiline. */
export function annotations(writer: Writer, title: string, map: Labels | undefined | null): void {
  const values: string[] = []
  for (const [key, annotation] of Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (key === HIDDEN) continue
    const value = annotation.endsWith('\n') ? annotation.slice(0, -1) : annotation
    if (value.length + key.length + 2 <= LONGEST && !value.includes('\n')) values.push(`${key}: ${value}`)
    else values.push(`${key}:`, ...value.split('\n').map(part => `  ${shorten(part, LONGEST - 2)}`))
  }
  multiline(writer, 0, title, values)
}

/** Name, namespace, labels and annotations, which begin most descriptions. */
export function heading(writer: Writer, metadata: ObjectMeta): void {
  writer.line(0, 'Name:', metadata.name)
  writer.line(0, 'Namespace:', metadata.namespace ?? '')
  labelsAndAnnotations(writer, metadata)
}
export function labelsAndAnnotations(writer: Writer, metadata: Pick<ObjectMeta, 'labels' | 'annotations'>): void {
  labels(writer, 'Labels', metadata.labels)
  annotations(writer, 'Annotations', metadata.annotations)
}

/** `ReplicaSet/web` in `Controlled By`, if somebody controls the object. */
export function controlledBy(writer: Writer, metadata: ObjectMeta): void {
  const owner = metadata.ownerReferences?.find(reference => reference.controller)
  if (owner !== undefined) writer.line(0, 'Controlled By:', `${owner.kind}/${owner.name}`)
}

/** `key=value:Effect`. Models Taint.ToString. */
export function taintText({ key, value, effect }: Taint): string {
  if (!effect) return value ? `${key}=${value}:` : key
  return value ? `${key}=${value}:${effect}` : `${key}:${effect}`
}

/** `key:Effect op=Exists for 300s`. Models printTolerationsMultilineWithIndent. */
function tolerationText({ key = '', value = '', effect = '', operator, tolerationSeconds }: Toleration): string {
  let text = key
  if (value !== '') text += `=${value}`
  if (effect !== '') text += `:${effect}`
  if (operator === 'Exists' && value === '') text += key !== '' || effect !== '' ? ' op=Exists' : 'op=Exists'
  return tolerationSeconds === undefined ? text : `${text} for ${tolerationSeconds}s`
}
export function tolerations(writer: Writer, title: string, list: readonly Toleration[] = []): void {
  multiline(writer, 0, title, sortedBy(list, ({ key = '' }) => key).map(tolerationText))
}

/** A copy in the order of a text of each item; equal ones stay in their order. */
export const sortedBy = <T>(items: readonly T[], text: (item: T) => string): T[] =>
  [...items].sort((a, b) => {
    const [left, right] = [text(a), text(b)]
    return left < right ? -1 : left > right ? 1 : 0
  })

/** A table's header with dashes below it. */
export function tableHeader(writer: Writer, level: number, ...names: readonly string[]): void {
  writer.line(level, ...names)
  writer.line(level, ...names.map(name => '-'.repeat(name.length)))
}

/** `10.0.0.1:80`, `[fd00::1]:80`. Models net.JoinHostPort. */
export const hostPort = (host: string, port: number | string): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
