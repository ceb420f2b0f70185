/**
 * `kubectl describe`: what it reads, and the text that it makes of the answers.
 * Models k8s.io/kubectl/pkg/describe/describe.go.
 *
 * kubectl finds the object first (a get by name, or a list), then describes each by reading it again with what belongs to it:
 * `describeReads` says what, `describe` makes the text, `joinDescriptions` puts several together.
 */
import { parseApiVersion, pathOf, qualified } from '../../api/kinds'
import type { KubeObject, Status } from '../../api/types'
import type { Time } from '../../kernel/types'
import { autoscalingDescribers } from './autoscaling'
import { batchDescribers } from './batch'
import { certificateDescribers } from './certificates'
import { configDescribers } from './config'
import { GENERIC_DESCRIBER } from './generic'
import { namespaceDescribers } from './namespace'
import { nodeDescribers } from './node'
import { podDescribers } from './pod'
import { policyDescribers } from './policy'
import { rbacDescribers } from './rbac'
import { serviceDescribers } from './services'
import { storageDescribers } from './storage'
import { type Answer, DESCRIBE_SETTINGS, type DescribeContext, type Describer, type Describers, type NamedRead } from './types'
import { workloadDescribers } from './workloads'
import { describeText } from './writer'

export { type Answer, DESCRIBE_SETTINGS, type DescribeSettings, type NamedRead, type ReadSpec } from './types'
export { joinDescriptions } from './writer'

const DESCRIBERS: Describers = {
  ...podDescribers,
  ...workloadDescribers,
  ...batchDescribers,
  ...serviceDescribers,
  ...nodeDescribers,
  ...namespaceDescribers,
  ...configDescribers,
  ...certificateDescribers,
  ...autoscalingDescribers,
  ...storageDescribers,
  ...rbacDescribers,
  ...policyDescribers,
}

const describerOf = ({ apiVersion, kind }: KubeObject): Describer =>
  DESCRIBERS[qualified(kind, parseApiVersion(apiVersion).group)] ?? GENERIC_DESCRIBER

/**
 * The GETs that describing an object takes, in order; the first is of the object itself. If a required one fails, the command fails
 * with its error. None depends on another's answer, though kubectl waits for each before the next.
 */
export const describeReads = (object: KubeObject, settings = DESCRIBE_SETTINGS): readonly NamedRead[] => [
  { name: 'object', path: pathOf(object), query: {}, required: true },
  ...describerOf(object).related(object, settings),
]

/** The text, of the answers to `describeReads(object, settings)` in its order. Ends with a newline. */
export function describe(object: KubeObject, answers: readonly Answer[], now: Time, settings = DESCRIBE_SETTINGS): string {
  const names = describeReads(object, settings).map(({ name }) => name)
  const found = new Map(names.map((name, index) => [name, answers[index]]))
  const body = (name: string): unknown => {
    const answer = found.get(name)
    return answer !== undefined && answer.code < 300 ? answer.body : undefined
  }
  const context: DescribeContext = {
    now,
    settings,
    items: <T>(name: string) => {
      if (!found.has(name)) return undefined
      return (body(name) as { items?: readonly T[] } | undefined)?.items ?? []
    },
    object: <T>(name: string) => body(name) as T | undefined,
    error: name => {
      const answer = found.get(name)
      return answer !== undefined && answer.code >= 300 ? ((answer.body as Status).message ?? '') : undefined
    },
  }
  const current = (body('object') as KubeObject | undefined) ?? object
  return describeText(writer => describerOf(current).write(writer, current, context))
}
