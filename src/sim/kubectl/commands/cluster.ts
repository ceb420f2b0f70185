// Models k8s.io/kubectl/pkg/cmd: cluster-info, api-resources, api-versions, version
import { GROUP_VERSIONS, mustResource, RESOURCES, type Resource } from '../../api/kinds'
import type { KubeObject, Status } from '../../api/types'
import { readAll } from '../builder'
import { type Command, flag, refused } from '../command'
import { discover, fetchDiscovery } from '../discovery'
import { fail, failWith, failWithAll, usageError } from '../errors'
import { PRINT_FLAGS } from '../flags'
import { SERVER } from '../kubeconfig'
import { layOut, TABLE_TABS } from '../print/tabwriter'
import { yamlOf } from '../print/yaml'
import { refusing } from '../refusing'
import { requestPath } from '../requests'
import { ask, changed, isOn, list, out, type Run, type Session, text } from '../session'

const CLIENT_VERSION = 'v1.36.3'
const KUSTOMIZE_VERSION = 'v5.8.1'

const table = (rows: readonly (readonly string[])[]): string =>
  layOut(rows.map(row => `${row.join('\t')}\n`).join(''), TABLE_TABS)
const noArguments = (s: Session): void => {
  if (s.args.length > 0) usageError(s.path, `unexpected arguments: [${s.args.join(' ')}]`)
}

function* clusterInfo(s: Session): Run {
  yield* discover(s)
  const selector = 'kubernetes.io/cluster-service=true'
  const { infos, errors } = yield* readAll(s, {
    kind: 'lists',
    resources: [mustResource('v1', 'Service')],
    selector,
    fieldSelector: '',
    namespace: 'kube-system',
  })
  const lines = infos.map(({ object }) => {
    const { metadata, spec } = object as KubeObject
    const [port] = spec?.ports ?? []
    const scheme = port && (port.name === 'https' || port.port === 443) ? 'https' : ''
    const name = port ? (scheme || port.name ? `${scheme}:${metadata.name}:${port.name ?? ''}` : metadata.name) : metadata.name
    return `${metadata.labels?.['kubernetes.io/name'] ?? metadata.name} is running at ${SERVER}/api/v1/namespaces/${metadata.namespace}/services/${name}/proxy\n`
  })
  const control = errors.length === 0 ? `Kubernetes control plane is running at ${SERVER}\n` : ''
  yield* out(s, `${control}${lines.join('')}\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n`)
  failWithAll(errors)
}

function* apiVersions(s: Session): Run {
  noArguments(s)
  yield* fetchDiscovery(s)
  yield* out(
    s,
    [...new Set([...GROUP_VERSIONS])]
      .sort()
      .map(version => `${version}\n`)
      .join(''),
  )
}

function* apiResources(s: Session): Run {
  noArguments(s)
  const format = text(s, 'output')
  if (!['', 'wide', 'name'].includes(format)) {
    if (['json', 'yaml', 'kyaml'].includes(format)) fail(`api-resources -o ${format} is not simulated here`)
    fail(
      `unable to match a printer suitable for the output format ${JSON.stringify(format)}, allowed formats are: json,kyaml,name,wide,yaml`,
    )
  }
  const sortBy = text(s, 'sort-by')
  if (!['', 'name', 'kind'].includes(sortBy)) fail('--sort-by accepts only name or kind')
  if (isOn(s, 'cached')) yield* discover(s)
  else yield* fetchDiscovery(s)
  const shown = preferred().filter(resource => isWanted(s, resource))
  if (sortBy === 'name') shown.sort((a, b) => (a.plural < b.plural ? -1 : 1))
  else if (sortBy === 'kind') shown.sort((a, b) => (a.kind < b.kind ? -1 : 1))
  else
    shown.sort((a, b) =>
      a.group === b.group ? (a.plural < b.plural ? -1 : a.plural > b.plural ? 1 : 0) : a.group < b.group ? -1 : 1,
    )
  if (format === 'name') return yield* out(s, shown.map(({ groupResource }) => `${groupResource}\n`).join(''))
  const wide = format === 'wide'
  const rows = shown.map(({ plural, shortNames, apiVersion, namespaced, kind, verbs, categories }) => [
    plural,
    shortNames.join(','),
    apiVersion,
    String(namespaced),
    kind,
    ...(wide ? [verbs.join(','), categories.join(',')] : []),
  ])
  const head = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(wide ? ['VERBS', 'CATEGORIES'] : [])]
  yield* out(s, table(isOn(s, 'no-headers') ? rows : [head, ...rows]))
}

/** Each resource in the version that its group prefers. */
function preferred(): Resource[] {
  const seen = new Set<string>()
  return RESOURCES.filter(({ groupResource }) => !seen.has(groupResource) && seen.add(groupResource))
}

function isWanted(s: Session, { group, namespaced, verbs, categories }: Resource): boolean {
  if (changed(s, 'api-group') && text(s, 'api-group') !== group) return false
  if (changed(s, 'namespaced') && isOn(s, 'namespaced') !== namespaced) return false
  return (
    list(s, 'verbs').every(verb => (verbs as readonly string[]).includes(verb)) &&
    list(s, 'categories').every(category => categories.includes(category))
  )
}

interface VersionInfo {
  readonly gitVersion?: string
}

function* version(s: Session): Run {
  if (s.args.length > 0) fail(`extra arguments: [${s.args.join(' ')}]`)
  const format = text(s, 'output')
  if (!['', 'json', 'yaml'].includes(format)) fail("--output must be 'yaml' or 'json'")
  const answer = isOn(s, 'client') ? undefined : yield* ask<VersionInfo | Status>(s, requestPath('/version', { timeout: '32s' }))
  const server = answer && answer.code < 300 ? (answer.body as VersionInfo) : undefined
  yield* printVersions(s, format, server)
  // what is known is said first
  if (answer && answer.code >= 300) failWith({ kind: 'status', status: answer.body as Status })
}

function* printVersions(s: Session, format: string, server: VersionInfo | undefined): Run {
  if (format === '') {
    const line = server ? `Server Version: ${server.gitVersion ?? ''}\n` : ''
    return yield* out(s, `Client Version: ${CLIENT_VERSION}\nKustomize Version: ${KUSTOMIZE_VERSION}\n${line}`)
  }
  const info = {
    clientVersion: { major: '1', minor: '36', gitVersion: CLIENT_VERSION },
    kustomizeVersion: KUSTOMIZE_VERSION,
    ...(server && { serverVersion: inOrder(server) }),
  }
  yield* out(s, format === 'yaml' ? `${yamlOf(info)}\n` : `${JSON.stringify(info, null, 2)}\n`)
}

/** The fields of version.Info, in Go's order. */
const INFO =
  'major minor emulationMajor emulationMinor minCompatibilityMajor minCompatibilityMinor gitVersion gitCommit gitTreeState buildDate goVersion compiler platform'.split(
    ' ',
  )
const inOrder = (server: VersionInfo): object =>
  Object.fromEntries(Object.entries(server).sort(([a], [b]) => INFO.indexOf(a) - INFO.indexOf(b)))

export const clusterInfoCommand: Command = {
  name: 'cluster-info',
  use: 'cluster-info [flags]',
  short: 'Display cluster information',
  long: 'Display addresses of the control plane and services with label kubernetes.io/cluster-service=true.',
  examples: ['# Print the address of the control plane and cluster services', 'kubectl cluster-info'],
  arguments: 'none',
  commands: [
    refusing({
      name: 'dump',
      use: 'dump',
      short: 'Dump relevant information for debugging and diagnosis',
      why: 'the inspector of the page shows all that the cluster holds',
      flags: [...PRINT_FLAGS, ...refused('all-namespaces:bool namespaces:slice output-directory pod-running-timeout:duration')],
    }),
  ],
  run: clusterInfo,
}

export const apiVersionsCommand: Command = {
  name: 'api-versions',
  use: 'api-versions',
  short: 'Print the supported API versions on the server, in the form of "group/version"',
  examples: ['# Print the supported API versions', 'kubectl api-versions'],
  arguments: 'none',
  run: apiVersions,
}

export const apiResourcesCommand: Command = {
  name: 'api-resources',
  use: 'api-resources [flags]',
  short: 'Print the supported API resources on the server',
  long: 'Print the supported API resources on the server.',
  examples: [
    '# Print the supported API resources with more information',
    'kubectl api-resources -o wide',
    '',
    '# Print the supported namespaced resources',
    'kubectl api-resources --namespaced=true',
    '',
    '# Print the supported API resources with a specific APIGroup',
    'kubectl api-resources --api-group=rbac.authorization.k8s.io',
  ],
  flags: [
    flag.string('api-group', 'Limit to resources in the specified API group.'),
    flag.bool('cached', 'Use the cached list of resources if available.'),
    flag.slice('categories', 'Limit to resources that belong to the specified categories.'),
    flag.bool(
      'namespaced',
      'If false, non-namespaced resources will be returned, otherwise returning namespaced resources by default.',
      { value: true },
    ),
    flag.bool(
      'no-headers',
      "When using the default or custom-column output format, don't print headers (default print headers).",
    ),
    flag.string('output', 'Output format. One of: (name, wide).', { short: 'o' }),
    flag.string(
      'sort-by',
      "If non-empty, sort list of resources using specified field. The field can be either 'name' or 'kind'.",
    ),
    flag.slice('verbs', 'Limit to resources that support the specified verbs.'),
  ],
  arguments: 'none',
  run: apiResources,
}

export const versionCommand: Command = {
  name: 'version',
  use: 'version [flags]',
  short: 'Print the client and server version information',
  long: 'Print the client and server version information for the current context.',
  examples: ['# Print the client and server versions for the current context', 'kubectl version'],
  flags: [
    flag.bool('client', 'If true, shows client version only (no server required).'),
    flag.string('output', "One of 'yaml' or 'json'.", { short: 'o' }),
  ],
  arguments: 'none',
  run: version,
}
