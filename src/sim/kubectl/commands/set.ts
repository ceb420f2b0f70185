// Models k8s.io/kubectl/pkg/cmd/set: set_image.go, set_env.go, set_resources.go
import { canonicalQuantity } from '../../api/quantity'
import type { KubeObject } from '../../api/types'
import { type Command, type Flag, flag } from '../command'
import { type DryRun, dryRunOf } from '../dry-run'
import { fail, failWithAll, type KubectlError } from '../errors'
import { DRY_RUN, fieldManager, fileFlags, PRINT_FLAGS, SELECTOR } from '../flags'
import { type Latest, readLatest } from '../latest'
import { resourcesAndPairs } from '../pairs'
import { type ContainerFields, type EnvFields, type PodSpecFields, podSpecOf, sendChanged, withPodSpec } from '../pod-template'
import { err, isOn, list, out, type Run, type Session, text } from '../session'

/** What a subcommand makes of the containers of an object. */
type Change = (spec: PodSpecFields) => { readonly spec: PodSpecFields; readonly errors: readonly string[] }

/** Reads all objects, then sends what changes in each. */
function* changeAll(
  s: Session,
  infos: readonly Latest[],
  before: readonly KubectlError[],
  change: Change,
  operation: string,
  failure: string,
): Run {
  const dryRun = dryRunOf(s)
  const errors: KubectlError[] = [...before]
  const patches: { info: Latest; modified: KubeObject }[] = []
  for (const info of infos) {
    const spec = podSpecOf(info)
    if (!spec) {
      errors.push({
        kind: 'text',
        text: `error: ${info.resource.plural}/${info.name} the object is not a pod or does not have a pod template: ${info.resource.groupKind}\n`,
      })
      continue
    }
    const changed = change(spec)
    errors.push(...changed.errors.map(words => ({ kind: 'text', text: words }) as const))
    patches.push({ info, modified: withPodSpec(info, changed.spec) })
  }
  for (const { info, modified } of patches)
    errors.push(...(yield* sendChanged(s, info, modified, operation, dryRun as DryRun, failure)))
  failWithAll(errors)
}

const checkAll = (s: Session) =>
  isOn(s, 'all') && text(s, 'selector') !== '' && fail('cannot set --all and --selector at the same time')
const choice = (s: Session) => ({ selector: text(s, 'selector'), everything: isOn(s, 'all') })

function* setImage(s: Session): Run {
  const { resources, pairs } = resourcesAndPairs(s.args, 'image')
  const images = new Map(pairs.map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const))
  checkAll(s)
  const missing: KubectlError[] = []
  if (resources.length < 1 && list(s, 'filename').length === 0)
    missing.push({ kind: 'text', text: 'one or more resources must be specified as <resource> <name> or <resource>/<name>' })
  if (images.size < 1) missing.push({ kind: 'text', text: 'at least one image update is required' })
  if (images.size > 1 && images.has('*'))
    missing.push({
      kind: 'text',
      text: 'all containers are already specified by *, but saw more than one container_name=container_image pairs',
    })
  // what is not there is complained of first
  const { infos, errors } = yield* readLatest(s, choice(s), resources)
  failWithAll(errors)
  failWithAll(missing)
  yield* changeAll(
    s,
    infos,
    [],
    spec => withImages(spec, images),
    'image updated',
    'failed to patch image update to pod template: ',
  )
}

function withImages(spec: PodSpecFields, images: ReadonlyMap<string, string>): ReturnType<Change> {
  const named = new Set<string>()
  const change = (container: ContainerFields): ContainerFields => {
    const image = images.get(container.name) ?? images.get('*')
    if (image === undefined) return container
    named.add(container.name).add('*')
    return { ...container, image }
  }
  const changed = eachContainer(spec, change)
  const errors = [...images.keys()]
    .filter(name => !named.has(name))
    .map(name => `error: unable to find container named ${JSON.stringify(name)}`)
  return { spec: changed, errors }
}

function eachContainer(spec: PodSpecFields, change: (container: ContainerFields) => ContainerFields): PodSpecFields {
  return {
    ...spec,
    containers: spec.containers.map(change),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(change) }),
  }
}

/** True for the containers that `-c` chooses; `*` stands for anything. */
function chosen(s: Session): (container: ContainerFields) => boolean {
  const pattern = text(s, 'containers')
  const shape = new RegExp(`^${pattern.replace(/[.+?^$|()[\]{}\\]/g, '\\$&').replace(/\*/g, '.*')}$`)
  return ({ name }) => shape.test(name)
}

function* setEnv(s: Session): Run {
  checkAll(s)
  const { resources, set, remove } = splitEnv(s)
  if (list(s, 'filename').length === 0 && resources.length < 1)
    fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  if (text(s, 'from') !== '') fail('set env --from is not simulated here: name the keys in the manifest')
  const { infos, errors } = yield* readLatest(s, choice(s), resources)
  failWithAll(errors)
  const isChosen = chosen(s)
  if (isOn(s, 'list')) return yield* listEnv(s, infos, isChosen)
  for (const info of infos) {
    const spec = podSpecOf(info)
    if (spec && !spec.containers.some(isChosen))
      yield* err(
        s,
        `Warning: ${info.resource.kind}/${info.name} does not have any containers matching ${JSON.stringify(text(s, 'containers'))}\n`,
      )
  }
  if (set.length === 0 && remove.length === 0) fail('at least one environment variable must be provided')
  const change: Change = spec => ({
    spec: eachContainer(spec, container => (isChosen(container) ? withEnv(container, set, remove) : container)),
    errors: [],
  })
  yield* changeAll(s, infos, [], change, 'env updated', 'failed to patch env update to pod template: ')
}

/** envutil.SplitEnvironmentFromResources and ParseEnv */
function splitEnv(s: Session): {
  readonly resources: readonly string[]
  readonly set: readonly EnvFields[]
  readonly remove: readonly string[]
} {
  const resources: string[] = []
  const set: EnvFields[] = []
  const remove: string[] = []
  let begun = false
  for (const arg of [...s.args, ...list(s, 'env')]) {
    const at = arg.indexOf('=')
    if (at > 0) set.push({ name: envName(arg.slice(0, at)), value: arg.slice(at + 1) })
    else if (arg.endsWith('-')) remove.push(arg.slice(0, -1))
    else if (begun) fail(`all resources must be specified before environment changes: ${s.args.join(' ')}`)
    else resources.push(arg)
    begun ||= set.length + remove.length > 0
  }
  return { resources, set, remove }
}

const envName = (name: string): string =>
  /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name)
    ? name
    : fail(
        `${JSON.stringify(name)} is not a valid key name: a valid environment variable name must consist only of printable ASCII characters other than '='`,
      )

function withEnv(container: ContainerFields, set: readonly EnvFields[], remove: readonly string[]): ContainerFields {
  const kept = (container.env ?? []).filter(({ name }) => !remove.includes(name))
  const changed = kept.map(variable => set.find(({ name }) => name === variable.name) ?? variable)
  const added = set.filter(({ name }) => !kept.some(variable => variable.name === name))
  const env = [...changed, ...added]
  const { env: _, ...rest } = container
  return env.length > 0 ? { ...rest, name: container.name, env } : { ...rest, name: container.name }
}

function* listEnv(s: Session, infos: readonly Latest[], isChosen: (container: ContainerFields) => boolean): Run {
  for (const info of infos) {
    const spec = podSpecOf(info)
    for (const container of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].filter(isChosen)) {
      const lines = (container.env ?? []).map(({ name, value, valueFrom }) =>
        valueFrom ? `# ${name} from ${sourceText(valueFrom)}\n` : `${name}=${value ?? ''}\n`,
      )
      yield* out(s, `# ${info.resource.kind} ${info.name}, container ${container.name}\n${lines.join('')}`)
    }
  }
}

interface Source {
  readonly configMapKeyRef?: { readonly name: string; readonly key: string }
  readonly secretKeyRef?: { readonly name: string; readonly key: string }
  readonly fieldRef?: { readonly fieldPath: string }
  readonly resourceFieldRef?: { readonly resource: string; readonly containerName?: string }
}

/** envutil.GetEnvVarRefString */
function sourceText({ configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef }: Source): string {
  if (configMapKeyRef) return `configmap ${configMapKeyRef.name}, key ${configMapKeyRef.key}`
  if (secretKeyRef) return `secret ${secretKeyRef.name}, key ${secretKeyRef.key}`
  if (fieldRef) return `field path ${fieldRef.fieldPath}`
  if (resourceFieldRef)
    return `resource field ${resourceFieldRef.containerName ? `${resourceFieldRef.containerName}.` : ''}${resourceFieldRef.resource}`
  return 'invalid valueFrom'
}

function* setResources(s: Session): Run {
  const { infos, errors } = yield* readLatest(s, choice(s))
  failWithAll(errors)
  checkAll(s)
  const limits = amounts(text(s, 'limits'))
  const requests = amounts(text(s, 'requests'))
  if (Object.keys(limits).length + Object.keys(requests).length === 0)
    fail('you must specify an update to requests or limits (in the form of --requests/--limits)')
  const isChosen = chosen(s)
  const change: Change = spec => {
    if (![...spec.containers, ...(spec.initContainers ?? [])].some(isChosen))
      return { spec, errors: [`error: unable to find container named ${text(s, 'containers')}`] }
    return {
      spec: eachContainer(spec, container => (isChosen(container) ? withResources(container, limits, requests) : container)),
      errors: [],
    }
  }
  yield* changeAll(s, infos, [], change, 'resource requirements updated', 'failed to patch resources update to pod template ')
}

type Amounts = Readonly<Record<string, string>>

function amounts(given: string): Amounts {
  if (given === '') return {}
  return Object.fromEntries(
    given.split(',').map(pair => {
      const [name, value, more] = pair.split('=')
      if (!name || value === undefined || more !== undefined)
        return fail(`Invalid argument syntax ${pair}, expected <resource>=<value>`)
      return [
        name,
        canonicalQuantity(value) ??
          fail("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"),
      ]
    }),
  )
}

function withResources(container: ContainerFields, limits: Amounts, requests: Amounts): ContainerFields {
  const before = container.resources ?? {}
  const resources = {
    ...before,
    ...(Object.keys(limits).length > 0 && { limits: { ...before.limits, ...limits } }),
    ...(Object.keys(requests).length > 0 && { requests: { ...before.requests, ...requests } }),
  }
  return { ...container, resources }
}

const shared = (usage: string): readonly Flag[] => [
  flag.bool('all', 'Select all resources, in the namespace of the specified resource types'),
  SELECTOR,
  DRY_RUN,
  fieldManager('kubectl-set'),
  ...PRINT_FLAGS,
  ...fileFlags(usage),
]
const CONTAINERS = flag.string(
  'containers',
  'The names of containers in the selected pod templates to change - may use wildcards',
  { short: 'c', value: '*' },
)

const image: Command = {
  name: 'image',
  use: 'image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  short: 'Update the image of a pod template',
  long: 'Update existing container image(s) of resources.\n\n Possible resources include (case insensitive):\n\n  pod (po), replicationcontroller (rc), deployment (deploy), daemonset (ds), statefulset (sts), cronjob (cj), replicaset (rs)',
  examples: [
    "# Set a deployment's nginx container image to 'nginx:1.9.1', and its busybox container image to 'busybox'",
    'kubectl set image deployment/nginx busybox=busybox nginx=nginx:1.9.1',
    '',
    '# Update the image of all containers of the daemonset abc',
    'kubectl set image daemonset abc *=nginx:1.9.1',
  ],
  flags: shared('identifying the resource to get from a server.'),
  arguments: 'resource',
  run: setImage,
}

const env: Command = {
  name: 'env',
  use: 'env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  short: 'Update environment variables on a pod template',
  long: 'Update environment variables on a pod template.\n\n A key with a dash behind it takes the variable away.',
  examples: [
    '# Update a deployment with a new environment variable',
    'kubectl set env deployment/registry STORAGE_DIR=/local',
    '',
    '# List the environment variables of a deployment',
    'kubectl set env deployment/sample-build --list',
    '',
    '# Remove the environment variable ENV from all containers of a deployment',
    'kubectl set env deployment/registry ENV-',
  ],
  flags: [
    CONTAINERS,
    flag.array('env', 'Specify a key-value pair for an environment variable to set into each container.', { short: 'e' }),
    flag.string('from', 'The name of a resource from which to inject environment variables', { hidden: true }),
    flag.bool(
      'list',
      'If true, display the environment and any changes in the standard format. this flag will removed when we have kubectl view env.',
    ),
    flag.bool(
      'overwrite',
      'If true, allow environment to be overwritten, otherwise reject updates that overwrite existing environment.',
      { value: true },
    ),
    ...shared('the resource to update the env'),
  ],
  arguments: 'resource',
  run: setEnv,
}

const resources: Command = {
  name: 'resources',
  use: 'resources (-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]',
  short: 'Update resource requests/limits on objects with pod templates',
  long: 'Specify compute resource requirements (CPU, memory) for any resource that defines a pod template.',
  examples: [
    "# Set a deployment's nginx container's limits",
    'kubectl set resources deployment nginx -c=nginx --limits=cpu=200m,memory=512Mi',
    '',
    '# Set the resource request and limits for all containers',
    'kubectl set resources deployment nginx --limits=cpu=200m,memory=512Mi --requests=cpu=100m,memory=256Mi',
  ],
  flags: [
    CONTAINERS,
    flag.string('limits', "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'."),
    flag.string('requests', "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'."),
    ...shared('identifying the resource to get from a server.'),
  ],
  arguments: 'resource',
  run: setResources,
}

export const setCommand: Command = {
  name: 'set',
  use: 'set SUBCOMMAND',
  short: 'Set specific features on objects',
  long: 'Configure application resources.\n\n These commands help you make changes to existing application resources.',
  commands: [env, image, resources],
}
