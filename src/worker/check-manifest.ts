/**
 * What is wrong with a manifest while it is typed: what kubectl could not read, and what strict validation would refuse, in the words
 * of the two, each at its place.
 */
import { isMap, isNode, isScalar, LineCounter, type ParsedNode, parseDocument } from 'yaml'
import { decode, type Schema, strictErrorText } from '../sim/api/schema'
import { type ManifestDocument, parseManifest } from '../sim/kubectl/manifest'
import type { ManifestProblem } from './protocol'

/** Every problem of a manifest, at its line and column. Kinds that the schema does not have are not looked into. */
export function checkManifest(text: string, schema: Schema): readonly ManifestProblem[] {
  const { documents, problems } = parseManifest(text)
  return [...problems, ...documents.flatMap(document => strictProblems(text, document, schema))]
}

function strictProblems(text: string, { object, line }: ManifestDocument, schema: Schema): readonly ManifestProblem[] {
  const type = schema.typeOf(object.apiVersion, object.kind)
  if (!type) return []
  const { unknown, error } = decode(type, object)
  if (unknown.length === 0 && error === undefined) return []
  const place = placesIn(text, line)
  /** As `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32` names it. */
  const mistyped = /Go struct field \w+\.(\S+) of type/.exec(error ?? '')?.[1]
  return [
    ...unknown.map(path => ({ ...place(path), message: strictErrorText([path]), severity: 'warning' as const })),
    ...(error === undefined ? [] : [{ ...place(mistyped ?? ''), message: error, severity: 'error' as const }]),
  ]
}

/** Where a field's name stands in the document that begins on a line; the nearest that holds it where it is not to be found. */
function placesIn(text: string, line: number): (path: string) => { readonly line: number; readonly column: number } {
  const rest = text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .slice(line - 1)
  const end = rest.findIndex((each, i) => i > 0 && each.startsWith('---'))
  const counter = new LineCounter()
  const options = { lineCounter: counter, version: '1.1', uniqueKeys: false, logLevel: 'silent' } as const
  const { contents } = parseDocument(rest.slice(0, end < 0 ? undefined : end).join('\n'), options)
  return path => {
    const { line: row, col } = counter.linePos(offsetOf(contents, partsOf(path)))
    return { line: line - 1 + row, column: col }
  }
}

/** `spec.containers[0].image` in its parts. */
const partsOf = (path: string): readonly string[] => [...path.matchAll(/[^.[\]]+/g)].map(([part]) => part)

function offsetOf(contents: ParsedNode | null, path: readonly string[]): number {
  let node: unknown = contents
  let offset = contents?.range[0] ?? 0
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part)
      if (!pair || !isNode(pair.key)) break
      offset = pair.key.range?.[0] ?? offset
      node = pair.value
    } else if (isNode(node) && 'items' in node) {
      const item: unknown = (node.items as readonly unknown[])[Number(part)]
      // A path in Go's words names no places in lists.
      if (!isNode(item)) break
      offset = item.range?.[0] ?? offset
      node = item
    } else break
  }
  return offset
}
