import { expect, test } from 'vitest'
import { CATALOGUES, detectLanguage, fill, LANGUAGES, type MessageKey } from './i18n'

const keys = Object.keys(CATALOGUES.en) as MessageKey[]
const argumentsOf = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)/g)].flatMap(match => match[1] ?? []))].toSorted()

test.each(keys)('%s takes the same arguments in every language', key => {
  for (const language of LANGUAGES) expect(argumentsOf(CATALOGUES[language][key])).toEqual(argumentsOf(CATALOGUES.en[key]))
})

test('arguments are filled in, with the right number of the noun', () => {
  expect(fill('{n} {n|pod|pods} on {node}', { n: 1, node: 'node-1' })).toBe('1 pod on node-1')
  expect(fill('{n} {n|pod|pods}', { n: 0 })).toBe('0 pods')
  expect(fill('{missing}', {})).toBe('{missing}')
})

test('the first language that is spoken here is taken, English if none', () => {
  expect(detectLanguage(['de-DE', 'zh-TW', 'en'])).toBe('zh-CN')
  expect(detectLanguage(['en-GB', 'zh'])).toBe('en')
  expect(detectLanguage(['fr'])).toBe('en')
})
