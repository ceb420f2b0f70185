// Models pkg/controller/replication/replication_controller.go: an adapter around the ReplicaSet's controller, which is ../replicas.ts here.
import { mapSelector } from '../../api/selectors'
import type { KubeObject } from '../../api/types'
import { replicaController } from '../replicas'

/** A ReplicationController's selector is a map; an empty one selects nothing. */
export const selectsByMap = ({ spec }: KubeObject, { metadata }: KubeObject): boolean => {
  const selector = mapSelector(spec.selector ?? {})
  return !selector.empty && selector.matches(metadata.labels)
}

/** Keeps the number of pods that a ReplicationController wants. */
export const replicationcontroller = replicaController({
  name: 'replication-controller',
  part: 'replicationcontroller',
  resource: 'replicationcontrollers',
  kind: 'ReplicationController',
  selects: selectsByMap,
  countsTerminating: false,
  awaitsOwnWrites: false,
})
