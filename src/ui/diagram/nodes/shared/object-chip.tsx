/** An object on the stage: opens in the inspector. */
import type { ReactNode } from 'react'
import { useSession } from '../../../session/session'
import { classes } from '../../../shared/controls'
import styles from './object-chip.module.css'

/** The resource of a kind, as the apiserver calls it. */
const RESOURCES: Readonly<Record<string, string>> = {
  Pod: 'pods',
  Service: 'services',
  Deployment: 'deployments.apps',
  ReplicaSet: 'replicasets.apps',
  StatefulSet: 'statefulsets.apps',
  DaemonSet: 'daemonsets.apps',
  Job: 'jobs.batch',
  CronJob: 'cronjobs.batch',
}

/** `Deployment` → `deployments.apps`; a kind that is not known is spelt as most are. */
export const resourceOf = (kind: string): string => RESOURCES[kind] ?? `${kind.toLowerCase()}s`

interface ObjectChipProps {
  readonly kind: string
  /** `default/web` */
  readonly objectKey: string
  readonly changed?: boolean
  readonly className?: string | undefined
  readonly label?: string
  readonly children: ReactNode
}

export function ObjectChip({ kind, objectKey, changed = false, className, label, children }: ObjectChipProps) {
  const select = useSession(state => state.select)
  const resource = resourceOf(kind)
  return (
    <button
      type="button"
      className={classes(styles.chip, className)}
      data-object={`${resource} ${objectKey}`}
      data-changed={changed || undefined}
      aria-label={label}
      title={label ?? `${kind} ${objectKey}`}
      onClick={() => select({ kind: 'object', resource, key: objectKey })}
    >
      {children}
    </button>
  )
}
