/**
 * Field selectors. Models k8s.io/apimachinery/pkg/fields/selector.go and the field labels that each resource knows
 * (pkg/apis/<group>/<version>/conversion.go, pkg/registry/<group>/<resource>/strategy.go).
 */
import { fail, ok, type Result } from './result'
import { passes } from './selectors'
import type { KubeObject } from './types'

export interface FieldRequirement {
  readonly field: string
  readonly operator: '=' | '!='
  readonly value: string
}
export interface FieldSelector {
  readonly requirements: readonly FieldRequirement[]
  /** As upstream prints it. */
  readonly text: string
  readonly empty: boolean
  readonly matches: (object: KubeObject) => boolean
  /** The value that the selector demands of a field, if it does. Models RequiresExactMatch: a watch of one name reads one key. */
  readonly exact: (field: string) => string | undefined
}

const META = ['metadata.name', 'metadata.namespace']
const EVENT = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']

/** What each resource can be selected by; a resource that is not here by name and namespace. */
const FIELD_LABELS: Readonly<Record<string, readonly string[]>> = {
  pods: [
    ...META,
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
  nodes: ['metadata.name', 'spec.unschedulable'],
  namespaces: ['metadata.name', 'status.phase', 'name'],
  replicationcontrollers: [...META, 'status.replicas'],
  secrets: [...META, 'type'],
  services: [...META, 'spec.clusterIP', 'spec.type'],
  events: [...META, ...EVENT.map(field => `involvedObject.${field}`), 'reason', 'reportingComponent', 'source', 'type'],
  'events.events.k8s.io': [...META, ...EVENT.map(field => `regarding.${field}`), 'reason', 'reportingController', 'type'],
  'jobs.batch': [...META, 'status.successful'],
  'certificatesigningrequests.certificates.k8s.io': ['metadata.name', 'spec.signerName'],
  'resourceslices.resource.k8s.io': ['metadata.name', 'spec.nodeName', 'spec.driver'],
}

/** The field labels of a resource, as in `Resource.groupResource`. */
export const fieldLabels = (groupResource: string): readonly string[] => FIELD_LABELS[groupResource] ?? META

/** Fields whose value is not simply at their path, or is not empty when nothing is there. */
const GETTERS: Readonly<Record<string, (object: KubeObject) => string>> = {
  name: object => object.metadata.name,
  'status.replicas': object => String(object.status?.replicas ?? 0),
  'status.successful': object => String(object.status?.succeeded ?? 0),
  'spec.unschedulable': object => String(object.spec?.unschedulable ?? false),
  'spec.hostNetwork': object => String(object.spec?.hostNetwork ?? false),
  source: object => String(object.source?.component || object.reportingComponent || ''),
  'status.podIPs': object => ((object.status?.podIPs ?? []) as { ip: string }[]).map(ip => ip.ip).join(','),
}

function getter(field: string): (object: KubeObject) => string {
  const known = Object.hasOwn(GETTERS, field) ? GETTERS[field] : undefined
  if (known !== undefined) return known
  const [a = '', b] = field.split('.')
  if (b === undefined) return object => text(object[a])
  return object => text((object[a] as Record<string, unknown> | undefined)?.[b])
}
const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value))

const parsed = new Map<string, Result<FieldSelector>>()
const PARSED_LIMIT = 10_000

/**
 * Reads `metadata.name=x,status.phase!=Failed`. With the resource's labels, a field that cannot be selected by is refused as the
 * apiserver does: `field label not supported: spec.foo`. Models fields.ParseSelector.
 */
export function parseFieldSelector(source: string, labels?: readonly string[]): Result<FieldSelector> {
  const result = parsed.get(source) ?? remember(source, parse(source))
  if (result.value === undefined || labels === undefined) return result
  const strange = result.value.requirements.find(requirement => !labels.includes(requirement.field))
  return strange === undefined ? result : fail(unknownLabel(strange.field, labels))
}
/** A resource without labels of its own speaks as all do; a Job has words of its own. */
function unknownLabel(field: string, labels: readonly string[]): string {
  if (labels === META)
    return `${JSON.stringify(field)} is not a known field selector: only ${META.map(label => JSON.stringify(label)).join(', ')}`
  return labels === FIELD_LABELS['jobs.batch']
    ? `field label ${JSON.stringify(field)} not supported for batchv1.Job`
    : `field label not supported: ${field}`
}
function remember(source: string, result: Result<FieldSelector>): Result<FieldSelector> {
  if (parsed.size >= PARSED_LIMIT) parsed.clear()
  parsed.set(source, result)
  return result
}

function parse(source: string): Result<FieldSelector> {
  const requirements: FieldRequirement[] = []
  for (const term of splitTerms(source)) {
    if (term === '') continue
    const match = /^([^=!\\]*?)(!=|==|=)(.*)$/s.exec(term)
    const [, field, operator, value] = match ?? []
    if (field === undefined || value === undefined) return fail(`invalid selector: '${source}'; can't understand '${term}'`)
    const plain = unescapeValue(value)
    if (plain === undefined) return fail(`invalid field selector: unescaped character in '${value}'`)
    requirements.push({ field, operator: operator === '!=' ? '!=' : '=', value: plain })
  }
  return ok(fieldSelector(requirements))
}

/** Splits at commas that no backslash escapes. */
function splitTerms(source: string): string[] {
  const terms: string[] = []
  let from = 0
  for (let i = 0; i < source.length; i++) {
    if (source[i] === '\\') i++
    else if (source[i] === ',') {
      terms.push(source.slice(from, i))
      from = i + 1
    }
  }
  return [...terms, source.slice(from)]
}
/** Models fields.UnescapeValue: `\,`, `\=` and `\\` only. Undefined when an `=` stands bare. */
function unescapeValue(value: string): string | undefined {
  let plain = ''
  for (let i = 0; i < value.length; i++) {
    const char = value[i]
    if (char === '=') return undefined
    plain += char === '\\' ? (value[++i] ?? '') : char
  }
  return plain
}
const escapeValue = (value: string) => value.replace(/[\\,=]/g, char => `\\${char}`)

/** Compiles requirements. Models fields.AndSelectors and its printing. */
export function fieldSelector(requirements: readonly FieldRequirement[]): FieldSelector {
  const tests = requirements.map(({ field, operator, value }) => {
    const get = getter(field)
    return operator === '=' ? (object: KubeObject) => get(object) === value : (object: KubeObject) => get(object) !== value
  })
  const [first] = tests
  return {
    requirements,
    text: requirements.map(({ field, operator, value }) => `${field}${operator}${escapeValue(value)}`).join(','),
    empty: requirements.length === 0,
    matches: first && tests.length === 1 ? first : object => passes(tests, object),
    exact: field => requirements.find(r => r.field === field && r.operator === '=')?.value,
  }
}
