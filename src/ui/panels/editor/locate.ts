/** Where in a manifest the field stands that an answer of the apiserver speaks of. */
import { isNode, LineCounter, parseAllDocuments } from 'yaml'
import type { ManifestProblem } from '../../session/types'

/** The words that come after the path of a field (apimachinery/pkg/util/validation/field). */
const VERDICTS =
  'Required value|Invalid value|Unsupported value|Forbidden|Duplicate value|Too long|Too many|Not found|Internal error'
const FIELD = new RegExp(
  `((?:[a-z][\\w-]*)(?:\\.[\\w./-]+|\\[[^\\]]+\\])*): ((?:${VERDICTS}).*?)(?=, [a-z][\\w.[\\]-]*: (?:${VERDICTS})|\\]?$)`,
  'gm',
)
const UNKNOWN = /(unknown|duplicate) field "([^"]+)"/g

/** The problems that an answer names, each at its field's line; of documents in one text, the first that has the field. */
export function locate(manifest: string, answer: string): readonly ManifestProblem[] {
  const problems: ManifestProblem[] = []
  const add = (path: string, message: string) => {
    const place = placeOf(manifest, pathOf(path))
    if (place) problems.push({ ...place, message })
  }
  for (const [, path = '', words = ''] of answer.matchAll(FIELD)) add(path, `${path}: ${words}`)
  for (const [words, , path = ''] of answer.matchAll(UNKNOWN)) add(path, words)
  return problems
}

/** `spec.template.spec.containers[0].image` in its parts. */
export const pathOf = (field: string): readonly (string | number)[] =>
  [...field.matchAll(/\[(\d+)\]|\[([^\]]+)\]|([^.[\]]+)/g)].map(m => (m[1] === undefined ? (m[2] ?? m[3] ?? '') : Number(m[1])))

function placeOf(manifest: string, path: readonly (string | number)[]): { line: number; column: number } | undefined {
  const counter = new LineCounter()
  for (const document of parseAllDocuments(manifest, { lineCounter: counter })) {
    if (!('getIn' in document)) return undefined
    // A field that is missing is told at the nearest that holds it; the top of a document is no place.
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true)
      if (!isNode(node) || !node.range) continue
      const { line, col } = counter.linePos(node.range[0])
      return { line, column: col }
    }
  }
  return undefined
}
