/**
 * Object types. Kubernetes' own, from its OpenAPI schema, with what every stored object has made required.
 */
import type * as apps from 'kubernetes-types/apps/v1'
import type * as autoscaling from 'kubernetes-types/autoscaling/v2'
import type * as batch from 'kubernetes-types/batch/v1'
import type * as coordination from 'kubernetes-types/coordination/v1'
import type * as core from 'kubernetes-types/core/v1'
import type * as discovery from 'kubernetes-types/discovery/v1'
import type * as meta from 'kubernetes-types/meta/v1'
import type * as rbac from 'kubernetes-types/rbac/v1'

/** Metadata of a stored object: the apiserver has filled in what it fills in. Times are RFC 3339, in virtual time. */
export interface ObjectMeta extends Omit<meta.ObjectMeta, 'name' | 'managedFields'> {
  name: string
  managedFields?: unknown[]
}
export type OwnerReference = meta.OwnerReference
export type LabelSelector = meta.LabelSelector
export type Status = meta.Status

/** Any object of the API. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  // biome-ignore lint/suspicious/noExplicitAny: the fields of any kind
  [field: string]: any
}
/** A list as the apiserver answers it. */
export interface KubeList<T = KubeObject> {
  apiVersion: string
  kind: string
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number }
  items: T[]
}

type Stored<T> = Omit<T, 'apiVersion' | 'kind' | 'metadata'> & { apiVersion: string; kind: string; metadata: ObjectMeta }
/** A kind whose `spec` the apiserver demands or fills in. */
type Specified<T extends { spec?: unknown; status?: unknown }> = Omit<Stored<T>, 'spec' | 'status'> & {
  spec: NonNullable<T['spec']>
  status: NonNullable<T['status']>
}

export type Pod = Specified<core.Pod>
export type PodSpec = core.PodSpec
export type PodStatus = core.PodStatus
export type PodCondition = core.PodCondition
export type PodTemplateSpec = core.PodTemplateSpec
export type Container = core.Container
export type ContainerStatus = core.ContainerStatus
export type Toleration = core.Toleration
export type Taint = core.Taint
export type Node = Specified<core.Node>
export type Service = Specified<core.Service>
export type ServicePort = core.ServicePort
export type Endpoints = Stored<core.Endpoints>
export type EndpointSlice = Stored<discovery.EndpointSlice>
export type Endpoint = discovery.Endpoint
export type Namespace = Specified<core.Namespace>
export type ConfigMap = Stored<core.ConfigMap>
export type Secret = Stored<core.Secret>
export type ServiceAccount = Stored<core.ServiceAccount>
export type Event = Stored<core.Event>
export type ReplicationController = Specified<core.ReplicationController>
export type Deployment = Specified<apps.Deployment>
export type DeploymentCondition = apps.DeploymentCondition
export type ReplicaSet = Specified<apps.ReplicaSet>
export type StatefulSet = Specified<apps.StatefulSet>
export type DaemonSet = Specified<apps.DaemonSet>
export type Job = Specified<batch.Job>
export type CronJob = Specified<batch.CronJob>
export type HorizontalPodAutoscaler = Specified<autoscaling.HorizontalPodAutoscaler>
export type Lease = Specified<coordination.Lease & { status?: Record<string, never> }>
export type Role = Stored<rbac.Role>
export type ClusterRole = Stored<rbac.ClusterRole>
export type RoleBinding = Stored<rbac.RoleBinding>
export type ClusterRoleBinding = Stored<rbac.ClusterRoleBinding>
export type PolicyRule = rbac.PolicyRule

/** A Table as the apiserver prints it for `kubectl get` (meta.k8s.io/v1). `object` is the object's metadata only, unless includeObject says otherwise. */
export interface Table {
  apiVersion: 'meta.k8s.io/v1'
  kind: 'Table'
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number }
  columnDefinitions: TableColumn[]
  rows: TableRow[]
}
export interface TableColumn {
  name: string
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  format: string
  description: string
  /** 0 is always shown, 1 with `-o wide`. */
  priority: number
}
export interface TableRow {
  cells: (string | number | boolean | null)[]
  conditions?: { type: string; status: string }[]
  object: KubeObject
}
