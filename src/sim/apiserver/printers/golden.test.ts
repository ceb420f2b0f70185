// What a real cluster printed, of objects as they were then. Ages aside; where names have stand-ins, columns were wider.
import { expect, test } from 'vitest'
import type { KubeObject } from '../../api/types'
import type { Time } from '../../kernel/types'
import { printTables, type TableOptions } from '../../kubectl/print/table'
import { printTable } from '.'
import golden from './tables.golden.json'

interface Recording {
  readonly scenario: string
  readonly command: string
  readonly now: Time
  readonly tables: readonly { readonly kind: string; readonly options: TableOptions; readonly objects: readonly KubeObject[] }[]
  readonly stdout: string
}

/** Lines by name, because objects are listed in the order of the names that they really had. */
const comparable = (text: string) =>
  text
    .replace(/T[+-]\ds|\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/\b(\d+m)?\d+s\b/g, '<age>')
    .split('\n')
    .map(line => line.replace(/ +/g, ' ').trimEnd())
    .sort()
    .join('\n')

const recordings = golden as unknown as Recording[]
const textOf = ({ tables, now }: Recording) =>
  printTables(tables.map(({ kind, objects, options }) => [printTable(kind, objects, { now }), options]))

test.each(recordings)('$scenario: kubectl $command shows these cells', recording => {
  expect(comparable(textOf(recording))).toBe(comparable(recording.stdout))
})

// Columns have the recorded widths where no name has a stand-in, and objects their order.
const STAND_IN = /hash\d|-id\d|T[+-]\d/
test.each(recordings.filter(({ stdout }) => !STAND_IN.test(stdout)))(
  '$scenario: kubectl $command is laid out like this',
  recording => {
    const digits = (text: string) =>
      text
        .replace(/\d+s\b/g, age => '9'.repeat(age.length))
        .split('\n')
        .sort()
    expect(digits(textOf(recording))).toEqual(digits(recording.stdout))
  },
)
