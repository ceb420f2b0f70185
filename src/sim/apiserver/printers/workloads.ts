// Models pkg/printers/internalversion/printers.go for what keeps Pods running.
import type { ControllerRevision } from 'kubernetes-types/apps/v1'
import { parseApiVersion, qualified } from '../../api/kinds'
import { formatLabelSelector, formatLabels } from '../../api/selectors'
import type { DaemonSet, Deployment, ObjectMeta, ReplicaSet, ReplicationController, StatefulSet } from '../../api/types'
import { age, containerNames, images, selectorText } from './cells'
import { AGE, column, NAME, type Printers, printer, wideColumn } from './types'

const CONTAINERS = [wideColumn('Containers'), wideColumn('Images')]
const REPLICAS = [NAME, column('Desired', 'integer'), column('Current', 'integer'), column('Ready', 'integer'), AGE]

/** `apps.deployment/web`-like text of who controls a revision. Models printControllerRevision. */
function controllerName(metadata: ObjectMeta): string {
  const owner = metadata.ownerReferences?.find(reference => reference.controller)
  if (owner === undefined) return '<none>'
  return `${qualified(owner.kind, parseApiVersion(owner.apiVersion).group).toLowerCase()}/${owner.name}`
}

export const workloadPrinters: Printers = {
  Deployment: printer<Deployment>(
    [NAME, column('Ready'), column('Up-to-date'), column('Available'), AGE, ...CONTAINERS, wideColumn('Selector')],
    (deployment, now) => [
      deployment.metadata.name,
      `${deployment.status.readyReplicas ?? 0}/${deployment.spec.replicas ?? 0}`,
      deployment.status.updatedReplicas ?? 0,
      deployment.status.availableReplicas ?? 0,
      age(deployment, now),
      containerNames(deployment.spec.template.spec),
      images(deployment.spec.template.spec),
      selectorText(deployment.spec.selector),
    ],
  ),
  ReplicaSet: printer<ReplicaSet>([...REPLICAS, ...CONTAINERS, wideColumn('Selector')], (set, now) => [
    set.metadata.name,
    set.spec.replicas ?? 0,
    set.status.replicas,
    set.status.readyReplicas ?? 0,
    age(set, now),
    containerNames(set.spec.template?.spec),
    images(set.spec.template?.spec),
    formatLabelSelector(set.spec.selector),
  ]),
  ReplicationController: printer<ReplicationController>(
    [...REPLICAS, ...CONTAINERS, wideColumn('Selector')],
    (controller, now) => [
      controller.metadata.name,
      controller.spec.replicas ?? 0,
      controller.status.replicas,
      controller.status.readyReplicas ?? 0,
      age(controller, now),
      containerNames(controller.spec.template?.spec),
      images(controller.spec.template?.spec),
      formatLabels(controller.spec.selector),
    ],
  ),
  StatefulSet: printer<StatefulSet>([NAME, column('Ready'), AGE, ...CONTAINERS], (set, now) => [
    set.metadata.name,
    `${set.status.readyReplicas ?? 0}/${set.spec.replicas ?? 0}`,
    age(set, now),
    containerNames(set.spec.template.spec),
    images(set.spec.template.spec),
  ]),
  DaemonSet: printer<DaemonSet>(
    [
      NAME,
      column('Desired', 'integer'),
      column('Current', 'integer'),
      column('Ready', 'integer'),
      column('Up-to-date', 'integer'),
      column('Available', 'integer'),
      column('Node Selector'),
      AGE,
      ...CONTAINERS,
      wideColumn('Selector'),
    ],
    (set, now) => [
      set.metadata.name,
      set.status.desiredNumberScheduled,
      set.status.currentNumberScheduled,
      set.status.numberReady,
      set.status.updatedNumberScheduled ?? 0,
      set.status.numberAvailable ?? 0,
      formatLabels(set.spec.template.spec?.nodeSelector),
      age(set, now),
      containerNames(set.spec.template.spec),
      images(set.spec.template.spec),
      formatLabelSelector(set.spec.selector),
    ],
  ),
  ControllerRevision: printer<ControllerRevision & { metadata: ObjectMeta }>(
    [NAME, column('Controller'), column('Revision'), AGE],
    (revision, now) => [revision.metadata.name, controllerName(revision.metadata), revision.revision, age(revision, now)],
  ),
}
