import { expect, test } from 'vitest'
import { DESCRIBE_TABS, layOut, TABLE_TABS } from './tabwriter'

test('a column is as wide as its widest cell and three spaces, and at least six characters', () => {
  expect(layOut('NAME\tREADY\tAGE\na\t1/1\t5s\nlonger-name\t0/1\t10m\n', TABLE_TABS)).toBe(
    'NAME          READY   AGE\na             1/1     5s\nlonger-name   0/1     10m\n',
  )
  expect(layOut('a\tb\tc\n', TABLE_TABS)).toBe('a     b     c\n')
})

test('what follows the last tab of a line is not padded, and an empty end keeps the padding before it', () => {
  expect(layOut('a\tb\nlong\tb\n', DESCRIBE_TABS)).toBe('a     b\nlong  b\n')
  expect(layOut('IP:\t\nLonger:\tx\n', DESCRIBE_TABS)).toBe('IP:      \nLonger:  x\n')
})

test('a line without a cell ends the columns of the lines above it', () => {
  const text = 'Name:\tweb\nPod Template:\n  Labels:\tapp=web\n   \tx=y\nEvents:\t<none>\n'
  expect(layOut(text, DESCRIBE_TABS)).toBe('Name:  web\nPod Template:\n  Labels:  app=web\n           x=y\nEvents:    <none>\n')
})

test('a line with fewer cells ends only the columns that it does not reach', () => {
  const text = 'Port:\thttp\t80/TCP\nTargetPort:\t80/TCP\nNodePort:\ta-long-name\t30080/TCP\n'
  expect(layOut(text, DESCRIBE_TABS)).toBe(
    'Port:        http  80/TCP\nTargetPort:  80/TCP\nNodePort:    a-long-name  30080/TCP\n',
  )
})

test('remembered widths only grow, so that the rows of a watch stay where they were', () => {
  const widths: number[] = []
  const rows = ['NAME\tSTATUS\tAGE\nweb\tPending\t0s\n', 'web\tContainerCreating\t0s\n', 'web\tRunning\t1s\n']
  expect(rows.map(row => layOut(row, TABLE_TABS, widths)).join('')).toBe(
    'NAME   STATUS    AGE\nweb    Pending   0s\nweb    ContainerCreating   0s\nweb    Running             1s\n',
  )
  expect(widths).toEqual([7, 20])
})

test('width is counted in code points', () => {
  expect(layOut('名\tb\nab\tb\n', DESCRIBE_TABS)).toBe('名   b\nab  b\n')
})
