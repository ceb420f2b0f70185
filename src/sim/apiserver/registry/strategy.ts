// Models k8s.io/apiserver/pkg/registry/rest (create.go, update.go, delete.go): what a resource does to objects on their way to storage.
import type { FieldError } from '../../api/field-error'
import type { Resource } from '../../api/kinds'
import type { KubeObject } from '../../api/types'
import type { Reader, User } from '../state'

/** What a DELETE says beside the name (meta/v1 DeleteOptions). */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  readonly orphanDependents?: boolean
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly dryRun?: readonly string[]
}

/**
 * How a resource is stored (pkg/registry/<group>/<resource>/strategy.go). Everything is pure: a function returns the object that it
 * was given, or another one that shares what has not changed.
 */
export interface Strategy {
  /** Objects have a generation, which grows with each change that `generationChange` (usually: of the spec) says. */
  readonly generation?: boolean
  readonly generationChange?: (object: KubeObject, old: KubeObject) => boolean
  /** The status is its own subresource: creates and updates leave it alone. */
  readonly status?: boolean
  /** The status that new objects have; default: what the request says with defaults. */
  readonly initialStatus?: (object: KubeObject) => unknown
  /** A PUT of what is not there creates it (AllowCreateOnUpdate). */
  readonly createsOnUpdate?: boolean
  /** What is wrong with a name; default: RFC 1123 subdomain. */
  readonly nameErrors?: (name: string) => readonly string[]
  readonly prepareForCreate?: (object: KubeObject, reader: Reader, user: User) => KubeObject
  readonly validate?: (object: KubeObject, reader: Reader) => readonly FieldError[]
  /** What is asked of new objects only, after `validate`. */
  readonly validateNew?: (object: KubeObject, reader: Reader) => readonly FieldError[]
  readonly prepareForUpdate?: (object: KubeObject, old: KubeObject, reader: Reader) => KubeObject
  readonly validateUpdate?: (object: KubeObject, old: KubeObject, reader: Reader) => readonly FieldError[]
  /** An update of the status subresource: default takes the new status, metadata as below, and the old rest. */
  readonly prepareForStatusUpdate?: (object: KubeObject, old: KubeObject, reader: Reader) => KubeObject
  readonly validateStatusUpdate?: (object: KubeObject, old: KubeObject) => readonly FieldError[]
  /** Updates of subresources other than status: what becomes of the old object, or what is wrong with that. */
  readonly subresources?: Readonly<
    Record<string, (object: KubeObject, old: KubeObject, reader: Reader) => KubeObject | readonly FieldError[]>
  >
  /** Seconds of grace of a deletion; undefined: the object goes at once. */
  readonly graceSeconds?: (object: KubeObject, options: DeleteOptions) => number | undefined
  /** Why the object of a name cannot be asked away, whether it exists or not; a DELETE of the collection takes it all the same. */
  readonly undeletable?: (name: string) => string | undefined
  /** What the apiserver itself takes away with an object that is gone: the resource of the objects of its name. */
  readonly takesAlong?: readonly string[]
  /** What happens to dependents when the request does not say; default: Background. */
  readonly propagation?: 'Orphan' | 'Background'
  /** A DELETE answers with the object instead of a Status. */
  readonly returnsDeleted?: boolean
}

/** Strategies by resource; what is not here has the generic one. */
export type Strategies = Readonly<Record<string, Strategy>>

/** What a resource's table row says about its strategy where no strategy says otherwise. */
export const genericStrategy = (type: Resource): Strategy => ({ status: type.subresources.some(sub => sub.name === 'status') })
