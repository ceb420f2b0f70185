// Models k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go: what there is to say of a rollout, and whether it is done.
import type { DaemonSet, Deployment, StatefulSet } from '../../api/types'

/** A line about a rollout, or why it has failed. */
export type RolloutStatus = { readonly text: string; readonly done: boolean } | { readonly error: string }

const waiting = (text: string): RolloutStatus => ({ text: `${text}\n`, done: false })
const finished = (text: string): RolloutStatus => ({ text: `${text}\n`, done: true })

/** `revision` 0 means the newest. */
export function deploymentStatus({ metadata, spec, status }: Deployment, revision: number): RolloutStatus {
  const name = JSON.stringify(metadata.name)
  if (revision > 0) {
    const current = Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0)
    if (current !== revision)
      return { error: `desired revision (${revision}) is different from the running revision (${current})` }
  }
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
    return waiting('Waiting for deployment spec update to be observed...')
  const progressing = status.conditions?.find(condition => condition.type === 'Progressing')
  if (progressing?.reason === 'ProgressDeadlineExceeded') return { error: `deployment ${name} exceeded its progress deadline` }
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status
  const lead = `Waiting for deployment ${name} rollout to finish:`
  if (spec.replicas !== undefined && updatedReplicas < spec.replicas)
    return waiting(`${lead} ${updatedReplicas} out of ${spec.replicas} new replicas have been updated...`)
  if (replicas > updatedReplicas) return waiting(`${lead} ${replicas - updatedReplicas} old replicas are pending termination...`)
  if (availableReplicas < updatedReplicas)
    return waiting(`${lead} ${availableReplicas} of ${updatedReplicas} updated replicas are available...`)
  return finished(`deployment ${name} successfully rolled out`)
}

const ONLY_ROLLING = 'rollout status is only available for RollingUpdate strategy type'

export function daemonSetStatus({ metadata, spec, status }: DaemonSet): RolloutStatus {
  const name = JSON.stringify(metadata.name)
  if (spec.updateStrategy?.type !== 'RollingUpdate') return { error: ONLY_ROLLING }
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
    return waiting('Waiting for daemon set spec update to be observed...')
  const { updatedNumberScheduled = 0, desiredNumberScheduled = 0, numberAvailable = 0 } = status
  const lead = `Waiting for daemon set ${name} rollout to finish:`
  if (updatedNumberScheduled < desiredNumberScheduled)
    return waiting(`${lead} ${updatedNumberScheduled} out of ${desiredNumberScheduled} new pods have been updated...`)
  if (numberAvailable < desiredNumberScheduled)
    return waiting(`${lead} ${numberAvailable} of ${desiredNumberScheduled} updated pods are available...`)
  return finished(`daemon set ${name} successfully rolled out`)
}

export function statefulSetStatus({ metadata, spec, status }: StatefulSet): RolloutStatus {
  if (spec.updateStrategy?.type !== 'RollingUpdate') return { error: ONLY_ROLLING }
  if (!status.observedGeneration || (metadata.generation ?? 0) > status.observedGeneration)
    return waiting('Waiting for statefulset spec update to be observed...')
  const { readyReplicas = 0, updatedReplicas = 0, currentReplicas = 0, updateRevision, currentRevision } = status
  const replicas = spec.replicas ?? 0
  if (readyReplicas < replicas) return waiting(`Waiting for ${replicas - readyReplicas} pods to be ready...`)
  const rolling = spec.updateStrategy.rollingUpdate
  if (rolling) {
    const wanted = replicas - (rolling.partition ?? replicas)
    if (rolling.partition !== undefined && updatedReplicas < wanted)
      return waiting(
        `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${wanted} new pods have been updated...`,
      )
    return finished(`partitioned roll out complete: ${updatedReplicas} new pods have been updated...`)
  }
  if (updateRevision !== currentRevision)
    return waiting(`waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`)
  return finished(`statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...`)
}
