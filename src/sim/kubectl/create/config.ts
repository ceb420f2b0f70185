// Models create_namespace.go, create_configmap.go, create_secret*.go and create_serviceaccount.go of k8s.io/kubectl/pkg/cmd/create
import { configKeyErrors } from '../../api/names'
import { type Command, flag, refused } from '../command'
import { fail } from '../errors'
import { encodeBase64 } from '../go-template'
import { list, type Session, text } from '../session'
import { type Body, creating } from './generator'
import { APPEND_HASH, withHash } from './hash'

export const namespace = creating({
  name: 'namespace',
  aliases: ['ns'],
  use: 'namespace NAME [--dry-run=server|client|none]',
  short: 'Create a namespace with the specified name',
  long: 'Create a namespace with the specified name.',
  examples: ['# Create a new namespace named my-namespace', 'kubectl create namespace my-namespace'],
  flags: [],
  apiVersion: 'v1',
  kind: 'Namespace',
  build: () => ({ spec: {}, status: {} }),
})

export const serviceaccount = creating({
  name: 'serviceaccount',
  aliases: ['sa'],
  use: 'serviceaccount NAME [--dry-run=server|client|none]',
  short: 'Create a service account with the specified name',
  long: 'Create a service account with the specified name.',
  examples: ['# Create a new service account named my-service-account', 'kubectl create serviceaccount my-service-account'],
  flags: [],
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  failure: 'failed to create serviceaccount: ',
  build: () => ({}),
})

const SOURCES = [
  flag.slice('from-env-file', 'Specify the path to a file to read lines of key=val pairs to create the data.'),
  flag.slice(
    'from-file',
    'Key file can be specified using its file path, in which case file basename will be used as key, or optionally with a key and file path, in which case the given key will be used.',
  ),
  flag.array('from-literal', 'Specify a key and literal value to insert (i.e. mykey=somevalue)'),
]

/** Keys and values of --from-literal, --from-file and --from-env-file. `taken` and `invalid` say what is wrong with a key. */
function sources(
  s: Session,
  taken: (key: string) => string,
  invalid: (key: string, why: readonly string[]) => string,
): Record<string, string> {
  if (list(s, 'from-env-file').length > 0 && list(s, 'from-file').length + list(s, 'from-literal').length > 0)
    fail('from-env-file cannot be combined with from-file or from-literal')
  const data: Record<string, string> = {}
  const add = (key: string, value: string) => {
    const why = configKeyErrors(key)
    if (why.length > 0) fail(invalid(key, why))
    if (key in data) fail(taken(key))
    data[key] = value
  }
  for (const source of list(s, 'from-file')) for (const [key, value] of fromFile(s, source)) add(key, value)
  for (const source of list(s, 'from-literal')) {
    const at = source.indexOf('=')
    if (at < 1) fail(`invalid literal source ${source}, expected key=value`)
    add(source.slice(0, at), source.slice(at + 1))
  }
  for (const path of list(s, 'from-env-file')) for (const [key, value] of fromEnvFile(readFile(s, path))) add(key, value)
  return data
}

const readFile = (s: Session, path: string): string => s.files[path] ?? fail(`error reading ${path}: no such file or directory`)
const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

function fromFile(s: Session, source: string): readonly (readonly [string, string])[] {
  const parts = source.split('=')
  if (parts.length > 2) fail("key names or file paths cannot contain '='")
  const [first = '', second] = parts
  if (second === undefined) {
    const inside = Object.keys(s.files).filter(name => name.startsWith(first.endsWith('/') ? first : `${first}/`))
    if (s.files[first] === undefined && inside.length > 0) return inside.map(name => [basename(name), s.files[name] ?? ''])
    return [[basename(first), readFile(s, first)]]
  }
  if (first === '') fail(`key name for file path ${second} missing`)
  if (second === '') fail(`file path for key name ${first} missing`)
  return [[first, readFile(s, second)]]
}

function fromEnvFile(content: string): readonly (readonly [string, string])[] {
  const lines = content.split('\n').map(line => line.trimStart())
  return lines
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => {
      const at = line.indexOf('=')
      return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
    })
}

export const configmap = creating({
  name: 'configmap',
  aliases: ['cm'],
  use: 'configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  short: 'Create a config map from a local file, directory or literal value',
  long: 'Create a config map based on a file, directory, or specified literal value.',
  examples: [
    '# Create a config map with keys and values',
    'kubectl create configmap my-config --from-literal=key1=config1 --from-literal=key2=config2',
    '',
    '# Create a config map with the contents of a file',
    'kubectl create configmap my-config --from-file=key1=/path/to/bar/file1.txt',
  ],
  flags: [...SOURCES, APPEND_HASH],
  rename: withHash('ConfigMap'),
  apiVersion: 'v1',
  kind: 'ConfigMap',
  failure: 'failed to create configmap: ',
  build: (s, name) => {
    const data = sources(
      s,
      key =>
        `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(name)}`,
      (key, why) => `${JSON.stringify(key)} is not a valid key name for a ConfigMap: ${why.join(',')}`,
    )
    return Object.keys(data).length > 0 ? { data } : {}
  },
})

const encoded = (data: Readonly<Record<string, string>>): Body =>
  Object.keys(data).length === 0
    ? {}
    : { data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encodeBase64(value)])) }

const generic = creating({
  name: 'generic',
  use: 'generic NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  short: 'Create a secret from a local file, directory, or literal value',
  long: 'Create a secret based on a file, directory, or specified literal value.',
  examples: [
    '# Create a secret with keys and values',
    'kubectl create secret generic my-secret --from-literal=key1=supersecret --from-literal=key2=topsecret',
  ],
  flags: [...SOURCES, flag.string('type', 'The type of secret to create'), APPEND_HASH],
  rename: withHash('Secret'),
  apiVersion: 'v1',
  kind: 'Secret',
  failure: 'failed to create secret ',
  build: s => {
    const data = sources(
      s,
      key => `cannot add key ${key}, another key by that name already exists`,
      (key, why) => `${JSON.stringify(key)} is not valid key name for a Secret ${why.join(';')}`,
    )
    return { ...encoded(data), ...(text(s, 'type') !== '' && { type: text(s, 'type') }) }
  },
})

const tls = creating({
  name: 'tls',
  use: 'tls NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]',
  short: 'Create a TLS secret',
  long: 'Create a TLS secret from the given public/private key pair.',
  examples: [
    '# Create a new TLS secret named tls-secret with the given key pair',
    'kubectl create secret tls tls-secret --cert=path/to/tls.crt --key=path/to/tls.key',
  ],
  flags: [
    APPEND_HASH,
    flag.string('cert', 'Path to PEM encoded public key certificate.'),
    flag.string('key', 'Path to private key associated with given certificate.'),
  ],
  rename: withHash('Secret'),
  apiVersion: 'v1',
  kind: 'Secret',
  failure: 'failed to create secret ',
  build: s => {
    const [cert, key] = [text(s, 'cert'), text(s, 'key')]
    if (cert === '' || key === '') fail('key and cert must be specified')
    const read = (path: string) => s.files[path] ?? fail(`open ${path}: no such file or directory`)
    return { ...encoded({ 'tls.crt': read(cert), 'tls.key': read(key) }), type: 'kubernetes.io/tls' }
  },
})

const registry = creating({
  name: 'docker-registry',
  use: 'docker-registry NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none]',
  short: 'Create a secret for use with a Docker registry',
  long: 'Create a new secret for use with Docker registries.',
  examples: [
    '# Create a new secret to log in to a registry with',
    'kubectl create secret docker-registry my-secret --docker-server=DOCKER_REGISTRY_SERVER --docker-username=DOCKER_USER --docker-password=DOCKER_PASSWORD',
  ],
  flags: [
    APPEND_HASH,
    ...refused('from-file:slice'),
    flag.string('docker-email', 'Email for Docker registry'),
    flag.string('docker-password', 'Password for Docker registry authentication'),
    flag.string('docker-server', 'Server location for Docker registry', { value: 'https://index.docker.io/v1/' }),
    flag.string('docker-username', 'Username for Docker registry authentication'),
  ],
  rename: withHash('Secret'),
  apiVersion: 'v1',
  kind: 'Secret',
  failure: 'failed to create secret ',
  build: s => {
    const [username, password, server, email] = [
      text(s, 'docker-username'),
      text(s, 'docker-password'),
      text(s, 'docker-server'),
      text(s, 'docker-email'),
    ]
    if (username === '' || password === '' || server === '')
      fail('either --from-file or the combination of --docker-username, --docker-password and --docker-server is required')
    // fields in the order of Go's struct, as the file has them
    const entry = { username, password, ...(email !== '' && { email }), auth: encodeBase64(`${username}:${password}`) }
    return {
      ...encoded({ '.dockerconfigjson': JSON.stringify({ auths: { [server]: entry } }) }),
      type: 'kubernetes.io/dockerconfigjson',
    }
  },
})

export const secret: Command = {
  name: 'secret',
  use: 'secret (docker-registry | generic | tls)',
  short: 'Create a secret using a specified subcommand',
  long: 'Create a secret with specified type.\n\n A docker-registry type secret is for accessing a container registry.\n\n A generic type secret indicate an Opaque secret type.\n\n A tls type secret holds TLS certificate and its associated key.',
  commands: [registry, generic, tls],
}
