/**
 * Owner references. Models k8s.io/apimachinery/pkg/apis/meta/v1/controller_ref.go.
 */
import type { KubeObject, ObjectMeta, OwnerReference } from './types'

type HasMeta = { readonly metadata: ObjectMeta }
type Owner = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>

/** The reference to an object's managing controller, if it has one. Models GetControllerOf. */
export function controllerOf(object: HasMeta): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(isController)
}
const isController = ({ controller }: OwnerReference): boolean => controller === true

/** Models IsControlledBy: by uid, so a namesake that was created again does not count. */
export const isControlledBy = (object: HasMeta, owner: HasMeta): boolean => {
  const { uid } = owner.metadata
  return uid !== undefined && controllerOf(object)?.uid === uid
}

/** A reference from what a controller creates to what it creates it for. Models NewControllerRef. */
export const controllerRef = (owner: Owner): OwnerReference => ({
  ...ownerRef(owner),
  controller: true,
  blockOwnerDeletion: true,
})

/** A reference that makes the object go when its owner goes. */
export const ownerRef = ({ apiVersion, kind, metadata }: Owner): OwnerReference => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid ?? '',
})
