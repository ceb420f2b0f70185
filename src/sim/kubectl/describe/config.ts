// Models the describers of configuration and policies in kubectl's describe.go.
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1'
import type { PriorityClass } from 'kubernetes-types/scheduling/v1'
import { formatLabelSelector, formatLabels } from '../../api/selectors'
import type { ConfigMap, ObjectMeta, Secret, ServiceAccount } from '../../api/types'
import { eventsRead, writeEvents } from './events'
import { heading } from './format'
import { type DescribeContext, type Describers, describer } from './types'
import type { Writer } from './writer'

type WithMetadata<T> = Omit<T, 'metadata'> & { metadata: ObjectMeta }

/** Bytes that base64 text stands for. */
function byteLength(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return (base64.length * 3) / 4 - padding
}

function writeConfigMap(writer: Writer, { metadata, data = {}, binaryData = {} }: ConfigMap, context: DescribeContext): void {
  heading(writer, metadata)
  writer.line(0)
  writer.line(0, 'Data')
  writer.line(0, '====')
  for (const key of Object.keys(data).sort()) {
    writer.line(0, `${key}:`)
    writer.line(0, '----')
    writer.line(0, data[key] ?? '')
    writer.line(0)
  }
  writer.line(0)
  writer.line(0, 'BinaryData')
  writer.line(0, '====')
  for (const key of Object.keys(binaryData).sort()) writer.line(0, `${key}: ${byteLength(binaryData[key] ?? '')} bytes`)
  writer.line(0)
  writeEvents(writer, context)
}

const TOKEN_TYPE = 'kubernetes.io/service-account-token'
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** A token is ASCII, so a character stands for a byte. */
function decoded(base64: string): string {
  let text = ''
  let bits = 0
  let count = 0
  for (const character of base64.replaceAll('=', '')) {
    bits = (bits << 6) | ALPHABET.indexOf(character)
    count += 6
    if (count < 8) continue
    count -= 8
    text += String.fromCharCode((bits >> count) & 0xff)
    bits &= (1 << count) - 1
  }
  return text
}

function writeSecret(writer: Writer, { metadata, type = '', data = {} }: Secret): void {
  heading(writer, metadata)
  writer.line(0)
  writer.line(0, 'Type:', type)
  writer.line(0)
  writer.line(0, 'Data')
  writer.line(0, '====')
  for (const key of Object.keys(data).sort()) {
    const value = data[key] ?? ''
    writer.line(0, `${key}:`, key === 'token' && type === TOKEN_TYPE ? decoded(value) : `${byteLength(value)} bytes`)
  }
}

function writeServiceAccount(
  writer: Writer,
  { metadata, imagePullSecrets = [] }: ServiceAccount,
  context: DescribeContext,
): void {
  heading(writer, metadata)
  const title = 'Image pull secrets:'
  if (imagePullSecrets.length === 0) writer.line(0, title, '<none>')
  imagePullSecrets.forEach(({ name = '' }, index) => {
    writer.line(0, index === 0 ? title : ' '.repeat(title.length), name)
  })
  writeEvents(writer, context)
}

function writeBudget(writer: Writer, budget: WithMetadata<PodDisruptionBudget>, context: DescribeContext): void {
  const { metadata, spec, status } = budget
  writer.line(0, 'Name:', metadata.name)
  writer.line(0, 'Namespace:', metadata.namespace ?? '')
  if (spec?.minAvailable !== undefined) writer.line(0, 'Min available:', String(spec.minAvailable))
  else if (spec?.maxUnavailable !== undefined) writer.line(0, 'Max unavailable:', String(spec.maxUnavailable))
  writer.line(0, 'Selector:', spec?.selector ? formatLabelSelector(spec.selector) : '<unset>')
  writer.line(0, 'Status:')
  writer.line(2, 'Allowed disruptions:', String(status?.disruptionsAllowed ?? 0))
  writer.line(2, 'Current:', String(status?.currentHealthy ?? 0))
  writer.line(2, 'Desired:', String(status?.desiredHealthy ?? 0))
  writer.line(2, 'Total:', String(status?.expectedPods ?? 0))
  writeEvents(writer, context)
}

function writePriorityClass(writer: Writer, object: WithMetadata<PriorityClass>, context: DescribeContext): void {
  writer.line(0, 'Name:', object.metadata.name)
  writer.line(0, 'Value:', String(object.value))
  writer.line(0, 'GlobalDefault:', String(object.globalDefault ?? false))
  writer.line(0, 'PreemptionPolicy:', object.preemptionPolicy ?? '')
  writer.line(0, 'Description:', object.description ?? '')
  writer.line(0, 'Annotations:', formatLabels(object.metadata.annotations))
  writeEvents(writer, context)
}

export const configDescribers: Describers = {
  ConfigMap: describer<ConfigMap>(eventsRead, writeConfigMap),
  Secret: describer<Secret>(() => [], writeSecret),
  ServiceAccount: describer<ServiceAccount>(eventsRead, writeServiceAccount),
  'PodDisruptionBudget.policy': describer<WithMetadata<PodDisruptionBudget>>(eventsRead, writeBudget),
  'PriorityClass.scheduling.k8s.io': describer<WithMetadata<PriorityClass>>(eventsRead, writePriorityClass),
}
