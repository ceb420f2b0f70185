// Models ValidateVolumes in pkg/apis/core/validation/validation.go.
import { duplicate, type FieldError, forbidden, invalid, required } from '../../api/field-error'
import { dns1123LabelErrors } from '../../api/names'
import type { PodSpec } from '../../api/types'

type Volume = NonNullable<PodSpec['volumes']>[number]

const NONE: readonly FieldError[] = Object.freeze([])

/** Whether an item before this one has the same value there: lists are short, and a Set costs more than looking. */
export function isRepeated<T>(list: readonly T[], i: number, field: keyof T): boolean {
  for (let j = 0; j < i; j++) if (list[j]?.[field] === list[i]?.[field]) return true
  return false
}

/** Volumes by the list that holds them are looked at once. */
const good = new WeakSet<object>()

export function volumeErrors(volumes: readonly Volume[] | undefined, field: string): readonly FieldError[] {
  if (!volumes || volumes.length === 0 || good.has(volumes)) return NONE
  const errors: FieldError[] = []
  volumes.forEach((volume, i) => {
    const at = `${field}[${i}]`
    errors.push(...sourceErrors(volume, at))
    if (!volume.name) errors.push(required(`${at}.name`))
    else for (const why of dns1123LabelErrors(volume.name)) errors.push(invalid(`${at}.name`, volume.name, why))
    if (isRepeated(volumes, i, 'name')) errors.push(duplicate(`${at}.name`, volume.name))
  })
  if (errors.length === 0) good.add(volumes)
  return errors
}

function sourceErrors(volume: Volume, field: string): FieldError[] {
  const errors: FieldError[] = []
  let sources = 0
  for (const source in volume)
    if (source !== 'name' && ++sources > 1)
      errors.push(forbidden(`${field}.${source}`, 'may not specify more than 1 volume type'))
  if (sources === 0) errors.push(required(field, 'must specify a volume type'))
  const { hostPath, secret, configMap, persistentVolumeClaim: claim } = volume
  if (hostPath && !hostPath.path) errors.push(required(`${field}.hostPath.path`))
  if (secret && !secret.secretName) errors.push(required(`${field}.secret.secretName`))
  if (configMap && !configMap.name) errors.push(required(`${field}.configMap.name`))
  if (claim && !claim.claimName) errors.push(required(`${field}.persistentVolumeClaim.claimName`))
  return errors
}
