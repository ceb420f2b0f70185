import { describe, expect, it } from 'vitest'
import { parseManifest } from './manifest'
import { TestKubectl } from './testing'

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n'
const first = (text: string) => parseManifest(text).problems[0]

describe('a manifest', () => {
  it('is read document by document, and empty ones are passed over', () => {
    const { documents, problems } = parseManifest(`# two\n${POD}---\n---\n${POD}`)
    expect(problems).toEqual([])
    expect(documents.map(document => document.line)).toEqual([2, 7])
  })

  it('is YAML 1.1, as for Kubernetes: yes is true, and times stay text', () => {
    const { documents } = parseManifest('apiVersion: v1\nkind: X\na: yes\nb: 2020-01-01\nc: 0o10\nd: "yes"\ne: 010\n')
    expect(documents[0]?.object).toMatchObject({ a: true, d: 'yes', e: 8 })
  })

  it('says with its place which key is given twice, and takes the last one as kubectl does', () => {
    const { documents, problems } = parseManifest(`${POD}kind: Secret\n`)
    expect(documents[0]?.object.kind).toBe('Secret')
    expect(problems).toEqual([{ message: 'key "kind" already set in map', line: 4, column: 1, severity: 'warning', document: 0 }])
  })

  it('without a kind or version is refused before anything is sent', () => {
    expect(first('kind: Pod\n')?.message).toMatch(
      /^error validating "STDIN": error validating data: apiVersion not set; if you choose/,
    )
    expect(first('a: 1\n')?.message).toContain('[apiVersion not set, kind not set]')
    expect(first('hello\n')?.message).toContain('invalid object to validate')
    expect(first('apiVersion: 1\nkind: Pod\n')?.message).toContain("apiVersion isn't string type")
  })

  it('tells the line in the whole text, though its words count within the document', () => {
    const problem = first(`${POD}---\napiVersion: v1\nkind: Pod\n  metadata: {}\n`)
    expect(problem).toMatchObject({ line: 7, message: expect.stringContaining('yaml: line 3: mapping values are not allowed') })
  })
})

/** What kubectl 1.36.3 said of each. */
const SAID: readonly (readonly [string, string])[] = [
  ['apiVersion: v1\nkind: Pod\n  metadata: {name: bad}\n', 'line 3: mapping values are not allowed in this context'],
  ['a: b: c\n', 'mapping values are not allowed in this context'],
  ['a:\n\tb: 1\n', 'line 2: found character that cannot start any token'],
  ['a:\n  b: 1\n\tc: 2\n', 'line 3: found a tab character that violates indentation'],
  ['a: 1\nb:\n\t- x\n', 'line 3: found character that cannot start any token'],
  ['\ta: 1\n', 'found character that cannot start any token'],
  ['a:\n  b:\t1\n  c:\t- x\n', 'line 3: block sequence entries are not allowed in this context'],
  ['a:\n    b: 1\n  c: 2\n', 'line 2: did not find expected key'],
  ['items:\n  - a\n  b: 1\n', "line 2: did not find expected '-' indicator"],
  ['a:\n  - b: 1\n  -c: 1\n', "line 2: did not find expected '-' indicator"],
  ['a: 1\nb\nc: 2\n', "line 3: could not find expected ':'"],
  ['a: 1\nb\n', "line 3: could not find expected ':'"],
  ['a:\n  b: 1\n  c\n', "line 4: could not find expected ':'"],
  ['a:\n  - b: 1\n    c\n  - d: 1\n', "line 4: could not find expected ':'"],
  ['a:1\nb: 2\n', 'line 2: mapping values are not allowed in this context'],
  ['apiVersion: v1\nkind:Pod\nmetadata:\n  name: x\n', "line 3: could not find expected ':'"],
  ['apiVersion: v1\nkind: Pod\nmetadata:\n  name:x\n  labels: {}\n', 'line 5: mapping values are not allowed in this context'],
  ['a: "abc\nb: 2\n', 'line 3: found unexpected end of stream'],
  ['a: {b: 1\nc: 2\n', "line 1: did not find expected ',' or '}'"],
  ['a: [1, 2\nb: 3\n', "line 1: did not find expected ',' or ']'"],
  ['a: *x\n', "unknown anchor 'x' referenced"],
  ['a: @b\n', 'found character that cannot start any token'],
  ['a: 1\nb: {{ x }}\n', 'invalid map key: map[interface {}]interface {}{"x":interface {}(nil)}'],
  ['a: 1\nb: {{ .x }}-y\n', 'line 1: did not find expected key'],
  ['a: "{{ .x }}"\n{{ if .y }}\nb: 1\n{{ end }}\n', "line 3: could not find expected ':'"],
  ['spec:\n  containers:\n  - name: a\n   image: b\n', 'line 3: did not find expected key'],
  ['spec:\n  containers:\n  - name: a\n     image: b\n', 'line 4: mapping values are not allowed in this context'],
  ['spec:\n  containers:\n    - name: a\n      image: b\n     ports: []\n', "line 4: did not find expected '-' indicator"],
  ['spec:\n  containers:\n    name: a\n    - image: b\n', 'line 3: did not find expected key'],
  ['a:\n  b: 1\n  - c\n', 'line 2: did not find expected key'],
  ['a: "\\q"\n', 'found unknown escape character'],
  ['a: |\n  x\n y\n', 'line 2: did not find expected key'],
  ['apiVersion v1\nkind: Pod\n', 'line 2: mapping values are not allowed in this context'],
  ['kind: Pod\napiVersion v1\nfoo: 1\n', "line 3: could not find expected ':'"],
  ['a: 1\n b: 2\n', 'line 2: mapping values are not allowed in this context'],
  ['a:\n  b: 1\n c: 2\n', 'line 2: did not find expected key'],
  ['a: 1\n}\n', 'line 1: did not find expected key'],
  ['a: ]\n', 'did not find expected node content'],
  ["a: 'x' y\n", 'did not find expected key'],
  ["a: it's\nb: 'it's'\n", 'line 1: did not find expected key'],
  ['a: &\n', 'did not find expected alphabetic or numeric character'],
  ['-a: 1\n- b\n', 'line 1: did not find expected key'],
  ['a: 1 # c\n#x\nb: : 2\n', 'line 3: mapping values are not allowed in this context'],
]

describe('YAML that does not parse', () => {
  it.each(SAID)('%j is refused with kubectl’s words', (text, words) => {
    expect(first(text)?.message).toBe(`error parsing STDIN: error converting YAML to JSON: yaml: ${words}`)
  })
})

it('an item of a list that does not say what it is is told so', () => {
  const kubectl = new TestKubectl(() => undefined)
  const items = '[{"apiVersion":"v1","metadata":{"name":"a"}},{"kind":"Pod","metadata":{"name":"b"}}]'
  const { stderr } = kubectl.run('create -f - --validate=false', { stdin: `{"apiVersion":"v1","kind":"List","items":${items}}` })
  const lead = 'unable to get type info from the object "*unstructured.Unstructured": Object'
  expect(stderr).toBe(
    `error: [${lead} 'Kind' is missing in 'unstructured object has no kind', ${lead} 'apiVersion' is missing in 'unstructured object has no version']\n`,
  )
})
