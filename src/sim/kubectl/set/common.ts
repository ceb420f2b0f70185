// What the subcommands of set have in common: k8s.io/kubectl/pkg/cmd/set/helper.go
import type { Resource } from '../../api/kinds'
import type { KubeObject } from '../../api/types'
import { asStruct } from '../as-struct'
import { MISSING } from '../builder'
import { type Flag, flag } from '../command'
import { dryRunOf } from '../dry-run'
import { fail, failWithAll, type KubectlError } from '../errors'
import { localObjects } from '../files'
import { DRY_RUN, fieldManager, fileFlags, PRINT_FLAGS, SELECTOR } from '../flags'
import { type Latest, localInfo, readLatest } from '../latest'
import { type ContainerFields, type PodSpecFields, podSpecOf, sendChanged, withPodSpec } from '../pod-template'
import { RECORD, recorded } from '../record'
import { isOn, list, type Run, type Session, text } from '../session'

/** What a subcommand makes of the containers of an object. */
export type Change = (spec: PodSpecFields, info: Latest) => { readonly spec: PodSpecFields; readonly errors: readonly string[] }

/** Reads all objects, then sends what changes in each. */
export function* changeAll(
  s: Session,
  infos: readonly Latest[],
  change: Change,
  operation: string,
  failure: string,
  always = false,
): Run {
  const dryRun = dryRunOf(s)
  const errors: KubectlError[] = []
  const patches: { info: Latest; modified: KubeObject }[] = []
  for (const info of infos) {
    const spec = podSpecOf(info)
    if (!spec) {
      errors.push({
        kind: 'text',
        text: `error: ${info.resource.plural}/${info.name} the object is not a pod or does not have a pod template: ${goType(info.resource)}\n`,
      })
      continue
    }
    const changed = change(spec, info)
    errors.push(...changed.errors.map(words => ({ kind: 'text', text: words }) as const))
    patches.push({ info, modified: recorded(s, withPodSpec(info, changed.spec)) })
  }
  for (const { info, modified } of patches)
    errors.push(...(yield* sendChanged(s, info, modified, { operation, dryRun, failure, always })))
  failWithAll(errors)
}

/** A kind as Go's %T prints its type. */
const goType = ({ version, kind }: Resource): string => `*${version}.${kind}`

export const checkAll = (s: Session) =>
  isOn(s, 'all') && text(s, 'selector') !== '' && fail('cannot set --all and --selector at the same time')
/** What `--local` goes with. */
export const checkLocal = (s: Session) =>
  isOn(s, 'local') &&
  text(s, 'dry-run') === 'server' &&
  fail('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')

/** The objects to change: as the apiserver has them, or with `--local` as the files have them. */
export function* chosenObjects(s: Session, args: readonly string[] = s.args): ReturnType<typeof readLatest> {
  if (!isOn(s, 'local')) return yield* readLatest(s, choice(s), args)
  if (args.length > 0) fail(LOCAL_ONLY)
  if (list(s, 'filename').length === 0) fail(MISSING)
  const { objects, errors } = localObjects(s)
  return { infos: objects.map(object => localInfo(asStruct(object))), errors }
}
const LOCAL_ONLY = `error: you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'`

export const choice = (s: Session) => ({ selector: text(s, 'selector'), everything: isOn(s, 'all') })

/** A pod spec with each container changed. */
export function eachContainer(spec: PodSpecFields, change: (container: ContainerFields) => ContainerFields): PodSpecFields {
  return {
    ...spec,
    containers: spec.containers.map(change),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(change) }),
  }
}

/** True for the containers that `-c` chooses; `*` stands for anything. */
export function chosen(s: Session): (container: ContainerFields) => boolean {
  const pattern = text(s, 'containers')
  const shape = new RegExp(`^${pattern.replace(/[.+?^$|()[\]{}\\]/g, '\\$&').replace(/\*/g, '.*')}$`)
  return ({ name }) => shape.test(name)
}

/** Flags of all subcommands. */
export const shared = (usage: string): readonly Flag[] => [
  flag.bool('local', 'If true, set will NOT contact api-server but run locally.'),
  RECORD,
  flag.bool('all', 'Select all resources, in the namespace of the specified resource types'),
  SELECTOR,
  DRY_RUN,
  fieldManager('kubectl-set'),
  ...PRINT_FLAGS,
  ...fileFlags(usage),
]
export const CONTAINERS = flag.string(
  'containers',
  'The names of containers in the selected pod templates to change - may use wildcards',
  { short: 'c', value: '*' },
)
