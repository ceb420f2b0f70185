// Models k8s.io/kubectl/pkg/cmd/apply/apply_view_last_applied.go and apply_set_last_applied.go
import { MEDIA } from '../../api/messages'
import type { KubeObject } from '../../api/types'
import { isStatus, readInfo } from '../builder'
import { type Command, flag } from '../command'
import { dryRunOf, dryRunQuery } from '../dry-run'
import { fail, failWith, failWithAll, usageError } from '../errors'
import { readObjects } from '../files'
import { DRY_RUN, fileFlags, PRINT_FLAGS, SELECTOR } from '../flags'
import { LAST_APPLIED } from '../last-applied'
import { readLatest } from '../latest'
import { printChanged } from '../output'
import { compactJson, jsonOf } from '../print/objects'
import { yamlOf } from '../print/yaml'
import { patchObject } from '../requests'
import { demand, isOn, out, type Run, type Session, text } from '../session'

function* run(s: Session): Run {
  const { infos, errors } = yield* readLatest(s, { selector: text(s, 'selector'), everything: isOn(s, 'all') })
  failWithAll(errors)
  const format = text(s, 'output')
  for (const { object } of infos) {
    const applied = object.metadata.annotations?.[LAST_APPLIED]
    if (applied === undefined) continue
    const value: unknown = JSON.parse(applied)
    if (format === 'yaml') yield* out(s, yamlOf(value))
    else if (format === 'json') yield* out(s, indentedByTwo(value))
    else usageError(s.path, `Unexpected -o output mode: ${format}, the flag 'output' must be one of yaml|json`)
  }
}

/** JSON with two spaces, where `jsonOf` has four. */
export const indentedByTwo = (value: unknown): string => jsonOf(value).replace(/^ +/gm, spaces => spaces.slice(spaces.length / 2))

export const viewLastApplied: Command = {
  name: 'view-last-applied',
  use: 'view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
  short: 'View the latest last-applied-configuration annotations of a resource/object',
  long: 'View the latest last-applied-configuration annotations by type/name or file.',
  examples: ['# View what was applied last', 'kubectl apply view-last-applied deployment/nginx'],
  flags: [
    flag.bool('all', 'Select all resources in the namespace of the specified resource types'),
    flag.string('output', 'Output format. Must be one of (yaml, json)', { short: 'o', value: 'yaml' }),
    SELECTOR,
    ...fileFlags('that contains the last-applied-configuration annotations'),
  ],
  arguments: 'resource',
  run,
}

/** Looks at all objects, then writes the annotation of those whose file says something else. */
function* setAll(s: Session): Run {
  const dryRun = dryRunOf(s)
  const { infos, errors } = yield* readObjects(s, false)
  const differ: { readonly info: (typeof infos)[number]; readonly live: KubeObject; readonly applied: string }[] = []
  for (const info of infos) {
    const { object, ...named } = info
    const found = yield* readInfo(s, named)
    if (isStatus(found) || !found.object) return failWith({ kind: 'status', status: found as never })
    const before = found.object.metadata.annotations?.[LAST_APPLIED]
    if (before === undefined && !isOn(s, 'create-annotation'))
      fail(
        `no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`,
      )
    const applied = compactJson(object)
    if (before !== undefined && before.trim() === applied) yield* out(s, `set-last-applied ${info.name}: no changes required.\n`)
    else differ.push({ info, live: found.object, applied })
  }
  failWithAll(errors)
  for (const { info, live, applied } of differ) {
    const patch = { metadata: { annotations: { [LAST_APPLIED]: applied } } }
    const request = patchObject(info.resource, s.namespace, info.name, patch, MEDIA.mergePatch, dryRunQuery(dryRun))
    const patched = dryRun === 'client' ? live : yield* demand<KubeObject>(s, request)
    yield* printChanged(s, info.resource, patched, 'configured', dryRun)
  }
}

export const setLastApplied: Command = {
  name: 'set-last-applied',
  use: 'set-last-applied -f FILENAME',
  short: 'Set the last-applied-configuration annotation on a live object to match the contents of a file',
  long: "Set the latest last-applied-configuration annotations to match the contents of a file, as if 'kubectl apply -f <file>' had been run, without a change to anything else.",
  examples: [
    '# Make an object one that can be applied',
    'kubectl apply set-last-applied -f deploy.yaml --create-annotation=true',
  ],
  flags: [
    flag.bool('create-annotation', "Will create 'last-applied-configuration' annotations if current objects doesn't have one"),
    DRY_RUN,
    ...PRINT_FLAGS,
    ...fileFlags('that contains the last-applied-configuration annotations'),
  ],
  arguments: 'none',
  run: setAll,
}
