// Models k8s.io/kubectl/pkg/cmd/edit and cmd/util/editor/editoptions.go. The editor is a person: what they save comes as standard input.
import { deepEqual } from '../../api/deep'
import type { Resource } from '../../api/kinds'
import { MEDIA } from '../../api/messages'
import { createTwoWayMergePatch } from '../../api/patch'
import type { KubeObject, Status } from '../../api/types'
import { perform } from '../../client/effects'
import { type Command, flag } from '../command'
import { validationOf } from '../create/generator'
import { mappingOf } from '../discovery'
import {
  dataOf,
  type EditFormat,
  type EditReason,
  hasLines,
  invalidReason,
  invalidText,
  objectsOf,
  openedFile,
  reopenedFile,
} from '../edited-file'
import { CommandFailed, fail, failWith, failWithAll } from '../errors'
import { checkSchema } from '../files'
import { fieldManager, fileFlags, PRINT_FLAGS, SAVE_CONFIG, VALIDATE } from '../flags'
import { saveLastApplied } from '../last-applied'
import { type Latest, readLatest } from '../latest'
import { formatOf, goSyntax, printChanged } from '../output'
import { compactJson } from '../print/objects'
import { RECORD, recorded } from '../record'
import { patchObject } from '../requests'
import { ask, chance, err, isOn, type KubectlState, out, type Run, type Session, text } from '../session'

/** An editor that was opened: the objects that it showed, and its text. */
interface Editing {
  readonly infos: readonly Latest[]
  readonly format: EditFormat
  readonly opened: string
}

/** What became of the objects of a saved text. */
interface Results {
  readonly reasons: EditReason[]
  invalid: number
  notFound: number
  refused: number
}

function* run(s: Session): Run {
  const subresource = text(s, 'subresource')
  const found = yield* readLatest(s, { everything: true, ...(subresource !== '' && { subresource }) })
  if (subresource !== '' && subresource !== 'status')
    fail(`invalid subresource value: ${JSON.stringify(subresource)}. Must be one of [status]`)
  const validation = validationOf(s)
  failWithAll(found.errors)
  if (found.infos.length === 0) fail('edit cancelled, no objects found')
  const format = formatOf(s, ['json', 'yaml']).name === 'json' ? 'json' : 'yaml'
  const infos: readonly Latest[] = found.infos
  const opened =
    s.opened ??
    openedFile(
      infos.map(({ object }) => object),
      format,
    )
  yield* showEditor(s, opened)
  const edited = s.stdin ?? fail('edit needs a person at an editor: what they save comes as standard input, and there is none')
  yield* save(s, { infos: asOpened(infos, s.opened), format, opened }, edited, validation)
}

/** The editor opens with a text, for whoever looks for it in the trace. */
function* showEditor(s: Session, shown: string): Run {
  yield* perform<KubectlState, void>(({ context }) => {
    context.note('kubectl.editor', { id: s.id, text: shown })
  })
}

/** The objects as they were when the person's editor was opened, which may be a while ago. */
function asOpened(infos: readonly Latest[], opened: string | undefined): readonly Latest[] {
  if (opened === undefined) return infos
  const { objects } = objectsOf(opened)
  return infos.map(info => {
    const shown = objects.find(({ metadata }) => metadata.uid === info.object.metadata.uid)
    return shown ? { ...info, object: withManaged(shown, info.object) } : info
  })
}

/** Managed fields are hidden from the person, and stand in the object again when it is saved. */
function withManaged(object: KubeObject, { metadata: { managedFields } }: KubeObject): KubeObject {
  return managedFields ? { ...object, metadata: { ...object.metadata, managedFields } } : object
}

function* save(s: Session, editing: Editing, edited: string, validation: string): Run {
  const { infos, opened } = editing
  if (validation !== 'Ignore') {
    const problem = yield* validate(s, edited)
    if (problem !== undefined) {
      yield* err(s, `error: ${subjectOf(infos[0])} is invalid\n`)
      const cause = `<nil>: Invalid value: "The edited file failed validation": ${problem}`
      return yield* reopen(s, editing, edited, [{ head: `${subjectOf(infos[0])} was not valid`, causes: [cause] }])
    }
  }
  if (deepEqual(dataOf(opened), dataOf(edited))) return yield* err(s, 'Edit cancelled, no changes made.\n')
  if (!hasLines(edited)) return yield* err(s, 'Edit cancelled, saved file was empty.\n')
  const read = yield* readSaved(s, edited)
  if ('problem' in read)
    return yield* reopen(s, editing, edited, [{ head: `The edited file had a syntax error: ${read.problem}`, causes: [] }])
  const results: Results = { reasons: [], invalid: 0, notFound: 0, refused: 0 }
  try {
    for (const info of read.infos) checkNamespace(s, info)
    for (const info of read.infos) yield* patchOne(s, infos, info, results, validation)
  } catch (problem) {
    if (!(problem instanceof CommandFailed)) throw problem
    yield* sayKept(s, yield* keep(edited, editing.format))
    throw problem
  }
  yield* conclude(s, editing, edited, results)
}

/** Only what is YAML and says its kind is shown to the apiserver. */
function* validate(s: Session, edited: string): Run<string | undefined> {
  const problem = invalidText(edited)
  if (problem === undefined) yield* checkSchema(s, dataOf(edited) as KubeObject, new Map())
  return problem
}

function* readSaved(s: Session, edited: string): Run<{ readonly infos: readonly Latest[] } | { readonly problem: string }> {
  const { objects, problem } = objectsOf(edited)
  if (problem !== undefined) return { problem }
  const infos: Latest[] = []
  for (const object of objects) {
    const resource = yield* mappingOf(s, object.apiVersion, object.kind)
    if (!resource)
      return { problem: `no matches for kind ${JSON.stringify(object.kind)} in version ${JSON.stringify(object.apiVersion)}` }
    const { name, namespace } = object.metadata
    infos.push({ resource, namespace: resource.namespaced ? (namespace ?? s.namespace) : undefined, name: name ?? '', object })
  }
  return { infos }
}

function checkNamespace(s: Session, { namespace }: Latest): void {
  if (namespace !== undefined && namespace !== s.namespace)
    fail(
      `the namespace from the provided object ${JSON.stringify(namespace)} does not match the namespace ${JSON.stringify(s.namespace)}. You must pass '--namespace=${namespace}' to perform this operation.`,
    )
}

/** Sends what the person changed in one object. */
function* patchOne(s: Session, originals: readonly Latest[], info: Latest, results: Results, validation: string): Run {
  const { resource, namespace, name } = info
  const original = originals.find(each => each.object.metadata.uid === info.object.metadata.uid)
  if (!original) return fail(`no original object found for &unstructured.Unstructured{Object:${goSyntax(info.object)}}`)
  const restored = withManaged(info.object, original.object)
  const modified = recorded(s, isOn(s, 'save-config') ? saveLastApplied(restored) : restored)
  if (deepEqual(original.object, modified)) return yield* printChanged(s, resource, modified, 'skipped', 'none', 'own')
  const patch = patchOf(s, resource, original.object, modified)
  if (isOn(s, 'output-patch')) yield* out(s, `Patch: ${compactJson(patch)}\n`)
  const query = { fieldManager: text(s, 'field-manager'), fieldValidation: validation }
  const subresource = text(s, 'subresource') || undefined
  const spec = patchObject(resource, namespace, name, patch, MEDIA.strategicMergePatch, query, subresource)
  const response = yield* ask<KubeObject | Status>(s, spec)
  if (response.code < 300) return yield* printChanged(s, resource, response.body as KubeObject, 'edited', 'none', 'own')
  yield* err(s, `error: ${subjectOf(info)} ${refusal(info, response.body as Status, results)}\n`)
}

function patchOf(s: Session, resource: Resource, original: KubeObject, modified: KubeObject): object {
  const changed = (of: (object: KubeObject) => unknown) => of(original) !== of(modified)
  if (changed(object => object.apiVersion) || changed(object => object.kind) || changed(object => object.metadata.name))
    fail('At least one of apiVersion, kind and name was changed')
  const type = s.schema.typeOf(resource.apiVersion, resource.kind)
  return type ? createTwoWayMergePatch(original, modified, type) : fail(`no schema for ${resource.groupKind}`)
}

/** Counts a refused patch, and says what is printed of it. Models editResults.addError. */
function refusal(info: Latest, status: Status, results: Results): string {
  if (status.reason === 'Invalid') {
    results.invalid++
    results.reasons.push(invalidReason(subjectOf(info), status))
    return 'is invalid'
  }
  if (status.reason === 'NotFound') {
    results.notFound++
    return 'could not be found on the server'
  }
  results.refused++
  return `could not be patched: ${status.message ?? ''}`
}

function* conclude(s: Session, editing: Editing, edited: string, { reasons, invalid, notFound, refused }: Results): Run {
  if (refused > 0) {
    const path = yield* keep(edited, editing.format)
    yield* err(s, `You can run \`kubectl replace -f ${path}\` to try this update again.\n`)
    failWith({ kind: 'exit', code: 1 })
  }
  if (notFound > 0) {
    const path = yield* keep(edited, editing.format)
    yield* err(s, `The edits you made on deleted resources have been saved to ${JSON.stringify(path)}\n`)
    failWith({ kind: 'exit', code: 1 })
  }
  if (invalid > 0) yield* reopen(s, editing, edited, reasons)
}

/** The editor opens once more with the reasons. What is saved comes once, so that it is closed as it is. */
function* reopen(s: Session, { format }: Editing, edited: string, reasons: readonly EditReason[]): Run {
  const shown = reopenedFile(edited, format, reasons)
  yield* showEditor(s, shown)
  yield* sayKept(s, yield* keep(shown, format))
  fail('Edit cancelled, no valid changes were saved.')
}

const sayKept = (s: Session, path: string): Run => err(s, `A copy of your changes has been stored to ${JSON.stringify(path)}\n`)

/** Keeps a text in a temporary file, which later commands can read. Returns its path. */
function* keep(content: string, format: EditFormat): Run<string> {
  const path = `/tmp/kubectl-edit-${yield* chance(2 ** 32)}.${format}`
  yield* perform<KubectlState, void>(({ state }) => {
    state.files.set(path, content)
  })
  return path
}

/** `deployments.apps "web"` */
const subjectOf = (info: Latest | undefined): string =>
  `${info?.resource.groupResource ?? ''} ${JSON.stringify(info?.name ?? '')}`

export const editCommand: Command = {
  name: 'edit',
  use: 'edit (RESOURCE/NAME | -f FILENAME)',
  short: 'Edit a resource on the server',
  long: 'Edit a resource from an editor.\n\n The object is read, you change its text, and what you changed is sent as a patch. Several objects can be edited at once; their changes are sent one by one. What the apiserver refuses is kept in a temporary file.\n\n At the prompt of this page the YAML panel is the editor. Elsewhere what the editor saved is read from the standard input.',
  examples: [
    "# Edit the service named 'registry'",
    'kubectl edit svc/registry',
    '',
    "# Edit the job 'myjob' in JSON",
    'kubectl edit job/myjob -o json',
    '',
    "# Edit the deployment's status subresource",
    "kubectl edit deployment mydeployment --subresource='status'",
  ],
  flags: [
    RECORD,
    ...PRINT_FLAGS,
    SAVE_CONFIG,
    VALIDATE,
    fieldManager('kubectl-edit'),
    flag.bool('output-patch', 'Output the patch if the resource is edited.'),
    flag.string('subresource', 'If specified, edit will operate on the subresource of the requested object.'),
    flag.bool('windows-line-endings', 'Defaults to the line ending native to your platform.', { refused: true }),
    ...fileFlags('to use to edit the resource'),
  ],
  arguments: 'resource',
  run,
}
