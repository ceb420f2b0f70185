// Models k8s.io/pod-security-admission/admission/admission.go: what a namespace's labels let pods be.
import { invalid } from '../../../api/field-error'
import { forbidden, invalid as invalidStatus } from '../../../api/status'
import type { KubeObject, Pod, PodSpec } from '../../../api/types'
import type { Attempt, Plugin, Verdict } from '../../attempt'
import type { Reader } from '../../state'
import { CHECKS, type Level, violations } from './restricted'

const PREFIX = 'pod-security.kubernetes.io/'
const ENFORCE = `${PREFIX}enforce`
const WARN = `${PREFIX}warn`
const VERSION = /^(?:latest|v1\.(?:0|[1-9]\d*))$/
const MODES = ['enforce', 'audit', 'warn'].map(mode => PREFIX + mode)

/** Resources that make pods: they are never refused, but warned about. */
const MAKERS = [
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'replicationcontrollers',
  'podtemplates',
]

export const podSecurity: Plugin = {
  name: 'PodSecurity',
  operations: ['CREATE', 'UPDATE'],
  resources: ['pods', 'namespaces', ...MAKERS],
  admit: (attempt, reader) => {
    const { type, namespace } = attempt
    if (type.groupResource === 'namespaces') return ofNamespace(attempt, reader)
    const labels = reader.get('namespaces', undefined, namespace)?.metadata.labels
    if (!labels || (labels[ENFORCE] === undefined && labels[WARN] === undefined)) return undefined
    return type.groupResource === 'pods' ? ofPod(attempt, labels) : ofMaker(attempt, labels)
  },
}

type Labels = Readonly<Record<string, string>>

/** From privileged to restricted. */
const STRICTNESS: readonly string[] = Object.keys(CHECKS)
const isStricter = (a: Level, b: Level): boolean => STRICTNESS.indexOf(a) > STRICTNESS.indexOf(b)

const isLevel = (text: string | undefined): text is Level => text !== undefined && Object.hasOwn(CHECKS, text)
/** PolicyToEvaluate: who says only what is refused is warned about the same. */
const levelOf = (labels: Labels | undefined, mode: string): Level => {
  const text = labels?.[mode]
  if (text === undefined) return mode === WARN && isLevel(labels?.[ENFORCE]) ? levelOf(labels, ENFORCE) : 'privileged'
  // what is no level is the strictest: a typing error must not open the door
  return isLevel(text) ? text : 'restricted'
}
const versionOf = (labels: Labels | undefined, mode: string): string => {
  const own = labels?.[`${mode}-version`]
  const other = mode === WARN && labels?.[WARN] === undefined ? labels?.[`${ENFORCE}-version`] : undefined
  return own ?? other ?? 'latest'
}
/** `restricted:latest` */
const policyText = (labels: Labels | undefined, mode: string): string => `${levelOf(labels, mode)}:${versionOf(labels, mode)}`

const against = (labels: Labels, mode: string, spec: PodSpec): string | undefined => {
  const found = violations(levelOf(labels, mode), spec)
  if (found.length === 0) return undefined
  return `PodSecurity "${policyText(labels, mode)}": ${found.map(({ reason, detail }) => `${reason} (${detail})`).join(', ')}`
}

function ofPod({ object, old, type, name }: Attempt, labels: Labels): Verdict {
  if (!object || object.spec === old?.spec) return undefined
  const { spec } = object as Pod
  const why = against(labels, ENFORCE, spec)
  if (why !== undefined) return { refused: forbidden(type, object.metadata.name || name, `violates ${why}`) }
  return warning(against(labels, WARN, spec))
}

function ofMaker({ object, old }: Attempt, labels: Labels): Verdict {
  if (!object || object.spec === old?.spec) return undefined
  const template =
    object.kind === 'CronJob' ? object.spec?.jobTemplate?.spec?.template : (object.spec?.template ?? object.template)
  const spec: PodSpec | undefined = template?.spec
  return spec && warning(against(labels, WARN, spec))
}

const warning = (why: string | undefined): Verdict => (why === undefined ? undefined : { warnings: [`would violate ${why}`] })

/** Labels must be levels; pods that a stricter one would refuse stay, and are named in a warning. */
function ofNamespace({ object, old, type, name }: Attempt, reader: Reader): Verdict {
  const labels = object?.metadata.labels
  const before = old?.metadata.labels
  if (!object || !labels || labels === before) return undefined
  const errors = MODES.flatMap(mode => {
    const text = labels[mode]
    const version = labels[`${mode}-version`]
    return [
      ...(text === undefined || isLevel(text)
        ? []
        : [invalid(`metadata.labels[${mode}]`, text, 'must be one of privileged, baseline, restricted')]),
      ...(version === undefined || VERSION.test(version)
        ? []
        : [invalid(`metadata.labels[${mode}-version]`, version, 'must be "latest" or "v1.x"')]),
    ]
  })
  if (errors.length > 0) return { refused: invalidStatus(type, name, errors) }
  const level = levelOf(labels, ENFORCE)
  const isSameVersion = versionOf(labels, ENFORCE) === versionOf(before, ENFORCE)
  // what is no stricter than before can find nothing new
  if (!old || level === 'privileged' || (isSameVersion && !isStricter(level, levelOf(before, ENFORCE)))) return undefined
  const found = new Map<string, string[]>()
  for (const pod of reader.list('pods', name)) note(found, pod, level)
  if (found.size === 0) return undefined
  const lines = [...found].map(([reasons, pods]) => {
    const [first = '', ...others] = [...pods].sort()
    const more = others.length === 0 ? '' : ` (and ${others.length} other pod${others.length === 1 ? '' : 's'})`
    return `${first}${more}: ${reasons}`
  })
  const head = `existing pods in namespace ${JSON.stringify(name)} violate the new PodSecurity enforce level "${policyText(labels, ENFORCE)}"`
  return { warnings: [head, ...lines.sort()] }
}

function note(found: Map<string, string[]>, pod: KubeObject, level: Level): void {
  const reasons = violations(level, pod.spec as PodSpec).map(({ reason }) => reason)
  if (reasons.length === 0) return
  const text = reasons.join(', ')
  found.set(text, [...(found.get(text) ?? []), pod.metadata.name])
}
