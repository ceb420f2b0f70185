import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { yamlOf } from './yaml'

/** Texts that are hard to write: words with a meaning, syntax, spaces and line breaks, all at once. */
const hardText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ' ',
        '  ',
        '\n',
        '\n\n',
        '\t',
        ': ',
        ' #',
        '- ',
        '"',
        "'",
        '\\',
        ',',
        '{}',
        '|',
        '%',
        '---',
        '\u00e9',
        '\u{1f680}',
        '\r',
        '\u2028',
      ),
      fc.constantFrom('true', 'null', 'on', '~', '1', '0x1f', '1e3', '12:30', '2026-01-01', '.5', '<<', '='),
      fc.string({ maxLength: 30 }),
    ),
    { maxLength: 12 },
  )
  .map(parts => parts.join(''))

const { value } = fc.letrec(tie => ({
  value: fc.oneof({ maxDepth: 4 }, hardText, fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc.dictionary(
    // As a key, << means a merge, and Go writes it bare all the same.
    hardText.filter(key => key !== '__proto__' && key !== '<<'),
    tie('value'),
    { maxKeys: 4 },
  ),
}))

const SEED = 20260101
test(`what is written reads back the same (seed ${SEED})`, () => {
  fc.assert(
    fc.property(value, original => {
      const read: unknown = parse(yamlOf(original), { version: '1.1', merge: false, logLevel: 'silent' })
      expect(read).toEqual(original)
    }),
    { seed: SEED, numRuns: 2000 },
  )
})
