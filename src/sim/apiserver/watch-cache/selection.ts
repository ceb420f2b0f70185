/** Which objects a list or watch wants. Models k8s.io/apiserver/pkg/storage/selection_predicate.go. */
import { type FieldSelector, fieldLabels, parseFieldSelector } from '../../api/field-selectors'
import type { Resource } from '../../api/kinds'
import type { Result } from '../../api/result'
import { parseSelector, passes } from '../../api/selectors'
import type { KubeObject } from '../../api/types'

/** What a list or watch wants, as its request says it: data. Empty texts want everything. */
export interface Selection {
  readonly namespace: string
  /** From the path: what `get pods/x --watch` asks for. */
  readonly name: string
  readonly labels: string
  readonly fields: string
}

/** Reads a request's selectors; the error is what the apiserver says. */
export function selectionOf(
  type: Resource,
  namespace: string,
  name: string,
  query: Readonly<Record<string, string>>,
): Result<Selection> {
  const { labelSelector: labels = '', fieldSelector = '' } = query
  const byLabel = parseSelector(labels)
  if (byLabel.value === undefined) return { error: byLabel.error }
  const byField = parseFieldSelector(fieldSelector, fieldLabels(type.groupResource))
  if (byField.value === undefined) return { error: byField.error }
  // Events of both groups are stored as core/v1
  const fields =
    type.groupResource === 'events.events.k8s.io'
      ? fieldSelector.replace(/\bregarding\./g, 'involvedObject.').replace(/\breportingController\b/g, 'reportingComponent')
      : fieldSelector
  return { value: Object.freeze({ namespace, name, labels, fields }) }
}

/** The value that a selection demands of a field. */
export function exact({ fields, name }: Selection, field: string): string | undefined {
  if (field === 'metadata.name' && name !== '') return name
  return fields === '' ? undefined : fieldsOf(fields).exact(field)
}

const fieldsOf = (text: string): FieldSelector => parseFieldSelector(text).value as FieldSelector

type Test = (object: KubeObject) => boolean

/** What is wanted, compiled once for each watch. */
const compiled = new WeakMap<Selection, Test>()

/** Whether an object is one of those that are wanted. */
export function matches(object: KubeObject, selection: Selection): boolean {
  let test = compiled.get(selection)
  if (!test) {
    test = compile(selection)
    compiled.set(selection, test)
  }
  return test(object)
}

function compile({ namespace, name, labels, fields }: Selection): Test {
  const tests: Test[] = []
  if (namespace !== '') tests.push(({ metadata }) => metadata.namespace === namespace)
  if (name !== '') tests.push(({ metadata }) => metadata.name === name)
  if (labels !== '') {
    const selector = parseSelector(labels).value
    tests.push(({ metadata }) => selector?.matches(metadata.labels) === true)
  }
  if (fields !== '') tests.push(fieldsOf(fields).matches)
  const [first] = tests
  if (!first) return () => true
  return tests.length === 1 ? first : object => passes(tests, object)
}
