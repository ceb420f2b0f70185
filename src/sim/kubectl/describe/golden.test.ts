// What a real kubectl asked for and printed, of objects as they were then. Times aside; where names have stand-ins, columns were wider.
import { expect, test } from 'vitest'
import type { KubeObject } from '../../api/types'
import type { Time } from '../../kernel/types'
import { type Answer, DESCRIBE_SETTINGS, describe, describeReads, joinDescriptions, type ReadSpec } from '.'
import golden from './describe.golden.json'

interface Recording {
  readonly scenario: string
  readonly command: string
  readonly now: Time
  readonly showEvents: boolean
  /** Answers to all reads but the first, of the object itself. */
  readonly described: readonly { readonly object: KubeObject; readonly answers: readonly Answer[] }[]
  /** Leases are left out of the recordings. */
  readonly reads: readonly string[]
  readonly stdout: string
}
const recordings = golden as unknown as Recording[]
const settingsOf = ({ showEvents }: Recording) => ({ ...DESCRIBE_SETTINGS, showEvents })

/** Go writes the terms of Events' selectors in any order. */
function comparableRead(uri: string): string {
  const [path = '', query = ''] = uri.split('?')
  const parameters = [...new URLSearchParams(query)].map(([name, value]) =>
    value.includes('involvedObject') ? `${name}=${value.split(',').sort().join(',')}` : `${name}=${value}`,
  )
  return `${path}?${parameters.sort().join('&')}`
}
const uriOf = ({ path, query }: ReadSpec) => `${path}?${new URLSearchParams(query)}`

const comparable = (text: string) =>
  text
    .replace(/T[+-][\d.]+s|\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000/g, '<time>')
    .replace(/<(machine|machineID|systemUUID|bootID|kernelVersion|osImage)>/g, '<machine>')
    .replace(/\b(\d+m)?\d+s\b/g, '<age>')
    .split('\n')
    .map(line => line.replace(/ +/g, ' '))

test.each(recordings)('$scenario: kubectl $command makes these reads', recording => {
  const reads = recording.described.flatMap(({ object }) => describeReads(object, settingsOf(recording)))
  const recorded = reads.filter(({ name }) => name !== 'lease').map(uriOf)
  expect(recorded.map(comparableRead)).toEqual(recording.reads.map(comparableRead))
})

const textOf = (recording: Recording) =>
  joinDescriptions(
    recording.described.map(({ object, answers }) =>
      describe(object, [{ code: 200, body: object }, ...answers], recording.now, settingsOf(recording)),
    ),
  )

test.each(recordings)('$scenario: kubectl $command prints this text', recording => {
  // Events of the same second are in the order of names that they really had.
  expect(comparable(textOf(recording)).sort()).toEqual(comparable(recording.stdout).sort())
})

// Columns have the recorded widths where no name has a stand-in.
const STAND_IN = /hash\d|-id\d|<(id|machine|container|minute)/
test.each(recordings.filter(({ stdout }) => !STAND_IN.test(stdout)))(
  '$scenario: kubectl $command is laid out like this',
  recording => {
    const masked = (text: string) =>
      text.replace(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d/g, '<time>').replace(/\b\d+s\b/g, age => '9'.repeat(age.length))
    expect(masked(textOf(recording))).toBe(masked(recording.stdout))
  },
)
