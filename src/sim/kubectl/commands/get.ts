// Models k8s.io/kubectl/pkg/cmd/get/get.go
import type { Resource } from '../../api/kinds'
import type { KubeObject, Table } from '../../api/types'
import { type Found, isStatus, readAll, readInfo, readList, type Selected, select, withKind } from '../builder'
import { type Command, flag } from '../command'
import { fail, failWithAll, isNotFound, type KubectlError, usageError } from '../errors'
import { readFiles } from '../files'
import { ALL_NAMESPACES, ALLOW_MISSING, CHUNK_SIZE, FIELD_SELECTOR, fileFlags, SELECTOR, SHOW_MANAGED, TEMPLATE } from '../flags'
import { type Format, formatObject, formatOf } from '../output'
import { listOf } from '../print/objects'
import { printTables, type TableOptions } from '../print/table'
import { requestPath } from '../requests'
import { count, demand, err, isOn, list, out, type Run, type Session, text } from '../session'
import { sortObjects, sortTable } from '../sort'
import { TABLE_ACCEPT, tableOptions, watch } from '../watch'

const FORMATS = ['custom-columns', 'go-template', 'json', 'jsonpath', 'jsonpath-as-json', 'name', 'template', 'wide', 'yaml']

function* run(s: Session): Run {
  if (text(s, 'raw') !== '') return yield* raw(s, text(s, 'raw'))
  const human = ['', 'wide'].includes(text(s, 'output')) && text(s, 'template') === ''
  if (isOn(s, 'show-labels') && !human) fail(`--show-labels option cannot be used with ${text(s, 'output')} printer`)
  const watching = isOn(s, 'watch') || isOn(s, 'watch-only')
  const files = list(s, 'filename')
  if (isOn(s, 'output-watch-events') && !watching)
    fail('--output-watch-events option can only be used with --watch or --watch-only')
  if (!watching && s.args.length === 0 && files.length === 0) {
    yield* err(
      s,
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
    )
    usageError(
      s.path,
      'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
    )
  }
  const { selected, unread } =
    files.length > 0 ? yield* fromFiles(s) : { selected: yield* select(s, s.args, selection(s)), unread: [] }
  const subresource = text(s, 'subresource')
  if (subresource !== '' && selected.kind === 'lists') fail('subresource cannot be used when bulk resources are specified')
  if (watching && subresource !== '') fail('get --watch --subresource is not simulated here')
  if (watching) return yield* watch(s, selected, formatOf(s, FORMATS))
  if (human) yield* printHuman(s, selected, formatOf(s, FORMATS), unread)
  else yield* printGeneric(s, selected, unread)
}

const selection = (s: Session) => ({
  selector: text(s, 'selector'),
  fieldSelector: text(s, 'field-selector'),
  allNamespaces: isOn(s, 'all-namespaces'),
  everything: true,
})

/** `--raw`: what stands at a path, as it came. Of objects the apiserver's text is not known, only what it says. */
function* raw(s: Session, given: string): Run {
  if (s.args.length > 0) usageError(s.path, 'arguments may not be passed when --raw is specified')
  if (isOn(s, 'watch') || isOn(s, 'watch-only') || text(s, 'selector') !== '')
    usageError(s.path, '--raw may not be specified with other flags that filter the server request or alter the output')
  const [path = '', ...more] = given.split('?')
  if (!path.startsWith('/'))
    usageError(s.path, `--raw must be a valid URL path: parse ${JSON.stringify(given)}: invalid URI for request`)
  const body = yield* demand<unknown>(
    s,
    requestPath(path, Object.fromEntries(more.flatMap(query => query.split('&')).map(pairOf))),
  )
  if (typeof body !== 'string') fail('get --raw of objects is not simulated here: their fields would stand in another order')
  yield* out(s, String(body))
}
const pairOf = (pair: string): readonly [string, string] => {
  const [name = '', ...value] = pair.split('=')
  return [name, value.join('=')]
}

const subresourceOption = (s: Session) => (text(s, 'subresource') === '' ? {} : { subresource: text(s, 'subresource') })

/** What files name, and what was wrong with them. */
function* fromFiles(s: Session): Run<{ readonly selected: Selected; readonly unread: readonly KubectlError[] }> {
  if (s.args.length > 0) fail('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well')
  const { items, errors } = yield* readFiles(s)
  // get collects its errors, and so says even a single one as one of several
  return { selected: { kind: 'named', items }, unread: errors.length > 0 ? [{ kind: 'several', errors }] : [] }
}

/** An object of a file that has no name is not asked for, and no apiserver makes a table of it. */
const NAMELESS: Table = {
  kind: 'Table',
  apiVersion: 'meta.k8s.io/v1',
  metadata: { resourceVersion: '' },
  columnDefinitions: [
    { name: 'Name', type: 'string', format: 'name', description: '', priority: 0 },
    { name: 'Age', type: 'string', format: '', description: '', priority: 0 },
  ],
  rows: [{ cells: ['', '<unknown>'], object: { metadata: { name: '' } } as KubeObject }],
}

/** What was read of one kind, as tables. */
interface Printed {
  readonly resource: Resource
  readonly tables: readonly Table[]
}

function* printHuman(s: Session, selected: Selected, format: Format, unread: readonly KubectlError[]): Run {
  const sortBy = text(s, 'sort-by')
  const options = {
    accept: TABLE_ACCEPT,
    goOn: true,
    chunk: sortBy ? 0 : count(s, 'chunk-size'),
    ...subresourceOption(s),
    ...(sortBy && { query: { includeObject: 'Object' } }),
  }
  const printed: Printed[] = []
  const errors: KubectlError[] = []
  if (selected.kind === 'named') {
    for (const item of selected.items) {
      const found = yield* readInfo(s, item, options)
      if (!isStatus(found) && found.name === '') printed.push({ resource: item.resource, tables: [NAMELESS] })
      else if (!isStatus(found)) printed.push({ resource: item.resource, tables: [found.object as unknown as Table] })
      else if (!(isOn(s, 'ignore-not-found') && isNotFound(found))) errors.push({ kind: 'status', status: found })
    }
  } else
    for (const resource of selected.resources) {
      const answer = yield* readList(s, resource, selected, options)
      printed.push({ resource, tables: answer.bodies as readonly Table[] })
      errors.push(...answer.errors)
    }
  yield* printAll(s, printed, format, [...errors, ...unread])
}

function* printAll(s: Session, printed: readonly Printed[], format: Format, errors: readonly KubectlError[]): Run {
  const several = new Set(printed.map(({ resource }) => resource)).size > 1
  const groups: { resource: Resource; table: Table; options: TableOptions }[] = []
  for (const { resource, tables } of printed)
    for (const table of tables) {
      const last = groups[groups.length - 1]
      if (last?.resource === resource) last.table = { ...last.table, rows: [...last.table.rows, ...table.rows] }
      else groups.push({ resource, table, options: tableOptions(s, resource, format, several) })
    }
  const sortBy = text(s, 'sort-by')
  const sorted = groups.map(({ table, options }) => [sortBy ? sortTable(table, sortBy) : table, options] as const)
  const words = printTables(sorted)
  yield* out(s, words)
  if (words === '' && errors.length === 0 && !isOn(s, 'ignore-not-found')) {
    const namespaced = !isOn(s, 'all-namespaces') && printed.every(({ resource }) => resource.namespaced)
    yield* err(s, namespaced ? `No resources found in ${s.namespace} namespace.\n` : 'No resources found\n')
  }
  failWithAll(errors)
}

/** Formats other than tables: one object as itself, several as a List. */
function* printGeneric(s: Session, selected: Selected, unread: readonly KubectlError[]): Run {
  const sortBy = text(s, 'sort-by')
  const single = selected.kind === 'named' && selected.items.length === 1
  const found: Found = yield* readAll(s, selected, {
    goOn: true,
    chunk: sortBy ? 0 : count(s, 'chunk-size'),
    ...subresourceOption(s),
  })
  const missing = (error: KubectlError) => error.kind === 'status' && isNotFound(error.status)
  const errors = [...found.errors.filter(error => !(isOn(s, 'ignore-not-found') && missing(error))), ...unread]
  if (single && errors.length > 0) failWithAll(errors)
  if (found.infos.length === 0 && isOn(s, 'ignore-not-found')) return failWithAll(errors)
  const format = formatOf(s, FORMATS)
  const objects = found.infos.map(info => withKind(info.object as KubeObject, info.resource))
  const sorted = sortBy ? sortObjects(objects, sortBy) : objects
  const [first] = sorted
  yield* out(s, formatObject(s, single && first ? first : listOf(sorted), format))
  failWithAll(errors)
}

export const getCommand: Command = {
  name: 'get',
  use: 'get [(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]',
  short: 'Display one or many resources',
  long: 'Display one or many resources.\n\n Prints a table of the most important fields. Objects can be chosen by name, by labels (--selector) and by fields (--field-selector).\n\nUse "kubectl api-resources" for a complete list of supported resources.',
  examples: [
    '# List all pods, with more columns',
    'kubectl get pods -o wide',
    '',
    '# List a deployment as YAML',
    'kubectl get deployment web -o yaml',
    '',
    '# List pods and services together',
    'kubectl get pods,services',
    '',
    '# List the pods that have a label',
    'kubectl get pods -l app=web',
    '',
    '# Follow the pods of all namespaces',
    'kubectl get pods --all-namespaces --watch',
    '',
    '# Print one field of a pod',
    'kubectl get pod web-pod-13je7 -o jsonpath={.status.phase}',
  ],
  flags: [
    ALL_NAMESPACES,
    ALLOW_MISSING,
    CHUNK_SIZE,
    FIELD_SELECTOR,
    flag.bool('ignore-not-found', 'If set to true, suppresses NotFound error for specific objects that do not exist.'),
    flag.slice(
      'label-columns',
      'Accepts a comma separated list of labels that are going to be presented as columns. Names are case-sensitive. You can also use multiple flag options like -L label1 -L label2...',
      { short: 'L' },
    ),
    flag.bool(
      'no-headers',
      "When using the default or custom-column output format, don't print headers (default print headers).",
    ),
    flag.string(
      'output',
      'Output format. One of: (json, yaml, name, go-template, template, jsonpath, jsonpath-as-json, custom-columns, wide).',
      { short: 'o' },
    ),
    flag.bool(
      'output-watch-events',
      'Output watch event objects when --watch or --watch-only is used. Existing objects are output as initial ADDED events.',
    ),
    flag.string('raw', 'Raw URI to request from the server.'),
    SELECTOR,
    flag.bool('server-print', 'If true, have the server return the appropriate table output. Supports extension APIs and CRDs.', {
      value: true,
      hidden: true,
    }),
    flag.bool('show-kind', 'If present, list the resource type for the requested object(s).'),
    flag.bool('show-labels', 'When printing, show all labels as the last column (default hide labels column)'),
    SHOW_MANAGED,
    flag.string(
      'sort-by',
      "If non-empty, sort list types using this field specification.  The field specification is expressed as a JSONPath expression (e.g. '{.metadata.name}'). The field in the API resource specified by this JSONPath expression must be an integer or a string.",
    ),
    flag.string('subresource', 'If specified, gets the subresource of the requested object.'),
    TEMPLATE,
    flag.bool('watch', 'After listing/getting the requested object, watch for changes.', { short: 'w' }),
    flag.bool('watch-only', 'Watch for changes to the requested object(s), without listing/getting first.'),
    ...fileFlags('identifying the resource to get from a server.'),
  ],
  arguments: 'resources',
  run,
}
