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

const isLevel = (text: string | undefined): text is Level => text !== undefined && Object.hasOwn(CHECKS, text)
const levelOf = (labels: Labels | undefined, mode: string): Level => {
  const text = labels?.[mode]
  // what is no level is the strictest: a typing error must not open the door
  return text === undefined ? 'privileged' : isLevel(text) ? text : 'restricted'
}
/** `restricted:latest` */
const policyText = (labels: Labels | undefined, mode: string): string =>
  `${levelOf(labels, mode)}:${labels?.[`${mode}-version`] ?? 'latest'}`

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
    if (text === undefined || isLevel(text)) return []
    return [invalid(`metadata.labels[${mode}]`, text, 'must be one of privileged, baseline, restricted')]
  })
  if (errors.length > 0) return { refused: invalidStatus(type, name, errors) }
  if (!old || policyText(labels, ENFORCE) === policyText(before, ENFORCE)) return undefined
  const level = levelOf(labels, ENFORCE)
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
