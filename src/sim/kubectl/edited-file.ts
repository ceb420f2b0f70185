// Models the file of k8s.io/kubectl/pkg/cmd/util/editor/editoptions.go: what an editor shows, and what its text says when it is saved.
import type { KubeObject, Status } from '../api/types'
import { flatten } from './files'
import { invalidObject, parseManifest, parseYaml } from './manifest'
import { jsonOf, omitManagedFields } from './print/objects'
import { yamlOf } from './print/yaml'

export type EditFormat = 'yaml' | 'json'

/** Why an editor opens again; it stands in the file's header. */
export interface EditReason {
  readonly head: string
  readonly causes: readonly string[]
}

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`

/** The comment on top of the file; JSON has none. */
function header(format: EditFormat, reasons: readonly EditReason[]): string {
  if (format === 'json') return ''
  const lines = reasons.map(({ head, causes }) => {
    const list = causes.map(cause => `# * ${commented(cause)}\n`).join('')
    return `# ${commented(head)}${causes.length > 0 ? ':' : ''}\n${list}#\n`
  })
  return HEADER + lines.join('')
}
const commented = (words: string): string => words.replace(/\n(?=[^#])/g, '\n# ')

/** What the editor shows first: the object, or a List of several, without managedFields. */
export function openedFile(objects: readonly KubeObject[], format: EditFormat): string {
  const [first, ...more] = objects.map(object => omitManagedFields(object))
  const shown = more.length === 0 ? first : { apiVersion: 'v1', items: [first, ...more], kind: 'List', metadata: {} }
  return header(format, []) + (format === 'json' ? jsonOf(shown) : yamlOf(shown))
}

/** What the editor shows again after an error: the text as it was saved, below the reasons. */
export const reopenedFile = (edited: string, format: EditFormat, reasons: readonly EditReason[]): string =>
  header(format, reasons) + withoutComments(edited)

/** Models cmdutil.ManualStrip. */
const withoutComments = (text: string): string =>
  text
    .split('\n')
    .filter(line => !/^\s*#(?!!)/.test(line))
    .join('\n')

/** What is wrong with a saved text before the apiserver is asked; undefined where nothing is. */
export function invalidText(text: string): string | undefined {
  const { value, problem } = parseYaml(withoutComments(text))
  return problem ? problem.message : invalidObject(value)
}

/** Any line but comments and blanks. */
export const hasLines = (text: string): boolean => /^\s*[^#\s]/m.test(text)

/** The data of a text, to be compared; the text itself where it cannot be read. */
export function dataOf(text: string): unknown {
  const { value, problem } = parseYaml(text)
  return problem ? withoutComments(text) : value
}

/** The objects of a text, those of Lists one by one; `problem` says why it cannot be read. */
export function objectsOf(text: string): { readonly objects: readonly KubeObject[]; readonly problem?: string } {
  const { documents, problems } = parseManifest(text, 'edited-file')
  const problem = problems.find(({ severity }) => severity === 'error')?.message
  return { objects: documents.flatMap(({ object }) => flatten(object)), ...(problem !== undefined && { problem }) }
}

/** What the header says of an object that the apiserver refused. */
export const invalidReason = (subject: string, { details }: Status): EditReason => ({
  head: `${subject} was not valid`,
  causes: (details?.causes ?? []).map(({ field, message }) => `${field ?? ''}: ${message ?? ''}`),
})
