// Models k8s.io/kubectl/pkg/cmd/patch/patch.go
import { deepEqual } from '../../api/deep'
import { MEDIA } from '../../api/messages'
import { applyJsonPatch, applyMergePatch, applyStrategicPatch } from '../../api/patch'
import type { KubeObject } from '../../api/types'
import { type Command, flag } from '../command'
import { type DryRun, dryRunOf } from '../dry-run'
import { fail } from '../errors'
import { DRY_RUN, fieldManager, fileFlags, PRINT_FLAGS } from '../flags'
import { type Latest, visitLatest } from '../latest'
import { parseYaml } from '../manifest'
import { printChanged } from '../output'
import { patchObject } from '../requests'
import { demand, isOn, type Run, type Session, text } from '../session'

const TYPES: Readonly<Record<string, string>> = {
  json: MEDIA.jsonPatch,
  merge: MEDIA.mergePatch,
  strategic: MEDIA.strategicMergePatch,
}

function* run(s: Session): Run {
  const dryRun = dryRunOf(s)
  const given = text(s, 'patch')
  const file = text(s, 'patch-file')
  if (given !== '' && file !== '') fail('cannot specify --patch and --patch-file together')
  if (given === '' && file === '') fail('must specify --patch or --patch-file containing the contents of the patch')
  const type = text(s, 'type').toLowerCase()
  const media =
    (Object.hasOwn(TYPES, type) ? TYPES[type] : undefined) ??
    fail(`--type must be one of [json merge strategic], not ${JSON.stringify(text(s, 'type'))}`)
  if (isOn(s, 'local')) {
    if (s.args.length > 0) fail('cannot specify --local and server resources')
    if (dryRun === 'server') fail('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
  }
  const patch = readPatch(
    file === '' ? given : (s.files[file] ?? fail(`unable to read patch file: open ${file}: no such file or directory`)),
  )
  const subresource = text(s, 'subresource')
  const visited = yield* visitLatest(s, info => patchOne(s, info, patch, media, dryRun, subresource), {
    asGiven: true,
    ...(subresource !== '' && { subresource }),
  })
  if (visited === 0) fail('no objects passed to patch')
}

function readPatch(given: string): unknown {
  const { value, problem } = parseYaml(given)
  return problem ? fail(`unable to parse ${JSON.stringify(given)}: ${problem.message}`) : value
}

function* patchOne(s: Session, info: Latest, patch: unknown, media: string, dryRun: DryRun, subresource: string): Run {
  const { resource, namespace, name, object } = info
  let patched: KubeObject
  if (dryRun === 'client' || isOn(s, 'local')) patched = patchHere(s, info, patch, media)
  else {
    const query = { ...(dryRun === 'server' && { dryRun: 'All' }), fieldManager: text(s, 'field-manager') }
    patched = yield* demand<KubeObject>(s, patchObject(resource, namespace, name, patch, media, query, subresource || undefined))
  }
  yield* printChanged(s, resource, patched, deepEqual(object, patched) ? 'patched (no change)' : 'patched', dryRun, 'own')
}

function patchHere(s: Session, { resource, object }: Latest, patch: unknown, media: string): KubeObject {
  if (media === MEDIA.mergePatch) return applyMergePatch(object, patch)
  const type = s.schema.typeOf(resource.apiVersion, resource.kind)
  const made =
    media === MEDIA.jsonPatch
      ? applyJsonPatch(object, patch)
      : type
        ? applyStrategicPatch(object, patch, type)
        : fail(`strategic merge patch is not supported for ${resource.groupKind} locally, try --type merge`)
  return made.value ?? fail(String(made.error))
}

export const patchCommand: Command = {
  name: 'patch',
  use: 'patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  short: 'Update fields of a resource',
  long: 'Update fields of a resource using strategic merge patch, a JSON merge patch, or a JSON patch.\n\n JSON and YAML formats are accepted.',
  examples: [
    '# Patch a node with a strategic merge patch',
    'kubectl patch node node-1 -p \'{"spec":{"unschedulable":true}}\'',
    '',
    "# Change a container's image; containers are merged by their names",
    'kubectl patch pod valid-pod -p \'{"spec":{"containers":[{"name":"web","image":"new image"}]}}\'',
    '',
    "# Change a container's image with a JSON patch",
    'kubectl patch pod valid-pod --type=\'json\' -p=\'[{"op": "replace", "path": "/spec/containers/0/image", "value":"new image"}]\'',
  ],
  flags: [
    flag.bool('local', 'If true, patch will operate on the content of the file, not the server-side resource.'),
    DRY_RUN,
    fieldManager('kubectl-patch'),
    flag.string('patch', 'The patch to be applied to the resource JSON file.', { short: 'p' }),
    flag.string('patch-file', 'A file containing a patch to be applied to the resource.'),
    flag.string('subresource', 'If specified, patch will operate on the subresource of the requested object.'),
    flag.string('type', 'The type of patch being provided; one of [json merge strategic]', { value: 'strategic' }),
    ...PRINT_FLAGS,
    ...fileFlags('identifying the resource to update'),
  ],
  arguments: 'resource',
  run,
}
