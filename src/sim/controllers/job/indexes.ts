// Models pkg/controller/job/indexed_job_utils.go: completion indexes as `0-2,5`.
import type { Job, KubeObject } from '../../api/types'

const INDEX = 'batch.kubernetes.io/job-completion-index'

/** Whether each completion has a number of its own. */
export const isIndexed = (job: Job): boolean => job.spec.completionMode === 'Indexed'

/** The completion index of a pod; -1 for one without. */
export function indexOf(pod: KubeObject): number {
  const text = pod.metadata.annotations?.[INDEX]
  const index = text === undefined ? Number.NaN : Number(text)
  return Number.isInteger(index) && index >= 0 ? index : -1
}

/** Reads `0-2,5`; indexes that are no completions of the Job are left out. */
export function parseIndexes(text: string | undefined, completions: number): ReadonlySet<number> {
  const found = new Set<number>()
  for (const range of (text ?? '').split(',')) {
    if (range === '') continue
    const [first = '', last = first] = range.split('-')
    for (let i = Number(first); i <= Number(last) && i < completions; i++) found.add(i)
  }
  return found
}

/** Writes indexes in as few ranges as there can be; two that follow each other are no range yet. */
export function formatIndexes(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b)
  const parts: string[] = []
  for (let i = 0; i < sorted.length; ) {
    let end = i
    while (end + 1 < sorted.length && sorted[end + 1] === (sorted[end] ?? 0) + 1) end++
    const [first, last] = [sorted[i], sorted[end]]
    parts.push(end === i ? `${first}` : end === i + 1 ? `${first},${last}` : `${first}-${last}`)
    i = end + 1
  }
  return parts.join(',')
}

/** The lowest indexes that have neither succeeded nor a pod that works on them. */
export function pendingIndexes(
  count: number,
  completions: number,
  succeeded: ReadonlySet<number>,
  active: ReadonlySet<number>,
): number[] {
  const found: number[] = []
  for (let i = 0; i < completions && found.length < count; i++) if (!succeeded.has(i) && !active.has(i)) found.push(i)
  return found
}

/** Names are made of so many characters of generateName at most: the index must be among them. */
const LONGEST_BASE = 58
const generateNameOf = (name: string, suffix: string): string => name.slice(0, LONGEST_BASE - suffix.length) + suffix

/** What a pod with an index has beyond the template: its name, and how it learns of its index. */
export function withIndex(job: Job, pod: KubeObject, index: number): KubeObject {
  const variable = {
    name: 'JOB_COMPLETION_INDEX',
    valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${INDEX}']` } },
  }
  const told = (containers: { env?: { name?: string }[] }[] | undefined) =>
    containers?.map(c => (c.env?.some(({ name }) => name === variable.name) ? c : { ...c, env: [...(c.env ?? []), variable] }))
  const { containers, initContainers } = pod.spec
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      generateName: generateNameOf(job.metadata.name, `-${index}-`),
      labels: { ...pod.metadata.labels, [INDEX]: String(index) },
      annotations: { ...pod.metadata.annotations, [INDEX]: String(index) },
    },
    spec: {
      ...pod.spec,
      containers: told(containers),
      ...(initContainers && { initContainers: told(initContainers) }),
      hostname: `${job.metadata.name}-${index}`,
    },
  }
}
