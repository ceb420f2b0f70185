// Models k8s.io/kubectl/pkg/cmd/set/set_env.go and env/
import { type Command, flag, refused } from '../command'
import { fail, failWithAll } from '../errors'
import { type Latest, readLatest } from '../latest'
import { type ContainerFields, type EnvFields, type PodSpecFields, podSpecOf } from '../pod-template'
import { RECORD } from '../record'
import { err, isOn, list, out, type Run, type Session, text } from '../session'
import {
  type Change,
  CONTAINERS,
  changeAll,
  checkAll,
  checkLocal,
  choice,
  chosen,
  chosenObjects,
  eachContainer,
  shared,
} from './common'

function* setEnv(s: Session): Run {
  checkAll(s)
  const { resources, words } = splitEnv(s.args)
  checkLocal(s)
  if (list(s, 'filename').length === 0 && resources.length < 1)
    fail('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  if (isOn(s, 'list') && text(s, 'output') !== '') fail('--list and --output may not be specified together')
  if (list(s, 'keys').length > 0 && text(s, 'from') === '')
    fail('when specifying --keys, a configmap or secret must be provided with --from')
  const { set: given, remove } = parseEnv(s, [...list(s, 'env'), ...words])
  const prefix = text(s, 'prefix')
  const set = [...given, ...(yield* fromSource(s))].map(variable => ({ ...variable, name: prefix + variable.name }))
  const { infos, errors } = yield* chosenObjects(s, resources)
  failWithAll(errors)
  const isChosen = chosen(s)
  for (const info of infos) {
    const spec = podSpecOf(info)
    if (spec && !spec.containers.some(isChosen))
      yield* err(
        s,
        `Warning: ${info.resource.kind}/${info.name} does not have any containers matching ${JSON.stringify(text(s, 'containers'))}\n`,
      )
  }
  const changed = (container: ContainerFields): ContainerFields =>
    isChosen(container) ? withEnv(container, set, remove) : container
  if (isOn(s, 'list')) return yield* listEnv(s, infos, isChosen, changed)
  const change: Change = (spec, info) => {
    const kept = isOn(s, 'overwrite') ? undefined : overwritten(spec, isChosen, set)
    if (kept === undefined) return { spec: eachContainer(spec, changed), errors: [] }
    return { spec, errors: [`error: ${info.resource.plural}/${info.name} ${kept}\n`] }
  }
  yield* changeAll(s, infos, change, 'env updated', 'failed to patch env update to pod template: ')
}

/** validateNoOverwrites */
function overwritten(
  { containers, initContainers = [] }: PodSpecFields,
  isChosen: (container: ContainerFields) => boolean,
  set: readonly EnvFields[],
): string | undefined {
  for (const { env = [] } of [...containers, ...initContainers].filter(isChosen))
    for (const { name, value = '' } of set) {
      const current = env.find(variable => variable.name === name)
      if (current && (current.value ?? '') !== value)
        return `'${name}' already has a value (${current.value ?? ''}), and --overwrite is false`
    }
  return undefined
}

/** `--from`: a variable for each key of a config map or secret, or for those of `--keys`. */
function* fromSource(s: Session): Run<readonly EnvFields[]> {
  const from = text(s, 'from')
  if (from === '') return []
  const { infos, errors } = yield* readLatest(s, choice(s), [from])
  failWithAll(errors)
  const keys = list(s, 'keys')
  return infos.flatMap(({ object = fail('nothing was read'), resource }) => {
    const ref = REFS[resource.groupKind] ?? fail('unsupported resource specified in --from')
    return Object.keys((object as { data?: object }).data ?? {})
      .sort()
      .filter(key => keys.length === 0 || keys.includes(key))
      .map(key => ({
        name: key.replace(/[^a-zA-Z0-9_]/g, '_').toUpperCase(),
        valueFrom: { [ref]: { key, name: object.metadata.name } },
      }))
  })
}
const REFS: Readonly<Record<string, string>> = { ConfigMap: 'configMapKeyRef', Secret: 'secretKeyRef' }

/** envutil.SplitEnvironmentFromResources */
function splitEnv(args: readonly string[]): { readonly resources: readonly string[]; readonly words: readonly string[] } {
  const isEnv = (arg: string) => /^.+=/s.test(arg) || arg.endsWith('-')
  const first = args.findIndex(isEnv)
  if (first < 0) return { resources: args, words: [] }
  const words = args.slice(first)
  if (!words.every(isEnv)) fail(`all resources must be specified before environment changes: ${args.join(' ')}`)
  return { resources: args.slice(0, first), words }
}

/** envutil.ParseEnv; `-` stands for what standard input holds. */
function parseEnv(
  s: Session,
  words: readonly string[],
): { readonly set: readonly EnvFields[]; readonly remove: readonly string[] } {
  const set: EnvFields[] = []
  const own = new Set<string>()
  const remove: string[] = []
  const pair = (word: string) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] as const
  for (const word of words) {
    if (word === '-') {
      for (const line of (s.stdin ?? '').split('\n').map(each => each.replace(/#.*/, '')))
        if (line.includes('=')) set.push({ name: pair(line)[0], value: pair(line)[1] })
    } else if (word.includes('=')) {
      const [name, value] = pair(word)
      own.add(envName(name))
      set.push({ name, value })
    } else if (word.endsWith('-')) remove.push(word.slice(0, -1))
    else fail(`unknown environment variable: ${word}`)
  }
  if (remove.some(name => own.has(name))) fail('can not both modify and remove the same environment variable in the same command')
  return { set, remove }
}

const envName = (name: string): string =>
  /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name)
    ? name
    : fail(
        `${JSON.stringify(name)} is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`,
      )

function withEnv(container: ContainerFields, set: readonly EnvFields[], remove: readonly string[]): ContainerFields {
  const kept = (container.env ?? []).filter(({ name }) => !remove.includes(name))
  const changed = kept.map(variable => set.find(({ name }) => name === variable.name) ?? variable)
  const added = set.filter(
    ({ name }, at) =>
      !remove.includes(name) &&
      !kept.some(variable => variable.name === name) &&
      set.findIndex(other => other.name === name) === at,
  )
  const env = [...changed, ...added]
  const { env: _, ...rest } = container
  return env.length > 0 ? { ...rest, name: container.name, env } : { ...rest, name: container.name }
}

/** Shows the variables, with the changes that are asked for. */
function* listEnv(
  s: Session,
  infos: readonly Latest[],
  isChosen: (container: ContainerFields) => boolean,
  changed: (container: ContainerFields) => ContainerFields,
): Run {
  for (const info of infos) {
    const spec = podSpecOf(info)
    for (const container of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].filter(isChosen).map(changed)) {
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

export const envCommand: Command = {
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
    ...refused('resolve:bool'),
    flag.string('from', 'The name of a resource from which to inject environment variables'),
    flag.slice('keys', 'Comma-separated list of keys to import from specified resource'),
    flag.string('prefix', 'Prefix to append to variable names'),
    CONTAINERS,
    flag.array('env', 'Specify a key-value pair for an environment variable to set into each container.', { short: 'e' }),
    flag.bool(
      'list',
      'If true, display the environment and any changes in the standard format. this flag will removed when we have kubectl view env.',
    ),
    flag.bool(
      'overwrite',
      'If true, allow environment to be overwritten, otherwise reject updates that overwrite existing environment.',
      { value: true },
    ),
    ...shared('the resource to update the env').filter(each => each !== RECORD),
  ],
  arguments: 'resource',
  run: setEnv,
}
