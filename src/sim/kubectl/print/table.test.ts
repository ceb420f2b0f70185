import { expect, test } from 'vitest'
import type { Table, TableRow } from '../../api/types'
import { kindPrefix, printRows, printTable, printTables } from './table'

const column = (name: string, priority = 0, format = '') => ({ name, type: 'string' as const, format, description: '', priority })
const row = (cells: TableRow['cells'], labels?: Record<string, string>): TableRow => ({
  cells,
  object: {
    apiVersion: 'meta.k8s.io/v1',
    kind: 'PartialObjectMetadata',
    metadata: { name: String(cells[0]), namespace: 'shop', ...(labels && { labels }) },
  },
})
const pods = (...rows: TableRow[]): Table => ({
  apiVersion: 'meta.k8s.io/v1',
  kind: 'Table',
  metadata: {},
  columnDefinitions: [column('Name', 0, 'name'), column('Ready'), column('Age'), column('Nominated Node', 1)],
  rows,
})
const web = row(['web', '1/1', '5s', null], { app: 'web', 'example.com/tier': 'front' })
const box = row(['a-longer-name', '0/1', '12m', '<none>'])

test('a table has upper-case headers and leaves out wide columns', () => {
  expect(printTable(pods(web, box))).toBe(
    'NAME            READY   AGE\nweb             1/1     5s\na-longer-name   0/1     12m\n',
  )
})

test('wide adds the columns of priority 1, and null is an empty cell', () => {
  expect(printTable(pods(web), { wide: true })).toBe('NAME   READY   AGE   NOMINATED NODE\nweb    1/1     5s    \n')
})

test('a table without rows prints nothing, not even headers', () => {
  expect(printTable(pods())).toBe('')
})

test('-A puts the namespace first and the kind goes before the name', () => {
  expect(printTable(pods(web), { withNamespace: true, kindPrefix: 'pod', noHeaders: true })).toBe('shop   pod/web   1/1   5s\n')
})

test('-L has a column per label, headed by what follows the slash, and --show-labels comes last', () => {
  expect(printTable(pods(web, box), { labelColumns: ['app', 'example.com/tier'], showLabels: true })).toBe(
    [
      'NAME            READY   AGE   APP   TIER    LABELS',
      'web             1/1     5s    web   front   app=web,example.com/tier=front',
      'a-longer-name   0/1     12m                 <none>',
      '',
    ].join('\n'),
  )
})

test('a cell ends at its first line break and cannot steer the terminal', () => {
  expect(printTable(pods(row(['a\nb', '\x1b[31m', '1s', '']), web), { noHeaders: true })).toBe(
    'a...   ^[[31m   1s\nweb    1/1      5s\n',
  )
})

test('tables of several kinds have an empty line between them, unless they have no headers', () => {
  const options = { kindPrefix: 'pod' }
  expect(
    printTables([
      [pods(web), options],
      [pods(), options],
      [pods(box), options],
    ]),
  ).toBe('NAME      READY   AGE\npod/web   1/1     5s\n\nNAME                READY   AGE\npod/a-longer-name   0/1     12m\n')
  expect(
    printTables([
      [pods(web), { noHeaders: true }],
      [pods(web), { noHeaders: true }],
    ]),
  ).toBe('web   1/1   5s\nweb   1/1   5s\n')
})

test('rows of a watch keep the widths of what came before', () => {
  const widths: number[] = []
  const texts = [
    printRows(pods(web), {}, widths),
    printRows(pods(box), { noHeaders: true }, widths),
    printRows(pods(web), { noHeaders: true }, widths),
  ]
  expect(texts).toEqual([
    'NAME   READY   AGE\nweb    1/1     5s\n',
    'a-longer-name   0/1     12m\n',
    'web             1/1     5s\n',
  ])
})

test('a kind is called by its name in lower case, with its group', () => {
  expect(kindPrefix({ apiVersion: 'v1', kind: 'Pod' })).toBe('pod')
  expect(kindPrefix({ apiVersion: 'apps/v1', kind: 'Deployment' })).toBe('deployment.apps')
})
