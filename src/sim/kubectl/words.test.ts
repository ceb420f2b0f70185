import { describe, expect, it } from 'vitest'
import { parseManifest } from './manifest'
import { TestKubectl } from './testing'
import golden from './words.golden.json'

/** What kubectl 1.36.3 said and asked before an apiserver that serves discovery and has no objects. */
interface Said {
  readonly line: string
  readonly code: number
  readonly stdout?: string
  readonly stderr?: string
  readonly requests?: readonly string[]
}

const withoutTimeout = (request: string) => request.replace(/&?timeoutSeconds=\d+/, '')

describe('words and requests of the real kubectl', () => {
  const kubectl = () => new TestKubectl(({ path }) => (path === '/version' ? { body: { gitVersion: 'v1.36.3' } } : undefined))

  it.each(golden.commands as readonly Said[])(
    'are the same for `$line`',
    ({ line, code, stdout = '', stderr = '', requests = [] }) => {
      const ran = kubectl().run(line, { files: golden.files })
      expect({ ...ran, requests: ran.requests.map(withoutTimeout), bodies: [] }).toEqual({
        code,
        stdout,
        stderr,
        requests,
        bodies: [],
      })
    },
  )

  it.each(golden.yaml)('are the same for a file that holds $text', ({ text, says }) => {
    const problem = parseManifest(text, 'y.yaml').problems.find(
      ({ severity, message }) => severity === 'error' && message.startsWith('error parsing'),
    )
    expect(problem?.message ?? 'error parsing y.yaml: ').toBe(`error parsing y.yaml: ${says}`)
  })
})
