// What a real kubectl printed. Times and resourceVersions of the recordings have stand-ins, which are quoted alike.
import { expect, test } from 'vitest'
import { layOut, TABLE_TABS } from './tabwriter'
import watches from './watch.golden.json'
import { yamlOf } from './yaml'
import recordings from './yaml.golden.json'

const comparable = (text: string) =>
  text.replace(/"T[+-][\d.]+s"|"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '<time>').replace(/resourceVersion: "\d+"/g, 'resourceVersion: "1"')

test.each(recordings)('$scenario: kubectl $command prints this YAML', ({ object, stdout }) => {
  expect(comparable(yamlOf(object))).toBe(comparable(stdout))
})

test.each(watches)('$scenario: the rows of kubectl $watch are laid out under each other', ({ lines }) => {
  const widths: number[] = []
  // The header comes out with the first row.
  const [header, first, ...rows] = lines
  for (const text of [`${header}\n${first}`, ...rows]) {
    expect(layOut(text.replace(/ {2,}/g, '\t'), TABLE_TABS, widths)).toBe(text)
  }
})
