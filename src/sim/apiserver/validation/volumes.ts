// Models ValidateVolumes in pkg/apis/core/validation/validation.go.
import { duplicate, type FieldError, forbidden, invalid, required } from '../../api/field-error'
import { dns1123LabelErrors } from '../../api/names'
import { milliOf, parseQuantity } from '../../api/quantity'
import type { KubeObject, PodSpec } from '../../api/types'
import { annotationErrors, labelErrors } from '../registry/metadata'
import { fieldRefErrors, resourceFieldErrors } from './env'
import { hostPathErrors, modeErrors, nfsErrors, unreservedPath } from './paths'
import { claimSpecErrors } from './storage'

type Volume = NonNullable<PodSpec['volumes']>[number]
type Volumes = readonly Volume[]

const NONE: readonly FieldError[] = Object.freeze([])

/** Whether an item before this one has the same value there: lists are short, and a Set costs more than looking. */
export function isRepeated<T>(list: readonly T[], i: number, field: keyof T): boolean {
  for (let j = 0; j < i; j++) if (list[j]?.[field] === list[i]?.[field]) return true
  return false
}

/** Volumes by the list that holds them are looked at once. */
const good = new WeakSet<object>()

/** What is wrong with a pod's volumes. */
export function volumeErrors(volumes: Volumes | undefined, field: string): readonly FieldError[] {
  if (!volumes || volumes.length === 0 || good.has(volumes)) return NONE
  if (volumes.every(isKnown)) {
    good.add(volumes)
    return NONE
  }
  const errors: FieldError[] = []
  lookAt(volumes, field, (_, wrong) => errors.push(...wrong))
  if (errors.length === 0) good.add(volumes)
  return errors
}

/** Sources that have been found good: pods share that of their tokens. */
const goodSources = new WeakSet<object>()

/** Whether there is nothing to say of a volume, seen at a glance: it has one source, a known one, and a name of its own. */
function isKnown(volume: Volume, i: number, volumes: Volumes): boolean {
  let sources = 0
  for (const name in volume) {
    if (name === 'name') continue
    const source = volume[name as keyof Volume]
    if (++sources > 1 || typeof source !== 'object' || !goodSources.has(source)) return false
  }
  return sources === 1 && dns1123LabelErrors(volume.name).length === 0 && !isRepeated(volumes, i, 'name')
}

/** The volumes that containers can mount: those with which nothing is wrong. */
export function usableVolumes(volumes: Volumes | undefined): Volumes | undefined {
  if (!volumes || good.has(volumes)) return volumes
  const usable: Volume[] = []
  lookAt(volumes, '', (volume, wrong) => {
    if (wrong.length === 0) usable.push(volume)
  })
  return usable
}

function lookAt(volumes: Volumes, field: string, tell: (volume: Volume, wrong: readonly FieldError[]) => void): void {
  const names = new Set<string>()
  volumes.forEach((volume, i) => {
    const at = `${field}[${i}]`
    const errors = sourceErrors(volume, at)
    if (!volume.name) errors.push(required(`${at}.name`))
    else for (const why of dns1123LabelErrors(volume.name)) errors.push(invalid(`${at}.name`, volume.name, why))
    if (names.has(volume.name)) errors.push(duplicate(`${at}.name`, volume.name))
    if (errors.length === 0) names.add(volume.name)
    tell(volume, errors)
  })
}

type Check<Name extends keyof Volume> = (source: NonNullable<Volume[Name]>, field: string) => readonly FieldError[]
type Checks = { readonly [Name in Exclude<keyof Volume, 'name'>]?: Check<Name> }

const needs =
  <Source extends object>(...names: readonly (keyof Source & string)[]) =>
  (source: Source, field: string): FieldError[] =>
    names.filter(name => !source[name]).map(name => required(`${field}.${name}`))

/** Where volumes come from, in the order in which upstream looks: of two, the later one is too many. */
const CHECKS: Checks = {
  emptyDir: ({ sizeLimit }, field) =>
    sizeLimit !== undefined && parseQuantity(sizeLimit).value && milliOf(sizeLimit) < 0
      ? [forbidden(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
      : NONE,
  hostPath: hostPathErrors,
  gitRepo: (source, field) => {
    const errors = needs<typeof source>('repository')(source, field)
    return [...errors, ...(source.directory ? unreservedPath(source.directory, `${field}.directory`) : [])]
  },
  secret: (source, field) => [...needs<typeof source>('secretName')(source, field), ...keptFiles(source, field)],
  nfs: nfsErrors,
  persistentVolumeClaim: needs('claimName'),
  downwardAPI: ({ defaultMode, items }, field) => [
    ...modeErrors(defaultMode, `${field}.defaultMode`),
    // upstream looks for all items at the place of the source itself
    ...(items ?? []).flatMap(item => downwardErrors(item, field)),
  ],
  configMap: (source, field) => [...needs<typeof source>('name')(source, field), ...keptFiles(source, field)],
  projected: projectedErrors,
  csi: needs('driver'),
  ephemeral: ({ volumeClaimTemplate: template }, field) =>
    template ? templateErrors(template as Template, `${field}.volumeClaimTemplate`) : [required(`${field}.volumeClaimTemplate`)],
}
const ORDER = Object.keys(CHECKS) as (keyof Checks)[]

function sourceErrors(volume: Volume, field: string): FieldError[] {
  const errors: FieldError[] = []
  let sources = 0
  for (const name of ORDER) {
    const source = volume[name]
    if (source === undefined || source === null) continue
    if (++sources > 1) errors.push(forbidden(`${field}.${name}`, 'may not specify more than 1 volume type'))
    else {
      const wrong = (CHECKS[name] as (source: object, field: string) => FieldError[])(source, `${field}.${name}`)
      if (wrong.length === 0) goodSources.add(source as object)
      errors.push(...wrong)
    }
  }
  for (const name in volume)
    if (name !== 'name' && !(name in CHECKS) && ++sources > 1)
      errors.push(forbidden(`${field}.${name}`, 'may not specify more than 1 volume type'))
  if (sources === 0) errors.push(required(field, 'must specify a volume type'))
  return errors
}

interface File {
  readonly key?: string
  readonly path?: string
  readonly mode?: number
}
interface Files {
  readonly items?: readonly File[]
  readonly defaultMode?: number
}

/** What secrets and config maps have in common: a mode, and which keys become which files. */
const keptFiles = ({ items, defaultMode }: Files, field: string): FieldError[] => [
  ...modeErrors(defaultMode, `${field}.defaultMode`),
  ...fileErrors(items, `${field}.items`),
]

/** validateKeyToPath */
const fileErrors = (items: readonly File[] = [], field: string): FieldError[] =>
  items.flatMap(({ key, path, mode }, i) => [
    ...(key ? [] : [required(`${field}[${i}].key`)]),
    ...(path ? [] : [required(`${field}[${i}].path`)]),
    ...unreservedPath(path ?? '', `${field}[${i}].path`),
    ...modeErrors(mode, `${field}[${i}].mode`),
  ])

/** Where a file of a volume may come from within its pod. */
const DOWNWARD = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']
type Downward = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number]

/** validateDownwardAPIVolumeFile */
function downwardErrors({ path, fieldRef, resourceFieldRef, mode }: Downward, field: string): FieldError[] {
  const errors = path ? [] : [required(`${field}.path`)]
  errors.push(...unreservedPath(path ?? '', `${field}.path`))
  if (fieldRef) {
    errors.push(...fieldRefErrors(fieldRef, DOWNWARD, `${field}.fieldRef`))
    if (resourceFieldRef)
      errors.push(invalid(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'))
  } else if (resourceFieldRef) errors.push(...resourceFieldErrors(resourceFieldRef, `${field}.resourceFieldRef`, true))
  else errors.push(required(field, 'one of fieldRef and resourceFieldRef is required'))
  return [...errors, ...modeErrors(mode, `${field}.mode`)]
}

type Projected = NonNullable<Volume['projected']>
const LEAST_TOKEN_SECONDS = 600

/** validateProjectedVolumeSource and validateProjectionSources */
function projectedErrors({ sources, defaultMode }: Projected, field: string): readonly FieldError[] {
  const errors = modeErrors(defaultMode, `${field}.defaultMode`)
  const paths = new Set<string>()
  const isTaken = (path: string | undefined, at: string, which: string): void => {
    if (!path) return
    if (paths.has(path)) errors.push(invalid(at, which, 'conflicting duplicate paths'))
    paths.add(path)
  }
  sources?.forEach((source, i) => {
    const at = `${field}.sources[${i}]`
    const ways = Object.keys(source)
    if (ways.length > 1)
      for (const way of ways.slice(1)) errors.push(forbidden(`${at}.${way}`, 'may not specify more than 1 volume type'))
    const { secret, configMap, downwardAPI, serviceAccountToken: token } = source
    for (const [kind, kept] of Object.entries({ secret, configMap })) {
      if (!kept) continue
      if (!kept.name) errors.push(required(`${at}.${kind}.name`))
      errors.push(...fileErrors(kept.items, `${at}.${kind}.items`))
      for (const item of kept.items ?? []) isTaken(item.path, field, kept.name ?? '')
    }
    for (const item of downwardAPI?.items ?? []) {
      errors.push(...downwardErrors(item, `${at}.downwardAPI`))
      isTaken(item.path, field, 'downwardAPI')
    }
    if (!token) return
    if ((token.expirationSeconds ?? 3600) < LEAST_TOKEN_SECONDS)
      errors.push(
        invalid(
          `${at}.serviceAccountToken.expirationSeconds`,
          token.expirationSeconds,
          'may not specify a duration less than 10 minutes',
        ),
      )
    if (!token.path) errors.push(required(`${at}.serviceAccountToken.path`))
    else errors.push(...unreservedPath(token.path, `${at}.serviceAccountToken.path`))
    isTaken(token.path, field, token.path)
  })
  return errors
}

type Template = Pick<KubeObject, 'metadata' | 'spec'>

/** ValidatePersistentVolumeClaimTemplate */
const templateErrors = ({ metadata, spec }: Partial<Template>, field: string): readonly FieldError[] => [
  ...labelErrors(metadata?.labels, `${field}.metadata.labels`),
  ...annotationErrors(metadata?.annotations, `${field}.metadata.annotations`),
  ...claimSpecErrors(spec ?? {}, `${field}.spec`),
]
