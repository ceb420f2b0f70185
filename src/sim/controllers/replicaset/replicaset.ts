// Models pkg/controller/replicaset/replica_set.go; what it does is in ../replicas.ts.
import { selectsByLabels } from '../owners'
import { replicaController } from '../replicas'

/** Keeps the number of pods that a ReplicaSet wants. */
export const replicaset = replicaController({
  name: 'replicaset-controller',
  part: 'replicaset',
  resource: 'replicasets.apps',
  kind: 'ReplicaSet',
  selects: selectsByLabels,
  countsTerminating: true,
  awaitsOwnWrites: true,
})
