import { expect, test } from 'vitest'
import { linesOf } from './caption-bar'

test('a caption’s lines are counted with words whole, and Chinese letters twice as wide', () => {
  expect(linesOf('one two three', 20)).toBe(1)
  expect(linesOf('one two three', 8)).toBe(2)
  expect(linesOf('a registry.example.com/a/very/long/path b', 30)).toBe(4)
  expect(linesOf('x'.repeat(63), 20)).toBe(4)
  expect(linesOf('调度器为每个尚无节点的 Pod 寻找节点。', 20)).toBe(2)
  expect(linesOf('**bold** `code`', 9)).toBe(1)
})
