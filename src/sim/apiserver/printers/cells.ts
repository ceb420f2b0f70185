/** Texts that cells of many kinds have. */
import { labelSelector } from '../../api/selectors'
import { ageOf, humanDuration, parseTime } from '../../api/time'
import type { LabelSelector, PodSpec } from '../../api/types'
import type { Time } from '../../kernel/types'

/** How long it took from one stored time to another. */
export function between(from: string, to: string): string {
  const [start, end] = [parseTime(from), parseTime(to)]
  return start === undefined || end === undefined ? '<unknown>' : humanDuration(end - start)
}

/** AGE of an object. */
export const age = (object: { readonly metadata: { readonly creationTimestamp?: string } }, now: Time): string =>
  ageOf(object.metadata.creationTimestamp, now)

/** Names of a template's containers, with commas. Models layoutContainerCells. */
export const containerNames = (spec: PodSpec | undefined): string => (spec?.containers ?? []).map(({ name }) => name).join(',')
/** Their images. */
export const images = (spec: PodSpec | undefined): string => (spec?.containers ?? []).map(({ image }) => image ?? '').join(',')

/** A selector as printDeployment has it: empty where formatLabelSelector would say `<none>`. */
export const selectorText = (selector: LabelSelector | undefined): string => labelSelector(selector).text

/** `10.0.0.1:80`, `[fd00::1]:80`. Models net.JoinHostPort. */
export const hostPort = (host: string, port: number | string): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
