import { expect, test } from 'vitest'
import { yamlOf } from './yaml'

test('keys are sorted, lists stand at the indentation of their key, and what is empty is written as such', () => {
  const object = {
    kind: 'Pod',
    apiVersion: 'v1',
    spec: {
      containers: [
        { name: 'a', args: ['x', 'y'] },
        { name: 'b', resources: {}, env: [] },
      ],
      nodeName: undefined,
    },
    status: { lastProbeTime: null, ready: true, count: 3 },
  }
  expect(yamlOf(object)).toBe(`apiVersion: v1
kind: Pod
spec:
  containers:
  - args:
    - x
    - "y"
    name: a
  - env: []
    name: b
    resources: {}
status:
  count: 3
  lastProbeTime: null
  ready: true
`)
})

test('lists in lists keep a dash per level', () => {
  expect(yamlOf({ a: [['b', 'c'], [['d']], [{ e: 1, f: 2 }]] })).toBe(`a:
- - b
  - c
- - - d
- - e: 1
    f: 2
`)
})

test.each([
  ['true', '"true"'],
  ['on', '"on"'],
  ['n', '"n"'],
  ['null', '"null"'],
  ['~', '"~"'],
  ['', '""'],
  ['1', '"1"'],
  ['007', '"007"'],
  ['08', '"08"'],
  ['1.5', '"1.5"'],
  ['1e3', '"1e3"'],
  ['0x1f', '"0x1f"'],
  ['1_000', '"1_000"'],
  ['12:30', '"12:30"'],
  ['.5', '".5"'],
  ['.inf', '".inf"'],
  ['2026-01-01', '"2026-01-01"'],
  ['2026-01-01T00:00:05Z', '"2026-01-01T00:00:05Z"'],
  ['25%', '25%'],
  ['10.96.0.1', '10.96.0.1'],
  ['1Gi', '1Gi'],
  ['500m', '500m'],
  ['-1x', '-1x'],
  ['1e999', '1e999'],
  ['nginx:1.27', 'nginx:1.27'],
  ['a: b', "'a: b'"],
  ['a:', "'a:'"],
  ['a #b', "'a #b'"],
  ['a#b', 'a#b'],
  ['- a', "'- a'"],
  ['-', "'-'"],
  ['-c', '-c'],
  ['* * * * *', "'* * * * *'"],
  ["'quoted'", "'''quoted'''"],
  ["it's", "it's"],
  ['{}', "'{}'"],
  ['%d', "'%d'"],
  ['@x', "'@x'"],
  [' a', "' a'"],
  ['a ', "'a '"],
  ['a\tb', '"a\\tb"'],
  ['a\rb', '"a\\rb"'],
  ['a"b', 'a"b'],
  ['\u00e9\u540d', '\u00e9\u540d'],
  ['\u0001', '"\\x01"'],
  ['\u{1f680}', '\u{1f680}'],
  ['<<', '<<'],
  ['---', "'---'"],
])('the text %j is written %s', (text, written) => {
  expect(yamlOf({ a: text })).toBe(`a: ${written}\n`)
})

test('keys are quoted as texts are', () => {
  expect(yamlOf({ '8080': 'a', y: 'b', 'a/b.c': 'd', '': 'e' })).toBe('"": e\n"8080": a\na/b.c: d\n"y": b\n')
})

test('keys are in natural order', () => {
  expect(Object.keys({ a10: 1, a2: 1, 'a-1': 1, aB: 1, ab: 1, a: 1, 'a.b': 1 }).length).toBe(7)
  expect(yamlOf({ a10: 1, a2: 1, 'a-1': 1, aB: 1, ab: 1, a: 1, 'a.b': 1 })).toBe(
    'a: 1\na-1: 1\na.b: 1\na2: 1\na10: 1\naB: 1\nab: 1\n',
  )
})

test('a text of several lines is a block, with a sign for how it ends', () => {
  expect(yamlOf({ a: 'x\ny\n', b: 'x\n\ny', c: 'x\n\n', d: '  x\ny\n', e: ['p\nq\n', 'r'] })).toBe(`a: |
  x
  y
b: |-
  x

  y
c: |+
  x

d: |2
    x
  y
e:
- |
  p
  q
- r
`)
})

test('a line after a block is as wide as any other', () => {
  expect(yamlOf({ a: `${'x'.repeat(90)}\n`, b: 'two words' })).toBe(`a: |\n  ${'x'.repeat(90)}\nb: two words\n`)
})

test('a text of several lines that a block cannot hold is in double quotes', () => {
  expect(yamlOf({ a: 'x \ny', b: 'x\ty\nz' })).toBe('a: "x \\ny"\nb: "x\\ty\\nz"\n')
})

test('a long line is broken at the first space beyond column 80', () => {
  const command = "trap 'echo main ends; sleep 1; exit 0' TERM; sleep 4; touch /tmp/started; while true; do sleep 0.2; done"
  expect(yamlOf({ spec: { command: ['sh', command] } })).toBe(`spec:
  command:
  - sh
  - trap 'echo main ends; sleep 1; exit 0' TERM; sleep 4; touch /tmp/started; while
    true; do sleep 0.2; done
`)
  const message =
    'Back-off pulling image "nginx:9.99": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:9.99": failed to resolve image: docker.io/library/nginx:9.99: not found'
  expect(yamlOf({ a: { b: { c: { message } } } })).toBe(`a:
  b:
    c:
      message: 'Back-off pulling image "nginx:9.99": ErrImagePull: rpc error: code
        = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:9.99":
        failed to resolve image: docker.io/library/nginx:9.99: not found'
`)
})
