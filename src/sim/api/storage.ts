// Models k8s.io/component-helpers/storage/volume and pkg/volume/util/storageclass.go: what is asked of claims, volumes and their classes.
import type { KubeObject } from './types'

/** Where claims and volumes named their class before there was a field for it. */
export const OLD_CLASS = 'volume.beta.kubernetes.io/storage-class'
const IS_DEFAULT = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']

interface Annotated {
  readonly annotations?: Readonly<Record<string, string>>
}
/** A claim, a volume, or the template of one. */
interface Classed {
  readonly metadata?: Annotated
  readonly spec?: { readonly storageClassName?: string }
}

/** The class that a claim or a volume names; undefined where it says nothing, '' where it wants none. */
export const namedClass = ({ metadata, spec }: Classed): string | undefined =>
  metadata?.annotations?.[OLD_CLASS] ?? spec?.storageClassName ?? undefined

/** GetPersistentVolumeClaimClass, GetPersistentVolumeClass: '' for none. */
export const classOf = (object: Classed): string => namedClass(object) ?? ''

/** IsDefaultAnnotation */
export const isDefaultClass = ({ annotations }: Annotated): boolean => IS_DEFAULT.some(name => annotations?.[name] === 'true')

/** GetDefaultClass: the newest of the classes that are marked as default, of equally new ones the first by name. */
export function defaultClass(classes: Iterable<KubeObject>): KubeObject | undefined {
  let best: KubeObject | undefined
  for (const storageClass of classes) {
    const { metadata } = storageClass
    if (!isDefaultClass(metadata)) continue
    const [age, known] = [metadata.creationTimestamp ?? '', best?.metadata.creationTimestamp ?? '']
    if (!best || age > known || (age === known && metadata.name < best.metadata.name)) best = storageClass
  }
  return best
}

const MODES = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
] as const

/** GetAccessModesAsString: `RWO,ROX`, in this order. */
export const accessModesText = (modes: readonly string[] = []): string =>
  MODES.flatMap(([mode, short]) => (modes.includes(mode) ? short : [])).join(',')
