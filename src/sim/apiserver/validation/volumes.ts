// Models ValidateVolumes in pkg/apis/core/validation/validation.go.
import { duplicate, type FieldError, forbidden, invalid, required } from '../../api/field-error'
import { dns1123LabelErrors } from '../../api/names'
import type { PodSpec } from '../../api/types'

type Volume = NonNullable<PodSpec['volumes']>[number]

/** Volumes by the list that holds them are looked at once. */
const good = new WeakSet<object>()

export function volumeErrors(volumes: readonly Volume[], field: string): FieldError[] {
  if (volumes.length === 0 || good.has(volumes)) return []
  const errors: FieldError[] = []
  const names = new Set<string>()
  volumes.forEach((volume, i) => {
    const at = `${field}[${i}]`
    errors.push(...sourceErrors(volume, at))
    if (!volume.name) errors.push(required(`${at}.name`))
    else errors.push(...dns1123LabelErrors(volume.name).map(why => invalid(`${at}.name`, volume.name, why)))
    if (names.has(volume.name)) errors.push(duplicate(`${at}.name`, volume.name))
    names.add(volume.name)
  })
  if (errors.length === 0) good.add(volumes)
  return errors
}

function sourceErrors(volume: Volume, field: string): FieldError[] {
  const errors: FieldError[] = []
  const sources = Object.keys(volume).filter(key => key !== 'name')
  for (const source of sources.slice(1)) errors.push(forbidden(`${field}.${source}`, 'may not specify more than 1 volume type'))
  if (sources.length === 0) errors.push(required(field, 'must specify a volume type'))
  const { hostPath, secret, configMap, persistentVolumeClaim: claim } = volume
  if (hostPath && !hostPath.path) errors.push(required(`${field}.hostPath.path`))
  if (secret && !secret.secretName) errors.push(required(`${field}.secret.secretName`))
  if (configMap && !configMap.name) errors.push(required(`${field}.configMap.name`))
  if (claim && !claim.claimName) errors.push(required(`${field}.persistentVolumeClaim.claimName`))
  return errors
}
