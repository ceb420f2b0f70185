import { Text } from '@codemirror/state'
import { describe, expect, it } from 'vitest'
import type { Seq } from '../../session/types'
import { answerOf } from './answer'
import { toDiagnostics } from './codemirror'
import { EXAMPLES } from './examples'
import { locate, pathOf } from './locate'

const MANIFEST = EXAMPLES['editor.deployment']
const lineOf = (text: string) => MANIFEST.slice(0, MANIFEST.indexOf(text)).split('\n').length

describe('problems', () => {
  it('stand at the fields that the apiserver names', () => {
    const answer = `The Deployment "web" is invalid: \n* spec.replicas: Invalid value: -1: must be greater than or equal to 0\n* spec.template.spec.containers[0].image: Required value`
    expect(locate(MANIFEST, answer).map(({ line }) => line)).toEqual([lineOf('replicas: 3'), lineOf('nginx:1.27')])
  })
  it('stand where the holder of a missing field is', () => {
    const [problem] = locate(MANIFEST, 'spec.selector.matchExpressions: Required value')
    expect(problem?.line).toBe(lineOf('matchLabels'))
  })
  it('are found for unknown fields', () => {
    const manifest = 'kind: Pod\nspec:\n  foo: 1\n'
    expect(locate(manifest, 'error: strict decoding error: unknown field "spec.foo"')).toMatchObject([
      { line: 3, message: 'unknown field "spec.foo"' },
    ])
  })
  it('are found in the second document too', () => {
    const [problem] = locate(
      `kind: A\n---\nspec:\n  ports:\n    - port: 0\n`,
      'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
    )
    expect(problem?.line).toBe(5)
  })
  it('keep within the text', () => {
    const doc = Text.of(['a', 'bcd'])
    expect(toDiagnostics(doc, [{ line: 99, column: 99, message: 'x' }])).toMatchObject([{ from: 5, to: 5 }])
    expect(toDiagnostics(doc, [{ line: 2, column: 2, message: 'x' }])).toMatchObject([{ from: 3, to: 5 }])
  })
  it('have paths of names and places', () => {
    expect(pathOf('spec.containers[0].env[NAME].value')).toEqual(['spec', 'containers', 0, 'env', 'NAME', 'value'])
  })
})

describe('the answer', () => {
  it('is what kubectl printed, wherever the cursor stands', async () => {
    const entry = (reason: string, args: object) => ({ reason, args })
    const entries = async () =>
      [
        entry('kubectl.output', { id: 2, stream: 'stderr', text: 'no\n' }),
        entry('kubectl.output', { id: 1, stream: 'stdout', text: 'pod/x created\n' }),
        entry('kubectl.exit', { id: 1, code: 0 }),
      ] as never
    expect(await answerOf({ entries } as never, 1 as Seq, 1)).toEqual({ text: 'pod/x created', isError: false, code: 0 })
    expect(await answerOf({ entries } as never, 1 as Seq, 2)).toEqual({ text: 'no', isError: true })
  })
})
