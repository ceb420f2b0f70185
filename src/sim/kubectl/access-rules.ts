// Models printStatus of k8s.io/kubectl/pkg/cmd/auth/cani.go and BreakdownRule, CompactRules and SortableRuleSlice of component-helpers' rbac.
import { layOut, TABLE_TABS } from './print/tabwriter'

interface ResourceRule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
}
interface PathRule {
  readonly verbs: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

/** One line: a resource of a group (by name, perhaps) or a path, with its verbs. */
interface Line {
  readonly group: string | undefined
  readonly resource: string
  readonly name: string | undefined
  readonly path: string | undefined
  readonly verbs: string[]
}

/** The table of `auth can-i --list`. */
export function accessTable(resources: readonly ResourceRule[], paths: readonly PathRule[], headers: boolean): string {
  const lines = sorted([...compact(resources.flatMap(breakDown)), ...paths.flatMap(breakDownPaths)])
  const rows = lines.map(line => [nameOf(line), list(line.path), list(line.name), `[${line.verbs.join(' ')}]`])
  const table = headers ? [['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs'], ...rows] : rows
  return layOut(table.map(row => `${row.join('\t')}\n`).join(''), TABLE_TABS)
}

const list = (word: string | undefined): string => (word === undefined ? '[]' : `[${word}]`)

function nameOf({ group, resource }: Line): string {
  if (group === undefined || group === '') return resource
  const [plural = '', ...sub] = resource.split('/')
  return `${plural}.${group}${sub.length > 0 ? `/${sub.join('/')}` : ''}`
}

/** A line for each group, resource, name and verb. */
function breakDown({ verbs, apiGroups = [''], resources = [], resourceNames = [] }: ResourceRule): readonly Line[] {
  const names: readonly (string | undefined)[] = resourceNames.length > 0 ? resourceNames : [undefined]
  return apiGroups.flatMap(group =>
    resources.flatMap(resource =>
      names.flatMap(name => verbs.map(verb => ({ group, resource, name, path: undefined, verbs: [verb] }))),
    ),
  )
}

function breakDownPaths({ verbs, nonResourceURLs = [] }: PathRule): readonly Line[] {
  return nonResourceURLs.flatMap(path =>
    verbs.map(verb => ({ group: undefined, resource: '', name: undefined, path, verbs: [verb] })),
  )
}

/** Lines of the same resource and name become one with all verbs. */
function compact(lines: readonly Line[]): readonly Line[] {
  const merged = new Map<string, Line>()
  for (const line of lines) {
    const key = [line.group, line.resource, line.name ?? ''].join('\n')
    const known = merged.get(key)
    if (known) known.verbs.push(...line.verbs)
    else merged.set(key, { ...line, verbs: [...line.verbs] })
  }
  return [...merged.values()]
}

/** By the rule's text, as Go prints it: verbs first, then groups and resources; paths in order. */
function sorted(lines: readonly Line[]): readonly Line[] {
  const key = ({ verbs, group, resource, name, path }: Line) =>
    `PolicyRule{Verbs:[${verbs.join(' ')}],APIGroups:[${group ?? ''}],Resources:[${resource}],ResourceNames:[${name ?? ''}],NonResourceURLs:[${path ?? ''}],}`
  return [...lines].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}
