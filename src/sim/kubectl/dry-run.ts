// Models GetDryRunStrategy of k8s.io/kubectl/pkg/cmd/util/helpers.go.

import { rfc3339Micro } from '../api/time'
import type { Time } from '../kernel/types'
import { fail } from './errors'
import { err, now, type Run, type Session, text } from './session'

export type DryRun = 'none' | 'client' | 'server'

/** What `--dry-run` asks for. */
export function dryRunOf(s: Session): DryRun {
  const value = text(s, 'dry-run')
  if (value === 'none' || value === 'client' || value === 'server') return value
  if (value === '' || value === 'unchanged' || value === 'true') return 'client'
  if (value === 'false') return 'none'
  return fail(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`)
}

/** Warns where `--dry-run` has no value, as kubectl does. */
export function* warnDryRun(s: Session): Run {
  if (text(s, 'dry-run') !== 'unchanged') return
  // klog's line: month, day and time, the process's number, the place
  const [date = '', time = ''] = rfc3339Micro((yield* now()) as Time)
    .replace('Z', '')
    .split('T')
  yield* err(
    s,
    `W${date.slice(5).replace('-', '')} ${time} ${String(s.id).padStart(7)} helpers.go:719] --dry-run is deprecated and can be replaced with --dry-run=client.\n`,
  )
}

/** The query parameter of a server-side dry run. */
export const dryRunQuery = (dryRun: DryRun): Readonly<Record<string, string>> => (dryRun === 'server' ? { dryRun: 'All' } : {})

/** What is put behind the word of an operation: `created (dry run)`. */
export const dryRunSuffix = (dryRun: DryRun): string =>
  dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)'
