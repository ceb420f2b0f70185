// Models describeContainerEnvVars, describeContainerEnvFrom and pkg/util/resource and fieldpath of kubectl.
import type { EnvVar, EnvVarSource } from 'kubernetes-types/core/v1'
import { milliOf, unitsOf } from '../../api/quantity'
import type { Container, Pod } from '../../api/types'
import type { Writer } from './writer'

/** The value of a field of the Pod, as the downward API names it; empty for those that kubectl does not know. */
export type FieldResolver = (fieldPath: string) => string

/** Finds fields in a Pod's metadata. Models fieldpath.ExtractFieldPathAsString. */
export const fieldsOf =
  ({ metadata }: Pod): FieldResolver =>
  path => {
    const [, map, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? []
    if (key !== undefined) return (map === 'labels' ? metadata.labels : metadata.annotations)?.[key] ?? ''
    switch (path) {
      case 'metadata.name':
        return metadata.name
      case 'metadata.namespace':
        return metadata.namespace ?? ''
      case 'metadata.uid':
        return metadata.uid ?? ''
      case 'metadata.labels':
        return quotedMap(metadata.labels)
      case 'metadata.annotations':
        return quotedMap(metadata.annotations)
      default:
        return ''
    }
  }
const quotedMap = (map: Readonly<Record<string, string>> = {}): string =>
  Object.keys(map)
    .sort()
    .map(key => `${key}=${JSON.stringify(map[key])}`)
    .join('\n')

export function environment(writer: Writer, container: Container, resolve: FieldResolver | undefined): void {
  if (container.envFrom?.length) {
    writer.line(2, 'Environment Variables from:')
    for (const { configMapRef, secretRef, prefix } of container.envFrom) {
      const kind = configMapRef ? 'ConfigMap' : secretRef ? 'Secret' : ''
      const reference = configMapRef ?? secretRef
      const from = prefix ? `${kind} with prefix '${prefix}'` : kind
      writer.line(3, reference?.name ?? '', from, `Optional: ${reference?.optional === true}`)
    }
  }
  const list = container.env ?? []
  writer.line(2, 'Environment:', ...(list.length === 0 ? ['<none>'] : []))
  for (const variable of list) writeVariable(writer, variable, container, resolve)
}

function writeVariable(writer: Writer, variable: EnvVar, container: Container, resolve: FieldResolver | undefined): void {
  const { name, value = '', valueFrom } = variable
  if (valueFrom) {
    const cells = sourceCells(valueFrom, container, resolve)
    if (cells) writer.line(3, `${name}:`, ...cells)
    return
  }
  value.split('\n').forEach((line, index) => {
    writer.line(3, index === 0 ? `${name}:` : '', line)
  })
}

function sourceCells(source: EnvVarSource, container: Container, resolve: FieldResolver | undefined): string[] | undefined {
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = source
  if (fieldRef) return [`${resolve?.(fieldRef.fieldPath) ?? ''} (${fieldRef.apiVersion}:${fieldRef.fieldPath})`]
  if (resourceFieldRef) {
    const { resource } = resourceFieldRef
    return [`${resourceText(resource, resourceFieldRef.divisor, container)} (${resource})`]
  }
  if (secretKeyRef)
    return [
      `<set to the key '${secretKeyRef.key}' in secret '${secretKeyRef.name}'>`,
      `Optional: ${secretKeyRef.optional === true}`,
    ]
  if (configMapKeyRef)
    return [
      `<set to the key '${configMapKeyRef.key}' of config map '${configMapKeyRef.name}'>`,
      `Optional: ${configMapKeyRef.optional === true}`,
    ]
  return undefined
}

/** A limit or request in units of the divisor, rounded up. Models resource.ExtractContainerResourceValue. */
function resourceText(resource: string, divisor: string | undefined, { resources }: Container): string {
  const [, part, name] = /^(limits|requests)\.(cpu|memory|ephemeral-storage)$/.exec(resource) ?? []
  if (name === undefined) return ''
  const amount = (part === 'limits' ? resources?.limits : resources?.requests)?.[name]
  const by = divisor === undefined || divisor === '0' ? '1' : divisor
  const value = name === 'cpu' ? Math.ceil(milliOf(amount) / milliOf(by)) : Math.ceil(unitsOf(amount) / unitsOf(by))
  return value === 0 && part === 'limits' && name !== 'ephemeral-storage' ? 'node allocatable' : String(value)
}
