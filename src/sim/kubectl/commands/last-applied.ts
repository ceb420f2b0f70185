// Models k8s.io/kubectl/pkg/cmd/apply/apply_view_last_applied.go
import { type Command, flag } from '../command'
import { failWithAll, usageError } from '../errors'
import { fileFlags, SELECTOR } from '../flags'
import { LAST_APPLIED } from '../last-applied'
import { readLatest } from '../latest'
import { jsonOf } from '../print/objects'
import { yamlOf } from '../print/yaml'
import { isOn, out, type Run, type Session, text } from '../session'

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
